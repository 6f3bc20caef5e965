/// Finds ill-formed UTF-8, as Unicode's table 3-7 defines it.
enum UTF8Validation {
    /// The length of the well-formed sequence at `offset`, or nil when the bytes there form none.
    static func sequenceLength(_ bytes: [UInt8], at offset: Int, end: Int) -> Int? {
        let first = bytes[offset]
        if first < 0x80 { return 1 }
        let length: Int
        var low: UInt8 = 0x80
        var high: UInt8 = 0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, low) = (3, 0xA0)
        case 0xED: (length, high) = (3, 0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, low) = (4, 0x90)
        case 0xF4: (length, high) = (4, 0x8F)
        case 0xF1...0xF3: length = 4
        default: return nil
        }
        guard end - offset >= length, (low...high).contains(bytes[offset + 1]) else { return nil }
        for index in 2..<max(2, length) where bytes[offset + index] & 0xC0 != 0x80 { return nil }
        return length
    }

    /// The first ill-formed byte in `range`, or nil when all is well.
    static func firstInvalid(_ bytes: [UInt8], in range: Range<Int>) -> Int? {
        var offset = range.lowerBound
        while offset < range.upperBound {
            guard let length = sequenceLength(bytes, at: offset, end: range.upperBound) else { return offset }
            offset += length
        }
        return nil
    }

    /// Whether any byte in `range` is outside ASCII.
    static func hasNonASCII(_ bytes: [UInt8], in range: Range<Int>) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var offset = range.lowerBound
            while offset + 8 <= range.upperBound {
                let word = buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                if word & 0x8080_8080_8080_8080 != 0 { return true }
                offset += 8
            }
            while offset < range.upperBound {
                if buffer[offset] >= 0x80 { return true }
                offset += 1
            }
            return false
        }
    }
}
