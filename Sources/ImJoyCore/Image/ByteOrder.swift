internal import CImJoyKernels

/// Byte-order loops of the file formats.
enum ByteOrderLoops {
    /// Reverses the bytes of every `unit`-sized piece of `buffer` in place; a shorter rest stays.
    static func swap(_ buffer: UnsafeMutableRawBufferPointer, unit: Int) {
        guard unit > 1, let start = buffer.baseAddress else { return }
        imjoy_swap_bytes(start, start, buffer.count / unit, unit)
    }

    /// Copies bytes, reversing those of every `unit`-sized piece; 1 leaves them as they are.
    static func copy(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, swapping unit: Int) {
        guard unit > 1, let from = source.baseAddress, let to = target.baseAddress else {
            return target.copyMemory(from: source)
        }
        imjoy_swap_bytes(from, to, source.count / unit, unit)
    }
}
