internal import ImJoyCore
public import ImJoyFuzzTargets
@testable internal import ImJoyWebSocket

/// The targets that need ImJoyWebSocket.
public enum WebSocketFuzzTargets {
    public static let all: [FuzzTarget] = [frames]

    /// The bytes of a connection: the first one says which end reads them. However they are cut, the same is read.
    private static let frames = FuzzTarget("websocket") { bytes in
        guard !bytes.isEmpty else { return }
        let role: WebSocketRole = bytes[0] & 1 == 0 ? .server : .client
        let stream = bytes.slice(1..<bytes.count)
        let whole = read(stream, as: role, by: max(stream.count, 1))
        precondition(read(stream, as: role, by: 1) == whole)
        precondition(read(stream, as: role, by: 7) == whole)
        precondition(whole.events.reduce(0) { $0 + size($1) } <= stream.count)
    }

    private static func read(
        _ stream: SharedBytes, as role: WebSocketRole, by step: Int
    ) -> (events: [WebSocketFrameReader.Event], violation: WebSocketClose?) {
        var reader = WebSocketFrameReader(role: role)
        var events: [WebSocketFrameReader.Event] = []
        do throws(WebSocketClose) {
            for start in stride(from: 0, to: stream.count, by: step) {
                let piece = stream.slice(start..<min(start + step, stream.count))
                try piece.withUnsafeBytes { memory throws(WebSocketClose) in
                    var input = memory[...]
                    while let event = try reader.next(&input) { events.append(event) }
                }
            }
        } catch {
            return (events, error)
        }
        return (events, nil)
    }

    private static func size(_ event: WebSocketFrameReader.Event) -> Int {
        switch event {
        case .message(.binary(let bytes)): bytes.count
        case .message(.text(let text)): text.utf8.count
        case .ping(let bytes), .pong(let bytes): bytes.count
        case .close: 0
        }
    }
}
