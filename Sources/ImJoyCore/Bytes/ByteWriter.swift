/// A growing run of bytes with integers of either byte order.
package struct ByteWriter {
    package private(set) var bytes: [UInt8] = []

    package init(reserving capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    package var count: Int { bytes.count }

    package mutating func append(_ byte: UInt8) { bytes.append(byte) }

    /// For what does not lie in memory; everything else has a way of its own, which other modules need no special code
    /// for and which copies it as a whole.
    package mutating func append(contentsOf more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    package mutating func append(contentsOf more: UnsafeRawBufferPointer) { bytes.append(contentsOf: more) }

    package mutating func append(contentsOf more: [UInt8]) { bytes.append(contentsOf: more) }

    package mutating func append(contentsOf more: SharedBytes) {
        more.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    /// The text in UTF-8.
    package mutating func append(contentsOf text: String) {
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    package mutating func append(zeros count: Int) {
        for _ in 0..<count { bytes.append(0) }
    }

    package mutating func appendBigEndian<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func appendLittleEndian<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Writes an integer over what stands at `offset`.
    package mutating func replaceLittleEndian(at offset: Int, _ value: UInt32) {
        for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(index))) }
    }

    /// Appends zeros until the length is a multiple of `alignment`.
    package mutating func pad(to alignment: Int) {
        let excess = bytes.count % alignment
        if excess > 0 { append(zeros: alignment - excess) }
    }
}
