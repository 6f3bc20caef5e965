internal import CLibDeflate
internal import CPNG

/// Unpacks the pixels of plain PNGs in one piece, which is several times as fast as row by row.
///
/// Plain means 8 or 16 bits, no palette, not interlaced, and nothing wrong anywhere: all else is left to libpng, so that
/// there is one judge of what is damaged.
enum PNGPixels {
    /// Larger pictures are decoded row by row, without a second copy in memory.
    private static let mostBytes = 1 << 30

    /// Fills `target` with rows of `rowBytes`; false when the picture is not plain, and then `target` holds anything.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, _ header: imj_png_info, rowBytes: Int, to target: UnsafeMutableRawPointer
    ) -> Bool {
        let isDeep = header.file_bit_depth == 16
        let pixelBytes = Int(header.channels) * (isDeep ? 2 : 1)
        let height = Int(header.height)
        guard header.is_interlaced == 0, isDeep || header.file_bit_depth == 8, header.file_color_type & 1 == 0,
            header.channels == [1, 0, 3, 0, 2, 0, 4][Int(header.file_color_type)],
            rowBytes < mostBytes / (height + 1), let packed = packedData(bytes),
            let storage = try? NDStorage(claimedByteCount: height * (rowBytes + 1)),
            inflate(packed, storage)
        else { return false }
        var row = storage.base.assumingMemoryBound(to: UInt8.self)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: rowBytes) { zeros in
            guard let firstAbove = zeros.baseAddress else { return false }
            zeros.initialize(repeating: 0)
            var above = UnsafePointer(firstAbove)
            for line in 0..<height {
                guard imj_png_unfilter(Int32(row[0]), row + 1, above, pixelBytes, rowBytes) == 1 else { return false }
                if isDeep {
                    imj_png_swap16(row + 1, rowBytes / 2, target + line * rowBytes)
                } else {
                    (target + line * rowBytes).copyMemory(from: row + 1, byteCount: rowBytes)
                }
                above = UnsafePointer(row + 1)
                row += rowBytes + 1
            }
            return true
        }
    }

    private static func inflate(_ packed: SharedBytes, _ target: NDStorage) -> Bool {
        guard let unpacker = libdeflate_alloc_decompressor() else { return false }
        defer { libdeflate_free_decompressor(unpacker) }
        return packed.withUnsafeBytes { source in
            libdeflate_zlib_decompress(
                unpacker, source.baseAddress, source.count, target.base, target.byteCount, nil) == LIBDEFLATE_SUCCESS
        }
    }

    /// What the IDAT chunks hold, one after the other; nil when anything from there to the end is unusual.
    private static func packedData(_ bytes: UnsafeRawBufferPointer) -> SharedBytes? {
        var parts: [Range<Int>] = []
        var hasEnded = false
        var place = 8
        while place + 12 <= bytes.count {
            let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
            let kind = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self))
            let end = place + 8 + length
            guard end + 4 <= bytes.count else { return nil }
            let isData = kind == 0x4944_4154
            if isData {
                guard parts.last.map({ $0.upperBound + 12 == place + 8 }) ?? true else { return nil }
                parts.append(place + 8..<end)
            }
            if isData || !parts.isEmpty {
                let sum = libdeflate_crc32(0, bytes.baseAddress.map { $0 + place + 4 }, length + 4)
                guard UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: end, as: UInt32.self)) == sum else {
                    return nil
                }
            }
            hasEnded = kind == 0x4945_4e44
            // A first letter in upper case means that it must be understood.
            if hasEnded || (!parts.isEmpty && !isData && kind & 0x2000_0000 == 0) { break }
            place = end + 4
        }
        guard hasEnded, let first = parts.first, let base = bytes.baseAddress else { return nil }
        if parts.count == 1 {
            // Used while the caller holds the bytes.
            return SharedBytes(
                unsafeNoCopy: UnsafeRawBufferPointer(start: base + first.lowerBound, count: first.count),
                owner: Nobody())
        }
        return SharedBytes(count: parts.reduce(0) { $0 + $1.count }) { target in
            var place = 0
            for part in parts {
                UnsafeMutableRawBufferPointer(rebasing: target[place...]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: bytes[part]))
                place += part.count
            }
        }
    }

    private final class Nobody: Sendable {}
}
