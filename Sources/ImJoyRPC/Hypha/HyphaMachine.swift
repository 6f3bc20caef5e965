internal import ImJoyCore
internal import OrderedCollections

/// Everything that a client of the Hypha dialect knows and decides, as a value without locks, clocks or tasks.
///
/// It is the same at either end of a call: whoever is called answers by calling `resolve` or `reject` in the session that
/// the caller has opened for it. Each input returns the actions to perform, in order; a wait that was handed in is
/// resumed by exactly one ``Action/resume(_:_:)``, whatever happens.
struct HyphaMachine {
    enum Action {
        case send(HyphaFrame)
        case resume(CallID, Result<RPCValue, RPCError>)
        case serve(InboundCall)
        /// Call ``HyphaMachine/timeOut(_:)`` with this session after `Duration`, unless it is set again or cleared.
        case setTimer(session: String, Duration)
        case clearTimer(session: String)
        case event(type: String, RPCObject)
        /// A message that was dropped, and why.
        case dropped(String)
        /// Closures that are not lent any more; they go after unlocking, since their end may run code of the program.
        case release([RPCFunction])
    }

    /// Who we are on the server.
    struct Identity {
        var clientID: String
        var workspace: String
        /// The base address of the server, when it has told one.
        var server: String?

        var address: String { "\(workspace)/\(clientID)" }
    }

    /// A call of somebody else, to be run and then given to ``finish(_:_:)``.
    struct InboundCall {
        var function: RPCFunction
        var arguments: RPCArguments
        /// The caller, as `workspace/client`.
        var from: String
        /// What the server says of the message and the caller.
        var context: RPCObject
        var answer: Answer?
        /// The object that was lent and goes with this call.
        var disposes: String?
        /// Where the function lies, when it was lent in a call and not with a service.
        var lent: Place?
    }

    /// A function that was lent in a call.
    struct Place: Hashable {
        var session: String
        var name: String
    }

    /// Where the caller wants its answer.
    struct Answer {
        var resolve: HyphaReference
        var reject: HyphaReference
        var heartbeat: HyphaReference
        /// How often the caller must hear that the call is alive.
        var interval: Duration
    }

    /// Functions lent to one peer, and the wait for its answer when there is one.
    struct Session {
        /// Who may call into it.
        var target: String
        var functions: [String: RPCFunction] = [:]
        var wait: Wait?
        /// Sweeps since one of its functions was called.
        var age = 0
    }

    /// An answer that somebody waits for.
    struct Wait {
        var purpose: Purpose
        var timeout: Duration
        var name: String

        /// Who waits.
        enum Purpose: Equatable {
            case call(CallID)
            /// A message of ours that goes in pieces.
            case piece(of: String)
        }
    }

    var identity: Identity
    let limits: RPCLimits
    let codecs: [String: RPCCodec]
    let makeID: @Sendable () -> String
    var services: [String: HyphaService] = [:] {
        didSet { methodPaths = HyphaService.methods(of: services.values) }
    }
    /// The closures of our services, by which one that is sent on goes by its path.
    private(set) var methodPaths: [ObjectIdentifier: String] = [:]
    var sessions: [String: Session] = [:]
    /// Messages that are coming in pieces, by sender and key.
    var partial: [String: Pieces] = [:]
    /// Messages of ours that go in pieces, by a name of ours.
    var long: [String: LongMessage] = [:]
    /// How many bytes a piece has; a message that is hardly longer goes whole.
    var pieceSize = 262_144
    var servingCount = 0
    /// How long an answer, or a sign of life, is waited for.
    var timeout = defaultTimeout

    init(
        identity: Identity, limits: RPCLimits = .default, codecs: [String: RPCCodec] = [:],
        makeID: @escaping @Sendable () -> String = { RandomID.make() }
    ) {
        self.identity = identity
        self.limits = limits
        self.codecs = codecs
        self.makeID = makeID
        guard let builtIn = try? HyphaService(Self.builtIn(identity)) else { return }
        services[builtIn.id] = builtIn
        // An initializer does not observe what it sets.
        methodPaths = HyphaService.methods(of: [builtIn])
    }

    /// The server has told who we are on it.
    mutating func begin(as identity: Identity) {
        self.identity = identity
        if let builtIn = try? HyphaService(Self.builtIn(identity)) { services[builtIn.id] = builtIn }
    }

    /// Number of waits that nothing has ended yet.
    var waiterCount: Int {
        sessions.values.count { if case .call? = $0.wait?.purpose { true } else { false } }
    }

    /// Number of functions, objects and services that others can reach.
    var exportCount: Int { sessions.values.reduce(services.count) { $0 + $1.functions.count } }

    // MARK: Services

    /// Offers a service under its id; throws when there is one of that id already and `overwrite` is false.
    mutating func register(_ service: HyphaService, overwrite: Bool = false) throws(RPCError) -> [Action] {
        let old = services[service.id]
        guard old == nil || overwrite else {
            throw RPCError(.refused, "there is a service \(service.id) already; overwrite it or choose another id")
        }
        services[service.id] = service
        return [.release(old?.functions ?? [])]
    }

    /// Takes a service back; throws when there is none of that id.
    mutating func unregister(_ id: String) throws(RPCError) -> [Action] {
        guard let old = services.removeValue(forKey: id) else {
            throw RPCError(.notFound, "there is no service \(id)")
        }
        return [.release(old.functions)]
    }

    // MARK: Encoding

    /// Encodes a value and, only when that worked, lends what is in it to `target` under `session`.
    mutating func encode(
        _ value: RPCValue, session: String, target: String, isAnswer: Bool
    ) throws(RPCError) -> RPCValue {
        let context = HyphaEncoder.Context(
            clientID: identity.clientID, workspace: identity.workspace, server: identity.server, session: session,
            isAnswer: isAnswer)
        let server = identity.server
        var encoder = HyphaEncoder(
            context: context, serviceMethods: methodPaths, limits: limits,
            codecs: codecs, makeID: makeID, isReachable: { $0.server == nil || $0.server == server })
        let encoded = try encoder.encode(value)
        if encoder.exports.count == 0 { return encoded }
        let lent = exportCount
        guard lent + encoder.exports.count <= limits.maxExports else {
            throw RPCError(
                .overloaded,
                "\(lent) functions and services are lent out; \(encoder.exports.count) more exceed \(limits.maxExports)"
            )
        }
        for (name, function) in encoder.exports.functions {
            sessions[session, default: Session(target: target)].functions[name] = function
        }
        for (id, members) in encoder.exports.services {
            services[id] = HyphaService(lending: members, as: id, to: target)
        }
        return encoded
    }

    // MARK: The end

    /// How many sweeps a function of an answer outlives its last call.
    private static let maxAge = 3

    /// Takes back functions of answers that nobody has called since the last few sweeps.
    ///
    /// Meant to be called every five minutes: callers may count on ten.
    mutating func sweep() -> [Action] {
        var released: [RPCFunction] = []
        for (id, session) in sessions where session.wait == nil {
            if session.age >= Self.maxAge {
                released += session.functions.values
                sessions[id] = nil
            } else {
                sessions[id]?.age += 1
            }
        }
        return [.release(released)]
    }

    /// A peer has left: calls to it fail, what was lent to it is taken back.
    mutating func peerLeft(_ address: String) -> [Action] {
        var actions: [Action] = []
        var released: [RPCFunction] = []
        // Calls that were still on their way in pieces end below like all others.
        long = long.filter { $0.value.target != address }
        for (id, session) in sessions.sorted(by: { $0.key < $1.key }) where session.target == address {
            sessions[id] = nil
            released += session.functions.values
            guard let wait = session.wait else { continue }
            let error = RPCError(.disconnected, "\(address) has left before \(wait.name) was answered")
            actions.append(.clearTimer(session: id))
            actions += end(wait, .failure(error))
        }
        for (id, service) in services where service.onlyCaller == address {
            services[id] = nil
            released += service.functions
        }
        partial = partial.filter { !$0.key.hasPrefix("\(address) ") }
        return actions + [.release(released)]
    }

    /// The link is gone: every wait ends, everything lent in calls is taken back. Services stay for the next link.
    mutating func disconnect(_ reason: RPCError) -> [Action] {
        partial = [:]
        long = [:]
        let targets = Set(sessions.values.map(\.target) + services.values.compactMap(\.onlyCaller))
        return targets.sorted().flatMap { peerLeft($0) }.map { action in
            if case .resume(let call, .failure) = action { return .resume(call, .failure(reason)) }
            return action
        }
    }
}
