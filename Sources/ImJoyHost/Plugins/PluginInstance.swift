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
public final class PluginInstance: Sendable {
    /// What the plugin's file says about it.
    public let manifest: PluginManifest
    let file: String
    private let state = Mutex(State.starting(.start))

    init(manifest: PluginManifest, file: String) {
        self.manifest = manifest
        self.file = file
    }

    public var name: String { manifest.name }

    func handle(_ event: Event) {
        state.withLock { $0 = Self.next(after: $0, event) }
    }

    /// The functions and values that the plugin exports, as it exported them last.
    public var interface: RemoteObject {
        get throws {
            guard case .ready(let interface) = state.withLock(\.self) else {
                throw failure(RPCError(.disconnected, "the plugin is not running"), in: .start)
            }
            return interface
        }
    }

    /// Calls a function that the plugin exports, by name.
    ///
    /// Throws ``PluginFailure`` with the line of the plugin's file on which it failed.
    @discardableResult
    public func call(
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

    /// An error of the connection as a failure of this plugin at `stage`.
    func failure(_ error: RPCError, in stage: PluginFailure.Stage) -> PluginFailure {
        var failure = PluginFailure(
            plugin: name, stage: stage, message: "\(error)", file: file, trace: error.remoteTrace)
        // When the link broke because of what came over it, that is the reason, and not how the process ended then.
        failure.isDisconnection = error.code == .disconnected && !(error.cause is RPCError)
        return failure
    }
}
