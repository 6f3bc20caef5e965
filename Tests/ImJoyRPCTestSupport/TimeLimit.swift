/// What ``within(_:_:)`` throws when the time is over.
package struct TimeLimitExceeded: Error, CustomStringConvertible {
    package let limit: Duration
    package var description: String { "no end within \(limit)" }
}

/// Runs `body` and gives up on it after `limit`, also when it does not react to being cancelled.
///
/// The limit tells a hang from an end, not slow from quick: a loaded machine stays well below it.
package func within<R: Sendable>(
    _ limit: Duration = .seconds(100), _ body: @escaping @Sendable () async throws -> R
) async throws -> R {
    let once = Once<R>()
    let work = Task { once.resume(with: await Result.of(body)) }
    let timer = Task {
        try await Task.sleep(for: limit)
        once.resume(with: .failure(TimeLimitExceeded(limit: limit)))
    }
    defer {
        timer.cancel()
        work.cancel()
    }
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { once.wait($0) }
    } onCancel: {
        work.cancel()
    }
}

/// Polls until `condition` holds; false when it does not within `limit`.
package func eventually(
    within limit: Duration = .seconds(60), _ condition: @Sendable () async throws -> Bool
) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(2))
    }
    return try await condition()
}

/// Resumes one continuation with the first of several results.
private final class Once<R: Sendable>: Sendable {
    private enum State {
        case empty
        case waiting(CheckedContinuation<R, any Error>)
        case early(Result<R, any Error>)
        case done
    }
    private let state = Guarded(State.empty)

    func wait(_ continuation: CheckedContinuation<R, any Error>) {
        let early = state.withLock { state -> Result<R, any Error>? in
            if case .early(let result) = state {
                state = .done
                return result
            }
            state = .waiting(continuation)
            return nil
        }
        if let early { continuation.resume(with: early) }
    }

    func resume(with result: Result<R, any Error>) {
        let waiting = state.withLock { state -> CheckedContinuation<R, any Error>? in
            switch state {
            case .empty: state = .early(result)
            case .waiting(let continuation):
                state = .done
                return continuation
            case .early, .done: break
            }
            return nil
        }
        waiting?.resume(with: result)
    }
}

extension Result where Failure == any Error, Success: Sendable {
    fileprivate static func of(_ body: @Sendable () async throws -> Success) async -> Result {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
