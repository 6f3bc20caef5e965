/// The small steps between elements and packed bytes.
enum ZarrFilters {
    /// The checksum of Castagnoli's polynomial, of the last four of its bytes.
    static func crc32c(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        crcTables.withUnsafeBufferPointer { tables in
            var sum = ~UInt32(0)
            var place = 0
            // Eight bytes at a time, one table for the distance of each from the end.
            while place + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                let mixed = word ^ UInt64(sum)
                var next: UInt32 = 0
                for index in 0..<8 {
                    next ^= tables[(7 - index) << 8 | Int(truncatingIfNeeded: mixed >> (8 * UInt64(index))) & 0xff]
                }
                sum = next
                place += 8
            }
            while place < bytes.count {
                sum = sum >> 8 ^ tables[Int(sum & 0xff) ^ Int(bytes[place])]
                place += 1
            }
            return ~sum
        }
    }

    private static let crcTables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var sum = UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0x82f6_3b78 : sum >> 1 }
            tables[byte] = sum
        }
        for table in 1..<8 {
            for byte in 0..<256 {
                let sum = tables[(table - 1) << 8 | byte]
                tables[table << 8 | byte] = sum >> 8 ^ tables[Int(sum & 0xff)]
            }
        }
        return tables
    }()

    /// Puts the bytes of one significance together, or back; a rest that fills no element stays.
    static func shuffle(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, elementSize: Int, isReversed: Bool
    ) {
        let count = source.count / elementSize
        for byte in 0..<elementSize {
            for index in 0..<count {
                let (plain, shuffled) = (index * elementSize + byte, byte * count + index)
                if isReversed { target[plain] = source[shuffled] } else { target[shuffled] = source[plain] }
            }
        }
        for index in count * elementSize..<source.count { target[index] = source[index] }
    }

    /// Replaces elements by their differences, or back, in place.
    static func delta(
        _ bytes: UnsafeMutableRawBufferPointer, _ dtype: DType, _ order: DType.ByteOrder, isReversed: Bool
    ) {
        if order != .native { ByteOrderLoops.swap(bytes, unit: dtype.byteCount) }
        switch dtype {
        case .float32: differences(bytes, Float.self, isReversed, { $0 + $1 }, { $0 - $1 })
        case .float64: differences(bytes, Double.self, isReversed, { $0 + $1 }, { $0 - $1 })
        default:
            switch dtype.byteCount {
            case 1: differences(bytes, UInt8.self, isReversed, { $0 &+ $1 }, { $0 &- $1 })
            case 2: differences(bytes, UInt16.self, isReversed, { $0 &+ $1 }, { $0 &- $1 })
            case 4: differences(bytes, UInt32.self, isReversed, { $0 &+ $1 }, { $0 &- $1 })
            default: differences(bytes, UInt64.self, isReversed, { $0 &+ $1 }, { $0 &- $1 })
            }
        }
        if order != .native { ByteOrderLoops.swap(bytes, unit: dtype.byteCount) }
    }

    @inline(__always) private static func differences<T: BitwiseCopyable>(
        _ bytes: UnsafeMutableRawBufferPointer, _ type: T.Type, _ isReversed: Bool, _ add: (T, T) -> T,
        _ subtract: (T, T) -> T
    ) {
        let size = MemoryLayout<T>.size
        let count = bytes.count / size
        guard count > 1 else { return }
        var before = bytes.loadUnaligned(as: T.self)
        for index in 1..<count {
            let value = bytes.loadUnaligned(fromByteOffset: index * size, as: T.self)
            let result = isReversed ? add(before, value) : subtract(value, before)
            bytes.storeBytes(of: result, toByteOffset: index * size, as: T.self)
            before = isReversed ? result : value
        }
    }
}
