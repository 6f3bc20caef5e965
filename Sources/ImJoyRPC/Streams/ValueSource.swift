internal import Synchronization

/// A sequence that hands out its values one call at a time.
///
/// Sendable because only whoever has the turn uses the iterator, and there is one turn.
final class ValueSource: @unchecked Sendable {
    private struct State {
        var isTaken = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        var isClosed = false
    }
    /// Reads the next value; nil when the source has ended. Used with the turn only.
    private var advance: (() async throws -> RPCValue?)?
    private let turn = Mutex(State())
    /// Rings when nobody reads any more.
    private let closing = Alarm()

    init<S: AsyncSequence>(_ base: S) where S.Element: RPCEncodable {
        // Used with the turn only, by one task at a time.
        nonisolated(unsafe) var iterator = base.makeAsyncIterator()
        advance = { try await iterator.next()?.rpcValue() }
    }

    /// The two functions that it is on the wire.
    var generator: RPCGenerator {
        RPCGenerator(
            next: RPCFunction(raw: "next") { _ in try await self.next() ?? RPCGenerator.end },
            close: RPCFunction(raw: "close") { _ in
                await self.close()
                return true
            })
    }

    private func next() async throws -> RPCValue? {
        await takeTurn()
        defer { passTurn() }
        guard !turn.withLock({ $0.isClosed }) else { return nil }
        do {
            // A source that has nothing to give must not be waited for when nobody wants it any more.
            let value = try await withThrowingTaskGroup(of: RPCValue?.self) { group in
                group.addTask { try await self.advance?() }
                group.addTask {
                    await self.closing.wait()
                    return nil
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
            if let value { return value }
        } catch {
            advance = nil
            throw error
        }
        advance = nil
        return nil
    }

    private func close() async {
        turn.withLock { $0.isClosed = true }
        closing.ring()
        await takeTurn()
        advance = nil
        passTurn()
    }

    private func takeTurn() async {
        await withCheckedContinuation { continuation in
            let isFree = turn.withLock { state in
                if state.isTaken {
                    state.waiters.append(continuation)
                    return false
                }
                state.isTaken = true
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    private func passTurn() {
        let next = turn.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiters.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiters.removeFirst()
        }
        next?.resume()
    }
}
