package import ImJoyRPC

/// A transport whose other side is the test: it feeds messages in, sees what is written, and can misbehave.
package final class ScriptedTransport: RPCTransport {
    private let stream: AsyncThrowingStream<RPCMessage, any Error>
    private let source: AsyncThrowingStream<RPCMessage, any Error>.Continuation
    private let log = Guarded([RPCMessage]())
    private let onWrite: @Sendable (RPCMessage) async throws -> Void

    /// `onWrite` may suspend for ever, or throw.
    package init(onWrite: @escaping @Sendable (RPCMessage) async throws -> Void = { _ in }) {
        (stream, source) = AsyncThrowingStream.makeStream()
        self.onWrite = onWrite
    }

    package var written: [RPCMessage] { log.withLock { $0 } }

    package func feed(_ message: RPCMessage) { source.yield(message) }

    package func end(_ error: (any Error)? = nil) { source.finish(throwing: error) }

    package func withConnection<R: Sendable>(
        _ body: (AsyncThrowingStream<RPCMessage, any Error>, any RPCMessageWriter) async throws -> R
    ) async throws -> R {
        try await body(stream, Writer(transport: self))
    }

    private struct Writer: RPCMessageWriter {
        let transport: ScriptedTransport
        func write(_ message: RPCMessage) async throws {
            transport.log.withLock { $0.append(message) }
            try await transport.onWrite(message)
        }
    }
}
