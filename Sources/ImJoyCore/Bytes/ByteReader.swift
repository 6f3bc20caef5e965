/// A bounds-checked cursor over bytes; format parsers read through it, so none can run past the end.
package struct ByteReader {
    package let bytes: SharedBytes
    /// Where the next read starts, counted from the first byte.
    package private(set) var offset: Int

    package init(_ bytes: SharedBytes, at offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    /// What a read ran into: it wanted `wanted` bytes at `offset` of `count`.
    package struct EndOfBytes: Error, Hashable, Sendable, CustomStringConvertible {
        package var offset: Int
        package var wanted: Int
        package var count: Int
        package var description: String {
            "\(wanted) bytes wanted at offset \(offset), but there are only \(max(count - offset, 0))"
        }
    }

    package var remaining: Int { bytes.count - offset }
    package var isAtEnd: Bool { offset >= bytes.count }

    private mutating func advance(_ count: Int) throws(EndOfBytes) -> Int {
        guard count >= 0, count <= remaining else {
            throw EndOfBytes(offset: offset, wanted: count, count: bytes.count)
        }
        defer { offset += count }
        return offset
    }

    /// Moves to `position`, which may be the end but not beyond it.
    package mutating func seek(to position: Int) throws(EndOfBytes) {
        guard position >= 0, position <= bytes.count else {
            throw EndOfBytes(offset: position, wanted: 0, count: bytes.count)
        }
        offset = position
    }

    package mutating func skip(_ count: Int) throws(EndOfBytes) { _ = try advance(count) }

    /// The next `count` bytes, shared.
    package mutating func read(_ count: Int) throws(EndOfBytes) -> SharedBytes {
        let start = try advance(count)
        return bytes.slice(start..<start + count)
    }

    package mutating func readByte() throws(EndOfBytes) -> UInt8 { bytes[try advance(1)] }

    package mutating func readBigEndian<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) throws(EndOfBytes) -> T
    {
        T(bigEndian: try readUnaligned(type))
    }

    package mutating func readLittleEndian<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) throws(EndOfBytes)
        -> T
    {
        T(littleEndian: try readUnaligned(type))
    }

    private mutating func readUnaligned<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) throws(EndOfBytes) -> T
    {
        let start = try advance(MemoryLayout<T>.size)
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: type) }
    }
}
