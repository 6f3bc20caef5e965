internal import ImJoyCore
internal import OrderedCollections

/// Messages of ours that are too long to go whole: receivers and servers lose frames of more than half a megabyte.
///
/// The message is put into the receiver's cache piece by piece and processed there. Each step is a call of the
/// receiver's built-in service and waits for its answer.
extension HyphaMachine {
    struct LongMessage {
        enum Step { case asking, creating, sending, processing }
        var step = Step.asking
        let target: String
        /// The name of the message at the receiver.
        let key: String
        /// Whether pieces show that a call of the receiver is alive.
        let isHeartbeat: Bool
        let bytes: SharedBytes
        /// Our call that the message is; nil for an answer.
        let session: String?
        var next = 0
        /// Pieces that the receiver has not acknowledged yet.
        var open = 0
        /// How many may be on their way.
        var window = 1
    }

    /// How many pieces may be on their way to a receiver that puts them in order.
    private static let window = 30
    /// What a message may be longer than a piece and still go whole.
    private static let slack = 1024

    /// Sends a message, whole or in pieces; `key` is the call of the receiver that it belongs to.
    mutating func send(_ frame: HyphaFrame, to target: String, key: String?, session: String? = nil) -> [Action] {
        let isPiece = frame.header["method"]?.stringValue?.hasPrefix("services.built-in.message_cache.") == true
        guard !isPiece, frame.isLonger(than: pieceSize + Self.slack), let bytes = try? frame.encode() else {
            return [.send(frame)]
        }
        let name = makeID()
        long[name] = LongMessage(
            target: target, key: key ?? makeID(), isHeartbeat: key != nil, bytes: bytes, session: session)
        return step(name, "get_service", ["built-in"], promise: .functions)
    }

    private mutating func step(
        _ name: String, _ method: String, _ arguments: [RPCValue], promise: HyphaReference.PromiseForm = .shared
    ) -> [Action] {
        guard let message = long[name] else { return [] }
        let reference = HyphaReference(
            target: message.target, method: "services.built-in.\(method)", promise: promise)
        do throws(RPCError) {
            return try call(for: .piece(of: name), reference, positional: arguments)
        } catch {
            return fail(name, error)
        }
    }

    private mutating func cache(_ name: String, _ method: String, _ arguments: [RPCValue] = []) -> [Action] {
        guard let message = long[name] else { return [] }
        return step(
            name, "message_cache.\(method)",
            [.string(message.key)] + arguments + [.bool(message.isHeartbeat)])
    }

    /// Takes the answer to the last step and does the next one.
    mutating func advance(_ name: String, _ result: Result<RPCValue, RPCError>) -> [Action] {
        guard let message = long[name] else { return [] }
        let answer: RPCValue
        switch result {
        case .success(let value): answer = value
        case .failure(let error): return fail(name, error)
        }
        switch message.step {
        case .asking:
            // Older receivers add pieces as they come, so one goes at a time.
            long[name]?.window = (answer["config"]["api_version"].intValue ?? 0) >= 3 ? Self.window : 1
            long[name]?.step = .creating
            return cache(name, "create")
        case .creating:
            long[name]?.step = .sending
            return sendPieces(name)
        case .sending:
            long[name]?.open -= 1
            return sendPieces(name)
        case .processing:
            long[name] = nil
            // The call begins now.
            guard let session = message.session, let wait = sessions[session]?.wait else { return [] }
            return [.setTimer(session: session, wait.timeout)]
        }
    }

    private mutating func sendPieces(_ name: String) -> [Action] {
        var actions: [Action] = []
        while let message = long[name], message.open < message.window, message.next * pieceSize < message.bytes.count {
            let start = message.next * pieceSize
            let piece = RPCValue.bytes(message.bytes.slice(start..<min(start + pieceSize, message.bytes.count)))
            long[name]?.next += 1
            long[name]?.open += 1
            let isOrdered = message.window > 1
            actions += cache(
                name, isOrdered ? "set" : "append", isOrdered ? [.int(Int64(message.next)), piece] : [piece])
        }
        guard let message = long[name], message.open == 0 else { return actions }
        long[name]?.step = .processing
        return actions + cache(name, "process")
    }

    /// The receiver does not take the message: what it is part of fails.
    mutating func fail(_ name: String, _ error: RPCError) -> [Action] {
        guard let message = long.removeValue(forKey: name) else { return [] }
        var actions: [Action] = []
        if message.step != .asking {
            let remove = HyphaReference(
                target: message.target, method: "services.built-in.message_cache.remove", promise: .none)
            // Nobody waits for this; whether it works is the receiver's affair.
            actions += (try? call(for: .piece(of: name), remove, positional: [.string(message.key)])) ?? []
        }
        let reason = RPCError(error.code, "a long message was not taken: \(error.message)", cause: error.cause)
        guard let session = message.session, let wait = sessions[session]?.wait else {
            return actions + [.dropped(reason.message)]
        }
        let released = forget(session)
        return actions + [.clearTimer(session: session)] + end(wait, .failure(reason)) + released
    }
}

extension HyphaFrame {
    /// Whether the message takes more than `count` bytes; headers are short, so the body decides.
    fileprivate func isLonger(than count: Int) -> Bool { (body?.count ?? 0) > count }
}
