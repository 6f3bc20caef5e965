internal import DequeModule
internal import Synchronization

/// Messages that wait for a link to take them: anybody adds without waiting.
///
/// Whoever has added one tries to send it at once, ``flush()``, which costs no change of tasks. What would have to wait is
/// left to the task that is in ``run(over:message:refused:)``. Only one of them sends at a time, in order.
final class Outbox<Element: Sendable>: Sendable {
    private enum Sender {
        case nobody
        /// Somebody who has added something.
        case adder
        /// The link's task, until nothing waits any more.
        case task
    }
    private struct State {
        var elements: Deque<Element> = []
        var sender = Sender.nobody
        /// Where messages go at once; nil while there is no link.
        var sink: Sink?
        var task: CheckedContinuation<Void, Never>?
        var isFinished = false

        /// The task, when it has something to do.
        mutating func wakeTask() -> CheckedContinuation<Void, Never>? {
            guard sender == .task || sender == .nobody && (!elements.isEmpty || isFinished) else { return nil }
            defer { task = nil }
            return task
        }
    }
    private struct Sink {
        var writer: any RPCMessageWriter
        var message: @Sendable (Element) -> RPCMessage
        var refused: @Sendable (Element, RPCError) -> Void
    }
    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// Adds a message, for ``flush()`` to send; false when as many wait as may, which says that the far side does not
    /// read. Nothing is added after ``finish(dropping:)``.
    func push(_ element: Element) -> Bool {
        state.withLock { state in
            if state.isFinished { return true }
            guard state.elements.count < capacity else { return false }
            state.elements.append(element)
            return true
        }
    }

    /// So many messages are sent by one adder, who has work of its own.
    private static var longestFlush: Int { 32 }

    /// Sends what waits, as far as that goes without waiting.
    func flush() {
        var count = 0
        while let (element, sink) = nextOfAdder(after: count) {
            count += 1
            do {
                guard try sink.writer.writeNow(sink.message(element)) else { return leaveToTask(element) }
                // Somebody must wait for the rest of it, and hear of its failure.
                if sink.writer.isBusy || count == Self.longestFlush { return leaveToTask(nil) }
            } catch let error where RPCError.isFaultOfMessage(error) {
                sink.refused(element, RPCError(error, as: .invalidArgument))
            } catch {
                // The task meets the same error, and ends the link by it.
                return leaveToTask(element)
            }
        }
    }

    private func nextOfAdder(after count: Int) -> (Element, Sink)? {
        let (next, task) = state.withLock { state -> ((Element, Sink)?, CheckedContinuation<Void, Never>?) in
            guard state.sender == (count > 0 ? .adder : .nobody) else { return (nil, nil) }
            if let sink = state.sink, let element = state.elements.popFirst() {
                state.sender = .adder
                return ((element, sink), nil)
            }
            state.sender = .nobody
            return (nil, state.wakeTask())
        }
        task?.resume()
        return next
    }

    /// The task goes on, with an element that could not be sent before all others.
    private func leaveToTask(_ element: Element?) {
        let task = state.withLock { state in
            if let element { state.elements.prepend(element) }
            state.sender = .task
            return state.wakeTask()
        }
        task?.resume()
    }

    /// Sends until ``finish(dropping:)`` is called and everything that waits is out; throws what damaged the link.
    ///
    /// - Parameters:
    ///   - message: an element as it goes out.
    ///   - refused: gets elements that cannot be sent, while the link lives on.
    func run(
        over writer: any RPCMessageWriter, message: @escaping @Sendable (Element) -> RPCMessage,
        refused: @escaping @Sendable (Element, RPCError) -> Void
    ) async throws {
        state.withLock { $0.sink = Sink(writer: writer, message: message, refused: refused) }
        defer { state.withLock { $0.sink = nil } }
        while await waitForWork() {
            // What an adder has begun comes first.
            if writer.isBusy { try await writer.flush() }
            guard let element = nextOfTask() else { continue }
            do {
                try await writer.write(message(element))
            } catch let error where RPCError.isFaultOfMessage(error) {
                refused(element, RPCError(error, as: .invalidArgument))
            }
        }
        try await writer.flush()
    }

    /// Waits until the task is to send something; false when nothing will come any more.
    private func waitForWork() async -> Bool {
        while true {
            let (isWanted, isDone) = state.withLock { state -> (Bool, Bool) in
                guard state.sender != .adder else { return (false, false) }
                let isWanted = state.sender == .task || !state.elements.isEmpty
                if isWanted { state.sender = .task }
                return (isWanted, state.isFinished)
            }
            if isWanted { return true }
            if isDone { return false }
            await withCheckedContinuation { continuation in
                let task = state.withLock { state in
                    state.task = continuation
                    return state.wakeTask()
                }
                task?.resume()
            }
        }
    }

    /// The next element; without one adders send again.
    private func nextOfTask() -> Element? {
        state.withLock { state in
            let element = state.elements.popFirst()
            if element == nil { state.sender = .nobody }
            return element
        }
    }

    /// Takes no more messages; those that wait can still be sent, unless they are dropped.
    func finish(dropping: Bool = false) {
        let task = state.withLock { state in
            state.isFinished = true
            if dropping { state.elements = [] }
            return state.wakeTask()
        }
        task?.resume()
    }
}
