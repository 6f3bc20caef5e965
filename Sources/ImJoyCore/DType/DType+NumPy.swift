extension DType {
    /// Which way round the bytes of an element lie.
    public enum ByteOrder: String, Sendable, Hashable {
        /// The lowest byte first (`<`), or the highest (`>`).
        case little, big

        /// The order of this machine.
        public static let native: ByteOrder = 1.littleEndian == 1 ? .little : .big
    }

    /// Reads what NumPy writes for a dtype: names (`float32`), codes (`<f4`, `>u2`, `|b1`, `f8`), and `?`.
    ///
    /// Returns nil for everything else, among it dates, text, structured and object types.
    public static func parse(numPy text: String) -> (dtype: DType, byteOrder: ByteOrder)? {
        if let dtype = DType(rawValue: text) { return (dtype, .native) }
        var code = Substring(text)
        var order = ByteOrder.native
        switch code.first {
        case "<": order = .little
        case ">", "!": order = .big
        case "=", "|": break
        default: code = "=" + code
        }
        code = code.dropFirst()
        if let dtype = DType(rawValue: String(code)) { return (dtype, order) }
        return DType.allCases.first { $0.numPyCode == code || ($0 == .bool && code == "?") }.map { ($0, order) }
    }

    /// The kind letter and size, without byte order: `f4`, `u2`, `b1`.
    public var numPyCode: String {
        switch self {
        case .bool: "b1"
        case .int8, .int16, .int32, .int64: "i\(byteCount)"
        case .uint8, .uint16, .uint32, .uint64: "u\(byteCount)"
        case .float16, .float32, .float64: "f\(byteCount)"
        case .complex64, .complex128: "c\(byteCount)"
        }
    }

    /// NumPy's full spelling, `|` where byte order has no meaning: `<f4`, `|u1`.
    public func numPyDescription(byteOrder: ByteOrder = .native) -> String {
        (swapUnit == 1 ? "|" : byteOrder == .little ? "<" : ">") + numPyCode
    }
}
