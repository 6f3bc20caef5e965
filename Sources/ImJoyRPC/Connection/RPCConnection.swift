internal import DequeModule
internal import Logging
public import OrderedCollections
internal import Synchronization

/// One live link to a plugin. Either side exports, either side calls.
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
/// Calls of the far side start in the order of their arrival, run at the same time and may finish in any order.
/// Delivery is at most once: when the link is lost, every call that is still open fails with `disconnected`, and
/// whether the far side had run it is not known.
public final class RPCConnection: Sendable {
    private struct State {
        var machine: StateMachine
        var outbox: Deque<RPCMessage> = []
        var writer: CheckedContinuation<Void, Never>?
        var waiters: [CallID: CheckedContinuation<RPCValue, any Error>] = [:]
        var nextCall: UInt64 = 0
        /// Set once; the writer ends when its outbox is empty.
        var isClosing = false
    }

    private let state: Mutex<State>
    private let transport: any RPCTransport
    private let configuration: RPCConfiguration

    /// A connection that is not running yet; calls wait for ``run()`` and the handshake.
    public init(
        over transport: some RPCTransport, as role: ImJoyCoreRole, exporting service: RPCService,
        configuration: RPCConfiguration = RPCConfiguration()
    ) {
        self.transport = transport
        self.configuration = configuration
        let machine = StateMachine(
            role: role, api: service.members, limits: configuration.limits, makeID: RandomID.make)
        state = Mutex(State(machine: machine))
    }

    /// Reads, writes and serves until either side hangs up; throws what damaged the link.
    ///
    /// Must be called once. Cancelling the task ends the connection.
    public func run() async throws {
        do {
            try await run(transport)
        } catch is CancellationError where Task.isCancelled {
            throw CancellationError()
        } catch is CancellationError {
            // Our own way of stopping the reader after `disconnect()`.
        }
    }

    private func run(_ transport: some RPCTransport) async throws {
        do {
            try await transport.withConnection { inbound, writer in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await self.writeOutbox(to: writer) }
                    group.addTask { try await self.readAndServe(inbound) }
                    // Whichever ends first ends the other. Closing comes before waiting, since it wakes the writer.
                    let first = await group.nextResult()
                    self.close(Self.reason(for: first))
                    group.cancelAll()
                    if case .failure(let error) = first { throw error }
                }
            }
        } catch {
            close(Self.reason(for: .failure(error)))
            throw error
        }
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
        try await withThrowingDiscardingTaskGroup { group in
            for try await message in inbound {
                let outcome = update { $0.machine.receive(message, caller: self) }
                for call in outcome.calls { group.addTask { await self.serve(call) } }
                if !outcome.isOpen { break }
            }
            // Nobody is left to hear the answers.
            group.cancelAll()
        }
    }

    /// Ends the connection: tells the far side, fails what is still open, and lets ``run()`` return.
    public func disconnect() {
        update { $0.machine.sayGoodbye() + $0.machine.disconnect(RPCError(.disconnected, "the connection was closed here")) }
    }

    private func close(_ reason: RPCError) {
        update { $0.machine.disconnect(reason) }
    }

    /// Counts of what is open, for tests and diagnostics: waits of ours, and functions and objects lent out.
    package var openCounts: (waits: Int, exports: Int) {
        state.withLock { ($0.machine.waiterCount + $0.waiters.count, $0.machine.exports.count) }
    }

    // MARK: Performing actions

    /// Feeds the machine under the lock and performs what it decided after it.
    ///
    /// What is left for the reader comes back: the calls to serve, and whether the link stays open.
    @discardableResult
    private func update(
        _ input: (inout State) -> [StateMachine.Action]
    ) -> (calls: [StateMachine.InboundCall], isOpen: Bool) {
        var isOpen = true
        var calls: [StateMachine.InboundCall] = []
        var resumptions: [(CheckedContinuation<RPCValue, any Error>, Result<RPCValue, RPCError>)] = []
        var others: [StateMachine.Action] = []
        let writer = state.withLock { state -> CheckedContinuation<Void, Never>? in
            var hasNews = false
            for action in input(&state) {
                switch action {
                // Messages are queued under the lock, so they leave in the order in which they were decided.
                case .send(let message):
                    state.outbox.append(message)
                    hasNews = true
                case .resume(let call, let result):
                    if let waiter = state.waiters.removeValue(forKey: call) { resumptions.append((waiter, result)) }
                case .close:
                    state.isClosing = true
                    isOpen = false
                    hasNews = true
                default: others.append(action)
                }
            }
            guard hasNews else { return nil }
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume()
        for (waiter, result) in resumptions { waiter.resume(with: result.mapError { $0 as any Error }) }
        for action in others {
            switch action {
            case .serve(let call): calls.append(call)
            case .event(let event): report(event)
            case .forward(let peerID, let message):
                if configuration.forward?(peerID, message) != true {
                    report(.dropped("a message for \(peerID), which is not connected here"))
                }
            case .send, .resume, .close: break
            }
        }
        return (calls, isOpen)
    }

    private func report(_ event: RPCEvent) {
        if case .dropped(let reason) = event { configuration.logger?.debug("dropped: \(reason)") }
        configuration.onEvent(event)
    }

    private func writeOutbox(to writer: any RPCMessageWriter) async throws {
        while true {
            let (message, isDone) = state.withLock { ($0.outbox.popFirst(), $0.isClosing) }
            if let message {
                try await writer.write(message)
            } else if isDone {
                return
            } else {
                await withCheckedContinuation { continuation in
                    let hasNews = state.withLock { state in
                        if !state.outbox.isEmpty || state.isClosing { return true }
                        state.writer = continuation
                        return false
                    }
                    if hasNews { continuation.resume() }
                }
            }
        }
    }

    private func serve(_ call: StateMachine.InboundCall) async {
        var result: Result<RPCValue, RPCError>
        do {
            result = .success(try await call.function.call(call.arguments))
        } catch {
            result = .failure(RPCError(error, as: .remoteFailure))
        }
        update { $0.machine.finish(call, result) }
    }

    // MARK: Waiting

    /// Registers a wait, feeds the machine, and suspends until the wait is resumed, exactly once.
    private func wait(
        abandoning isAbandonable: Bool = false,
        _ input: @escaping @Sendable (inout StateMachine, CallID) throws(RPCError) -> [StateMachine.Action]
    ) async throws -> RPCValue {
        try Task.checkCancellation()
        let call = state.withLock { state in
            state.nextCall += 1
            return CallID(number: state.nextCall)
        }
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
                if Task.isCancelled { abandon(call, RPCError(.cancelled, "the task was cancelled")) }
            }
        } onCancel: {
            abandon(call, RPCError(.cancelled, "the task was cancelled"))
        }
    }

    /// Ends a wait from this side; the far side's answer, if it still comes, is dropped.
    private func abandon(_ call: CallID, _ reason: RPCError) {
        update { state in
            _ = state.machine.abandon(call)
            return [.resume(call, .failure(reason))]
        }
    }

    /// Waits until the plugin has introduced itself and taken our interface; returns what it said about itself.
    @discardableResult
    public func handshake() async throws -> RPCObject {
        try await wait { (machine, call) throws(RPCError) in machine.awaitHandshake(call) }.objectValue ?? [:]
    }

    /// Has the plugin run a code block (type, content and attributes, as the dialect names them).
    public func execute(_ code: RPCObject) async throws {
        _ = try await wait { (machine, call) throws(RPCError) in try machine.execute(call, code: code) }
    }

    /// Asks the plugin for the object it exports.
    public func remoteInterface() async throws -> RemoteObject {
        let value = try await wait { (machine, call) throws(RPCError) in try machine.requestInterface(call) }
        return try RemoteObject(rpcValue: value)
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

    package func dispose(objectID: String) async throws {
        _ = try await wait { (machine, call) throws(RPCError) in try machine.dispose(call, objectID: objectID) }
    }
}

/// Runs `body`, or cancels it and throws `timedOut` when it takes longer than `limit`.
private func withTimeout(
    _ limit: Duration, of name: String, _ body: @escaping @Sendable () async throws -> RPCValue
) async throws -> RPCValue {
    try await withThrowingTaskGroup(of: RPCValue?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else {
            throw RPCError(.timedOut, "\(name) gave no answer within \(limit)")
        }
        return value
    }
}
