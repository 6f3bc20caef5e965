/// A growing run of bytes with integers of either byte order.
///
/// Inlinable: unspecialised code that appends byte by byte would be many times slower.
@frozen
package struct ByteWriter {
    @usableFromInline var storage: [UInt8] = []

    @inlinable package var bytes: [UInt8] { storage }

    @inlinable
    package init(reserving capacity: Int = 0) { storage.reserveCapacity(capacity) }

    @inlinable package var count: Int { storage.count }

    @inlinable
    package mutating func append(_ byte: UInt8) { storage.append(byte) }

    @inlinable
    package mutating func append(contentsOf more: some Sequence<UInt8>) { storage.append(contentsOf: more) }

    @inlinable
    package mutating func append(contentsOf more: SharedBytes) {
        more.withUnsafeBytes { storage.append(contentsOf: $0) }
    }

    @inlinable
    package mutating func appendBigEndian<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.bigEndian) { storage.append(contentsOf: $0) }
    }

    @inlinable
    package mutating func appendLittleEndian<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { storage.append(contentsOf: $0) }
    }

    /// Writes an integer over what stands at `offset`.
    @inlinable
    package mutating func replaceLittleEndian<T: FixedWidthInteger>(at offset: Int, _ value: T) {
        withUnsafeBytes(of: value.littleEndian) { new in
            for (index, byte) in new.enumerated() { storage[offset + index] = byte }
        }
    }

    /// Appends zeros until the length is a multiple of `alignment`.
    @inlinable
    package mutating func pad(to alignment: Int) {
        let excess = storage.count % alignment
        if excess > 0 { storage.append(contentsOf: repeatElement(0, count: alignment - excess)) }
    }
}
