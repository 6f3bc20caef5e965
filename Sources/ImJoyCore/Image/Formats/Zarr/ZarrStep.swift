/// Work that now and then needs something of a store, told apart from how the store is asked.
///
/// What to read and what it means is written once, as steps; ``run(on:)`` does them for a store that answers at once, and
/// `run(awaiting:)` for one that takes its time.
enum ZarrStep<Value: Sendable>: Sendable {
    case done(Value)
    case read([ZarrRequest], then: @Sendable ([SharedBytes?]) throws(ImageError) -> ZarrStep)
    case write([ZarrEntry], then: @Sendable () throws(ImageError) -> ZarrStep)
    case list(String, then: @Sendable ([String]) throws(ImageError) -> ZarrStep)

    /// The same work and then more.
    func then<R: Sendable>(
        _ next: @escaping @Sendable (Value) throws(ImageError) -> ZarrStep<R>
    ) throws(ImageError) -> ZarrStep<R> {
        switch self {
        case .done(let value): try next(value)
        case .read(let requests, let rest):
            .read(requests) { (found) throws(ImageError) in try rest(found).then(next) }
        case .write(let entries, let rest): .write(entries) { () throws(ImageError) in try rest().then(next) }
        case .list(let key, let rest): .list(key) { (names) throws(ImageError) in try rest(names).then(next) }
        }
    }
}

/// Bytes that are wanted.
struct ZarrRequest: Hashable, Sendable {
    var key: String
    var part = ZarrPart.all
    var limit: Int
}

/// Bytes to be put under a key; nil removes what is there.
struct ZarrEntry: Sendable {
    var key: String
    var bytes: SharedBytes?
}

extension ZarrStep {
    /// Does the work on a store that answers at once.
    func run(on store: any ZarrBlockingStore) throws(ImageError) -> Value {
        var step = self
        while true {
            switch step {
            case .done(let value): return value
            case .read(let requests, let next):
                let found = try ZarrParallel.map(requests, nanoseconds: 50_000) { (request) throws(ImageError) in
                    try store.readNow(request.key, request.part, limit: request.limit)
                }
                step = try next(found)
            case .write(let entries, let next):
                _ = try ZarrParallel.map(entries, nanoseconds: 100_000) { (entry) throws(ImageError) in
                    try store.writeNow(entry.bytes, to: entry.key)
                }
                step = try next()
            case .list(let key, let next): step = try next(try store.listNow(key))
            }
        }
    }

    /// Does the work on any store, away from the caller's actor; what is asked for together is asked for at once.
    @concurrent func run(awaiting store: any ZarrStore) async throws(ImageError) -> Value {
        if let store = store as? any ZarrBlockingStore { return try run(on: store) }
        var step = self
        while true {
            // The store's own errors speak of it; giving up is ours to notice.
            if Task.isCancelled { throw ImageError(.system, "reading was cancelled") }
            switch step {
            case .done(let value): return value
            case .read(let requests, let next):
                let found = try await ZarrParallel.awaiting(requests) { (request) async throws(ImageError) in
                    try await store.read(request.key, request.part, limit: request.limit)
                }
                step = try next(found)
            case .write(let entries, let next):
                _ = try await ZarrParallel.awaiting(entries) { (entry) async throws(ImageError) in
                    try await store.write(entry.bytes, to: entry.key)
                }
                step = try next()
            case .list(let key, let next): step = try next(try await store.list(key))
            }
        }
    }
}

/// One thing done for many values at once.
enum ZarrParallel {
    /// The results in order; the error of the first value that has one.
    static func map<A: Sendable, R: Sendable>(
        _ values: [A], nanoseconds: Double, _ body: (A) throws(ImageError) -> R
    ) throws(ImageError) -> [R] {
        if values.count == 1 { return [try body(values[0])] }
        var results = [Result<R, ImageError>?](repeating: nil, count: values.count)
        results.withUnsafeMutableBufferPointer { target in
            let target = target
            ComputeThreads.split(values.count, grain: 1, nanoseconds: nanoseconds) { range in
                for index in range {
                    target[index] = Result { () throws(ImageError) in try body(values[index]) }
                }
            }
        }
        var found: [R] = []
        found.reserveCapacity(values.count)
        for result in results { if let result { found.append(try result.get()) } }
        return found
    }

    /// The same for what has to be waited for.
    static func awaiting<A: Sendable, R: Sendable>(
        _ values: [A], _ body: @escaping @Sendable (A) async throws(ImageError) -> R
    ) async throws(ImageError) -> [R] {
        let results = await withTaskGroup(of: (Int, Result<R, ImageError>).self) { group in
            for (index, value) in values.enumerated() {
                group.addTask {
                    do throws(ImageError) {
                        return (index, .success(try await body(value)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var results = [Result<R, ImageError>?](repeating: nil, count: values.count)
            for await (index, result) in group {
                results[index] = result
                // The others are of no use any more.
                if case .failure = result { group.cancelAll() }
            }
            return results
        }
        var found: [R] = []
        found.reserveCapacity(values.count)
        for result in results { if let result { found.append(try result.get()) } }
        return found
    }
}
