/// Byte-order loops of the file formats.
enum ByteOrderLoops {
    /// Reverses the bytes of every `unit`-sized piece of `buffer` in place.
    static func swap(_ buffer: UnsafeMutableRawBufferPointer, unit: Int) {
        switch unit {
        case 2: swap(buffer, UInt16.self)
        case 4: swap(buffer, UInt32.self)
        case 8: swap(buffer, UInt64.self)
        default: break
        }
    }

    private static func swap<T: FixedWidthInteger & BitwiseCopyable>(
        _ buffer: UnsafeMutableRawBufferPointer, _ type: T.Type
    ) {
        let size = MemoryLayout<T>.size
        var offset = 0
        while offset + size <= buffer.count {
            let value = buffer.loadUnaligned(fromByteOffset: offset, as: type)
            buffer.storeBytes(of: value.byteSwapped, toByteOffset: offset, as: type)
            offset += size
        }
    }
}
