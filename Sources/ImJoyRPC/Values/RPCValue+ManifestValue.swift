public import ImJoyCore
public import OrderedCollections

extension RPCValue {
    /// A value of a manifest or of JSON, as it goes to a plugin.
    public init(_ value: ManifestValue) {
        switch value.kind {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .string(let text): self = .string(text)
        case .list(let elements): self = .array(elements.map { RPCValue($0) })
        case .object(let object): self = .object(RPCObject(object))
        case .number(let number):
            switch number.value {
            case .integer(let value): self = .int(value)
            case .unsigned(let value): self = .uint(value)
            case .floating(let value): self = .double(value)
            }
        }
    }
}

extension OrderedDictionary where Key == String, Value == RPCValue {
    /// The members of a manifest's or JSON object.
    public init(_ object: ManifestObject) {
        self.init(object.entries.map { ($0.key, RPCValue($0.value)) }, uniquingKeysWith: { $1 })
    }
}

extension ManifestValue {
    /// A value of a plugin as JSON can say it, or nil for what it cannot: functions, remote objects.
    ///
    /// - Parameter array: makes the stand-in for an n-d array or for bytes.
    public init?(_ value: RPCValue, array: (AnyNDArray) -> ManifestValue) {
        switch value {
        case .null: self = .null
        case .bool(let flag): self.init(flag)
        case .int(let number): self.init(.number(ManifestNumber(.integer(number), text: "\(number)")))
        case .uint(let number): self.init(.number(ManifestNumber(.unsigned(number), text: "\(number)")))
        case .double(let number): self.init(number)
        case .string(let text): self.init(text)
        case .bytes(let bytes):
            guard let flat = try? AnyNDArray(sharing: bytes, dtype: .uint8, shape: [bytes.count]) else { return nil }
            self = array(flat)
        case .ndarray(let pixels): self = array(pixels)
        case .error(let error): self = ["error": ManifestValue(error.message)]
        case .array(let elements): self.init(.list(elements.map { ManifestValue($0, array: array) ?? .null }))
        case .tagged(_, let members) where members["_rvalue"] != nil:
            // Sets and the like: their type has no name in JSON, their elements have.
            guard let content = ManifestValue(members["_rvalue"] ?? .null, array: array) else { return nil }
            self = content
        case .object(let members), .tagged(_, let members): self.init(Self.object(members, array))
        case .remote(let object): self.init(Self.object(object.members, array))
        case .function: return nil
        }
    }

    private static func object(_ members: RPCObject, _ array: (AnyNDArray) -> ManifestValue) -> ManifestObject {
        ManifestObject(
            members.compactMap { name, member in
                ManifestValue(member, array: array).map { ManifestObject.Entry(name, $0) }
            })
    }
}
