package import ImJoyCore
internal import OrderedCollections

/// One message of the Hypha dialect: a header that servers read, and a body that they pass on as it is.
package struct HyphaFrame: Sendable {
    /// Where the message goes and what it is.
    package var header: RPCObject
    /// What only the receiver reads; nil when there is nothing to say.
    package var body: SharedBytes?

    package init(header: RPCObject, body: SharedBytes? = nil) {
        self.header = header
        self.body = body
    }

    /// A message with the body's members written out.
    package init(header: RPCObject, body: RPCObject) throws(RPCError) {
        self.header = header
        self.body = body.isEmpty ? nil : SharedBytes(copying: try MessagePackWriter.encode(.object(body)))
    }

    /// The bytes of both as they lie, header first.
    package func pieces() throws(RPCError) -> [SharedBytes] {
        let head = SharedBytes(copying: try MessagePackWriter.encode(.object(header)))
        return body.map { [head, $0] } ?? [head]
    }

    /// The bytes of both, one after the other.
    package func encode() throws(RPCError) -> SharedBytes {
        let pieces = try pieces()
        return SharedBytes(count: pieces.reduce(0) { $0 + $1.count }) { target in
            var place = 0
            for piece in pieces {
                piece.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target[place...]).copyMemory(from: $0) }
                place += piece.count
            }
        }
    }

    /// Reads the header; the body is checked when it is read.
    package static func decode(_ bytes: SharedBytes, limits: RPCLimits = .default) throws(RPCError) -> HyphaFrame {
        guard bytes.count <= limits.maxFrameBytes else {
            throw RPCError(
                .limitExceeded, "a message of \(bytes.count) bytes; at most \(limits.maxFrameBytes) are allowed")
        }
        var reader = MessagePackReader(bytes, limits: limits)
        let header = try reader.read()
        guard case .object(let fields) = header else {
            throw RPCError(.protocolViolation, "the header of a message is \(header.kindName), not a mapping")
        }
        guard reader.offset <= limits.maxHeaderBytes else {
            throw RPCError(
                .limitExceeded, "a header of \(reader.offset) bytes; at most \(limits.maxHeaderBytes) are allowed")
        }
        let rest = bytes.slice(reader.offset..<bytes.count)
        return HyphaFrame(header: fields, body: rest.isEmpty ? nil : rest)
    }

    /// The members of the body; none when there is no body.
    package func bodyMembers(limits: RPCLimits = .default) throws(RPCError) -> RPCObject {
        guard let body else { return [:] }
        let value = try MessagePackReader.decode(body, limits: limits)
        guard case .object(let members) = value else {
            throw RPCError(.protocolViolation, "the body of a message is \(value.kindName), not a mapping")
        }
        return members
    }
}
