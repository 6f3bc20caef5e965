public import ImJoyCore
internal import OrderedCollections

/// Bytes with a media type: a `Blob` of JavaScript, which Python reads as a stream.
public struct RPCBlob: Hashable, Sendable, RPCEncodable, RPCDecodable {
    /// The content.
    public var bytes: SharedBytes
    /// What it is, such as `image/png`; nil when the sender did not say.
    public var mediaType: String?

    /// A blob of `bytes`.
    public init(_ bytes: SharedBytes, mediaType: String? = nil) {
        self.bytes = bytes
        self.mediaType = mediaType
    }

    /// A value of type `blob`.
    public func rpcValue() -> RPCValue {
        var fields: RPCObject = [WireTag.value: .bytes(bytes)]
        if let mediaType { fields[WireTag.mediaType] = .string(mediaType) }
        return .tagged(type: "blob", fields)
    }

    /// Takes a blob; one that holds text gives its UTF-8 bytes. Throws `invalidArgument` for anything else.
    public init(rpcValue: RPCValue) throws {
        guard case .tagged("blob", let fields) = rpcValue else { throw RPCError.mismatch("a blob", rpcValue) }
        switch fields[WireTag.value] {
        case .bytes(let bytes)?: self.bytes = bytes
        case .string(let text)?: bytes = SharedBytes(copying: text.utf8)
        case let other: throw RPCError(.invalidArgument, "a blob holds bytes or text, not \((other ?? .null).kindName)")
        }
        mediaType = fields[WireTag.mediaType]?.stringValue
    }
}
