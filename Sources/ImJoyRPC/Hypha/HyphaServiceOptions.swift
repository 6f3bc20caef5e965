internal import OrderedCollections

/// How a service is offered to others on a server of the Hypha dialect.
public struct HyphaServiceOptions: Sendable {
    /// Who may find and call it.
    public enum Visibility: String, Sendable {
        /// Everybody, and everybody finds it.
        case `public`
        /// Everybody who knows its id.
        case unlisted
        /// Clients of the same workspace, and of those that are named.
        case protected
    }

    /// Who may find and call it.
    public var visibility = Visibility.protected
    /// Other workspaces whose clients may call it though it is protected.
    public var authorizedWorkspaces: [String] = []
    /// What kind of service it is.
    public var type = "generic"
    /// Documentation for people, longer than the service's summary.
    public var documentation = ""
    /// Whether it takes the place of a service of the same id that this client offers already.
    public var replacesExisting = false

    /// A protected service of type `generic`.
    public init() {}

    /// A service that everybody may call.
    public static var `public`: HyphaServiceOptions {
        var options = HyphaServiceOptions()
        options.visibility = .public
        return options
    }

    /// Names by which a service describes itself; nothing can be exported under them.
    package static let reservedNames: Set<String> = ["id", "name", "type", "description", "docs", "config", "app_id"]

    /// The members of `service` as others see it; throws `invalidArgument` when it exports a reserved name.
    func members(of service: RPCService, id: String) throws(RPCError) -> RPCObject {
        var config: RPCObject = ["visibility": .string(visibility.rawValue), "require_context": false]
        if !authorizedWorkspaces.isEmpty {
            config["authorized_workspaces"] = .array(authorizedWorkspaces.map { .string($0) })
        }
        var members: RPCObject = [
            "id": .string(id), "name": .string(service.name), "type": .string(type),
            "description": .string(service.summary), "docs": .string(documentation), "config": .object(config),
        ]
        for (name, member) in service.members {
            guard !Self.reservedNames.contains(name) else {
                throw RPCError(
                    .invalidArgument,
                    "the service \(id) cannot export \(name): services describe themselves by that name")
            }
            members[name] = Self.described(member)
        }
        return members
    }

    /// Functions that say what they do say it as a JSON schema too, for programs that choose among them.
    private static func described(_ member: RPCValue) -> RPCValue {
        switch member {
        case .object(let members): return .object(members.mapValues(described))
        case .function(var function):
            if function.schema == nil, function.documentation != nil {
                function.schema = HyphaService.schema(of: function)
            }
            return .function(function)
        default: return member
        }
    }
}

extension HyphaService {
    /// What a server is told of the service: everything about it, but nothing to call.
    func description(address: String, workspace: String) -> RPCObject {
        var config = members["config"]?.objectValue ?? [:]
        config["workspace"] = .string(workspace)
        return [
            "config": .object(config), "id": .string("\(address):\(id)"), "name": members["name"] ?? .string(id),
            "description": members["description"] ?? .null, "type": members["type"] ?? "generic",
            "docs": members["docs"] ?? .null, "app_id": "*", "service_schema": .object(Self.schema(of: members)),
        ]
    }

    private static func schema(of members: RPCObject) -> RPCObject {
        var schema = RPCObject()
        for (name, member) in members where !name.hasPrefix("_") && !HyphaServiceOptions.reservedNames.contains(name) {
            switch member {
            case .function(let function): schema[name] = ["type": "function", "function": Self.schema(of: function)]
            case .object(let members): schema[name] = .object(Self.schema(of: members))
            case .int, .uint, .double: schema[name] = ["type": "number"]
            case .string: schema[name] = ["type": "string"]
            case .bool: schema[name] = ["type": "boolean"]
            case .null: schema[name] = ["type": "null"]
            default: break
            }
        }
        return schema
    }

    static func schema(of function: RPCFunction) -> RPCValue {
        if let schema = function.schema { return schema }
        return [
            "name": .string(function.name), "description": .string(function.documentation ?? ""),
            "parameters": ["type": "object", "properties": [:]],
        ]
    }
}
