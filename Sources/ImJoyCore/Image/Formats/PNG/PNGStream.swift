internal import CLibDeflate

/// The chunks of a PNG that is written.
struct PNGStream {
    private(set) var parts: [SharedBytes] = [
        SharedBytes(copying: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as [UInt8])
    ]
    /// The length of a chunk has 31 bits.
    private static let longestChunk = 1 << 30

    /// A chunk of a kind with these contents.
    mutating func append(_ kind: String, bytes: [UInt8]) { append(kind, [SharedBytes(copying: bytes)]) }

    /// A chunk whose contents are in parts; what is too long becomes several.
    mutating func append(_ kind: String, _ contents: [SharedBytes]) {
        var pending: [SharedBytes] = []
        var length = 0
        for part in contents {
            for start in stride(from: 0, to: max(part.count, 1), by: PNGStream.longestChunk) {
                let piece = part.slice(start..<min(part.count, start + PNGStream.longestChunk))
                if length + piece.count > PNGStream.longestChunk {
                    finish(kind, pending, length)
                    (pending, length) = ([], 0)
                }
                pending.append(piece)
                length += piece.count
            }
        }
        finish(kind, pending, length)
    }

    private mutating func finish(_ kind: String, _ contents: [SharedBytes], _ length: Int) {
        let name = Array(kind.utf8)
        var sum = libdeflate_crc32(0, name, name.count)
        for part in contents {
            sum = part.withUnsafeBytes { $0.isEmpty ? sum : libdeflate_crc32(sum, $0.baseAddress, $0.count) }
        }
        parts.append(SharedBytes(copying: PNGStream.bigEndian(UInt32(length)) + name))
        parts += contents
        parts.append(SharedBytes(copying: PNGStream.bigEndian(sum)))
    }

    static func bigEndian(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
