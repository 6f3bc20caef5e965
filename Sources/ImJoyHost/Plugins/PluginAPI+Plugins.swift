internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections

/// Reaching other plugins.
extension PluginAPI {
    var plugins: [RPCExport] {
        [
            RPCExport(raw: "getPlugin") { arguments in try await getPlugin(arguments) },
            RPCExport(raw: "loadPlugin") { arguments in try await getPlugin(arguments) },
            RPCExport(raw: "run") { arguments in
                try await Self.summarizing {
                    let other = try await find(arguments[0])
                    let context = arguments.positional.dropFirst()
                    // A call without a context is one with an empty one, as from a click.
                    guard !context.isEmpty || !arguments.named.isEmpty else { return try await other.run() }
                    // Keywords of a Python plugin are the members of the context.
                    return try await other.call("run", context.isEmpty ? [.object(arguments.named)] : Array(context))
                }
            },
            RPCExport(raw: "call") { arguments in
                guard let function = arguments[1].stringValue else {
                    throw RPCError(
                        .invalidArgument, "`api.call` takes a plugin's name, a function's name and arguments")
                }
                return try await Self.summarizing {
                    try await find(arguments[0]).call(
                        function, Array(arguments.positional.dropFirst(2)), named: arguments.named)
                }
            },
            RPCExport("export") { (interface: RemoteObject) in instance.handle(.exported(interface)) },
            RPCExport(raw: "onLoad") { arguments in
                guard let function = arguments[0].functionValue else {
                    throw RPCError(.invalidArgument, "`api.onLoad` takes a function, not \(arguments[0].kindName)")
                }
                manager.whenStarted(instance) { _ = try? await function.call(RPCArguments()) }
                return .null
            },
        ]
    }

    private func getPlugin(_ arguments: RPCArguments) async throws -> RPCValue {
        let wanted = arguments.positional.isEmpty ? RPCValue.object(arguments.named) : arguments[0]
        return try await Self.summarizing { .object(try Self.object(try await find(wanted))) }
    }

    /// Tells a plugin in one sentence why another one failed.
    private static func summarizing(_ body: () async throws -> RPCValue) async throws -> RPCValue {
        do {
            return try await body()
        } catch let failure as PluginFailure {
            throw RPCError(failure.hasEnded ? .disconnected : .remoteFailure, failure.summary)
        }
    }

    /// The plugin that a name, a reference, a plugin's text or a mapping with one of these means, started if need be.
    private func find(_ wanted: RPCValue) async throws -> PluginInstance {
        let tag = wanted["tag"].stringValue
        guard
            let text = wanted.stringValue
                ?? ["name", "id", "src", "uri"].lazy.compactMap({ wanted[$0].stringValue }).first
        else {
            throw RPCError(
                .invalidArgument,
                "a plugin is named by text, or by a mapping with `name`, `id` or `src`, not by \(wanted)")
        }
        if text == name || text == instance.id { return instance }
        if let running = manager[text], tag == nil || running.manifest.tag == tag { return running }
        let reference: PluginReference
        do {
            reference = try PluginReference(text, tag: tag)
        } catch {
            throw RPCError(.invalidArgument, "\(error)")
        }
        if case .source(let source) = reference.kind {
            // A plugin that came as text replaces one of its name, as one that is loaded anew does.
            return try await manager.start(PluginFile(parsing: source, name: "<from \(name)>"), tag: reference.tag)
        }
        guard let entry = manager.repository.find(reference) else {
            switch reference.kind {
            case .file, .gist, .webApp:
                throw HostError(
                    .notFound, "\(text) is not among the plugins here, and this host fetches nothing",
                    hint: "put its file into a folder of plugins")
            case .named(let name), .plugin(let name, _): throw manager.unknown(name)
            case .source: throw manager.unknown(text)
            }
        }
        return try await manager.find(entry, tag: reference.tag, for: instance)
    }

    /// The name under which a plugin has what `getPlugin` gave it of another one; the same each time.
    static func objectID(of instance: PluginInstance) -> String { "plugin \(instance.id)" }

    /// A running plugin as others see it: its functions and values, its events, and what it is.
    static func object(_ instance: PluginInstance) throws -> RPCObject {
        var members = try instance.interface.members
        for (name, function) in eventFunctions(of: instance) where members[name] == nil {
            members[name] = .function(function)
        }
        if instance.manifest.isPassive, members["setup"] == nil {
            members["setup"] = .function(RPCFunction(raw: "setup") { _ in .null })
        }
        members["config"] = .object(configuration(of: instance))
        members["_rintf"] = .string(objectID(of: instance))
        return members
    }
}

/// Events of plugins.
extension PluginAPI {
    /// A plugin's own events: `api.on` is told of what `api.emit` and others tell it.
    var events: [RPCExport] {
        ["on", "off", "emit"].map { name in
            RPCExport(raw: name) { arguments in
                try await Self.handle(name, arguments, events: instance.events, owner: instance.id)
            }
        }
    }

    /// `on`, `off` and `emit` of a plugin for another one, which may be any.
    private static func eventFunctions(of instance: PluginInstance) -> [(String, RPCFunction)] {
        ["on", "off", "emit"].map { name in
            (
                name,
                RPCFunction(raw: name) { arguments in
                    try await handle(name, arguments, events: instance.events, owner: nil)
                }
            )
        }
    }

    private static func handle(
        _ function: String, _ arguments: RPCArguments, events: PluginEvents, owner: String?
    ) async throws -> RPCValue {
        let event = arguments[0].stringValue
        switch function {
        case "off": await events.off(event, owner: owner)
        case "on":
            guard let event, let handler = arguments[1].functionValue else {
                throw RPCError(.invalidArgument, "`on` takes the name of an event and a function")
            }
            let catchesUp = arguments[2].boolValue ?? arguments.named["fire_if_emitted"]?.boolValue ?? false
            try await events.on(event, handler, owner: owner, catchesUp: catchesUp)
        default:
            guard let event else { throw RPCError(.invalidArgument, "`emit` takes the name of an event and data") }
            try await events.emit(event, arguments[1])
        }
        return .null
    }
}
