internal import OrderedCollections

extension RPCConnection {
    /// Everything a connection knows and decides, as a value without locks, clocks or tasks.
    ///
    /// Each input returns the actions that the connection must then perform, in order. A wait that was handed in is
    /// resumed by exactly one ``Action/resume(_:_:)``, whatever happens.
    struct StateMachine {
        enum Action {
            case send(RPCMessage)
            case resume(CallID, Result<RPCValue, RPCError>)
            case serve(InboundCall)
            case event(RPCEvent)
            case forward(peerID: String, RPCMessage)
            /// The far side said goodbye: stop reading.
            case close
        }

        /// A call of the far side, to be run and then given to ``finish(_:_:)``.
        struct InboundCall {
            var function: RPCFunction
            var arguments: RPCArguments
            var promise: Promise?
        }

        /// The two references by which the far side wants its answer.
        struct Promise {
            var resolve: RemoteReference
            var reject: RemoteReference
        }

        /// Where the handshake stands; each state holds what is true in it.
        enum Phase {
            /// Waiting for the plugin's first sign of life.
            case listening
            /// The plugin has told who it is; our interface is on its way.
            case introduced(RPCPeer)
            /// The plugin has taken our interface; calls may flow.
            case ready(RPCPeer)
            case closed(RPCError)
        }

        var phase = Phase.listening
        var exports = ExportTable()
        var pending = PendingCalls()
        var remoteInterface: RemoteObject?
        var servingCount = 0

        let role: ImJoyCoreRole
        let api: RPCObject
        let limits: RPCLimits
        let makeID: @Sendable () -> String
        var apiObjectID: String?

        var handshakeWaiters: [CallID] = []
        var interfaceWaiters: [CallID] = []
        /// `executed` and `disposed` carry no id, so one of each is asked for at a time.
        var executions = SerialQueue()
        var disposals = SerialQueue()
        /// The full traceback that precedes the shortened one in a rejection.
        var lastErrorText: String?

        init(role: ImJoyCoreRole, api: RPCObject, limits: RPCLimits, makeID: @escaping @Sendable () -> String) {
            self.role = role
            self.api = api
            self.limits = limits
            self.makeID = makeID
        }

        /// Number of waits that nothing has ended yet.
        var waiterCount: Int {
            pending.count + handshakeWaiters.count + interfaceWaiters.count + executions.count + disposals.count
        }
    }
}

/// Requests that must be answered one after another because their answers have no id.
struct SerialQueue {
    private var entries: [(call: CallID, message: RPCMessage)] = []

    var count: Int { entries.count }
    var calls: [CallID] { entries.map(\.call) }

    /// Adds a request; returns its message when it is the only one and may go out.
    mutating func add(_ call: CallID, _ message: RPCMessage) -> RPCMessage? {
        entries.append((call, message))
        return entries.count == 1 ? message : nil
    }

    /// Ends the request under way; returns it and the next message that may go out.
    mutating func finish() -> (call: CallID, next: RPCMessage?)? {
        guard !entries.isEmpty else { return nil }
        let done = entries.removeFirst()
        return (done.call, entries.first?.message)
    }

    mutating func removeAll() { entries = [] }
}
