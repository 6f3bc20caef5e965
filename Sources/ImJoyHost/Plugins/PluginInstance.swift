public import ImJoyCore
public import ImJoyRPC
public import OrderedCollections
internal import Synchronization

/// One running plugin.
///
/// ```swift
/// let result = try await plugin.run(data: ["image": .ndarray(pixels)], config: ["sigma": 2.5])
/// let version: String = try await plugin.interface.version()
/// ```
/// A plugin that has ended stays so: its calls fail with a ``PluginFailure`` at once. A plugin that is started again is
/// another instance.
public final class PluginInstance: Sendable {
    /// How a plugin is to end.
    enum Stop: Sendable {
        /// Its `exit` is called first.
        case gracefully
        case atOnce
    }
    private struct Content {
        var state = State.starting(.start)
        var connection: RPCConnection?
    }

    /// What the plugin's file says about it.
    public let manifest: PluginManifest
    /// A name that no other instance has: the plugin's name and a random ending.
    public let id: String
    let file: String
    private let content = Mutex(Content())
    /// Set when the plugin is to end, or when its connection is lost.
    let stop = Outcome<Stop>()
    /// Set when nothing of the plugin is left; with the failure, when it ended by itself.
    let ending = Outcome<PluginFailure?>()
    /// What happens to the plugin, for those who asked to be told.
    let events = PluginEvents()

    init(manifest: PluginManifest, file: String) {
        self.manifest = manifest
        self.file = file
        id = "\(manifest.storageKey)_\(RandomID.make().prefix(8))"
    }

    /// The plugin's name.
    public var name: String { manifest.name }

    /// True from the moment the plugin has exported its functions until it ends.
    public var isRunning: Bool { if case .ready = content.withLock({ $0.state }) { true } else { false } }

    func handle(_ event: Event) {
        content.withLock { $0.state = Self.next(after: $0.state, event) }
    }

    /// The link to the plugin, nil before it is made and after it has ended.
    var connection: RPCConnection? {
        get { content.withLock { $0.connection } }
        set { content.withLock { $0.connection = newValue } }
    }

    /// The functions and values that the plugin exports, as it exported them last.
    ///
    /// Throws ``PluginFailure`` when the plugin has not exported anything yet, or has ended.
    public var interface: RemoteObject {
        get throws {
            guard case .ready(let interface) = content.withLock({ $0.state }) else {
                throw failure(RPCError(.disconnected, "the plugin is not running"), in: .start)
            }
            return interface
        }
    }

    /// Waits until the plugin has ended; throws a ``PluginFailure`` when it did so by itself.
    public func waitForEnd() async throws {
        if let failure = try await ending.value() { throw failure }
    }

    /// Calls a function that the plugin exports, by name.
    ///
    /// Throws ``PluginFailure`` with the line of the plugin's file on which it failed. When the plugin ends before it
    /// has answered, the failure says how it ended.
    @discardableResult
    public func call(
        _ function: String, _ arguments: [RPCValue] = [], named: RPCObject = [:],
        options: RPCCallOptions = RPCCallOptions()
    ) async throws -> RPCValue {
        do {
            return try await callWhileStarting(function, arguments, named: named, options: options)
        } catch var failure as PluginFailure where failure.hasEnded {
            try Task.checkCancellation()
            // How the process ended is a better explanation than that the connection was lost.
            if let end = try await ending.value() {
                failure.message = end.message
                failure.output = end.output
            } else {
                failure.message = "the plugin was stopped"
            }
            throw failure
        }
    }

    /// Calls a function without a look at how the plugin has ended, for those whom its end waits for.
    @discardableResult
    func callWhileStarting(
        _ function: String, _ arguments: [RPCValue] = [], named: RPCObject = [:],
        options: RPCCallOptions = RPCCallOptions()
    ) async throws -> RPCValue {
        let interface = try interface
        let path = function.split(separator: ".").map(String.init)
        guard path.count != 1 || interface.hasFunction(function) else {
            let names = interface.members.filter { $0.value.functionValue != nil }.keys
            let others = names.isEmpty ? "no function at all" : "only \(names.joined(separator: ", "))"
            throw failure(RPCError(.notFound, "it exports no such function, \(others)"), in: .function(function))
        }
        do {
            let member = path.dropFirst().reduce(interface[path.first ?? ""]) { $0[$1] }
            return try await member.function().call(RPCArguments(arguments, named: named), options: options)
        } catch let error as RPCError {
            if error.code == .cancelled { throw CancellationError() }
            throw failure(error, in: .function(function))
        }
    }

    /// Calls `run` with a context of `data` and `config`, as a click on the plugin or a workflow step does.
    ///
    /// - Parameters:
    ///   - data: what the plugin works on; becomes `ctx.data`.
    ///   - config: the values of its form; see `PluginUI.config(op:overrides:)`. Becomes `ctx.config`.
    ///   - function: another exported function that takes the context.
    @discardableResult
    public func run(data: RPCObject = [:], config: RPCObject = [:], function: String = "run") async throws -> RPCValue {
        let context: RPCObject = [
            "config": .object(config), "data": .object(data), "name": "", "type": "",
            "_op": .string(name), "_source_op": nil, "_variables": [:],
            "_workflow_id": .string("op_\(name)\(RandomID.make())"),
        ]
        return try await call(function, [.object(context)])
    }

    /// Tells the plugin that values of its form have changed: calls its `update` with a context, when it exports one.
    @discardableResult
    public func update(data: RPCObject = [:], config: RPCObject = [:]) async throws -> RPCValue {
        guard try interface.hasFunction("update") else { return .null }
        return try await run(data: data, config: config, function: "update")
    }

    /// An error of the connection as a failure of this plugin at `stage`.
    func failure(_ error: RPCError, in stage: PluginFailure.Stage) -> PluginFailure {
        var failure = PluginFailure(
            plugin: name, stage: stage, message: "\(error)", file: file, trace: error.remoteTrace)
        // When the link broke because of what came over it, that is the reason, and not how the process ended then.
        failure.hasEnded = error.code == .disconnected && !(error.cause is RPCError)
        return failure
    }
}
