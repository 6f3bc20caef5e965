public import OrderedCollections

/// One whole message as a transport moves it: a mapping of plain values.
///
/// Plain means null, booleans, numbers, text, bytes, lists and mappings. Arrays, functions, objects and errors have
/// been written out by the dialect before, so a transport knows nothing of calls.
public struct RPCMessage: Sendable {
    /// All members, `type` among them.
    public var fields: RPCObject

    /// A message with these members.
    public init(_ fields: RPCObject) { self.fields = fields }

    /// The field that names the kind of message in both dialects.
    public var type: String? { fields["type"]?.stringValue }

    /// The member `name`; null when there is none.
    public subscript(name: String) -> RPCValue {
        get { fields[name] ?? .null }
        set { fields[name] = newValue }
    }
}

extension RPCMessage: ExpressibleByDictionaryLiteral {
    /// A member that occurs twice keeps its last value.
    public init(dictionaryLiteral elements: (String, RPCValue)...) {
        fields = RPCObject(elements, uniquingKeysWith: { $1 })
    }
}

extension RPCMessage: CustomStringConvertible {
    /// Short and safe to log, like that of a value.
    public var description: String { RPCValue.object(fields).description }
}
