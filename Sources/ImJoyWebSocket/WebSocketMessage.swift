public import ImJoyCore

/// One whole message as a WebSocket carries it, however many frames it came in.
public enum WebSocketMessage: Hashable, Sendable {
    /// Bytes. Those that were received begin at a multiple of 64, so arrays in them can be used where they lie.
    case binary(SharedBytes)
    /// Text, which is valid Unicode.
    case text(String)

    /// What it takes in memory, without what the system adds.
    var byteCount: Int {
        switch self {
        case .binary(let bytes): bytes.count
        case .text(let text): text.utf8.count
        }
    }
}
