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
        let reader = FrameReader(descriptor: try InterruptibleDescriptor(input), limits: limits)
        let writer = FrameWriter(descriptor: try InterruptibleDescriptor(output), limits: limits)
        let result: Result<R, any Error> = await withTaskGroup(of: Void.self) { group in
            group.addTask { await reader.run(into: queue) }
            let result: Result<R, any Error>
            do {
                result = .success(try await body(RPCInboundMessages(queue: queue), writer))
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
private struct FrameReader: Sendable {
    let descriptor: InterruptibleDescriptor
    let limits: RPCLimits
    private let thread = DispatchQueue(label: "imjoy.pipe.read")

    init(descriptor: InterruptibleDescriptor, limits: RPCLimits) {
        self.descriptor = descriptor
        self.limits = limits
    }

    /// Reads until the end, an error or an interruption; the queue tells which.
    func run(into queue: MessageQueue) async {
        do {
            while let message = try await next() { try await queue.push(message) }
            queue.finish()
        } catch {
            queue.finish(throwing: error)
        }
    }

    private func next() async throws -> RPCMessage? {
        try await withCheckedThrowingContinuation { continuation in
            thread.async { continuation.resume(with: Result { try readMessage() }) }
        }
    }

    private func readMessage() throws -> RPCMessage? {
        var got = 0
        let start: SharedBytes
        do {
            start = try SharedBytes(count: PipeFrame.prefixLength) { got = try descriptor.read(into: $0) }
        } catch Errno.connectionReset {
            // A socket whose far side has gone without reading all; a pipe ends in the same case.
            return nil
        }
        if got == 0 { return nil }
        guard got == start.count else {
            throw RPCError(.disconnected, "the stream ended \(got) bytes into a frame prefix of \(start.count)")
        }
        let prefix = try PipeFrame.Prefix(start, limits: limits)
        let rest = prefix.frameLength - PipeFrame.prefixLength
        // One block for the whole frame, so that every buffer keeps its alignment.
        let storage = try NDStorage(claimedByteCount: prefix.frameLength)
        start.withUnsafeBytes { storage.base.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        let target = UnsafeMutableRawBufferPointer(start: storage.base + PipeFrame.prefixLength, count: rest)
        let count = try descriptor.read(into: target)
        guard count == rest else {
            throw RPCError(.disconnected, "the stream ended \(count + got) bytes into a frame of \(prefix.frameLength)")
        }
        return try PipeFrame.decode(SharedBytes(storage), limits: limits)
    }
}

/// Writes messages to a descriptor one after another, on a thread of its own.
private final class FrameWriter: RPCMessageWriter {
    let descriptor: InterruptibleDescriptor
    private let limits: RPCLimits
    private let thread = DispatchQueue(label: "imjoy.pipe.write")

    init(descriptor: InterruptibleDescriptor, limits: RPCLimits) {
        self.descriptor = descriptor
        self.limits = limits
    }

    func write(_ message: RPCMessage) async throws {
        let pieces = try PipeFrame.encode(message, limits: limits)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                thread.async { continuation.resume(with: Result { try self.write(pieces) }) }
            }
        } onCancel: {
            // What follows half a frame would be taken for the rest of it, so the stream ends here.
            descriptor.interrupt()
        }
    }

    private func write(_ pieces: [SharedBytes]) throws {
        do {
            try descriptor.write(pieces)
        } catch let error as Errno where error == .brokenPipe || error == .connectionReset {
            throw RPCError(.disconnected, "the far side closed the connection", cause: error)
        }
    }

    /// Waits until the thread has left its last write.
    func drain() async {
        await withCheckedContinuation { continuation in thread.async { continuation.resume() } }
    }
}
