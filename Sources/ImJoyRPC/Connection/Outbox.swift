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
            guard sender != .adder, !elements.isEmpty || isFinished else { return nil }
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

    /// How many wait.
    var count: Int { state.withLock { $0.elements.count } }

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

    /// Sends what waits, as far as that goes without waiting.
    func flush() {
        var hasSent = false
        while let (element, sink) = nextOfAdder(after: hasSent) {
            hasSent = true
            do {
                if try sink.writer.writeNow(sink.message(element)) { continue }
                leaveToTask(element)
                return
            } catch let error where error.leavesLink {
                sink.refused(element, RPCError(error, as: .invalidArgument))
            } catch {
                // The task meets the same error, and ends the link by it.
                leaveToTask(element)
                return
            }
        }
    }

    private func nextOfAdder(after hasSent: Bool) -> (Element, Sink)? {
        let (next, task) = state.withLock { state -> ((Element, Sink)?, CheckedContinuation<Void, Never>?) in
            guard state.sender == (hasSent ? .adder : .nobody) else { return (nil, nil) }
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

    private func leaveToTask(_ element: Element) {
        let task = state.withLock { state in
            state.elements.prepend(element)
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
        while let element = await nextOfTask() {
            do {
                try await writer.write(message(element))
            } catch let error where error.leavesLink {
                refused(element, RPCError(error, as: .invalidArgument))
            }
        }
        try await writer.flush()
    }

    private func nextOfTask() async -> Element? {
        while true {
            let (element, isDone) = state.withLock { state -> (Element?, Bool) in
                guard state.sender != .adder else { return (nil, false) }
                let element = state.elements.popFirst()
                state.sender = element == nil ? .nobody : .task
                return (element, state.isFinished)
            }
            if element != nil || isDone { return element }
            await withCheckedContinuation { continuation in
                let task = state.withLock { state in
                    state.task = continuation
                    return state.wakeTask()
                }
                task?.resume()
            }
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

extension Error {
    /// Whether the fault is the message's own: nothing of it has gone out.
    fileprivate var leavesLink: Bool {
        guard let error = self as? RPCError else { return false }
        return error.code == .limitExceeded || error.code == .invalidArgument
    }
}
