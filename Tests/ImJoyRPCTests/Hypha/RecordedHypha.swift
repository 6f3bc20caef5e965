internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import ImJoyTestSupport
internal import OrderedCollections
internal import SystemPackage

/// Recorded traffic between Hypha clients and their server.
///
/// It is larger than what belongs into a repository, so it lies in the folder that `IMJOY_VECTORS` names or in
/// `shared/vectors` beside the repository; without both there is nothing to replay.
enum RecordedHypha {
    /// One binary message of a recording.
    struct Frame: Sendable {
        var number: Int
        var connection: Int
        var isFromClient: Bool
        var header: RPCValue
        var headerLength: Int
        /// Nil for long ones, of which only checksums are kept.
        var bytes: SharedBytes?
    }

    private static let folder: FilePath? = VectorFiles.folder(holding: "hypha/sessions/01-connect-anonymous.jsonl")

    /// The names of the recordings over web sockets.
    static let sessions: [String] = {
        guard let folder else { return [] }
        return [
            "01-connect-anonymous", "02-workspace-and-tokens", "03-provider-and-consumer", "04-context-and-visibility",
            "05-callbacks", "06-arrays-and-streams", "07-chunked-3MB", "08-generators", "09-rintf-and-events",
            "10-handshake-errors", "11-reconnect",
        ].filter { VectorFiles.folder(holding: "hypha/sessions/\($0).jsonl") == folder }
    }()

    /// The lines of a recording.
    static func lines(_ name: String) throws -> [RPCValue] {
        guard let folder else { return [] }
        return try Vectors.read(folder.appending(["hypha", "sessions", FilePath.Component("\(name).jsonl")!]))
            .split(separator: "\n").map { try TypedJSON.parse($0) }
    }

    /// The binary messages of a recording in order.
    static func frames(_ name: String) throws -> [Frame] {
        guard let folder else { return [] }
        var users: [Int: RPCValue] = [:]
        return try lines(name).filter { $0["op"].stringValue == "binary" }.map { line in
            var header = line["header"]
            if case .object(var fields) = header, let user = fields["user"] {
                // A user that a header before has already shown.
                if let number = user["$same_as_frame"].intValue { fields["user"] = users[number] }
                users[line["seq"].intValue ?? 0] = fields["user"]
                header = .object(fields)
            }
            var bytes = line["hex"].stringValue.flatMap { SharedBytes(hex: $0) }
            if let file = line["file"].stringValue {
                let path = folder.appending(["hypha", "sessions"]).appending(FilePath(file).components)
                bytes = try SharedBytes.reading(contentsOf: path)
            }
            if let file = line["same_body_as"].stringValue, bytes == nil,
                let head = TypedJSON.wire(header).flatMap({ try? MessagePackWriter.encode($0) })
            {
                // Only the body is kept, in the frame of another recording.
                let path = folder.appending(["hypha", "sessions"]).appending(FilePath(file).components)
                let other = try HyphaFrame.decode(try SharedBytes.reading(contentsOf: path))
                bytes = other.body.map { SharedBytes(joining: [SharedBytes(copying: head), $0]) }
            }
            return Frame(
                number: line["seq"].intValue ?? 0, connection: line["conn"].intValue ?? 0,
                isFromClient: line["dir"].stringValue == "c2s", header: TypedJSON.wire(header) ?? .null,
                headerLength: line["header_length"].intValue ?? 0, bytes: bytes)
        }
    }
}
