internal import CZlib
internal import CZstd

/// Packing of bytes by zlib and Zstandard, into memory whose size is known before.
enum ZarrCompression {
    /// Unpacks gzip or zlib into `target`; returns how many bytes there were.
    static func inflate(
        _ packed: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        var stream = z_stream()
        // Adding 32 takes both headers.
        guard inflateInit2_(&stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw ImageError(.outOfMemory, "no memory for inflating")
        }
        defer { inflateEnd(&stream) }
        stream.next_in = UnsafeMutablePointer(mutating: packed.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(clamping: packed.count)
        stream.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.avail_out = UInt32(clamping: target.count)
        while true {
            let status = CZlib.inflate(&stream, Z_FINISH)
            if status == Z_STREAM_END {
                // Several gzip files one after another are one.
                guard stream.avail_in > 0 else { return target.count - Int(stream.avail_out) }
                guard inflateReset(&stream) == Z_OK else { throw malformed("zlib", "cannot go on") }
                continue
            }
            if status == Z_BUF_ERROR || status == Z_OK {
                throw stream.avail_out == 0
                    ? ZarrPipeline.tooLong("zlib", target.count)
                    : ImageError(.truncated, "zlib: the packed bytes end too early")
            }
            throw malformed("zlib", stream.msg.map { String(cString: $0) } ?? "error \(status)")
        }
    }

    /// Packs bytes with zlib's header or gzip's.
    static func deflate(_ bytes: UnsafeRawBufferPointer, level: Int, gzip: Bool) throws(ImageError) -> SharedBytes {
        var stream = z_stream()
        let status = deflateInit2_(
            &stream, Int32(min(max(level, -1), 9)), Z_DEFLATED, gzip ? 31 : 15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw ImageError(.outOfMemory, "no memory for deflating") }
        defer { deflateEnd(&stream) }
        let room = Int(deflateBound(&stream, UInt(bytes.count)))
        let storage = try storage(room)
        stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(clamping: bytes.count)
        stream.next_out = storage.base.assumingMemoryBound(to: UInt8.self)
        stream.avail_out = UInt32(clamping: room)
        guard CZlib.deflate(&stream, Z_FINISH) == Z_STREAM_END else {
            throw malformed("zlib", "the chunk is too large")
        }
        return trimmed(storage, room - Int(stream.avail_out))
    }

    /// Unpacks Zstandard into `target`; returns how many bytes there were.
    static func unpackZstd(
        _ packed: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        // A frame usually says how much it holds; that is known before memory is touched.
        let claimed = ZSTD_getFrameContentSize(packed.baseAddress, packed.count)
        if claimed < UInt64.max - 1, claimed > UInt64(target.count) {
            throw ZarrPipeline.tooLong("zstd", target.count)
        }
        let count = ZSTD_decompress(target.baseAddress, target.count, packed.baseAddress, packed.count)
        guard ZSTD_isError(count) == 0 else { throw malformed("zstd", String(cString: ZSTD_getErrorName(count))) }
        return count
    }

    static func packZstd(_ bytes: UnsafeRawBufferPointer, level: Int, checksum: Bool) throws(ImageError) -> SharedBytes
    {
        guard let context = ZSTD_createCCtx() else { throw ImageError(.outOfMemory, "no memory for zstd") }
        defer { ZSTD_freeCCtx(context) }
        let level = min(max(level, -131_072), Int(ZSTD_maxCLevel()))
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, checksum ? 1 : 0)
        let room = ZSTD_compressBound(bytes.count)
        let storage = try storage(room)
        let count = ZSTD_compress2(context, storage.base, room, bytes.baseAddress, bytes.count)
        guard ZSTD_isError(count) == 0 else { throw malformed("zstd", String(cString: ZSTD_getErrorName(count))) }
        return trimmed(storage, count)
    }

    static func storage(_ count: Int) throws(ImageError) -> NDStorage {
        try asImageError { () throws(NDArrayError) in try NDStorage(claimedByteCount: count) }
    }

    /// Packed bytes wait for being written; they should not keep the room that they might have needed.
    static func trimmed(_ storage: NDStorage, _ count: Int) -> SharedBytes {
        let bytes = SharedBytes(storage).slice(0..<count)
        return count < storage.byteCount / 2 ? bytes.compacted() : bytes
    }

    private static func malformed(_ codec: String, _ what: String) -> ImageError {
        ImageError(.malformed, "\(codec): \(what)")
    }
}
