public import OrderedCollections

/// What the server itself offers, beside services and events.
extension HyphaClient {
    /// What a token lets its bearer do in a workspace.
    public enum Permission: String, Sendable {
        /// To look up and call.
        case read
        /// To offer services too.
        case readWrite = "read_write"
        /// Everything, new tokens included.
        case admin
    }

    /// What a token is good for.
    public struct TokenOptions: Sendable {
        /// Where it is valid; nil for the client's own workspace.
        public var workspace: String?
        /// What its bearer may do there.
        public var permission = Permission.readWrite
        /// How long it is valid.
        public var lifetime = Duration.seconds(3600)
        /// The only client id that may connect with it; nil for any.
        public var clientID: String?

        /// A token for an hour of reading and writing in the client's workspace.
        public init() {}
    }

    /// A token with which others can connect; the server must let this client give it away. A ``Hub`` has no tokens, so
    /// this and the two functions below fail there.
    public func generateToken(_ options: TokenOptions = TokenOptions()) async throws -> String {
        var config: RPCObject = [
            "permission": .string(options.permission.rawValue), "expires_in": .double(options.lifetime / .seconds(1)),
        ]
        if let workspace = options.workspace { config["workspace"] = .string(workspace) }
        if let clientID = options.clientID { config["client_id"] = .string(clientID) }
        return try String(rpcValue: try await manager("generate_token", named: ["config": .object(config)]))
    }

    /// Whose token it is, as the server says it: `id`, `roles`, `scope` and others; throws for one that is not valid.
    public func parseToken(_ token: String) async throws -> RPCObject {
        try RPCObject(rpcValue: try await manager("parse_token", [.string(token)]))
    }

    /// Makes a token invalid before its time.
    public func revokeToken(_ token: String) async throws { try await manager("revoke_token", [.string(token)]) }

    /// The addresses of the clients in the own workspace.
    public func clients() async throws -> [String] {
        try await manager("list_clients").arrayValue?.compactMap { $0["id"].stringValue } ?? []
    }

    /// Whether a client, by its id or address, answers the server within `timeout`.
    public func ping(_ client: String, timeout: Duration = .seconds(5)) async throws -> Bool {
        let answer = try await manager("ping", [.string(client)], named: ["timeout": .double(timeout / .seconds(1))])
        return answer.stringValue == "pong"
    }

    /// Offers functions by which others can see how this client is, as the public service `probes`; they take the place
    /// of earlier ones.
    ///
    /// ```swift
    /// try await client.registerProbes { RPCExport("readiness") { () in isReady } }
    /// ```
    /// Hypha's own server shows them at `/{workspace}/services/probes`. Returns the full id, as
    /// ``register(_:id:options:)`` does.
    @discardableResult
    public func registerProbes(@RPCExportBuilder _ probes: () throws -> [RPCExport]) async throws -> String? {
        var options = HyphaServiceOptions.public
        options.type = "probes"
        options.replacesExisting = true
        let service = try RPCService("Probes", summary: "How this client is.", probes)
        return try await register(service, id: "probes", options: options)
    }
}

/// How a person is asked to sign in.
public struct HyphaLoginOptions: Sendable {
    /// Where the token is to be valid; nil for the person's own workspace.
    public var workspace: String?
    /// How long the token is valid; nil for what the server gives.
    public var lifetime: Duration?
    /// How long the person may take.
    public var timeout = Duration.seconds(60)
    /// The service that knows persons.
    public var service = "public/hypha-login"

    /// A minute's time, and the server's choice of everything else.
    public init() {}
}

/// Lets a person sign in on the server's page and returns a token to connect with.
///
/// ```swift
/// let token = try await hyphaLogin(
///     connect: { try WebSocketClientTransport(toHypha: "https://hypha.aicell.io").secured(by: ClientTLS()) }
/// ) { print("Open \($0) in a browser") }
/// ```
/// `connect` makes a link to the server, as for a client; `onPage` gets the address of the page, for the person.
/// Throws `timedOut` when nobody has signed in within the time of `options`.
public func hyphaLogin(
    options: HyphaLoginOptions = HyphaLoginOptions(), configuration: HyphaConfiguration = HyphaConfiguration(),
    connect: @escaping @Sendable () async throws -> any RPCTransport,
    onPage: @Sendable (String) async throws -> Void
) async throws -> String {
    var configuration = configuration
    configuration.callTimeout = max(configuration.callTimeout, options.timeout + .seconds(10))
    return try await withHyphaClient(configuration: configuration, connect: connect) { client in
        let service = try await client.service(options.service)
        var named = RPCObject()
        if let workspace = options.workspace { named["workspace"] = .string(workspace) }
        if let lifetime = options.lifetime { named["expires_in"] = .double(lifetime / .seconds(1)) }
        let started = try await service.start.function().call(RPCArguments(named: named))
        guard let page = started["login_url"].stringValue, let key = started["key"].stringValue else {
            throw RPCError(.protocolViolation, "the login service names no page and no key")
        }
        try await onPage(page)
        // The server waits a little longer, so that the end of our patience is told as such.
        let seconds = RPCValue.double(options.timeout / .seconds(1) + 5)
        let token = try await service.check.function().call(
            RPCArguments([.string(key)], named: ["timeout": seconds]), options: RPCCallOptions(timeout: options.timeout)
        )
        return try String(rpcValue: token)
    }
}
