public import OrderedCollections
internal import Synchronization

/// Values one after another across a connection of the Hypha dialect, each made when it is asked for.
///
/// ```swift
/// RPCExport("frames") { () in RPCStream(camera.frames) }       // one side
/// let frames: RPCStream = try await viewer.frames()            // the other one
/// for try await frame in frames.decoded(as: NDArray<UInt8>.self) { show(frame) }
/// ```
/// The far side makes the next value when this one asks, so a slow reader slows the source down; each value is a round
/// trip. Letting go of the iterator before the end ends the source. What comes from the far side can be read once; a
/// stream of ours begins anew each time that it is sent or read. One that is passed as an argument ends with the call.
public struct RPCStream: AsyncSequence, Sendable {
    /// One value.
    public typealias Element = RPCValue
    /// What the source has thrown, or why it cannot be reached.
    public typealias Failure = any Error

    private enum Source {
        case local(@Sendable () -> ValueSource)
        case remote(RPCGenerator)
    }
    private let source: Source

    /// Lends a sequence out.
    public init<S: AsyncSequence & Sendable>(_ base: S) where S.Element: RPCEncodable {
        source = .local { ValueSource(base) }
    }

    /// Reads value after value.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let reader: Reader

        /// The next value, nil at the end.
        public func next() async throws -> RPCValue? { try await reader.next() }
    }

    /// An iterator; several of them share the values that come from the far side.
    public func makeAsyncIterator() -> AsyncIterator {
        switch source {
        case .local(let make): AsyncIterator(reader: Reader(make().generator))
        case .remote(let generator): AsyncIterator(reader: Reader(generator))
        }
    }

    /// The values as another type; a value of another kind ends the sequence with `invalidArgument`.
    public func decoded<T: RPCDecodable>(as type: T.Type = T.self) -> AsyncThrowingMapSequence<RPCStream, T> {
        map { try T(rpcValue: $0) }
    }

    /// Tells the source when nobody reads any more.
    fileprivate final class Reader: Sendable {
        private let generator: RPCGenerator
        private let isAtEnd = Atomic(false)

        init(_ generator: RPCGenerator) { self.generator = generator }

        deinit { if !isAtEnd.load(ordering: .relaxed) { generator.close.tell() } }

        func next() async throws -> RPCValue? {
            if isAtEnd.load(ordering: .relaxed) { return nil }
            do {
                let value = try await generator.next.call(RPCArguments())
                guard RPCGenerator.isEnd(value) else { return value }
            } catch let error as RPCError where error.code == .cancelled || error.code == .timedOut {
                // The source has not heard of it and is still to be ended.
                throw error
            } catch {
                isAtEnd.store(true, ordering: .relaxed)
                throw error
            }
            isAtEnd.store(true, ordering: .relaxed)
            return nil
        }
    }
}

extension RPCStream: RPCEncodable, RPCDecodable {
    /// The stream as a value, sent by reference.
    public func rpcValue() -> RPCValue {
        switch source {
        case .local(let make): .tagged(type: RPCGenerator.type, make().generator.fields)
        case .remote(let generator): .tagged(type: RPCGenerator.type, generator.fields)
        }
    }

    /// Takes a generator; throws `invalidArgument` for anything else.
    public init(rpcValue: RPCValue) throws {
        guard case .tagged(RPCGenerator.type, let fields) = rpcValue, let generator = RPCGenerator(fields: fields)
        else {
            throw RPCError.mismatch("a stream of values", rpcValue)
        }
        source = .remote(generator)
    }
    /// A stream, for which JSON has no name.
    public static var rpcSchema: RPCObject { ["description": "a stream of values"] }
}
