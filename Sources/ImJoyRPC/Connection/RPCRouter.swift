internal import Synchronization

/// Lets plugins on different connections of one application call each other's functions.
///
/// Give the same router to the configurations of all connections whose plugins may meet:
///
/// ```swift
/// var configuration = RPCConfiguration()
/// configuration.router = router
/// ```
/// A connection is known here by the name of its link from the plugin's introduction to the end of the link. A call or
/// answer whose `target_id` is the name of another connection is handed to that plugin unchanged but for the `peer_id`;
/// no other kind of message is. A function of one plugin that the application passes on to another one then keeps its
/// name, so that calls of it do not run through the application.
public final class RPCRouter: Sendable {
    private struct State {
        var connections: [String: RPCConnection] = [:]
        var names: [ObjectIdentifier: String] = [:]
    }
    private let state = Mutex(State())

    /// A router that knows no connection yet.
    public init() {}

    /// The names of the links that can be reached.
    public var peerIDs: [String] { state.withLock { $0.connections.keys.sorted() } }

    /// Makes a connection known; false when another one has that name, which keeps it.
    func register(_ connection: RPCConnection, as peerID: String) -> Bool {
        state.withLock { state in
            if let holder = state.connections[peerID] { return holder === connection }
            if let old = state.names.updateValue(peerID, forKey: ObjectIdentifier(connection)) {
                state.connections[old] = nil
            }
            state.connections[peerID] = connection
            return true
        }
    }

    func unregister(_ connection: RPCConnection) {
        let gone = state.withLock { state in
            state.names.removeValue(forKey: ObjectIdentifier(connection)).flatMap {
                state.connections.removeValue(forKey: $0)
            }
        }
        // Its last reference must not go while this is locked.
        withExtendedLifetime(gone) {}
    }

    func connection(_ peerID: String) -> RPCConnection? { state.withLock { $0.connections[peerID] } }

    /// Whether `reference` names a function that other plugins can call by that name too.
    ///
    /// Called by connections that are locked, so it must not look into any connection.
    func reaches(_ reference: RemoteReference, of caller: any RemoteCaller) -> Bool {
        guard case .text(let target)? = reference.target else { return false }
        return state.withLock { $0.names[ObjectIdentifier(caller)] } == target
    }
}
