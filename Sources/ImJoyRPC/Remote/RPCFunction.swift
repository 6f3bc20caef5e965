public import OrderedCollections
internal import Synchronization

/// A callable reference: a closure of ours on its way out, a function of the far side on its way in.
///
/// ```swift
/// let onProgress = RPCFunction("onProgress") { (done: Double) in print(done) }
/// try await plugin.run(["image": pixels.rpcValue(), "progress": .function(onProgress)])
/// ```
/// A function that is passed as a plain argument of the ImJoy dialect can be called once by the far side; put it into
/// an object with `"_rintf": true` to let it be called more often.
public struct RPCFunction: Sendable {
    enum Kind {
        case local(LocalFunction)
        case remote(RemoteReference, any RemoteCaller)
    }
    let kind: Kind
    /// A name for people: logs, error messages.
    public let name: String
    /// What it does, for people and programs that look for functions; only the Hypha dialect sends it along.
    public var documentation: String?
    /// How programs that choose among functions see it: a mapping of `name`, `description` and `parameters`, the last one
    /// a JSON schema of what it takes. Only the Hypha dialect sends it along.
    public var schema: RPCValue?
    /// Whether callers are told that it runs asynchronously.
    package var isAsynchronous = true

    /// Wraps a closure; the closure's own signature says what it takes.
    ///
    /// Missing arguments are null, which optional parameters accept; surplus ones are refused. `parameters` names the
    /// parameters in order, so that callers may give their arguments by name; those without one are called `argument1`
    /// and so on.
    public init<each A: RPCDecodable, R: RPCEncodable>(
        _ name: String = "closure", parameters: [String] = [],
        _ body: @escaping @Sendable @concurrent (repeat each A) async throws -> R
    ) {
        self.init(raw: name) { arguments in
            var reader = ArgumentReader(arguments, of: name, parameters: parameters)
            let values = (repeat try reader.read((each A).self))
            try reader.finish()
            return try await body(repeat each values).rpcValue()
        }
    }

    /// Wraps a closure that returns nothing; the caller gets null.
    public init<each A: RPCDecodable>(
        _ name: String = "closure", parameters: [String] = [],
        _ body: @escaping @Sendable @concurrent (repeat each A) async throws -> Void
    ) {
        self.init(raw: name) { arguments in
            var reader = ArgumentReader(arguments, of: name, parameters: parameters)
            let values = (repeat try reader.read((each A).self))
            try reader.finish()
            try await body(repeat each values)
            return .null
        }
    }

    /// Wraps a closure that reads its arguments itself: any number of them, or named ones.
    public init(raw name: String, _ body: @escaping @Sendable @concurrent (RPCArguments) async throws -> RPCValue) {
        kind = .local(LocalFunction(body))
        self.name = name
    }

    /// Wraps a closure that only takes note of something: its calls are answered by whoever reads them, in the order in
    /// which they come, and before everything that comes after them.
    ///
    /// It must not wait. However many calls are running, these are not refused. That holds for members of a service in
    /// ImJoy's dialect; as a callback, and in Hypha's, it is a function like others.
    package init(inOrder name: String, _ body: @escaping @Sendable (RPCArguments) throws -> RPCValue) {
        kind = .local(LocalFunction(inOrder: body))
        self.name = name
    }

    package init(_ reference: RemoteReference, name: String, caller: any RemoteCaller) {
        kind = .remote(reference, caller)
        self.name = name
    }

    /// True for a function of the far side.
    public var isRemote: Bool { if case .remote = kind { true } else { false } }

    /// Calls the function and reads its result as `R`.
    public func callAsFunction<R: RPCDecodable>(_ arguments: any RPCEncodable...) async throws -> R {
        try R(rpcValue: try await call(RPCArguments(try arguments.map { try $0.rpcValue() })))
    }

    /// Calls the function; throws ``RPCError``, or what a local closure throws.
    @discardableResult
    public func call(_ arguments: RPCArguments, options: RPCCallOptions = RPCCallOptions()) async throws -> RPCValue {
        switch kind {
        case .local(let function): try await function.body(arguments)
        case .remote(let reference, let caller):
            try await caller.call(
                reference, positional: arguments.positional, named: arguments.named, options: options)
        }
    }
}

extension RPCFunction {
    /// Calls a remote function without waiting for its answer; nothing happens for a closure of ours.
    package func tell(_ arguments: [RPCValue] = []) {
        guard case .remote(let reference, let caller) = kind else { return }
        caller.tell(reference, positional: arguments)
    }

    /// Lets the owner forget the object that a remote function belongs to; nothing happens for other functions.
    package func disposeOfItsObject() async throws {
        guard case .remote(.method(let object, _, let target), let caller) = kind else { return }
        try await caller.dispose(objectID: object, owner: target)
    }
}

extension RPCFunction: RPCEncodable, RPCDecodable {
    /// The function as a value, sent by reference.
    public func rpcValue() -> RPCValue { .function(self) }
    /// Takes a function; throws `invalidArgument` for anything else.
    public init(rpcValue: RPCValue) throws {
        guard case .function(let function) = rpcValue else { throw RPCError.mismatch("a function", rpcValue) }
        self = function
    }
    /// A function, for which JSON has no name.
    public static var rpcSchema: RPCObject { ["description": "a function"] }
}

/// A closure with an identity, so that the same function sent twice is recognised.
final class LocalFunction: Sendable {
    let body: @Sendable @concurrent (RPCArguments) async throws -> RPCValue
    /// The same for a function whose calls are answered while they are read.
    fileprivate let inOrder: (@Sendable (RPCArguments) throws -> RPCValue)?
    /// How many calls in a row were short; negative for some time after a long one.
    fileprivate let shortRuns = Atomic(0)

    init(_ body: @escaping @Sendable @concurrent (RPCArguments) async throws -> RPCValue) {
        self.body = body
        inOrder = nil
    }

    init(inOrder body: @escaping @Sendable (RPCArguments) throws -> RPCValue) {
        self.body = { try body($0) }
        inOrder = body
    }
}

extension RPCFunction {
    /// Answers a call that is to be answered while it is read; nil for other functions.
    func answerInOrder(_ arguments: RPCArguments) -> Result<RPCValue, RPCError>? {
        guard case .local(let function) = kind, let body = function.inOrder else { return nil }
        return Result { try body(arguments) }.mapError { RPCError($0, as: .remoteFailure) }
    }

    /// Whether calls are answered while they are read.
    var isAnsweredInOrder: Bool {
        guard case .local(let function) = kind else { return false }
        return function.inOrder != nil
    }
}

extension RPCFunction {
    /// A call that takes less is over before another thread would have begun it.
    private static var shortRun: Duration { .microseconds(32) }
    /// So many short calls in a row make a function quick.
    private static var runsUntilQuick: Int { 16 }

    /// Whether the function's calls have been so short of late that the next one may hold up the thread it comes on.
    var isQuick: Bool {
        guard case .local(let function) = kind else { return false }
        return function.shortRuns.load(ordering: .relaxed) >= Self.runsUntilQuick
    }

    /// Notes how long a call has taken.
    func noteCall(lasting time: Duration) {
        guard case .local(let function) = kind else { return }
        let runs = function.shortRuns.load(ordering: .relaxed)
        if time > Self.shortRun {
            function.shortRuns.store(-4 * Self.runsUntilQuick, ordering: .relaxed)
        } else if runs < Self.runsUntilQuick {
            // A long call that ends at the same time counts more.
            _ = function.shortRuns.compareExchange(expected: runs, desired: runs + 1, ordering: .relaxed)
        }
    }
}
