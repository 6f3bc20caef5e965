internal import Logging
internal import OrderedCollections
internal import Synchronization

/// One client of the Hypha dialect: performs what its ``HyphaMachine`` decides, over one link after another.
///
/// It holds no task of its own. ``runTimers()`` runs as long as the client does; each link has one task that runs it and
/// one that serves the calls that come over it, which may end later than the link.
final class HyphaConnection: Sendable {
    /// What comes due at a time.
    private enum Timer: Hashable {
        /// No answer and no sign of life has come in this session.
        case silence(session: String)
        /// The caller waits no longer.
        case deadline(CallID)
        /// It is time to say that a call is still being served.
        case heartbeat(UInt64)
        /// The server is to be asked for a new token to come back with.
        case refresh
        case sweep
    }

    /// A link and the calls that have come over it.
    final class Link: Sendable {
        let wire: HyphaLink
        fileprivate let calls: AsyncStream<HyphaMachine.InboundCall>
        fileprivate let callSource: AsyncStream<HyphaMachine.InboundCall>.Continuation
        fileprivate let greetings: AsyncStream<RPCObject>
        fileprivate let greetingSource: AsyncStream<RPCObject>.Continuation

        fileprivate init(_ wire: HyphaLink) {
            self.wire = wire
            (calls, callSource) = AsyncStream.makeStream()
            (greetings, greetingSource) = AsyncStream.makeStream()
        }
    }

    private struct State {
        var machine: HyphaMachine
        var link: Link?
        /// What the server has said in its greeting; nil while there is no link to call over.
        var greeting: RPCObject?
        /// What shows the server after a lost link that we are who we were; null when it has given nothing.
        var reconnectionToken = RPCValue.null
        /// How often the server is asked for a new one.
        var refreshInterval = longestRefresh
        var waiters: [CallID: Waiter] = [:]
        var lastCall: UInt64 = 0
        var serving: [UInt64: HyphaMachine.InboundCall] = [:]
        var lastServed: UInt64 = 0
        var timers = TimerTable<Timer>()
        /// No link comes up any more.
        var isClosed = false
    }

    private struct Waiter {
        var continuation: CheckedContinuation<RPCValue, any Error>
        var method: String
        var limit: Duration?
    }

    private static let unreachable = RPCError(.disconnected, "there is no connection to the server")
    private static let closedHere = RPCError(.disconnected, "the connection was closed here")

    /// What remains to be done after unlocking.
    private struct Effects {
        var resumptions: [(CheckedContinuation<RPCValue, any Error>, Result<RPCValue, RPCError>)] = []
        var calls: [HyphaMachine.InboundCall] = []
        var events: [(type: String, RPCObject)] = []
        var dropped: [String] = []
        /// Closures whose end may run code that calls us.
        var released: [[RPCFunction]] = []
        var wakesTimers = false
        var sends = false
        var isOverloaded = false
    }

    /// How long a call is served before the caller is told so for the first time.
    private static let firstHeartbeat = Duration.seconds(1)
    private static let sweepInterval = Duration.seconds(300)
    private static let longestRefresh = Duration.seconds(7200)
    /// How long the server's greeting is waited for.
    private static let openingLimit = Duration.seconds(10)

    private let state: Mutex<State>
    private let configuration: HyphaConfiguration
    let clock: RPCClock
    private let alarm = Alarm()
    private let onEvent: @Sendable (_ type: String, RPCObject) -> Void

    init(
        clientID: String, configuration: HyphaConfiguration,
        onEvent: @escaping @Sendable (_ type: String, RPCObject) -> Void = { _, _ in }
    ) {
        self.configuration = configuration
        self.onEvent = onEvent
        clock = RPCClock(configuration.clock)
        var machine = HyphaMachine(
            identity: HyphaMachine.Identity(clientID: clientID, workspace: ""), limits: configuration.limits,
            codecs: configuration.codecs, makeID: configuration.makeID)
        machine.pieceSize = configuration.pieceSize
        machine.timeout = configuration.callTimeout
        state = Mutex(State(machine: machine))
    }

    // MARK: What is known

    /// Who we are on the server; the workspace is empty before the first greeting.
    var identity: HyphaMachine.Identity { state.withLock { $0.machine.identity } }

    /// The server's greeting; nil while there is no link to call over.
    var greeting: RPCObject? { state.withLock { $0.greeting } }

    /// What the server has given last for coming back after a lost link; null when it has given nothing.
    var reconnectionToken: RPCValue { state.withLock { $0.reconnectionToken } }

    /// The services that others may get, without the built-in one and lent objects.
    var services: [HyphaService] {
        state.withLock { state in
            state.machine.services.values.filter { $0.onlyCaller == nil && $0.id != HyphaMachine.builtInID }
                .sorted { $0.id < $1.id }
        }
    }

    /// The built-in service.
    var builtIn: HyphaService? { state.withLock { $0.machine.services[HyphaMachine.builtInID] } }

    /// Counts of what is open, for tests and diagnostics.
    var openCounts: HyphaOpenCounts {
        state.withLock { state in
            HyphaOpenCounts(
                waits: max(state.waiters.count, state.machine.waiterCount), sessions: state.machine.sessions.count,
                serving: state.machine.servingCount, partial: state.machine.partial.count,
                long: state.machine.long.count,
                lentObjects: state.machine.services.values.count { $0.onlyCaller != nil },
                timers: state.timers.count)
        }
    }

    /// The names of what is open with others, for tests.
    var sessionNames: [String] { state.withLock { $0.machine.sessions.keys.sorted() } }

    // MARK: Services

    func register(_ service: HyphaService, overwrite: Bool) throws(RPCError) {
        try change { (machine) throws(RPCError) in try machine.register(service, overwrite: overwrite) }
    }

    func unregister(_ id: String) throws(RPCError) {
        try change { (machine) throws(RPCError) in try machine.unregister(id) }
    }

    private func change(
        _ input: (inout HyphaMachine) throws(RPCError) -> [HyphaMachine.Action]
    ) throws(RPCError) {
        var failure: RPCError?
        update { state in
            do throws(RPCError) {
                return try input(&state.machine)
            } catch {
                failure = error
                return []
            }
        }
        if let failure { throw failure }
    }

    // MARK: Links

    func makeLink() -> Link { Link(HyphaLink(clock: clock, limits: configuration.limits)) }

    /// Says hello over a new link and runs it until it ends; throws what damaged it, or what the server refused.
    ///
    /// - Parameters:
    ///   - isWatched: whether signs of life are sent and expected.
    ///   - onOpen: runs once the server has answered; when it throws, the link ends.
    func run(
        _ link: Link, over transport: some RPCTransport, greeting: RPCObject, isWatched: Bool = true,
        onOpen: @escaping @Sendable () async throws -> Void
    ) async throws {
        try state.withLock { (state) throws(RPCError) in
            guard !state.isClosed else { throw Self.closedHere }
            guard state.link == nil else { throw RPCError(.refused, "a client has one link at a time") }
            state.link = link
        }
        _ = link.wire.send(.control(greeting))
        let interval = isWatched ? configuration.pingInterval : nil
        let watch = HyphaLink.Watch(opening: Self.openingLimit, silence: interval, pings: interval)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await link.wire.run(over: transport, watch: watch) { message in
                    try self.receive(message, over: link)
                } refused: { message, error in
                    guard case .frame(let frame)? = try? HyphaMessage(message) else { return }
                    self.update { $0.machine.refuse(frame, error) }
                } ended: { reason in
                    self.close(link, reason)
                }
                // A far side that hangs up ends what is still being set up.
                throw CancellationError()
            }
            group.addTask {
                for await _ in link.greetings { try await onOpen() }
            }
            defer { group.cancelAll() }
            do {
                for try await _ in group {}
            } catch is CancellationError where !Task.isCancelled {
                // The link has ended in order.
            } catch {
                close(link, RPCError(.disconnected, "the connection could not be set up", cause: error))
                throw error
            }
        }
    }

    /// Runs the calls that come over `link`, and cancels those that still run when the link ends.
    func serve(_ link: Link) async {
        await withDiscardingTaskGroup { group in
            for await call in link.calls { group.addTask { await self.serve(call, of: link) } }
            group.cancelAll()
        }
    }

    /// Ends the present link in order, what is queued is written first; no other one comes up.
    func close() {
        let link = state.withLock { state in
            state.isClosed = true
            return state.link
        }
        if let link { close(link, Self.closedHere) }
    }

    /// Lets go of a link that has ended, or never came up.
    func discard(_ link: Link) { close(link, Self.unreachable) }

    private func close(_ link: Link, _ reason: RPCError) {
        update { state in
            guard state.link === link else { return [] }
            let actions = state.machine.disconnect(reason)
            state.link = nil
            state.greeting = nil
            state.timers.clear(.refresh)
            return actions
        }
        link.wire.close()
        link.callSource.finish()
        link.greetingSource.finish()
    }

    // MARK: Receiving

    private func receive(_ message: RPCMessage, over link: Link) throws {
        let content: HyphaMessage
        do throws(RPCError) {
            content = try HyphaMessage(message)
        } catch {
            return report(error.message)
        }
        switch content {
        case .control(let fields): try receive(control: fields, over: link)
        case .frame(let frame):
            let calls = update { state in
                // Nobody but the server may speak before its greeting, and nobody after the end.
                guard state.link === link, state.greeting != nil else {
                    return [.dropped("a message before the greeting or after the end")]
                }
                return state.machine.receive(frame, caller: self)
            }
            for call in calls {
                if case .terminated = link.callSource.yield(call) { dismiss(call) }
            }
        }
    }

    private func receive(control fields: RPCObject, over link: Link) throws {
        switch fields["type"]?.stringValue {
        case "connection_info":
            guard let workspace = fields["workspace"]?.stringValue, fields["manager_id"]?.stringValue != nil else {
                throw RPCError(.protocolViolation, "a greeting without a workspace or a manager")
            }
            let now = clock.now()
            let (isFirst, wakes) = state.withLock { state in
                guard state.link === link, state.greeting == nil else { return (false, false) }
                state.greeting = fields
                var identity = state.machine.identity
                identity.workspace = workspace
                if let clientID = fields["client_id"]?.stringValue { identity.clientID = clientID }
                identity.server = fields["public_base_url"]?.stringValue
                state.machine.begin(as: identity)
                state.reconnectionToken = fields["reconnection_token"] ?? .null
                guard !state.reconnectionToken.isNull else { return (true, false) }
                let life = fields["reconnection_token_life_time"]?.doubleValue ?? .infinity
                // Compared before it is converted: the server may say any number, or none.
                state.refreshInterval = life < 3 * 3600 ? .seconds(max(life, 1.5) / 1.5) : Self.longestRefresh
                return (true, state.timers.set(.refresh, at: now + state.refreshInterval))
            }
            if wakes { alarm.ring() }
            guard isFirst else { return report("a second greeting") }
            link.wire.open()
            link.greetingSource.yield(fields)
        case "reconnection_token":
            let token = fields["reconnection_token"] ?? .null
            if token.stringValue != nil { state.withLock { $0.reconnectionToken = token } }
        case "error":
            let reason = RPCError(.refused, fields["message"]?.stringValue ?? "the server gives no reason")
            guard greeting == nil else { return report("an error of the server: \(reason.message)") }
            throw reason
        default: break
        }
    }

    // MARK: Serving

    private func serve(_ call: HyphaMachine.InboundCall, of link: Link) async {
        let number = begin(call)
        let context = RPCCallContext(call)
        let result: Result<RPCValue, RPCError>
        do {
            result = .success(
                try await RPCCallContext.$current.withValue(context) { try await call.function.call(call.arguments) })
        } catch {
            result = .failure(RPCError(error, as: .remoteFailure))
        }
        update { state in
            state.serving[number] = nil
            state.timers.clear(.heartbeat(number))
            var call = call
            // An answer belongs to the link that its call has come over.
            if state.link !== link { call.answer = nil }
            return state.machine.finish(call, result)
        }
    }

    /// Lets go of a call whose link has ended before anybody could serve it; no answer would arrive.
    private func dismiss(_ call: HyphaMachine.InboundCall) {
        var call = call
        call.answer = nil
        update { $0.machine.finish(call, .failure(Self.unreachable)) }
    }

    private func begin(_ call: HyphaMachine.InboundCall) -> UInt64 {
        let now = clock.now()
        let (number, wakes) = state.withLock { state in
            state.lastServed += 1
            guard let answer = call.answer else { return (state.lastServed, false) }
            state.serving[state.lastServed] = call
            let first = now + min(Self.firstHeartbeat, answer.interval)
            return (state.lastServed, state.timers.set(.heartbeat(state.lastServed), at: first))
        }
        if wakes { alarm.ring() }
        return number
    }

    // MARK: Time

    /// Does what is due, until the task is cancelled.
    func runTimers() async {
        let start = clock.now()
        state.withLock { _ = $0.timers.set(.sweep, at: start + Self.sweepInterval) }
        while !Task.isCancelled {
            let now = clock.now()
            let (due, next) = state.withLock { state in
                let due = state.timers.takeDue(now)
                return (due, due.isEmpty ? state.timers.sleep() : nil)
            }
            for timer in due { fire(timer, now) }
            if due.isEmpty { await alarm.wait(until: next, by: clock) }
        }
        state.withLock { $0.timers.clear(.sweep) }
    }

    private func fire(_ timer: Timer, _ now: Duration) {
        switch timer {
        case .silence(let session): update { $0.machine.timeOut(session) }
        case .deadline(let call):
            guard let waiter = state.withLock({ $0.waiters[call] }), let limit = waiter.limit else { return }
            abandon(call, RPCError(.timedOut, "\(waiter.method) has not answered within \(limit)"))
        case .heartbeat(let number):
            update { state in
                guard let call = state.serving[number], let answer = call.answer, state.link != nil else { return [] }
                _ = state.timers.set(timer, at: now + answer.interval)
                return state.machine.heartbeat(call)
            }
        case .refresh:
            let link = state.withLock { state -> Link? in
                guard state.greeting != nil else { return nil }
                _ = state.timers.set(.refresh, at: now + state.refreshInterval)
                return state.link
            }
            _ = link?.wire.send(.control(["type": "refresh_token"]))
        case .sweep:
            update { state in
                _ = state.timers.set(.sweep, at: now + Self.sweepInterval)
                return state.machine.sweep()
            }
        }
    }

    // MARK: Performing actions

    /// Feeds the machine under the lock and performs what it decided after it; returns the calls to serve.
    @discardableResult
    private func update(_ input: (inout State) -> [HyphaMachine.Action]) -> [HyphaMachine.InboundCall] {
        let now = clock.now()
        var effects = Effects()
        let link = state.withLock { state in
            let link = state.link
            collect(input(&state), over: link, into: &effects, &state, now)
            return link
        }
        if effects.sends { link?.wire.flush() }
        if effects.wakesTimers { alarm.ring() }
        for (waiter, result) in effects.resumptions { waiter.resume(with: result.mapError { $0 as any Error }) }
        for reason in effects.dropped { report(reason) }
        for (type, payload) in effects.events { onEvent(type, payload) }
        withExtendedLifetime(effects.released) {}
        if effects.isOverloaded, let link {
            let count = configuration.limits.maxQueuedMessages
            close(link, RPCError(.overloaded, "the server does not read its messages; \(count) are waiting"))
        }
        return effects.calls
    }

    private func collect(
        _ actions: [HyphaMachine.Action], over link: Link?, into effects: inout Effects, _ state: inout State,
        _ now: Duration
    ) {
        for action in actions {
            switch action {
            // Messages are queued under the lock, so they leave in the order in which they were decided.
            case .send(let frame):
                if let link, !link.wire.queue(.frame(frame)) { effects.isOverloaded = true }
                effects.sends = true
            case .resume(let call, let result):
                state.timers.clear(.deadline(call))
                if let waiter = state.waiters.removeValue(forKey: call) {
                    effects.resumptions.append((waiter.continuation, result))
                }
            case .serve(let call): effects.calls.append(call)
            case .setTimer(let session, let limit):
                if state.timers.set(.silence(session: session), at: now + limit) { effects.wakesTimers = true }
            case .clearTimer(let session): state.timers.clear(.silence(session: session))
            case .event(let type, let payload): effects.events.append((type, payload))
            case .dropped(let reason): effects.dropped.append(reason)
            case .release(let functions): if !functions.isEmpty { effects.released.append(functions) }
            }
        }
    }

    private func report(_ reason: String) { configuration.logger?.debug("dropped: \(reason)") }

    // MARK: Calling

    /// Calls a function at an address and waits for its answer.
    func call(
        _ reference: HyphaReference, positional: [RPCValue] = [], named: RPCObject = [:], timeout: Duration? = nil
    ) async throws -> RPCValue {
        // A task that is cancelled already sends nothing.
        if Task.isCancelled { throw Self.cancellation }
        let call = state.withLock { state in
            state.lastCall += 1
            return CallID(number: state.lastCall)
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                start(call, reference, positional, named, timeout, continuation)
                if Task.isCancelled { abandon(call, Self.cancellation) }
            }
        } onCancel: {
            abandon(call, Self.cancellation)
        }
    }

    private func start(
        _ call: CallID, _ reference: HyphaReference, _ positional: [RPCValue], _ named: RPCObject,
        _ timeout: Duration?, _ continuation: CheckedContinuation<RPCValue, any Error>
    ) {
        let deadline = timeout.map { clock.now() + $0 }
        var wakes = false
        update { state in
            state.waiters[call] = Waiter(continuation: continuation, method: reference.method, limit: timeout)
            do throws(RPCError) {
                guard state.greeting != nil else { throw Self.unreachable }
                let actions = try state.machine.call(call, reference, positional: positional, named: named)
                if let deadline { wakes = state.timers.set(.deadline(call), at: deadline) }
                return actions
            } catch {
                return [.resume(call, .failure(error))]
            }
        }
        if wakes { alarm.ring() }
    }

    private static let cancellation = RPCError(.cancelled, "the task was cancelled")

    /// Ends a wait from this side; the answer, if it still comes, is dropped.
    private func abandon(_ call: CallID, _ reason: RPCError) {
        update { state in state.machine.abandon(call) + [.resume(call, .failure(reason))] }
    }

    /// Sends a frame as it is.
    func send(_ frame: HyphaFrame) throws(RPCError) {
        guard greeting != nil else { throw Self.unreachable }
        try change { (_) throws(RPCError) in [.send(frame)] }
    }
}

extension HyphaConnection: RemoteCaller {
    private static let foreign = RPCError(.invalidArgument, "the function belongs to a connection of another dialect")

    func call(
        _ reference: RemoteReference, positional: [RPCValue], named: RPCObject, options: RPCCallOptions
    ) async throws -> RPCValue {
        guard case .address(let address) = reference else { throw Self.foreign }
        return try await call(address, positional: positional, named: named, timeout: options.timeout)
    }

    func dispose(objectID: String, owner: WireID?) async throws { throw Self.foreign }

    func tell(_ reference: RemoteReference, positional: [RPCValue]) {
        guard case .address(var address) = reference else { return }
        address.promise = .none
        update { state in
            guard state.greeting != nil else { return [] }
            state.lastCall += 1
            let call = CallID(number: state.lastCall)
            return (try? state.machine.call(call, address, positional: positional, named: [:])) ?? []
        }
    }
}
