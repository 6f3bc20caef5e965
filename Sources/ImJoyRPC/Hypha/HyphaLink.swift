internal import OrderedCollections
internal import Synchronization

/// One link of the Hypha dialect under way, at either end: what waits to be written, and the wish to end it.
///
/// A link ends when the far side hangs up, when nothing has come from it for too long, when reading or writing fails,
/// when ``close()`` is called, and when the task is cancelled.
final class HyphaLink: Sendable {
    /// What a link watches for.
    struct Watch: Sendable {
        /// How long the greeting may take.
        var opening: Duration
        /// After how long without any message the far side counts as gone; that is noticed after twice as long at most.
        var silence: Duration?
        /// How often we say that we are alive.
        var pings: Duration?
    }

    /// How long an end waits for the far side to take, or to send, the last messages.
    private static let farewell = Duration.milliseconds(500)
    /// When the first sign of life is sent.
    private static let firstPing = Duration.seconds(2)

    private let outbox: Outbox<RPCMessage>
    private let clock: RPCClock
    private let isOpen = Atomic(false)
    private let hasHeard = Atomic(true)
    /// Ends without a value when the link closes.
    private let closing: AsyncStream<Never>
    private let closingSource: AsyncStream<Never>.Continuation

    init(clock: RPCClock, limits: RPCLimits) {
        self.clock = clock
        outbox = Outbox(capacity: limits.maxQueuedMessages)
        (closing, closingSource) = AsyncStream.makeStream()
    }

    /// Sends a message, at once if possible; false when the far side does not read what waits for it already.
    func send(_ message: HyphaMessage) -> Bool {
        defer { outbox.flush() }
        return queue(message)
    }

    /// Queues a message, for callers that hold a lock; ``flush()`` is to follow when they do not any more.
    func queue(_ message: HyphaMessage) -> Bool { outbox.push(message.message) }

    /// Sends what is queued, as far as that goes without waiting.
    func flush() { outbox.flush() }

    /// The greetings have been exchanged.
    func open() { isOpen.store(true, ordering: .relaxed) }

    /// Ends the link once what is queued has been written, for which the far side has half a second.
    func close() {
        outbox.finish()
        closingSource.finish()
    }

    /// Reads and writes until the link ends; throws what damaged it.
    ///
    /// - Parameters:
    ///   - receive: gets each message in order.
    ///   - refused: gets messages that cannot be written, while the link lives on.
    ///   - ended: told the reason before anything is waited for; told again when the link was damaged.
    func run(
        over transport: some RPCTransport, watch: Watch,
        receive: @escaping @Sendable (RPCMessage) async throws -> Void,
        refused: @escaping @Sendable (RPCMessage, RPCError) -> Void,
        ended: @escaping @Sendable (RPCError) -> Void
    ) async throws {
        do {
            try await transport.withConnection { inbound, writer in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await self.write(to: writer, refused) }
                    group.addTask { try await self.read(inbound, receive) }
                    group.addTask { try await self.waitForFarewell() }
                    group.addTask { try await self.waitForOpening(watch.opening) }
                    if let silence = watch.silence { group.addTask { try await self.watchSilence(silence) } }
                    if let pings = watch.pings { group.addTask { try await self.ping(every: pings) } }
                    // Whichever ends first ends the others. Closing comes before waiting, since it wakes the writer.
                    let first = await group.nextResult()
                    ended(Self.reason(for: first))
                    close()
                    group.cancelAll()
                    try first?.get()
                }
            }
        } catch {
            outbox.finish(dropping: true)
            close()
            ended(Self.reason(for: .failure(error)))
            throw error
        }
        outbox.finish(dropping: true)
    }

    private static func reason(for end: Result<Void, any Error>?) -> RPCError {
        switch end {
        case .failure(let error as RPCError) where error.code == .refused: error
        case .failure(let error) where !(error is CancellationError):
            RPCError(.disconnected, "the connection was lost", cause: error)
        case .failure: RPCError(.disconnected, "the connection was closed here")
        case .success, nil: RPCError(.disconnected, "the far side closed the connection")
        }
    }

    private func read(
        _ inbound: some AsyncSequence<RPCMessage, any Error> & Sendable,
        _ receive: @Sendable (RPCMessage) async throws -> Void
    ) async throws {
        for try await message in inbound {
            hasHeard.store(true, ordering: .relaxed)
            try await receive(message)
        }
    }

    private func write(
        to writer: any RPCMessageWriter, _ refused: @escaping @Sendable (RPCMessage, RPCError) -> Void
    ) async throws {
        do {
            try await outbox.run(over: writer, message: { $0 }, refused: refused)
        } catch let error as RPCError where error.code == .disconnected {
            // The far side hung up. What it said last may still be on its way in, and the reader ends after it.
            try await pause(Self.farewell)
        }
    }

    private func pause(_ duration: Duration) async throws { try await clock.sleep(clock.now() + duration) }

    /// A far side that does not read must not keep us: it has had its time for our last messages when this returns.
    private func waitForFarewell() async throws {
        for await _ in closing {}
        try await pause(Self.farewell)
    }

    private func waitForOpening(_ limit: Duration) async throws {
        try await pause(limit)
        guard isOpen.load(ordering: .relaxed) else {
            throw RPCError(.timedOut, "the far side has not introduced itself within \(limit)")
        }
        // Only what goes wrong may end the link.
        try await waitForFarewell()
    }

    private func watchSilence(_ limit: Duration) async throws {
        while true {
            try await pause(limit)
            guard hasHeard.exchange(false, ordering: .relaxed) else {
                throw RPCError(.timedOut, "nothing has come from the far side for \(limit)")
            }
        }
    }

    private func ping(every interval: Duration) async throws {
        try await pause(min(Self.firstPing, interval / 2))
        while true {
            _ = send(.control(["type": "ping"]))
            try await pause(interval)
        }
    }
}
