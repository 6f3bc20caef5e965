/// A JSON value whose numbers are still text, so that 64-bit integers and the digits of floats arrive as written.
///
/// For trusted test files only: it stops at the first oddity.
public indirect enum ExactJSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([ExactJSON])
    case object([String: ExactJSON])

    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    public init(parsing text: some Collection<UInt8>) throws {
        var reader = Reader(bytes: Array(text))
        self = try reader.value()
        guard reader.next() == nil else { throw reader.failure("something after the end") }
    }

    public subscript(key: String) -> ExactJSON {
        if case .object(let members) = self { members[key] ?? .null } else { .null }
    }
    public var isNull: Bool { self == .null }
    public var items: [ExactJSON] { if case .array(let items) = self { items } else { [] } }
    public var members: [String: ExactJSON] { if case .object(let members) = self { members } else { [:] } }
    /// The text of a string or a number.
    public var text: String? {
        switch self {
        case .string(let text), .number(let text): text
        default: nil
        }
    }
    public var int: Int? { if case .number(let text) = self { Int(text) } else { nil } }
    /// A number, or one of the words "nan", "inf", "-inf" and "-0.0".
    public var double: Double? { text.flatMap(Double.init) }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0

        func failure(_ reason: String) -> Failure { Failure(description: "\(reason) at byte \(place)") }

        /// The next byte that is no white space.
        mutating func next() -> UInt8? {
            while place < bytes.count, bytes[place] <= 32 { place += 1 }
            return place < bytes.count ? bytes[place] : nil
        }

        mutating func take(_ expected: Character) throws {
            guard next() == expected.asciiValue else { throw failure("no \(expected)") }
            place += 1
        }

        mutating func value() throws -> ExactJSON {
            switch next() {
            case UInt8(ascii: "{"):
                let members = try list("{", "}") { reader in
                    let key = try reader.string()
                    try reader.take(":")
                    return (key, try reader.value())
                }
                return .object(Dictionary(members) { $1 })
            case UInt8(ascii: "["): return .array(try list("[", "]") { try $0.value() })
            case UInt8(ascii: "\""): return .string(try string())
            default:
                let start = place
                while place < bytes.count, !" \n\r\t,]}:".utf8.contains(bytes[place]) { place += 1 }
                let word = String(decoding: bytes[start..<place], as: UTF8.self)
                switch word {
                case "null": return .null
                case "true", "false": return .bool(word == "true")
                default: return .number(word)
                }
            }
        }

        mutating func list<T>(_ open: Character, _ close: Character, _ item: (inout Reader) throws -> T) throws -> [T] {
            try take(open)
            var items: [T] = []
            if next() == close.asciiValue { place += 1; return items }
            while true {
                items.append(try item(&self))
                if next() == close.asciiValue { place += 1; return items }
                try take(",")
            }
        }

        mutating func string() throws -> String {
            try take("\"")
            var units: [UInt16] = []
            var plain: [UInt8] = []
            func flush() { units += String(decoding: plain, as: UTF8.self).utf16; plain = [] }
            while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
                let byte = bytes[place]
                place += 1
                guard byte == UInt8(ascii: "\\"), place < bytes.count else { plain.append(byte); continue }
                flush()
                let escape = bytes[place]
                place += 1
                if escape == UInt8(ascii: "u") {
                    let digits = String(decoding: bytes[place..<min(place + 4, bytes.count)], as: UTF8.self)
                    guard let unit = UInt16(digits, radix: 16) else { throw failure("a bad escape") }
                    units.append(unit)
                    place += 4
                } else {
                    let plainEscapes: [UInt8: UInt16] = [0x6E: 10, 0x74: 9, 0x72: 13, 0x62: 8, 0x66: 12]
                    units.append(plainEscapes[escape] ?? UInt16(escape))
                }
            }
            flush()
            try take("\"")
            return String(decoding: units, as: UTF16.self)
        }
    }
}
