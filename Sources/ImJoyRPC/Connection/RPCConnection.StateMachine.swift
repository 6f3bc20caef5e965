internal import DequeModule
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
            /// A message for the plugin of another connection.
            case forward(peerID: String, RPCMessage)
            /// The far side lets the plugin of another connection forget an object.
            case forwardDisposal(peerID: String, objectID: String)
            /// The far side has told the name of the link.
            case introduced(peerID: String)
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
            var purpose = Purpose.call

            /// What the result is for.
            enum Purpose {
                /// The far side's promise, if it gave one.
                case call
                /// An `executed` message.
                case execution
                /// A `disposed` message.
                case disposal
                /// The plugin's introduction, after its credential was checked.
                case introduction(RPCObject)
            }
        }

        /// The two references by which the far side wants its answer.
        struct Promise {
            var resolve: RemoteReference
            var reject: RemoteReference
        }

        /// Which end of the link we are. Only the handshake and the execution of code differ.
        enum Role {
            case core(ImJoyCoreRole)
            /// `id` is the name of the link, chosen by us.
            case plugin(ImJoyPluginRole, id: String)
        }

        /// Where the handshake stands; each state holds what is true in it.
        enum Phase {
            /// Waiting for the far side's first word: `initialized` from a plugin, `initialize` from a core.
            case listening
            /// Plugin and core know each other; the core's interface is on its way.
            case introduced(RPCPeer)
            /// The plugin has the core's interface; calls may flow.
            case ready(RPCPeer)
            case closed(RPCError)
        }

        var phase = Phase.listening
        var exports = ExportTable()
        var pending = PendingCalls()
        var servingCount = 0

        let role: Role
        /// What we offer, nil before it is known; given up when the connection closes, since its closures may hold the
        /// connection.
        var api: RPCObject?
        /// What a plugin runs for the core outside of its interface; given up like ``api``.
        var hooks: RPCObject
        let limits: RPCLimits
        let codecs: [String: RPCCodec]
        let makeID: @Sendable () -> String
        /// Whether the far side can reach a function of another connection under the name that it has there.
        let isRouted: @Sendable (RemoteReference, any RemoteCaller) -> Bool
        var apiObjectID: String?
        /// The name of the far side's interface as it gave it.
        var interfaceID: String?
        /// A plugin's memory of a question for its interface that came before there was one.
        var owesInterface = false
        /// The core's interface as a plugin knows it.
        var remoteAPI: RemoteObject?

        var handshakeWaiters: [CallID] = []
        var interfaceWaiters: [CallID] = []
        /// `executed` and `disposed` carry no id, so one of each is asked for at a time.
        var executions = SerialQueue()
        var disposals = SerialQueue()
        /// Whether a second answer to the last `execute` may still come.
        var executionEcho = ExecutionEcho.none
        /// Code that the core wants run; the first piece is running.
        var codeQueue: Deque<RPCValue> = []
        var isCheckingCredential = false
        /// The full traceback that precedes the shortened one in a rejection.
        var lastErrorText: String?

        init(
            role: Role, api: RPCObject?, limits: RPCLimits, codecs: [String: RPCCodec] = [:],
            makeID: @escaping @Sendable () -> String,
            isRouted: @escaping @Sendable (RemoteReference, any RemoteCaller) -> Bool = { _, _ in false }
        ) {
            self.role = role
            self.api = api
            self.limits = limits
            self.codecs = codecs
            self.makeID = makeID
            self.isRouted = isRouted
            hooks = if case .plugin(let plugin, _) = role { Self.hooks(of: plugin) } else { [:] }
        }

        /// Number of waits that nothing has ended yet.
        var waiterCount: Int {
            pending.count + handshakeWaiters.count + interfaceWaiters.count + executions.calls.count
                + disposals.calls.count
        }
    }
}
