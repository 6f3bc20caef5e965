internal import CLibDeflate

/// Deflate as zip and PNG have it.
enum Deflate {
    /// The CRC-32 of bytes, or of bytes that follow others.
    static func checksum(of bytes: UnsafeRawBufferPointer, continuing start: UInt32 = 0) -> UInt32 {
        bytes.isEmpty ? start : libdeflate_crc32(start, bytes.baseAddress, bytes.count)
    }

    /// The packed bytes of several parts, without a header; parts before the last one should be short, for they are not
    /// packed.
    static func packed(_ parts: [SharedBytes], level: Int) throws(ImageError) -> [SharedBytes] {
        guard let last = parts.last else { return [] }
        var pieces: [SharedBytes] = []
        for part in parts.dropLast() {
            for start in stride(from: 0, to: part.count, by: 0xffff) {
                let piece = part.slice(start..<min(part.count, start + 0xffff))
                let (low, high) = (UInt8(piece.count & 0xff), UInt8(piece.count >> 8))
                // Not the last block, kept as it is: the length, and the same with all bits turned.
                pieces += [SharedBytes(copying: [0, low, high, ~low, ~high]), piece]
            }
        }
        return try pieces
            + last.withUnsafeBytes { (bytes) throws(ImageError) in
                try DeflatePacking.packed(bytes, level: level, wrapper: .none)
            }
    }

    /// Unpacks bytes without a header that become exactly `target`; false when they do not.
    static func unpack(_ packed: SharedBytes, to target: UnsafeMutableRawBufferPointer) throws(ImageError) -> Bool {
        guard let unpacker = libdeflate_alloc_decompressor() else {
            throw ImageError(.outOfMemory, "no memory to inflate \(packed.count) bytes")
        }
        defer { libdeflate_free_decompressor(unpacker) }
        return packed.withUnsafeBytes { source in
            libdeflate_deflate_decompress(
                unpacker, source.baseAddress, source.count, target.baseAddress, target.count, nil)
                == LIBDEFLATE_SUCCESS
        }
    }
}
