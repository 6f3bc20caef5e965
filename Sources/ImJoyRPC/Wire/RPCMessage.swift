public import OrderedCollections

/// One whole message as a transport moves it: a mapping of plain values.
///
/// Plain means null, booleans, numbers, text, bytes, lists and mappings. Arrays, functions, objects and errors have
/// been written out by the dialect before, so a transport knows nothing of calls.
public struct RPCMessage: Sendable {
    public var fields: RPCObject

    public init(_ fields: RPCObject) { self.fields = fields }

    /// The field that names the kind of message in both dialects.
    public var type: String? { fields["type"]?.stringValue }

    public subscript(name: String) -> RPCValue {
        get { fields[name] ?? .null }
        set { fields[name] = newValue }
    }
}

extension RPCMessage: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, RPCValue)...) {
        fields = RPCObject(elements, uniquingKeysWith: { $1 })
    }
}

extension RPCMessage: CustomStringConvertible {
    public var description: String { RPCValue.object(fields).description }
}
