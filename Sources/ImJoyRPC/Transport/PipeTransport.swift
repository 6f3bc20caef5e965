internal import Dispatch
internal import ImJoyCore
internal import Synchronization
public import SystemPackage

/// A link over two descriptors: pipes to a child process, or the standard descriptors of a worker.
///
/// Messages travel in the frames that `Documentation/WireProtocol.md` describes. The descriptors are taken over and
/// closed when the connection ends.
public struct PipeTransport: RPCTransport {
    private let input: FileDescriptor
    private let output: FileDescriptor
    private let limits: RPCLimits

    /// Reads from `input` and writes to `output`, which may be the same descriptor for a socket.
    public init(input: FileDescriptor, output: FileDescriptor, limits: RPCLimits = .default) {
        self.input = input
        self.output = output
        self.limits = limits
    }

    /// Opens the link; both descriptors are closed when this returns. Opens once.
    public func withConnection<R: Sendable>(
        _ body: (RPCInboundMessages, any RPCMessageWriter) async throws -> R
    ) async throws -> R {
        // Runs last, when neither thread uses the descriptors any more.
        defer {
            try? input.close()
            if output != input { try? output.close() }
        }
        let queue = MessageQueue(capacity: 16)
        let reader = try FrameReader(descriptor: try InterruptibleDescriptor(input), limits: limits)
        let writer = FrameWriter(descriptor: try InterruptibleDescriptor(output), limits: limits)
        let result: Result<R, any Error> = await withTaskGroup(of: Void.self) { group in
            group.addTask { await reader.run(into: queue) }
            let result: Result<R, any Error>
            do {
                result = .success(try await body(RPCInboundMessages(queue: queue, isReadByThread: true), writer))
            } catch {
                result = .failure(error)
            }
            queue.finish()
            reader.descriptor.interrupt()
            writer.descriptor.interrupt()
            await writer.drain()
            return result
        }
        return try result.get()
    }
}

/// Turns the bytes of a descriptor into messages, on a thread of its own.
private final class FrameReader: Sendable {
    let descriptor: InterruptibleDescriptor
    private let limits: RPCLimits
    private let thread = DispatchQueue(label: "imjoy.pipe.read")
    /// Used on the thread only.
    private nonisolated(unsafe) var buffer: ReadAhead

    init(descriptor: InterruptibleDescriptor, limits: RPCLimits) throws {
        self.descriptor = descriptor
        self.limits = limits
        buffer = try ReadAhead()
    }

    /// Reads until the end, an error or an interruption; the queue tells which.
    func run(into queue: MessageQueue) async {
        do {
            // The thread goes on by itself as long as there is room.
            while let message = try await firstWithoutRoom(in: queue) { try await queue.push(message) }
            queue.finish()
        } catch {
            queue.finish(throwing: error)
        }
    }

    /// Puts messages into the queue until one does not fit; nil at the end.
    private func firstWithoutRoom(in queue: MessageQueue) async throws -> RPCMessage? {
        try await withCheckedThrowingContinuation { continuation in
            thread.async {
                continuation.resume(
                    with: Result {
                        while let message = try self.readMessage() {
                            if try !queue.tryPush(message) { return message }
                        }
                        return nil
                    })
            }
        }
    }

    private func readMessage() throws -> RPCMessage? {
        do {
            guard try fill(PipeFrame.prefixLength) else { return nil }
        } catch Errno.connectionReset {
            // A socket whose far side has gone without reading all; a pipe ends in the same case.
            guard buffer.count == 0 else { throw cutOff(buffer.count, PipeFrame.prefixLength) }
            return nil
        }
        let prefix = try PipeFrame.Prefix(SharedBytes(copying: buffer.unread(PipeFrame.prefixLength)), limits: limits)
        let length = prefix.frameLength
        if length <= ReadAhead.size {
            guard try fill(length) else { throw cutOff(buffer.count, length) }
            let frame = SharedBytes(copying: buffer.unread(length))
            buffer.take(length)
            return try PipeFrame.decode(frame, limits: limits)
        }
        // One block for the whole frame, so that every buffer keeps its alignment.
        let storage = try NDStorage(claimedByteCount: length)
        let start = buffer.count
        storage.base.copyMemory(from: buffer.unread(start).baseAddress!, byteCount: start)
        buffer.take(start)
        let rest = UnsafeMutableRawBufferPointer(start: storage.base + start, count: length - start)
        let count = try descriptor.read(into: rest)
        guard count == rest.count else { throw cutOff(start + count, length) }
        return try PipeFrame.decode(SharedBytes(storage), limits: limits)
    }

    /// Reads until `count` bytes are there; false when the stream ends before the first one.
    private func fill(_ count: Int) throws -> Bool {
        while buffer.count < count {
            let got = try descriptor.readSome(into: buffer.room(for: count))
            if got == 0 {
                guard buffer.count > 0 else { return false }
                throw cutOff(buffer.count, count)
            }
            buffer.add(got)
        }
        return true
    }

    private func cutOff(_ count: Int, _ wanted: Int) -> RPCError {
        let what = wanted == PipeFrame.prefixLength ? "a frame prefix" : "a frame"
        return RPCError(.disconnected, "the stream ended \(count) bytes into \(what) of \(wanted)")
    }
}

/// Bytes that have come and are not used yet, so that many short frames need one system call.
private struct ReadAhead {
    /// Longer frames are read where they stay.
    static let size = 64 << 10
    private let storage: NDStorage
    private var start = 0
    private var end = 0

    init() throws { storage = try NDStorage(claimedByteCount: Self.size) }

    var count: Int { end - start }

    func unread(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: storage.base + start, count: count)
    }

    mutating func take(_ count: Int) {
        start += count
        if start == end { (start, end) = (0, 0) }
    }

    /// Where bytes may be added, enough that `wanted` are there in the end.
    mutating func room(for wanted: Int) -> UnsafeMutableRawBufferPointer {
        if start + wanted > Self.size {
            storage.base.copyMemory(from: storage.base + start, byteCount: count)
            (start, end) = (0, count)
        }
        return UnsafeMutableRawBufferPointer(start: storage.base + end, count: Self.size - end)
    }

    mutating func add(_ count: Int) { end += count }
}

/// Writes messages to a descriptor one after another: at once what the system takes, the rest on a thread that may wait.
private final class FrameWriter: RPCMessageWriter {
    private enum State {
        case idle
        /// The rest of a message is still on its way.
        case finishing
        case failed(any Error)
    }
    let descriptor: InterruptibleDescriptor
    private let limits: RPCLimits
    private let thread = DispatchQueue(label: "imjoy.pipe.write")
    private let state = Mutex(State.idle)

    init(descriptor: InterruptibleDescriptor, limits: RPCLimits) {
        self.descriptor = descriptor
        self.limits = limits
    }

    func write(_ message: RPCMessage) async throws {
        if try !Task.isCancelled && writeNow(message) { return }
        let pieces = try PipeFrame.encode(message, limits: limits)
        try await onThread {
            if case .failed(let error) = self.state.withLock({ $0 }) { throw error }
            try self.write(pieces)
        }
    }

    var isBusy: Bool { if case .idle = state.withLock({ $0 }) { false } else { true } }

    func writeNow(_ message: RPCMessage) throws -> Bool {
        switch state.withLock({ $0 }) {
        case .idle: break
        case .finishing: return false
        case .failed(let error): throw error
        }
        var pieces = try PipeFrame.encode(message, limits: limits)
        do {
            if try reporting({ try descriptor.writeNow(&pieces) }) { return true }
        } catch {
            // Some of it may be out, so nothing can follow.
            state.withLock { $0 = .failed(error) }
            throw error
        }
        let rest = pieces
        state.withLock { $0 = .finishing }
        thread.async {
            let result = Result { try self.write(rest) }
            self.state.withLock { $0 = if case .failure(let error) = result { .failed(error) } else { .idle } }
        }
        return true
    }

    func flush() async throws {
        try await onThread {}
        if case .failed(let error) = state.withLock({ $0 }) { throw error }
    }

    /// Runs `body` after what the thread does already.
    private func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                thread.async { continuation.resume(with: Result { try body() }) }
            }
        } onCancel: {
            // What follows half a frame would be taken for the rest of it, so the stream ends here.
            descriptor.interrupt()
        }
    }

    private func write(_ pieces: [SharedBytes]) throws { try reporting { try descriptor.write(pieces) } }

    private func reporting<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as Errno where error == .brokenPipe || error == .connectionReset {
            throw RPCError(.disconnected, "the far side closed the connection", cause: error)
        }
    }

    /// Waits until the thread has left its last write.
    func drain() async {
        await withCheckedContinuation { continuation in thread.async { continuation.resume() } }
    }
}
