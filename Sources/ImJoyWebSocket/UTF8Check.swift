/// Tells bytes that are no UTF-8 as soon as they come, also when a character is cut between two pieces.
struct UTF8Check {
    /// Bytes that the character under way still needs.
    private var missing = 0
    /// What the next of them may be: some first bytes allow less than all.
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF

    /// Whether a character is complete, so that a text may end here.
    var isAtBoundary: Bool { missing == 0 }

    /// False as soon as no continuation could make the text valid.
    mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            if missing == 0, index + 8 <= bytes.count,
                bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                index += 8
                continue
            }
            guard accept(bytes[index]) else { return false }
            index += 1
        }
        return true
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        guard missing > 0 else { return begin(with: byte) }
        guard byte >= lower, byte <= upper else { return false }
        (lower, upper) = (0x80, 0xBF)
        missing -= 1
        return true
    }

    /// The table of well-formed sequences in the Unicode standard, section 3.9.
    private mutating func begin(with byte: UInt8) -> Bool {
        switch byte {
        case 0x00...0x7F: return true
        case 0xC2...0xDF: missing = 1
        case 0xE0: (missing, lower) = (2, 0xA0)
        case 0xED: (missing, upper) = (2, 0x9F)
        case 0xE1...0xEF: missing = 2
        case 0xF0: (missing, lower) = (3, 0x90)
        case 0xF4: (missing, upper) = (3, 0x8F)
        case 0xF1...0xF3: missing = 3
        default: return false
        }
        return true
    }
}
