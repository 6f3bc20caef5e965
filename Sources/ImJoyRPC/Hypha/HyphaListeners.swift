internal import OrderedCollections
internal import Synchronization

/// Who hears which events of a server.
final class HyphaListeners: Sendable {
    private struct State {
        var streams: [UInt64: (type: String, continuation: AsyncStream<RPCObject>.Continuation)] = [:]
        var last: UInt64 = 0
        var isFinished = false
    }
    private let state = Mutex(State())

    /// Events that may wait for one who hears them; the oldest are lost beyond that.
    private static let capacity = 4096

    /// What somebody listens to.
    var types: Set<String> { state.withLock { Set($0.streams.values.map(\.type)) } }

    /// The payloads of the events of a type; `ended` runs with the type when the last who hears it has stopped.
    func stream(of type: String, ended: @escaping @Sendable (String) -> Void) -> AsyncStream<RPCObject> {
        let (stream, continuation) = AsyncStream<RPCObject>.makeStream(bufferingPolicy: .bufferingNewest(Self.capacity))
        let number = state.withLock { state -> UInt64? in
            guard !state.isFinished else { return nil }
            state.last += 1
            state.streams[state.last] = (type, continuation)
            return state.last
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { _ in
            let isLast = self.state.withLock { state in
                state.streams[number] = nil
                return !state.isFinished && !state.streams.values.contains { $0.type == type }
            }
            if isLast { ended(type) }
        }
        return stream
    }

    func deliver(_ type: String, _ payload: RPCObject) {
        let streams = state.withLock { state in
            state.streams.sorted { $0.key < $1.key }.map(\.value).filter { $0.type == type }.map(\.continuation)
        }
        for stream in streams { stream.yield(payload) }
    }

    /// Ends all streams, now and in future.
    func finish() {
        let streams = state.withLock { state in
            state.isFinished = true
            defer { state.streams = [:] }
            return state.streams.values.map(\.continuation)
        }
        for stream in streams { stream.finish() }
    }
}
