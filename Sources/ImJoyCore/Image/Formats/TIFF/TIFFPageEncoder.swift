/// Cuts a page into strips or tiles and hands them to libtiff.
struct TIFFPageEncoder {
    private let plan: TIFFPagePlan
    private let options: ImageWriteOptions
    private var scratch: [UInt8] = []

    init(_ plan: TIFFPagePlan, _ options: ImageWriteOptions) {
        self.plan = plan
        self.options = options
    }

    /// Writes the pixels of one page; false when libtiff could not.
    mutating func write(_ pixels: SharedBytes, dtype: DType, to handle: borrowing TIFFHandle) -> Bool {
        let pixelBytes = plan.samplesPerChunkPixel * dtype.byteCount
        let chunkWidth = options.tileSize ?? plan.width
        let chunkHeight = options.tileSize ?? plan.rowsPerStrip(dtype)
        let needsSwap = options.byteOrder != .native && dtype.swapUnit > 1
        var index = 0
        for plane in 0..<(plan.isPlanar ? plan.samples : 1) {
            for row in stride(from: 0, to: plan.height, by: chunkHeight) {
                for column in stride(from: 0, to: plan.width, by: chunkWidth) {
                    let rows = min(chunkHeight, plan.height - row)
                    let columns = min(chunkWidth, plan.width - column)
                    let start = ((plane * plan.height + row) * plan.width + column) * pixelBytes
                    let isWritten =
                        if options.tileSize == nil, !needsSwap {
                            pixels.withUnsafeBytes { source in
                                // libtiff only reads the source when it has no bytes to swap.
                                handle.writeStrile(
                                    index,
                                    from: UnsafeMutableRawBufferPointer(
                                        mutating: UnsafeRawBufferPointer(
                                            rebasing: source[start..<start + rows * columns * pixelBytes])))
                            }
                        } else {
                            writeCopy(
                                pixels, start: start, rows: rows, columnBytes: columns * pixelBytes,
                                chunkRows: options.tileSize ?? rows, chunkRowBytes: chunkWidth * pixelBytes,
                                index, handle)
                        }
                    guard isWritten else { return false }
                    index += 1
                }
            }
        }
        return true
    }

    /// Copies a part of the page into a chunk of its own; the rest of a tile at the edge is zero.
    private mutating func writeCopy(
        _ pixels: SharedBytes, start: Int, rows: Int, columnBytes: Int, chunkRows: Int, chunkRowBytes: Int,
        _ index: Int, _ handle: borrowing TIFFHandle
    ) -> Bool {
        let rowBytes = plan.width * (chunkRowBytes / (options.tileSize ?? plan.width))
        scratch = [UInt8](repeating: 0, count: chunkRows * chunkRowBytes)
        pixels.withUnsafeBytes { source in
            for row in 0..<rows {
                let from = start + row * rowBytes
                scratch.withUnsafeMutableBytes { chunk in
                    UnsafeMutableRawBufferPointer(rebasing: chunk[(row * chunkRowBytes)...]).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: source[from..<from + columnBytes]))
                }
            }
        }
        var isWritten = false
        scratch.withUnsafeMutableBytes { isWritten = handle.writeStrile(index, from: $0) }
        return isWritten
    }
}
