internal import OrderedCollections
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
/// answer whose `target_id` is the name of another connection is handed to that plugin unchanged but for the `peer_id`.
/// A function of one plugin that the application passes on to another one then keeps its name, so that calls of it do
/// not run through the application.
///
/// A call whose plugin is gone, or goes before it has answered, is rejected in its place.
public final class RPCRouter: Sendable {
    /// The half of a promise that a caller waits for.
    private struct Half: Hashable {
        var caller: String
        var id: WireID
    }
    /// A call that was handed over and not answered yet.
    private struct OpenCall {
        var resolve: Half
        var reject: Half
        var callee: String
    }
    private struct State {
        var connections: [String: RPCConnection] = [:]
        var names: [ObjectIdentifier: String] = [:]
        /// Each open call twice, by either half of its promise.
        var open: [Half: OpenCall] = [:]

        mutating func close(_ call: OpenCall) {
            open[call.resolve] = nil
            open[call.reject] = nil
        }

        /// Takes out the calls for which `condition` is true.
        mutating func closeAll(where condition: (OpenCall) -> Bool) -> [OpenCall] {
            let closed = open.filter { $0.key == $0.value.reject && condition($0.value) }.map(\.value)
            for call in closed { close(call) }
            return closed
        }

        /// Takes a name out, with the calls that it has made, and returns those that wait for it.
        mutating func leave(_ name: String) -> [OpenCall] {
            connections[name] = nil
            _ = closeAll { $0.reject.caller == name }
            return closeAll { $0.callee == name }
        }

        /// Takes a call out; false when somebody else has done so.
        mutating func take(_ call: OpenCall) -> Bool {
            guard open[call.reject] != nil else { return false }
            close(call)
            return true
        }
    }
    /// Calls that plugins have open with each other; more are rejected.
    private static let maxOpenCalls = 65_536
    private let state = Mutex(State())

    /// A router that knows no connection yet.
    public init() {}

    /// The names of the links that can be reached.
    public var peerIDs: [String] { state.withLock { $0.connections.keys.sorted() } }

    /// Number of calls from plugin to plugin that nobody has answered yet, for tests and diagnostics.
    package var openCallCount: Int { state.withLock { $0.open.count / 2 } }

    /// Makes a connection known; false when another one has that name, which keeps it.
    func register(_ connection: RPCConnection, as peerID: String) -> Bool {
        let (isRegistered, abandoned) = state.withLock { state in
            if let holder = state.connections[peerID] { return (holder === connection, [OpenCall]()) }
            var abandoned: [OpenCall] = []
            if let old = state.names.updateValue(peerID, forKey: ObjectIdentifier(connection)) {
                abandoned = state.leave(old)
            }
            state.connections[peerID] = connection
            return (true, abandoned)
        }
        for call in abandoned { reject(call.reject, Self.ended) }
        return isRegistered
    }

    func unregister(_ connection: RPCConnection) {
        let (gone, abandoned) = state.withLock { state in
            guard let name = state.names.removeValue(forKey: ObjectIdentifier(connection)) else {
                return (RPCConnection?.none, [OpenCall]())
            }
            let connection = state.connections[name]
            return (connection, state.leave(name))
        }
        for call in abandoned { reject(call.reject, Self.ended) }
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

    // MARK: Calls from plugin to plugin

    /// Hands a call or an answer to the plugin called `peerID`; false when there is none.
    func forward(_ message: RPCMessage, from caller: RPCConnection, to peerID: String) -> Bool {
        enum Outcome {
            case open(RPCConnection)
            case gone
            case full
        }
        let (promise, outcome) = state.withLock { state -> (OpenCall?, Outcome) in
            // An answer ends the call that it belongs to.
            if let id = WireID(message["id"]), let call = state.open[Half(caller: peerID, id: id)] { state.close(call) }
            let promise = state.names[ObjectIdentifier(caller)].flatMap { Self.promise(of: message, $0, peerID) }
            guard let connection = state.connections[peerID] else { return (promise, .gone) }
            guard let promise else { return (nil, .open(connection)) }
            guard state.open.count / 2 < Self.maxOpenCalls else { return (promise, .full) }
            state.open[promise.resolve] = promise
            state.open[promise.reject] = promise
            return (promise, .open(connection))
        }
        switch outcome {
        case .open(let connection):
            if connection.relay(message) { return true }
            if let promise, state.withLock({ $0.take(promise) }) { reject(promise.reject, Self.ended) }
        case .gone: if let promise { reject(promise.reject, Self.absent) }
        case .full: if let promise { reject(promise.reject, Self.overloaded) }
        }
        return false
    }

    /// What the caller of `message` waits for, when it waits.
    private static func promise(of message: RPCMessage, _ caller: String, _ callee: String) -> OpenCall? {
        guard let pair = message["promise"].arrayValue, pair.count == 2 else { return nil }
        let halves = pair.compactMap { half -> Half? in
            guard half[WireTag.type].stringValue == "callback", half[WireTag.target].stringValue == caller else {
                return nil
            }
            return WireID(half[WireTag.value]).map { Half(caller: caller, id: $0) }
        }
        guard halves.count == 2 else { return nil }
        return OpenCall(resolve: halves[0], reject: halves[1], callee: callee)
    }

    private static let ended = RPCError(.disconnected, "the plugin that was called has ended before it answered")
    private static let absent = RPCError(.disconnected, "the plugin that was called has ended; ask for it again")
    private static let overloaded = RPCError(
        .overloaded, "\(maxOpenCalls) calls between plugins have no answer yet; try again later")

    /// Answers in the place of a plugin that cannot.
    private func reject(_ half: Half, _ error: RPCError) {
        let reason: RPCValue = [
            WireTag.type: "error", WireTag.value: .string(error.message), WireTag.code: .string(error.code.description),
        ]
        _ = connection(half.caller)?.relay([
            "type": "callback", "id": half.id.value, "target_id": .string(half.caller), "args": [reason],
            "with_kwargs": false,
        ])
    }
}
