internal import Dispatch
#if canImport(Glibc)
    internal import Glibc
#endif

/// Ctrl-C and SIGTERM cancel the work, which then cleans up after itself; a second one ends the program at once.
enum Interruption {
    static func cancelling(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let task = Task { try await work() }
        let counter = Counter()
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: counter.queue)
            source.setEventHandler {
                counter.count += 1
                if counter.count > 1 { _exit(CommandFailure.Status.interrupted.rawValue) }
                task.cancel()
            }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        try await task.value
    }

    private final class Counter: @unchecked Sendable {
        // Sendable because only the serial queue touches the count.
        let queue = DispatchQueue(label: "imjoy.signals")
        var count = 0
    }
}
