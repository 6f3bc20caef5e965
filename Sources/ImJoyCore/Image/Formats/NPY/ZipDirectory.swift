/// A file in a zip archive, as the table of contents at the end describes it.
struct ZipEntry: Sendable {
    var name: String
    /// 0: stored, 8: deflated.
    var method: Int
    var checksum: UInt32
    var packedSize: Int
    var size: Int
    var headerOffset: Int
    /// Bit 0: encrypted.
    var isEncrypted: Bool

    /// The unpacked bytes, checked against size and checksum.
    func contents(in source: EncodedImage) throws(ImageError) -> SharedBytes {
        guard !isEncrypted, method == 0 || method == 8 else {
            throw ImageError(.unsupported, isEncrypted ? "it is encrypted" : "zip method \(method); known are 0 and 8")
        }
        let packed = try packedBytes(in: source.bytes)
        // Inflating cannot give more than 1032 bytes for one, and stored bytes are what they are.
        try source.check(
            decodedBytes: size, stored: packedSize, ratio: method == 0 ? 1 : 1032, what: "the array's file")
        let result: SharedBytes
        if method == 0 {
            guard size == packedSize else {
                throw ImageError(.malformed, "stored as \(packedSize) bytes, \(size) announced")
            }
            result = packed
        } else {
            result = try inflated(packed)
        }
        guard result.withUnsafeBytes({ Deflate.checksum(of: $0) }) == checksum else {
            throw ImageError(.malformed, "its checksum is wrong: the archive is damaged")
        }
        return result
    }

    private func packedBytes(in bytes: SharedBytes) throws(ImageError) -> SharedBytes {
        do {
            var reader = ByteReader(bytes)
            try reader.seek(to: headerOffset)
            guard try reader.readLittleEndian(UInt32.self) == 0x0403_4b50 else {
                throw ImageError(.malformed, "no zip entry at byte \(headerOffset)")
            }
            try reader.skip(22)
            let nameLength = Int(try reader.readLittleEndian(UInt16.self))
            let extraLength = Int(try reader.readLittleEndian(UInt16.self))
            try reader.skip(nameLength + extraLength)
            return try reader.read(packedSize)
        } catch let error as ImageError {
            throw error
        } catch {
            throw ImageError(.truncated, "the archive ends inside it: \(error)")
        }
    }

    private func inflated(_ packed: SharedBytes) throws(ImageError) -> SharedBytes {
        let storage = try asImageError { () throws(NDArrayError) in try NDStorage(claimedByteCount: size) }
        let target = UnsafeMutableRawBufferPointer(start: storage.base, count: size)
        guard try Deflate.unpack(packed, to: target) else {
            throw ImageError(.malformed, "its \(packedSize) packed bytes do not inflate to \(size)")
        }
        return SharedBytes(storage)
    }
}

/// Reads the table of contents at the end of a zip archive, also with 64-bit sizes.
enum ZipDirectory {
    static func entries(of bytes: SharedBytes, limit: Int) throws(ImageError) -> [ZipEntry] {
        do {
            let (start, count) = try place(in: bytes)
            guard count <= limit else {
                throw ImageError(.tooLarge, "\(count) files in the archive, the limit is \(limit)")
            }
            var reader = ByteReader(bytes)
            try reader.seek(to: start)
            var entries: [ZipEntry] = []
            for _ in 0..<count { entries.append(try entry(&reader)) }
            return entries
        } catch let error as ImageError {
            throw error
        } catch {
            throw ImageError(.truncated, "the archive's table of contents ends early: \(error)")
        }
    }

    /// Where the table starts and how many files it lists.
    private static func place(in bytes: SharedBytes) throws -> (start: Int, count: Int) {
        guard bytes.count >= 22, [UInt8](bytes.slice(0..<2)) == [0x50, 0x4b] else {
            throw ImageError(.unknownFormat, "the file is no zip archive")
        }
        // The end record is followed by a comment of at most 64 KiB.
        var end = bytes.count - 22
        while end >= max(0, bytes.count - 22 - 0xffff) {
            var reader = ByteReader(bytes, at: end)
            if try reader.readLittleEndian(UInt32.self) == 0x0605_4b50 {
                try reader.skip(6)
                let count = Int(try reader.readLittleEndian(UInt16.self))
                try reader.skip(4)
                let start = Int(try reader.readLittleEndian(UInt32.self))
                return start == 0xffff_ffff || count == 0xffff ? try place64(in: bytes, end: end) : (start, count)
            }
            end -= 1
        }
        throw ImageError(.truncated, "the archive has no table of contents at its end")
    }

    private static func place64(in bytes: SharedBytes, end: Int) throws -> (start: Int, count: Int) {
        var reader = ByteReader(bytes)
        guard end >= 20 else { throw ImageError(.truncated, "the archive's 64-bit table of contents is missing") }
        try reader.seek(to: end - 20)
        guard try reader.readLittleEndian(UInt32.self) == 0x0706_4b50 else {
            throw ImageError(.malformed, "no 64-bit end of the table of contents at byte \(end - 20)")
        }
        try reader.skip(4)
        try reader.seek(to: Int(clamping: try reader.readLittleEndian(UInt64.self)))
        guard try reader.readLittleEndian(UInt32.self) == 0x0606_4b50 else {
            throw ImageError(.malformed, "no 64-bit record of the table of contents at byte \(reader.offset - 4)")
        }
        try reader.skip(28)
        let count = Int(clamping: try reader.readLittleEndian(UInt64.self))
        try reader.skip(8)
        return (Int(clamping: try reader.readLittleEndian(UInt64.self)), count)
    }

    private static func entry(_ reader: inout ByteReader) throws -> ZipEntry {
        let place = reader.offset
        guard try reader.readLittleEndian(UInt32.self) == 0x0201_4b50 else {
            throw ImageError(.malformed, "no entry of the table of contents at byte \(place)")
        }
        try reader.skip(4)
        let flags = try reader.readLittleEndian(UInt16.self)
        let method = Int(try reader.readLittleEndian(UInt16.self))
        try reader.skip(4)
        let checksum = try reader.readLittleEndian(UInt32.self)
        var packedSize = Int(try reader.readLittleEndian(UInt32.self))
        var size = Int(try reader.readLittleEndian(UInt32.self))
        let nameLength = Int(try reader.readLittleEndian(UInt16.self))
        let extraLength = Int(try reader.readLittleEndian(UInt16.self))
        let commentLength = Int(try reader.readLittleEndian(UInt16.self))
        try reader.skip(8)
        var offset = Int(try reader.readLittleEndian(UInt32.self))
        let name = String(decoding: [UInt8](try reader.read(nameLength)), as: UTF8.self)
        var extra = ByteReader(try reader.read(extraLength))
        try reader.skip(commentLength)
        while extra.remaining >= 4 {
            let kind = try extra.readLittleEndian(UInt16.self)
            var field = ByteReader(try extra.read(Int(try extra.readLittleEndian(UInt16.self))))
            guard kind == 1 else { continue }
            // The 64-bit numbers stand here in this order, and only those that did not fit above.
            if size == 0xffff_ffff { size = Int(clamping: try field.readLittleEndian(UInt64.self)) }
            if packedSize == 0xffff_ffff { packedSize = Int(clamping: try field.readLittleEndian(UInt64.self)) }
            if offset == 0xffff_ffff { offset = Int(clamping: try field.readLittleEndian(UInt64.self)) }
        }
        return ZipEntry(
            name: name, method: method, checksum: checksum, packedSize: packedSize, size: size, headerOffset: offset,
            isEncrypted: flags & 1 != 0)
    }
}
