public import OrderedCollections

extension Set: RPCEncodable where Element: RPCEncodable {
    /// A value of type `set`; its order is that of this process.
    public func rpcValue() throws -> RPCValue {
        .tagged(type: "set", [WireTag.value: .array(try map { try $0.rpcValue() })])
    }
}
extension Set: RPCDecodable where Element: RPCDecodable {
    /// Reads a set or a list; elements that occur twice are one.
    public init(rpcValue: RPCValue) throws {
        guard let elements = rpcValue.elements(of: "set") ?? rpcValue.arrayValue else {
            throw RPCError.mismatch("a set", rpcValue)
        }
        self = Set(try elements.map { try Element(rpcValue: $0) })
    }
    /// A list of different elements.
    public static var rpcSchema: RPCObject {
        ["type": "array", "items": .object(Element.rpcSchema), "uniqueItems": true]
    }
}

extension RPCValue {
    /// The list inside a value of type `type`.
    fileprivate func elements(of type: String) -> [RPCValue]? {
        guard case .tagged(type, let fields) = self else { return nil }
        return fields[WireTag.value]?.arrayValue
    }

    /// The members of a mapping, of an object, or of an ordered map of the far side whose keys are all text.
    ///
    /// A key that occurs twice keeps its last value.
    var mapping: RPCObject? {
        if let members = objectValue { return members }
        guard let pairs = elements(of: "orderedmap") else { return nil }
        var members = RPCObject(minimumCapacity: pairs.count)
        for pair in pairs {
            guard let pair = pair.arrayValue, pair.count == 2, let key = pair[0].stringValue else { return nil }
            members[key] = pair[1]
        }
        return members
    }
}
