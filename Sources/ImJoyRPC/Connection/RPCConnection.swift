internal import Logging
public import OrderedCollections
internal import Synchronization

/// One live link between an application and a plugin of it. Either side exports, either side calls.
///
/// ```swift
/// let connection = RPCConnection(over: transport, as: ImJoyCoreRole(name: "Cells", type: "native-python"), exporting: api)
/// try await withThrowingTaskGroup(of: Void.self) { group in
///     group.addTask { try await connection.run() }
///     try await connection.handshake()
///     try await connection.execute(["type": "script", "lang": "python", "content": .string(source)])
///     let plugin = try await connection.remoteInterface()
///     let count: Int = try await plugin.count(image)
///     connection.disconnect()
/// }
/// ```
///
/// Calls of the far side start in the order of their arrival, run at the same time and may finish in any order. They run in
/// tasks of their own, which see no task-local values of ours. Over pipes and sockets a function whose calls are over within
/// microseconds runs on the thread that reads; should one of its calls compute for long, that call keeps the others waiting.
/// Delivery is at most once: when the link is lost, every call that is still open fails with `disconnected`, and
/// whether the far side had run it is not known.
public final class RPCConnection: Sendable {
    private struct State {
        var machine: StateMachine
        var waiters: [CallID: CheckedContinuation<RPCValue, any Error>] = [:]
        /// Set once; nothing more is said then.
        var isClosing = false
        var hasRun = false

        /// Performs what must happen under the lock and notes the rest.
        mutating func collect(
            _ actions: [StateMachine.Action], _ outbox: Outbox<StateMachine.Outgoing>, into effects: inout Effects
        ) {
            for action in actions {
                switch action {
                // Messages are queued under the lock, so they leave in the order in which they were decided.
                case .send(let outgoing):
                    effects.sends = true
                    if !outbox.push(outgoing) { effects.isOverloaded = true }
                case .resume(let call, let result):
                    if let waiter = waiters.removeValue(forKey: call) { effects.resumptions.append((waiter, result)) }
                case .close:
                    isClosing = true
                    effects.isClosing = true
                case .serve(let call): effects.calls.append(call)
                case .event(let event): effects.events.append(event)
                case .forward(let peerID, let message): effects.forwards.append((peerID, message))
                case .forwardDisposal(let peerID, let objectID): effects.disposals.append((peerID, objectID))
                case .introduced(let peerID): effects.peerID = peerID
                case .release(let exports): effects.released.append(exports)
                }
            }
        }
    }

    /// How long a connection that ends waits for the far side to take, or to send, the last messages.
    private static let farewell = Duration.milliseconds(500)

    private let state: Mutex<State>
    private let outbox: Outbox<StateMachine.Outgoing>
    private let lastCall = Atomic<UInt64>(0)
    private let transport: any RPCTransport
    private let configuration: RPCConfiguration
    /// Ends without a value when the connection closes.
    private let closing: AsyncStream<Never>
    private let closingSource: AsyncStream<Never>.Continuation

    /// An application's end that is not running yet; calls fail until ``handshake()`` has returned.
    public convenience init(
        over transport: some RPCTransport, as role: ImJoyCoreRole, exporting service: RPCService,
        configuration: RPCConfiguration = RPCConfiguration()
    ) {
        self.init(transport, .core(role), service, configuration)
    }

    /// A plugin's end that is not running yet; it introduces itself when ``run()`` is called, under a new random name.
    ///
    /// Calls fail until the application's interface has come (``handshake()``). Without a
    /// service the application's question for our interface is answered by ``export(_:)``.
    public convenience init(
        over transport: some RPCTransport, as role: ImJoyPluginRole, exporting service: RPCService? = nil,
        configuration: RPCConfiguration = RPCConfiguration()
    ) {
        self.init(transport, .plugin(role, id: RandomID.make()), service, configuration)
    }

    private init(
        _ transport: some RPCTransport, _ role: StateMachine.Role, _ service: RPCService?,
        _ configuration: RPCConfiguration
    ) {
        self.transport = transport
        self.configuration = configuration
        let router = configuration.router
        let machine = StateMachine(
            role: role, api: service?.members, limits: configuration.limits, codecs: configuration.codecs,
            makeID: RandomID.make, isRouted: { router?.reaches($0, of: $1) ?? false })
        state = Mutex(State(machine: machine))
        outbox = Outbox(capacity: configuration.limits.maxQueuedMessages)
        (closing, closingSource) = AsyncStream.makeStream()
    }

    /// Reads, writes and serves until either side hangs up; throws what damaged the link.
    ///
    /// Can be called once. Cancelling the task ends the connection. Functions that the far side has called are
    /// cancelled when the link ends, and `run()` returns after them.
    public func run() async throws {
        let isFirst = state.withLock { state in
            defer { state.hasRun = true }
            return !state.hasRun
        }
        guard isFirst else { throw RPCError(.refused, "a connection runs once; make a new one over a new transport") }
        update { $0.machine.start() }
        do {
            try await run(transport)
        } catch is CancellationError where !Task.isCancelled {
            // Our own way of stopping the reader after `disconnect()`.
        }
    }

    private func run(_ transport: some RPCTransport) async throws {
        defer { outbox.finish(dropping: true) }
        do {
            try await transport.withConnection { inbound, writer in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await self.writeOutbox(to: writer) }
                    group.addTask { try await self.readAndServe(inbound) }
                    group.addTask { try await self.waitForFarewell() }
                    // Whichever ends first ends the others. Closing comes before waiting, since it wakes the writer.
                    let first = await group.nextResult()
                    self.close(Self.reason(for: first))
                    group.cancelAll()
                    try first?.get()
                }
            }
        } catch {
            close(Self.reason(for: .failure(error)))
            throw error
        }
    }

    /// A far side that does not read must not keep us: it has had its time for our last messages when this returns.
    private func waitForFarewell() async throws {
        for await _ in closing {}
        try await Task.sleep(for: Self.farewell)
    }

    private static func reason(for end: Result<Void, any Error>?) -> RPCError {
        switch end {
        case .failure(let error) where !(error is CancellationError):
            RPCError(.disconnected, "the connection was lost", cause: error)
        case .failure: RPCError(.disconnected, "the connection was closed here")
        case .success, nil: RPCError(.disconnected, "the far side closed the connection")
        }
    }

    private func readAndServe(_ inbound: some AsyncSequence<RPCMessage, any Error> & Sendable) async throws {
        let calls = CallTasks()
        let pushed = (inbound as? RPCInboundMessages).flatMap { $0.isReadByThread ? $0 : nil }
        let take = { @Sendable (message: RPCMessage) -> Bool in
            let outcome = self.update { $0.machine.receive(message, caller: self) }
            for call in outcome.calls {
                if let result = call.function.answerInOrder(call.arguments) {
                    self.finish(call, result, calls)
                    continue
                }
                // The thread has nothing better to do than what takes less time than to wake another one.
                calls.start(here: pushed != nil && call.function.isQuick) { await self.serve(call, calls) }
            }
            return outcome.isOpen
        }
        let end: Result<Void, any Error>
        do {
            if let pushed {
                try await pushed.forEach(take)
            } else {
                for try await message in inbound where !take(message) { break }
            }
            end = .success(())
        } catch {
            end = .failure(error)
        }
        // Calls that are being served may wait for answers that will not come any more, so those end first.
        close(Self.reason(for: end))
        await calls.end()
        try end.get()
    }

    /// Ends the connection: tells the far side, fails what is still open, and lets ``run()`` return.
    ///
    /// A far side that does not read its messages is left without them after half a second.
    public func disconnect() {
        update {
            $0.machine.sayGoodbye() + $0.machine.disconnect(RPCError(.disconnected, "the connection was closed here"))
        }
    }

    private func close(_ reason: RPCError) {
        update { $0.machine.disconnect(reason) }
    }

    /// Counts of what is open, for tests and diagnostics: waits of ours, and functions and objects lent out.
    package var openCounts: (waits: Int, exports: Int) {
        state.withLock { (max($0.machine.waiterCount, $0.waiters.count), $0.machine.exports.count) }
    }

    // MARK: Performing actions

    /// Feeds the machine under the lock and performs what it decided after it.
    ///
    /// What is left for the reader comes back: the calls to serve, and whether the link stays open.
    @discardableResult
    private func update(
        _ input: (inout State) -> [StateMachine.Action]
    ) -> (calls: [StateMachine.InboundCall], isOpen: Bool) {
        var effects = Effects()
        state.withLock { state in
            state.collect(input(&state), outbox, into: &effects)
            if effects.isOverloaded, !state.isClosing {
                let count = configuration.limits.maxQueuedMessages
                let reason = "the far side does not read its messages; \(count) are waiting"
                state.collect(state.machine.disconnect(RPCError(.overloaded, reason)), outbox, into: &effects)
            }
        }
        if effects.sends { outbox.flush() }
        if effects.isClosing {
            closingSource.finish()
            outbox.finish()
        }
        for (waiter, result) in effects.resumptions { waiter.resume(with: result.mapError { $0 as any Error }) }
        for event in effects.events { report(event) }
        if let peerID = effects.peerID, let router = configuration.router, !router.register(self, as: peerID) {
            report(.dropped("messages for \(peerID): another connection has that name"))
        }
        if effects.isClosing { configuration.router?.unregister(self) }
        for (peerID, message) in effects.forwards {
            guard configuration.router?.forward(message, from: self, to: peerID) != true else { continue }
            report(.dropped("a message for \(peerID), which is not connected here"))
        }
        withExtendedLifetime(effects.released) {}
        let disposals = effects.disposals.map(disposal)
        return (effects.calls + disposals, !effects.isClosing)
    }

    /// Lets the plugin of another connection forget an object, as a call that the reader serves.
    private func disposal(peerID: String, objectID: String) -> StateMachine.InboundCall {
        let router = configuration.router
        let function = RPCFunction(raw: "disposeObject") { _ in
            // With its plugin the object is gone too.
            if let owner = router?.connection(peerID) { try await owner.giveUp(objectID) }
            return .null
        }
        return StateMachine.InboundCall(function: function, arguments: RPCArguments(), purpose: .disposal)
    }

    /// Has our far side forget an object that another plugin had of it.
    ///
    /// Its interface stays: the others have it too.
    private func giveUp(_ objectID: String) async throws {
        guard state.withLock({ $0.machine.interfaceID != objectID }) else { return }
        try await dispose(objectID: objectID, owner: nil)
    }

    /// Takes back an object that the far side was lent under a name of ours.
    package func revoke(objectID: String) {
        update { $0.machine.revoke(objectID) }
    }

    /// What remains to be done after unlocking.
    private struct Effects {
        var sends = false
        var isOverloaded = false
        var resumptions: [(CheckedContinuation<RPCValue, any Error>, Result<RPCValue, RPCError>)] = []
        var calls: [StateMachine.InboundCall] = []
        var events: [RPCEvent] = []
        var forwards: [(peerID: String, RPCMessage)] = []
        var disposals: [(peerID: String, objectID: String)] = []
        var peerID: String?
        /// Closures whose end may run code that calls us.
        var released: [ExportTable] = []
        var isClosing = false
    }

    /// Hands a message to the far side that another plugin has sent it; false when it is not there any more.
    func relay(_ message: RPCMessage) -> Bool {
        var isSent = false
        update { state in
            guard let actions = try? state.machine.relay(message) else { return [] }
            isSent = true
            return actions
        }
        return isSent
    }

    private func report(_ event: RPCEvent) {
        if case .dropped(let reason) = event { configuration.logger?.debug("dropped: \(reason)") }
        configuration.onEvent(event)
    }

    private func writeOutbox(to writer: any RPCMessageWriter) async throws {
        do {
            try await outbox.run(over: writer) {
                $0.message
            } refused: { [weak self] outgoing, error in
                self?.update { $0.machine.refuse(outgoing, error) }
            }
        } catch let error as RPCError where error.code == .disconnected {
            // The far side hung up. What it said last may still be on its way in, and the reader ends after it.
            try await Task.sleep(for: Self.farewell)
        }
    }

    private func serve(_ call: StateMachine.InboundCall, _ calls: CallTasks) async {
        let start = ContinuousClock.now
        var result: Result<RPCValue, RPCError>
        do {
            result = .success(try await call.function.call(call.arguments))
        } catch {
            result = .failure(RPCError(error, as: .remoteFailure))
        }
        finish(call, result, calls)
        call.function.noteCall(lasting: start.duration(to: .now))
    }

    private func finish(_ call: StateMachine.InboundCall, _ result: Result<RPCValue, RPCError>, _ calls: CallTasks) {
        let outcome = update { $0.machine.finish(call, result) }
        // What had to wait for this one.
        for next in outcome.calls { calls.start(here: false) { await self.serve(next, calls) } }
    }

    // MARK: Waiting

    /// Registers a wait, feeds the machine, and suspends until the wait is resumed, exactly once.
    private func wait(
        _ input: @escaping @Sendable (inout StateMachine, CallID) throws(RPCError) -> [StateMachine.Action]
    ) async throws -> RPCValue {
        // A task that is cancelled already sends nothing.
        if Task.isCancelled { throw Self.cancellation }
        let call = CallID(number: lastCall.add(1, ordering: .relaxed).newValue)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                update { state in
                    state.waiters[call] = continuation
                    do throws(RPCError) {
                        return try input(&state.machine, call)
                    } catch {
                        return [.resume(call, .failure(error))]
                    }
                }
                if Task.isCancelled { abandon(call) }
            }
        } onCancel: {
            abandon(call)
        }
    }

    private static let cancellation = RPCError(.cancelled, "the task was cancelled")

    /// Ends a wait from this side; the far side's answer, if it still comes, is dropped.
    private func abandon(_ call: CallID) {
        update { state in
            state.machine.abandon(call)
            return [.resume(call, .failure(Self.cancellation))]
        }
    }

    /// Waits until calls may flow; returns what the far side said about itself.
    ///
    /// For an application that is when the plugin has taken our interface, and the result is the plugin's
    /// configuration; for a plugin it is when the application's interface has come, and the result is what the
    /// application asked for.
    @discardableResult
    public func handshake() async throws -> RPCObject {
        try await wait { (machine, call) throws(RPCError) in machine.awaitHandshake(call) }.objectValue ?? [:]
    }

    /// Has the plugin run a code block (type, content and attributes, as the dialect names them).
    ///
    /// Throws `refused` in a plugin: code goes from applications to plugins only.
    public func execute(_ code: RPCObject) async throws {
        _ = try await wait { (machine, call) throws(RPCError) in try machine.execute(call, code: code) }
    }

    /// The object that the far side exports.
    ///
    /// A plugin is asked for it each time. The application's interface comes without asking; this waits for the first
    /// one and then returns the newest.
    public func remoteInterface() async throws -> RemoteObject {
        let value = try await wait { (machine, call) throws(RPCError) in try machine.requestInterface(call) }
        return try RemoteObject(rpcValue: value)
    }

    /// Offers `service` in place of what was exported before, and tells the far side when it is due.
    ///
    /// A plugin's interface is due when the application has asked for it. Throws when the connection is closed, and
    /// `overloaded` or `limitExceeded` when the service is beyond the limits.
    public func export(_ service: RPCService) throws {
        var failure: RPCError?
        update { state in
            do throws(RPCError) {
                return try state.machine.export(service.members)
            } catch {
                failure = error
                return []
            }
        }
        if let failure { throw failure }
    }
}

extension RPCConnection: RemoteCaller {
    package func call(
        _ reference: RemoteReference, positional: [RPCValue], named: RPCObject, options: RPCCallOptions
    ) async throws -> RPCValue {
        let answer: @Sendable () async throws -> RPCValue = {
            try await self.wait { (machine, call) throws(RPCError) in
                try machine.call(call, reference, positional: positional, named: named)
            }
        }
        guard let timeout = options.timeout else { return try await answer() }
        return try await withTimeout(timeout, of: reference.path, answer)
    }

    package func dispose(objectID: String, owner: WireID? = nil) async throws {
        _ = try await wait { (machine, call) throws(RPCError) in
            try machine.dispose(call, objectID: objectID, owner: owner)
        }
    }
}

/// Runs `body`, or cancels it and throws `timedOut` when it takes longer than `limit`.
private func withTimeout(
    _ limit: Duration, of name: String, _ body: @escaping @Sendable () async throws -> RPCValue
) async throws -> RPCValue {
    try await withThrowingTaskGroup(of: RPCValue?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            // Cancelled from outside or by the answer: the first task says what happened.
            guard (try? await Task.sleep(for: limit)) != nil else {
                throw RPCError(.cancelled, "the task was cancelled")
            }
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else {
            throw RPCError(.timedOut, "\(name) gave no answer within \(limit)")
        }
        return value
    }
}
