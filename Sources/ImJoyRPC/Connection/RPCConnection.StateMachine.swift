internal import OrderedCollections

extension RPCConnection {
    /// Everything a connection knows and decides, as a value without locks, clocks or tasks.
    ///
    /// Each input returns the actions that the connection must then perform, in order. A wait that was handed in is
    /// resumed by exactly one ``Action/resume(_:_:)``, whatever happens.
    struct StateMachine {
        enum Action {
            case send(Outgoing)
            case resume(CallID, Result<RPCValue, RPCError>)
            case serve(InboundCall)
            case event(RPCEvent)
            case forward(peerID: String, RPCMessage)
            /// Closures that are not lent any more. They go after unlocking, since their end may run code of the program.
            case release(ExportTable)
            /// Write what is queued, then end.
            case close

            static func send(_ message: RPCMessage) -> Action { .send(Outgoing(message: message)) }
        }

        /// A message on its way out, and who hears of it when the transport cannot take it.
        struct Outgoing {
            var message: RPCMessage
            /// The wait that the message is meant to have answered.
            var call: CallID?
            /// The far side's wait that the message answers.
            var promise: Promise?
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
        var servingCount = 0

        let role: ImJoyCoreRole
        /// What we offer; given up when the connection closes, since its closures may hold the connection.
        var api: RPCObject
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
            pending.count + handshakeWaiters.count + interfaceWaiters.count + executions.calls.count
                + disposals.calls.count
        }
    }
}

/// Requests that must be answered one after another because their answers have no id.
struct SerialQueue {
    /// The call is nil when nobody waits for the answer any more.
    private var entries: [(call: CallID?, message: RPCMessage)] = []

    var calls: [CallID] { entries.compactMap(\.call) }

    /// Adds a request; returns its message when it is the only one and may go out.
    mutating func add(_ call: CallID, _ message: RPCMessage) -> RPCMessage? {
        entries.append((call, message))
        return entries.count == 1 ? message : nil
    }

    /// Ends the request under way; returns it and the next message that may go out.
    mutating func finish() -> (call: CallID?, next: RPCMessage?)? {
        guard !entries.isEmpty else { return nil }
        let done = entries.removeFirst()
        return (done.call, entries.first?.message)
    }

    /// Forgets who waits. The request under way keeps its place until it is answered, the others never go out.
    mutating func abandon(_ call: CallID) {
        guard let index = entries.firstIndex(where: { $0.call == call }) else { return }
        if index == 0 { entries[0].call = nil } else { entries.remove(at: index) }
    }

    mutating func removeAll() { entries = [] }
}
