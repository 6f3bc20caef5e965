internal import CZlib

/// zlib's packing without its header, as zip has it.
enum Deflate {
    /// zlib counts in 32 bits.
    private static let mostAtOnce = 1 << 30

    /// The CRC-32 of bytes, or of bytes that follow others.
    static func checksum(of bytes: UnsafeRawBufferPointer, continuing start: UInt32 = 0) -> UInt32 {
        var sum = UInt(start)
        var place = 0
        while place < bytes.count {
            let count = min(bytes.count - place, mostAtOnce)
            let piece = bytes.baseAddress.map { ($0 + place).assumingMemoryBound(to: UInt8.self) }
            sum = crc32(sum, piece, UInt32(count))
            place += count
        }
        return UInt32(truncatingIfNeeded: sum)
    }

    /// The packed bytes of several parts, in pieces of at most a megabyte.
    static func packed(_ parts: [SharedBytes], level: Int32) throws(ImageError) -> [SharedBytes] {
        var stream = z_stream()
        let status = deflateInit2_(
            &stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw ImageError(.outOfMemory, "no memory for deflating") }
        defer { deflateEnd(&stream) }
        var pieces: [SharedBytes] = []
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            part.withUnsafeBytes { source in
                var place = 0
                repeat {
                    let count = min(source.count - place, mostAtOnce)
                    stream.next_in = UnsafeMutablePointer(
                        mutating: source.baseAddress.map { ($0 + place).assumingMemoryBound(to: UInt8.self) })
                    stream.avail_in = UInt32(count)
                    place += count
                    run(&stream, isLast && place == source.count ? Z_FINISH : Z_NO_FLUSH, &pieces)
                } while place < source.count
            }
        }
        return pieces
    }

    /// Packs until the input is used up, and for `Z_FINISH` until the end is written.
    private static func run(_ stream: inout z_stream, _ flush: Int32, _ pieces: inout [SharedBytes]) {
        while true {
            let room = min(Int(stream.avail_in) / 2 + 1024, 1 << 20)
            let storage = NDStorage(byteCount: room)
            stream.next_out = storage.base.assumingMemoryBound(to: UInt8.self)
            stream.avail_out = UInt32(room)
            // Neither memory nor data can fail here; what is left in the stream says when it is done.
            let status = deflate(&stream, flush)
            let written = room - Int(stream.avail_out)
            if written > 0 { pieces.append(SharedBytes(storage).slice(0..<written)) }
            if flush == Z_FINISH ? status != Z_OK : stream.avail_out > 0 { return }
        }
    }
}
