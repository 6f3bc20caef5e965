internal import ImJoyRPC
internal import OrderedCollections

/// Services, which plugins offer by name and type to whoever looks for them.
extension PluginAPI {
    var services: [RPCExport] {
        let register: @Sendable @concurrent (RPCArguments) async throws -> RPCValue = { arguments in
            let given = arguments.named.isEmpty ? arguments[0].objectValue : arguments.named
            guard let fields = given else {
                throw RPCError(
                    .invalidArgument, "a service is a mapping with `name` and `type`, not \(arguments[0].kindName)")
            }
            return .string(try manager.services.register(fields, object: arguments[0].remoteValue, of: instance))
        }
        let unregister: @Sendable @concurrent (RPCArguments) async throws -> RPCValue = { arguments in
            for service in try manager.services.unregister(query(arguments), of: instance) {
                manager.revoke(Self.objectID(of: service))
                try? await service.object?.dispose()
            }
            return .null
        }
        return [
            RPCExport(raw: "registerService", register), RPCExport(raw: "register", register),
            RPCExport(raw: "unregisterService", unregister), RPCExport(raw: "unregister", unregister),
            RPCExport(raw: "getServices") { arguments in list(arguments) },
            RPCExport(raw: "listServices") { arguments in list(arguments) },
            RPCExport(raw: "getService") { arguments in
                let query = arguments[0].stringValue.map { nameOrID($0) } ?? query(arguments)
                return try only(query, what: "service \(RPCValue.object(query))")
            },
            RPCExport(raw: "getEngine") { arguments in try provided("engine", "url", arguments) },
            RPCExport(raw: "getEngineFactory") { arguments in try provided("engine-factory", "name", arguments) },
            RPCExport(raw: "getFileManager") { arguments in try provided("file-manager", "url", arguments) },
            RPCExport(raw: "getFileUrl") { arguments in try await fileURL("getFileUrl", arguments) },
            RPCExport(raw: "getFilePath") { arguments in try await fileURL("getFilePath", arguments) },
            RPCExport(raw: "requestUploadUrl") { arguments in try await fileURL("requestUploadUrl", arguments) },
        ]
    }

    /// What a call says a service must be: a mapping, keywords, or an id.
    private func query(_ arguments: RPCArguments) -> RPCObject {
        if let id = arguments[0].stringValue { return ["id": .string(id)] }
        return arguments.named.isEmpty ? arguments[0].objectValue ?? [:] : arguments.named
    }

    private func nameOrID(_ text: String) -> RPCObject {
        manager.services.find(["id": .string(text)]).isEmpty ? ["name": .string(text)] : ["id": .string(text)]
    }

    private func list(_ arguments: RPCArguments) -> RPCValue {
        .array(manager.services.find(query(arguments)).map(Self.object))
    }

    /// A service under a name that it has each time, so that being asked for again takes no room.
    private static func object(_ service: ServiceDirectory.Service) -> RPCValue {
        var members = service.members
        members["_rintf"] = .string(objectID(of: service))
        return .object(members)
    }

    static func objectID(of service: ServiceDirectory.Service) -> String { "service \(service.id)" }

    private func only(_ query: RPCObject, what: String) throws -> RPCValue {
        let found = manager.services.find(query)
        guard let first = found.first else { throw RPCError(.notFound, "no plugin has registered the \(what)") }
        guard found.count == 1 else {
            let providers = found.map(\.provider.name).joined(separator: ", ")
            throw RPCError(
                .invalidArgument,
                "there are \(found.count) of the \(what), from \(providers); name one by `id` or `provider`")
        }
        return Self.object(first)
    }

    /// The service of a type that a plugin must provide, named by one of its fields; the first one without a name.
    private func provided(_ type: String, _ key: String, _ arguments: RPCArguments) throws -> RPCValue {
        let wanted = arguments[0].stringValue ?? arguments.option(key).stringValue
        guard let wanted else {
            guard let first = manager.services.find(["type": .string(type)]).first else { throw missing(type, nil) }
            return Self.object(first)
        }
        guard let found = manager.services.find(["type": .string(type), key: .string(wanted)]).first else {
            throw missing(type, wanted)
        }
        return Self.object(found)
    }

    private func missing(_ type: String, _ wanted: String?) -> RPCError {
        let which = wanted.map { "a service of type `\(type)` for \($0)" } ?? "a service of type `\(type)`"
        return RPCError(.notFound, "this needs \(which), and no running plugin has registered one")
    }

    /// What a file manager says about a file.
    private func fileURL(_ function: String, _ arguments: RPCArguments) async throws -> RPCValue {
        let wanted = ["file_manager", "engine"].lazy.compactMap { arguments.option($0).stringValue }.first
        var query: RPCObject = ["type": "file-manager"]
        if let wanted { query["url"] = .string(wanted) }
        guard let found = manager.services.find(query).first, let answer = found.fields[function]?.functionValue else {
            throw missing("file-manager", wanted)
        }
        // File managers take one mapping, however a Python plugin has written it.
        return try await answer.call(arguments.named.isEmpty ? arguments : RPCArguments([.object(arguments.named)]))
    }
}
