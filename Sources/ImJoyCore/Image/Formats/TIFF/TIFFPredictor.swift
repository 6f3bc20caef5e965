internal import CImJoyKernels

/// Differences between neighbours in a row: of numbers (predictor 2), or of the bytes of floats (3).
enum TIFFPredictor {
    /// Gives a row its numbers back; predictor 3 needs room for another one.
    static func undo(
        _ row: UnsafeMutableRawBufferPointer, predictor: Int, step: Int, size: Int, scratch: UnsafeMutableRawPointer?
    ) {
        guard let start = row.baseAddress else { return }
        let count = row.count / size
        if predictor == 2 {
            imjoy_undo_differences(start, count, step, size)
        } else if let scratch {
            imjoy_undo_float_planes(start, scratch, count, step, size)
            start.copyMemory(from: scratch, byteCount: count * size)
        }
    }

    /// Puts what a row becomes into `target`; predictor 3 needs room for another one.
    static func apply(
        _ row: UnsafeRawPointer, count: Int, predictor: Int, step: Int, size: Int, scratch: UnsafeMutableRawPointer,
        into target: UnsafeMutableRawPointer
    ) {
        if predictor == 2 {
            imjoy_differences(row, target, count, step, size)
        } else {
            imjoy_float_planes(row, scratch, target, count, step, size)
        }
    }
}
