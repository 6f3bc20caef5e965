/// A value as a schema sees it: JSON, or a description of an array or a file.
///
/// Arrays and files are described only; checking whether an op takes them needs no pixels.
public indirect enum DataValue: Sendable, Equatable {
    /// Nothing.
    case null
    /// True or false.
    case bool(Bool)
    /// A number.
    case number(Double)
    /// Text.
    case string(String)
    /// Values in order.
    case list([DataValue])
    /// Named values; of two with one name the first counts.
    case object([Member])
    /// An array of a shape, and a dtype by its name, such as `uint8`.
    case array(shape: [Int], dtype: String)
    /// A file: to a schema also an object with its `name`, `type` and `size`.
    case file(name: String, type: String, size: Int)

    /// A name and its value.
    public struct Member: Sendable, Equatable {
        /// The name.
        public var name: String
        /// The value.
        public var value: DataValue

        /// Makes a member.
        public init(_ name: String, _ value: DataValue) {
            (self.name, self.value) = (name, value)
        }
    }

    /// The value of a config or of JSON.
    public init(_ value: ManifestValue) {
        switch value.kind {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .number(let number): self = .number(number.double)
        case .string(let text): self = .string(text)
        case .list(let values): self = .list(values.map { DataValue($0) })
        case .object(let object): self = .object(object.entries.map { Member($0.key, DataValue($0.value)) })
        }
    }

    /// The names and values of an object, and of a file.
    var members: [Member]? {
        switch self {
        case .object(let members): members
        case .file(let name, let type, let size):
            [Member("name", .string(name)), Member("type", .string(type)), Member("size", .number(Double(size)))]
        case .array: []
        default: nil
        }
    }

    /// Whether this value and one of a schema say the same.
    func equals(_ value: ManifestValue) -> Bool {
        switch (self, value.kind) {
        case (.null, .null): return true
        case (.bool(let a), .bool(let b)): return a == b
        case (.number(let a), .number(let b)): return a == b.double
        case (.string(let a), .string(let b)): return a == b
        case (.list(let a), .list(let b)): return a.count == b.count && zip(a, b).allSatisfy { $0.equals($1) }
        case (.object(let a), .object(let b)):
            return a.count == b.count && a.allSatisfy { member in b[member.name].map(member.value.equals) ?? false }
        default: return false
        }
    }

    var kindInWords: String {
        switch self {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .number: "a number"
        case .string: "text"
        case .list: "a list"
        case .object: "an object"
        case .array(let shape, let dtype): "an array of shape \(shape) and dtype \(dtype)"
        case .file: "a file"
        }
    }
}
