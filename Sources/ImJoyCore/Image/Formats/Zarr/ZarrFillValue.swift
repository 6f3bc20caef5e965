internal import ComplexModule

/// The value of the elements that no chunk holds.
public struct ZarrFillValue: Hashable, Sendable {
    /// The bytes of one element in this machine's order.
    package let bytes: [UInt8]
    /// True for version 2's null: the value does not matter, and is zero here.
    public let isUnspecified: Bool

    init(bytes: [UInt8], isUnspecified: Bool = false) {
        self.bytes = bytes
        self.isUnspecified = isUnspecified
    }

    /// The value given, which must be of the array's element type.
    public init<Element: NDElement>(_ value: Element) {
        self.init(bytes: withUnsafeBytes(of: value) { [UInt8]($0) })
    }

    /// Zero or false.
    public static func zero(_ dtype: DType) -> ZarrFillValue {
        ZarrFillValue(bytes: [UInt8](repeating: 0, count: dtype.byteCount))
    }

    /// What metadata of either version says: numbers, words such as `"NaN"`, bits in hexadecimal digits, pairs of parts.
    init(_ value: ManifestValue?, _ dtype: DType, _ version: ZarrVersion) throws(ImageError) {
        guard let value, value.kind != .null else {
            guard version == .v2 else { throw ImageError(.malformed, "there is no fill_value") }
            self.init(bytes: ZarrFillValue.zero(dtype).bytes, isUnspecified: true)
            return
        }
        guard let bytes = Self.bytes(value, dtype) else {
            throw ImageError(.malformed, "the fill_value \(value.json().prefix(80)) is no \(dtype)")
        }
        self.init(bytes: bytes)
    }

    private static func bytes(_ value: ManifestValue, _ dtype: DType) -> [UInt8]? {
        switch dtype {
        case .bool:
            if case .bool(let truth) = value.kind { return [truth ? 1 : 0] }
            return value.int.flatMap { $0 == 0 || $0 == 1 ? [UInt8($0)] : nil }
        case .int8: return integer(value, Int8.self)
        case .int16: return integer(value, Int16.self)
        case .int32: return integer(value, Int32.self)
        case .int64: return integer(value, Int64.self)
        case .uint8: return integer(value, UInt8.self)
        case .uint16: return integer(value, UInt16.self)
        case .uint32: return integer(value, UInt32.self)
        case .uint64: return integer(value, UInt64.self)
        case .float16, .float32, .float64: return floating(value, dtype.byteCount)
        case .complex64, .complex128:
            let half = dtype.byteCount / 2
            guard let parts = value.list else {
                return floating(value, half).map { $0 + [UInt8](repeating: 0, count: half) }
            }
            guard parts.count == 2, let real = floating(parts[0], half), let imaginary = floating(parts[1], half)
            else { return nil }
            return real + imaginary
        }
    }

    private static func integer<T: FixedWidthInteger>(_ value: ManifestValue, _ type: T.Type) -> [UInt8]? {
        guard case .number(let number) = value.kind else { return nil }
        let exact: T? =
            switch number.value {
            case .integer(let value): T(exactly: value)
            case .unsigned(let value): T(exactly: value)
            case .floating(let value): T(exactly: value)
            }
        return exact.map { withUnsafeBytes(of: $0) { [UInt8]($0) } }
    }

    private static func floating(_ value: ManifestValue, _ size: Int) -> [UInt8]? {
        switch value.kind {
        case .number(let number): return bytes(number.double, size)
        case .string(let text):
            switch text {
            case "NaN": return bytes(.nan, size)
            case "Infinity": return bytes(.infinity, size)
            case "-Infinity": return bytes(-.infinity, size)
            default:
                // The bits as one number, the highest first.
                guard text.hasPrefix("0x"), text.utf8.count == 2 + 2 * size,
                    let bits = UInt64(text.dropFirst(2), radix: 16)
                else { return nil }
                let order = (0..<size).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
                return DType.ByteOrder.native == .little ? order : order.reversed()
            }
        default: return nil
        }
    }

    private static func bytes(_ value: Double, _ size: Int) -> [UInt8] {
        switch size {
        case 2: withUnsafeBytes(of: Float16(value)) { [UInt8]($0) }
        case 4: withUnsafeBytes(of: Float(value)) { [UInt8]($0) }
        default: withUnsafeBytes(of: value) { [UInt8]($0) }
        }
    }

    /// The value as metadata of a version writes it.
    func json(_ dtype: DType, _ version: ZarrVersion) -> ManifestValue {
        if isUnspecified { return .null }
        switch dtype {
        case .bool: return ManifestValue(bytes != [0])
        case .int8: return whole(Int8.self)
        case .int16: return whole(Int16.self)
        case .int32: return whole(Int32.self)
        case .int64: return whole(Int64.self)
        case .uint8: return whole(UInt8.self)
        case .uint16: return whole(UInt16.self)
        case .uint32: return whole(UInt32.self)
        case .uint64:
            return ManifestValue(.number(ManifestNumber(.unsigned(load(UInt64.self)), text: "")))
        case .float16, .float32, .float64: return real(at: 0, dtype.byteCount, version)
        case .complex64, .complex128:
            let half = dtype.byteCount / 2
            return ManifestValue([real(at: 0, half, version), real(at: half, half, version)])
        }
    }

    private func load<T: BitwiseCopyable>(_ type: T.Type, at offset: Int = 0) -> T {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: type) }
    }

    private func whole<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) -> ManifestValue {
        ManifestValue(Int(load(type)))
    }

    private func real(at offset: Int, _ size: Int, _ version: ZarrVersion) -> ManifestValue {
        let (value, bits, plain): (Double, UInt64, UInt64) =
            switch size {
            case 2:
                (Double(load(Float16.self, at: offset)), UInt64(load(UInt16.self, at: offset)), 0x7e00)
            case 4:
                (Double(load(Float.self, at: offset)), UInt64(load(UInt32.self, at: offset)), 0x7fc0_0000)
            default: (load(Double.self, at: offset), load(UInt64.self, at: offset), 0x7ff8_0000_0000_0000)
            }
        if value.isNaN {
            if bits == plain || version == .v2 { return "NaN" }
            let digits = String(bits, radix: 16)
            return ManifestValue("0x" + String(repeating: "0", count: 2 * size - digits.utf8.count) + digits)
        }
        if value.isInfinite { return value > 0 ? "Infinity" : "-Infinity" }
        return ManifestValue(value)
    }
}
