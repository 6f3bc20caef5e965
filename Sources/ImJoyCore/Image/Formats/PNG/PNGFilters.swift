internal import CPNG
internal import RealModule

/// Turns rows into differences that pack well, as PNG stores them: a byte for the kind before each row.
struct PNGFilters {
    let height: Int
    /// Bytes of a row in the file.
    let rowBytes: Int
    /// Bytes from a sample to the same of the next pixel.
    let pixelBytes: Int
    /// Samples of 16 bits, which the file has the other way round.
    let isSwapped: Bool

    /// Rows that share a kind, and how many of them are tried.
    private static let band = 64
    private static let tried = 3

    /// All rows with their kinds.
    func filtered(_ pixels: UnsafeRawPointer) throws(ImageError) -> NDStorage {
        let count = height * (rowBytes + 1)
        let storage = try asImageError { () throws(NDArrayError) in try NDStorage(claimedByteCount: count) }
        let scratch = try asImageError { () throws(NDArrayError) in try NDStorage(claimedByteCount: 3 * rowBytes) }
        let target = storage.base.assumingMemoryBound(to: UInt8.self)
        let buffers = scratch.base.assumingMemoryBound(to: UInt8.self)
        (scratch.base).initializeMemory(as: UInt8.self, repeating: 0, count: rowBytes)
        for first in stride(from: 0, to: height, by: PNGFilters.band) {
            let rows = first..<min(height, first + PNGFilters.band)
            let kind = bestKind(rows, pixels, buffers)
            var above = UnsafePointer(buffers)
            if first > 0 { above = row(first - 1, pixels, buffers + rowBytes * (1 + (first - 1) % 2)) }
            for line in rows {
                let here = row(line, pixels, buffers + rowBytes * (1 + line % 2))
                let place = target + line * (rowBytes + 1)
                place[0] = UInt8(kind)
                imj_png_filter(Int32(kind), here, above, pixelBytes, rowBytes, place + 1)
                above = here
            }
        }
        return storage
    }

    /// A row as the file has it, in `buffer` when it is not so already.
    private func row(
        _ line: Int, _ pixels: UnsafeRawPointer, _ buffer: UnsafeMutablePointer<UInt8>
    ) -> UnsafePointer<UInt8> {
        let start = pixels + line * rowBytes
        guard isSwapped else { return start.assumingMemoryBound(to: UInt8.self) }
        imj_png_swap16(start, rowBytes / 2, buffer)
        return UnsafePointer(buffer)
    }

    /// The kind with the least information in a few of the rows.
    private func bestKind(
        _ rows: Range<Int>, _ pixels: UnsafeRawPointer, _ buffers: UnsafeMutablePointer<UInt8>
    ) -> Int {
        let step = max(1, rows.count / PNGFilters.tried)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: rowBytes) { differences in
            guard let start = differences.baseAddress else { return 0 }
            var counts = [[UInt32]](repeating: [UInt32](repeating: 0, count: 256), count: 5)
            for line in stride(from: rows.lowerBound + step / 2, to: rows.upperBound, by: step) {
                let above = line > 0 ? row(line - 1, pixels, buffers + rowBytes) : UnsafePointer(buffers)
                let here = row(line, pixels, buffers + 2 * rowBytes)
                for kind in 0..<5 {
                    imj_png_filter(Int32(kind), here, above, pixelBytes, rowBytes, start)
                    imj_png_count(start, rowBytes, &counts[kind])
                }
            }
            let sizes = counts.map(PNGFilters.bits)
            return sizes.indices.min { sizes[$0] < sizes[$1] } ?? 0
        }
    }

    /// The least number of bits for symbols that come so often.
    static func bits(_ counts: [UInt32]) -> Double {
        let total = Double(counts.reduce(0) { $0 + Int($1) })
        return counts.reduce(0.0) { $1 == 0 ? $0 : $0 - Double($1) * Double.log2(Double($1) / total) }
    }
}
