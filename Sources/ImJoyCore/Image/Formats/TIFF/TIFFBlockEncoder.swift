internal import CTIFF
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Packs strips and tiles, each by itself, so that several threads can.
struct TIFFBlockEncoder {
    let compression: UInt16
    let predictor: Int
    let byteOrder: DType.ByteOrder
    let level: Int
    let photometric: Int
    /// The side of tiles; nil for strips.
    let tileSize: Int?

    /// ImageJ opens strips that are packed by what its own library knows, and no differences of neighbours.
    var suitsImageJ: Bool {
        tileSize == nil && predictor == 1
            && [TIFFCompression.none, TIFFCompression.lzw, TIFFCompression.adobeDeflate, TIFFCompression.packbits]
                .contains(
                    compression)
    }
    let sampleFormat: Int

    /// How a picture is cut.
    struct Grid {
        var chunkWidth: Int
        var chunkHeight: Int
        var across: Int
        var down: Int
        var count: Int
    }

    func grid(_ picture: TIFFPicture) -> Grid {
        let width = tileSize ?? picture.width
        let height = tileSize ?? rowsPerStrip(picture)
        let (across, down) = ((picture.width + width - 1) / width, (picture.height + height - 1) / height)
        return Grid(
            chunkWidth: width, chunkHeight: height, across: across, down: down, count: across * down * picture.planes)
    }

    /// Rows for strips of about 256 KiB; JPEG packs 16 at a time.
    private func rowsPerStrip(_ picture: TIFFPicture) -> Int {
        let rows = max((256 << 10) / picture.rowBytes, 1)
        return min(compression == TIFFCompression.jpeg ? (rows + 15) / 16 * 16 : rows, picture.height)
    }

    /// The stored bytes of strip or tile number `index`; nil when libtiff could not pack it.
    func encoded(_ index: Int, of picture: TIFFPicture) throws(ImageError) -> SharedBytes? {
        let grid = grid(picture)
        let (plane, down, across) = (
            index / (grid.across * grid.down), index / grid.across % grid.down, index % grid.across
        )
        let (top, left) = (down * grid.chunkHeight, across * grid.chunkWidth)
        let rows = min(grid.chunkHeight, picture.height - top)
        let columns = min(grid.chunkWidth, picture.width - left)
        let chunkRows = tileSize ?? rows
        let chunkRowBytes = grid.chunkWidth * picture.pixelBytes
        let start = ((plane * picture.height + top) * picture.width + left) * picture.pixelBytes
        let swap = needsSwap(picture.dtype)
        if tileSize == nil, predictor == 1, !swap {
            // Strips are rows of the picture, and libtiff only reads them.
            return pack(picture.pixels.slice(start..<start + rows * chunkRowBytes), rows: chunkRows, grid, picture)
        }
        let storage = try asImageError { () throws(NDArrayError) in
            // A row to fill up, and one for the bytes of floats.
            try NDStorage(claimedByteCount: (chunkRows + 2) * chunkRowBytes)
        }
        let chunk = UnsafeMutableRawBufferPointer(start: storage.base, count: chunkRows * chunkRowBytes)
        let line = storage.base + chunk.count
        picture.pixels.withUnsafeBytes { pixels in
            for row in 0..<rows {
                fill(
                    UnsafeRawBufferPointer(
                        rebasing: pixels[(start + row * picture.rowBytes)...].prefix(columns * picture.pixelBytes)),
                    storage.base + row * chunkRowBytes, chunkRowBytes, line, picture)
            }
        }
        for row in rows..<max(chunkRows, rows) {
            let target = storage.base + row * chunkRowBytes
            if compression == TIFFCompression.jpeg {
                target.copyMemory(from: target - chunkRowBytes, byteCount: chunkRowBytes)
            } else {
                target.initializeMemory(as: UInt8.self, repeating: 0, count: chunkRowBytes)
            }
        }
        if swap { ByteOrderLoops.swap(chunk, unit: picture.dtype.swapUnit) }
        return pack(SharedBytes(storage).slice(0..<chunk.count), rows: chunkRows, grid, picture)
    }

    private func needsSwap(_ dtype: DType) -> Bool {
        // These two packings, and the bytes of floats apart, know no order of bytes.
        let isFree = predictor == 3 || compression == TIFFCompression.lerc || compression == TIFFCompression.jpeg
        return byteOrder != .native && dtype.swapUnit > 1 && !isFree
    }

    /// Copies a row of a picture into one of a tile, as differences when these are stored.
    private func fill(
        _ pixels: UnsafeRawBufferPointer, _ target: UnsafeMutableRawPointer, _ rowBytes: Int,
        _ line: UnsafeMutableRawPointer, _ picture: TIFFPicture
    ) {
        let isWhole = pixels.count == rowBytes
        let padded = predictor == 1 ? target : line
        if !isWhole || predictor == 1 {
            if let source = pixels.baseAddress { padded.copyMemory(from: source, byteCount: pixels.count) }
            if compression == TIFFCompression.jpeg {
                // The last pixel goes on, as an edge would leave traces inside the picture.
                for place in pixels.count..<max(rowBytes, pixels.count) {
                    let before = padded.load(fromByteOffset: place - picture.pixelBytes, as: UInt8.self)
                    padded.storeBytes(of: before, toByteOffset: place, as: UInt8.self)
                }
            } else if !isWhole {
                (padded + pixels.count).initializeMemory(
                    as: UInt8.self, repeating: 0, count: rowBytes - pixels.count)
            }
        }
        guard predictor != 1, let source = isWhole ? pixels.baseAddress : UnsafeRawPointer(line) else { return }
        TIFFPredictor.apply(
            source, count: rowBytes / picture.dtype.byteCount, predictor: predictor, step: picture.samples,
            size: picture.dtype.byteCount, scratch: line + rowBytes, into: target)
    }

    private func pack(_ bytes: SharedBytes, rows: Int, _ grid: Grid, _ picture: TIFFPicture) -> SharedBytes? {
        guard compression != TIFFCompression.none else { return bytes }
        // Most packings see bytes; these two see pixels.
        let seesPixels = compression == TIFFCompression.jpeg || compression == TIFFCompression.lerc
        var block = imj_block(
            width: UInt32(grid.chunkWidth * (seesPixels ? 1 : picture.pixelBytes)), rows: UInt32(rows),
            samples: seesPixels ? UInt16(picture.samples) : 1,
            bits: seesPixels ? UInt16(picture.dtype.byteCount * 8) : 8,
            sample_format: seesPixels ? UInt16(sampleFormat) : 1, photometric: UInt16(seesPixels ? photometric : 1),
            compression: compression, level: Int32(level))
        var count: UInt64 = 0
        var start: UInt64 = 0
        let buffer = bytes.withUnsafeBytes {
            imj_tiff_encode(
                &block, UnsafeMutableRawPointer(mutating: $0.baseAddress), UInt64($0.count), &count, &start)
        }
        guard let buffer else { return nil }
        return SharedBytes(
            unsafeNoCopy: UnsafeRawBufferPointer(start: buffer + Int(start), count: Int(count)),
            owner: PackedBlock(buffer))
    }
}

/// Frees what C took.
private final class PackedBlock: @unchecked Sendable {
    // Sendable because the pointer never changes and is freed once.
    private let buffer: UnsafeMutablePointer<UInt8>
    init(_ buffer: UnsafeMutablePointer<UInt8>) { self.buffer = buffer }
    deinit { free(buffer) }
}
