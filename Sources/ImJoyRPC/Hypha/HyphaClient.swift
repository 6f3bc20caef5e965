internal import Logging
public import OrderedCollections
internal import Synchronization

/// A program's place on a server of the Hypha dialect: it offers services there, finds those of others and calls them.
///
/// ```swift
/// try await withHyphaClient(connect: { try PipeTransport(connectingTo: "hub.sock") }) { client in
///     let segmenter = try await client.service("segmenter")
///     let count: Int = try await segmenter.count(image)
/// }
/// ```
/// When the link is lost, the client connects again: at once when the link has lasted, after growing pauses when it has
/// not. Its services are then offered again. Delivery is at most once: calls that are open when the link, or the client
/// that was called, is lost fail with `disconnected`, and whether they were run is not known. Functions of services that
/// were received before work again once both sides are back.
public final class HyphaClient: Sendable {
    private typealias Waiter = CheckedContinuation<Void, any Error>
    private enum Phase {
        /// Not connected, and who waits for that.
        case connecting([UInt64: Waiter])
        case connected
        case ended(RPCError)
    }
    private struct State {
        var phase = Phase.connecting([:])
        var hasRun = false
        var isClosing = false
        /// Whether the server has been reached once; before, a failure is final.
        var hasBeenUp = false
        var lastWaiter: UInt64 = 0
        /// When the link that is up was opened.
        var openedAt: Duration?
    }

    private let connection: HyphaConnection
    private let listeners = HyphaListeners()
    private let state = Mutex(State())
    private let configuration: HyphaConfiguration
    private let connect: @Sendable () async throws -> any RPCTransport
    private let requestedID: String
    private let requestedWorkspace: String?
    private let token: String?
    private let alarm = Alarm()

    /// A client that is not running yet.
    ///
    /// - Parameters:
    ///   - id: the name by which others know the client, without `/`, `:` and `@`; random by default.
    ///   - workspace: where it wants to be; the server chooses by default.
    ///   - token: what the server asks for to let it in.
    ///   - configuration: limits, times and logging.
    ///   - connect: makes a new link to the server, each time that one is needed.
    public init(
        id: String? = nil, workspace: String? = nil, token: String? = nil,
        configuration: HyphaConfiguration = HyphaConfiguration(),
        connect: @escaping @Sendable () async throws -> any RPCTransport
    ) {
        requestedID = id ?? configuration.makeID()
        requestedWorkspace = workspace
        self.token = token
        self.configuration = configuration
        self.connect = connect
        connection = HyphaConnection(clientID: requestedID, configuration: configuration) { [listeners] in
            listeners.deliver($0, $1)
        }
    }

    // MARK: Running

    /// Connects, and connects again whenever the link is lost, until ``disconnect()`` is called or the task cancelled.
    ///
    /// Throws `refused` when the server does not let the client in; it is not asked again then. Throws also when the very
    /// first attempt fails. Functions that others have called are cancelled when the link ends, and `run()` returns after
    /// them. Can be called once.
    public func run() async throws {
        let isFirst = state.withLock { state in
            defer { state.hasRun = true }
            return !state.hasRun
        }
        guard isFirst else { throw RPCError(.refused, "a client runs once; make a new one") }
        let result: Result<Void, any Error> = await withDiscardingTaskGroup { group in
            group.addTask { await self.connection.runTimers() }
            var schedule = ReconnectionSchedule()
            var result = Result<Void, any Error>.success(())
            while !state.withLock({ $0.isClosing }) {
                let link = connection.makeLink()
                group.addTask { await self.connection.serve(link) }
                do {
                    try await run(link)
                    guard state.withLock({ $0.hasBeenUp || $0.isClosing }) else {
                        throw RPCError(.disconnected, "the server hung up before the services could be offered")
                    }
                } catch {
                    // Whoever is asked to end in the middle of setting up has not failed.
                    if state.withLock({ $0.isClosing }) { break }
                    configuration.logger?.debug("the link to the server: \(error)")
                    let isFinal = (error as? RPCError)?.code == .refused
                    if isFinal || Task.isCancelled || !state.withLock({ $0.hasBeenUp }) {
                        result = .failure(error)
                        break
                    }
                }
                if Task.isCancelled { break }
                await pause(schedule: &schedule)
            }
            end(result)
            group.cancelAll()
            return result
        }
        try result.get()
    }

    private func run(_ link: HyphaConnection.Link) async throws {
        // A link that never comes up has no calls, but its task waits for their end.
        defer { connection.discard(link) }
        let transport = try await connect()
        let greeting: RPCObject = [
            "client_id": .string(requestedID), "workspace": requestedWorkspace.map { .string($0) } ?? .null,
            "token": token.map { .string($0) } ?? .null, "reconnection_token": connection.reconnectionToken,
        ]
        try await connection.run(link, over: transport, greeting: greeting) { try await self.setUp() }
    }

    /// Waits as long as the schedule says, unless the client is closed.
    private func pause(schedule: inout ReconnectionSchedule) async {
        let now = connection.clock.now()
        let duration = state.withLock { state in
            defer { state.openedAt = nil }
            if case .connected = state.phase { state.phase = .connecting([:]) }
            return state.openedAt.map { now - $0 }
        }
        let pause = schedule.pause(afterLinkOf: duration, chance: configuration.random())
        let end = now + pause
        while connection.clock.now() < end, !Task.isCancelled, !state.withLock({ $0.isClosing }) {
            await alarm.wait(until: end, by: connection.clock)
        }
    }

    /// Offers the services and hears the events, on each link anew.
    private func setUp() async throws {
        let now = connection.clock.now()
        state.withLock { $0.openedAt = now }
        // Servers take services only of clients whose built-in one they know.
        if let builtIn = connection.builtIn { try await announce(builtIn) }
        let services = connection.services
        for service in services { try await announce(service) }
        let types = listeners.types.union(["client_disconnected"])
        try await subscribe(to: types)
        let waiters = state.withLock { state -> [UInt64: Waiter] in
            guard case .connecting(let waiters) = state.phase else { return [:] }
            state.phase = .connected
            state.hasBeenUp = true
            return waiters
        }
        for (_, waiter) in waiters.sorted(by: { $0.key < $1.key }) { waiter.resume() }
        // What has been added meanwhile; what is added from now on is announced by whoever adds it.
        let announced = Set(services.map(\.id))
        for service in connection.services where !announced.contains(service.id) { try await announce(service) }
        let more = listeners.types.subtracting(types)
        if !more.isEmpty { try await subscribe(to: more) }
    }

    private func subscribe(to types: Set<String>) async throws {
        try await manager("subscribe", [.array(types.sorted().map { .string($0) })])
    }

    private func end(_ result: Result<Void, any Error>) {
        let reason =
            switch result {
            case .success: RPCError(.disconnected, "the connection was closed here")
            case .failure(let error): RPCError(error, as: .disconnected)
            }
        let waiters = state.withLock { state -> [UInt64: Waiter] in
            defer { state.phase = .ended(reason) }
            guard case .connecting(let waiters) = state.phase else { return [:] }
            return waiters
        }
        for waiter in waiters.values { waiter.resume(throwing: reason) }
        listeners.finish()
    }

    /// Ends the client in order: what has been said is still written, what is open fails, ``run()`` returns.
    public func disconnect() {
        state.withLock { $0.isClosing = true }
        connection.close()
        alarm.ring()
    }

    /// Waits until the client is on the server with its services; returns at once when it is.
    ///
    /// Throws what has ended the client, or `cancelled`.
    public func connected() async throws {
        let number = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: Waiter) in
                let result = state.withLock { state -> Result<Void, any Error>? in
                    if Task.isCancelled { return .failure(RPCError(.cancelled, "the task was cancelled")) }
                    switch state.phase {
                    case .connected:
                        if connection.greeting != nil { return .success(()) }
                        // The link has just been lost.
                        state.phase = .connecting([number: waiter])
                        return nil
                    case .ended(let reason): return .failure(reason)
                    case .connecting(var waiters):
                        waiters[number] = waiter
                        state.phase = .connecting(waiters)
                        return nil
                    }
                }
                if let result { waiter.resume(with: result) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard case .connecting(var waiters) = state.phase else { return nil }
                defer { state.phase = .connecting(waiters) }
                return waiters.removeValue(forKey: number)
            }
            waiter?.resume(throwing: RPCError(.cancelled, "the task was cancelled"))
        }
    }

    /// Whether the client is on the server with its services at this moment.
    public var isConnected: Bool {
        guard case .connected = state.withLock({ $0.phase }) else { return false }
        return connection.greeting != nil
    }

    /// Who the client is on the server, `workspace/client`; nil before the first greeting.
    public var address: String? {
        let identity = connection.identity
        return identity.workspace.isEmpty ? nil : identity.address
    }

    /// Counts of what is open, for tests and diagnostics.
    package var openCounts: HyphaOpenCounts { connection.openCounts }

    /// The names of what is open with others, for tests.
    package var sessionNames: [String] { connection.sessionNames }

    // MARK: Services

    /// Calls a function of the server's own service.
    @discardableResult
    func manager(
        _ method: String, _ arguments: [RPCValue] = [], named: RPCObject = [:]
    ) async throws -> RPCValue {
        guard let manager = connection.greeting?["manager_id"]?.stringValue else {
            throw RPCError(.disconnected, "there is no connection to the server")
        }
        let reference = HyphaReference(target: "*/\(manager)", method: "services.default.\(method)")
        return try await connection.call(reference, positional: arguments, named: named)
    }

    private func announce(_ service: HyphaService) async throws {
        let identity = connection.identity
        let description = service.description(address: identity.address, workspace: identity.workspace)
        try await manager("register_service", [.object(description)])
    }

    /// Offers a service under an id and returns its full id, `workspace/client:id`, once the workspace is known.
    ///
    /// It is offered again whenever the client connects anew, and for the first time then when it is not connected now.
    /// Throws `refused` when the client offers a service of that id already, `invalidArgument` for an id with one of
    /// `/ : @`, what has ended the client, and what the server answers; what was offered before stays then.
    @discardableResult
    public func register(
        _ service: RPCService, id: String? = nil, options: HyphaServiceOptions = HyphaServiceOptions()
    ) async throws -> String? {
        let id = id ?? service.name
        let offered = try HyphaService(options.members(of: service, id: id))
        let phase = state.withLock { $0.phase }
        if case .ended(let reason) = phase { throw reason }
        let replaced = connection.services.first { $0.id == id }
        try connection.register(offered, overwrite: options.replacesExisting)
        if case .connected = phase {
            do {
                try await announce(offered)
            } catch let error as RPCError where error.code == .disconnected {
                // It is offered when the client is back.
            } catch {
                if let replaced {
                    try connection.register(replaced, overwrite: true)
                } else {
                    try connection.unregister(id)
                }
                throw error
            }
        }
        return address.map { "\($0):\(id)" }
    }

    /// Takes a service back; throws `notFound` when there is none of that id.
    public func unregister(_ id: String) async throws {
        try connection.unregister(id)
        guard case .connected = state.withLock({ $0.phase }) else { return }
        try await manager("unregister_service", [.string("\(connection.identity.address):\(id)")])
    }

    /// Which service is taken when several answer to a name.
    public enum ServiceMode: String, Sendable {
        /// The only one; several are an error.
        case exact
        /// Any.
        case random
        /// The one that was registered first.
        case first
        /// The one that was registered last.
        case last
    }

    /// The functions and values of a service.
    ///
    /// - Parameters:
    ///   - query: `service`, `client:service`, `workspace/service` or `workspace/client:service`.
    ///   - mode: which one is taken when there are several.
    ///   - timeout: how long its client may take to answer; 10 seconds by default.
    ///
    /// On a ``Hub`` it throws `notFound` when there is none, and `refused` when this client may not call it; Hypha's own
    /// server says both as `remoteFailure`.
    public func service(
        _ query: String, mode: ServiceMode = .exact, timeout: Duration = .seconds(10)
    ) async throws -> RemoteObject {
        let config: RPCValue = ["mode": .string(mode.rawValue), "timeout": .double(timeout / .seconds(1))]
        let value = try await manager("get_service", [.string(query)], named: ["config": config])
        guard case .object(let members) = value else { return try RemoteObject(rpcValue: value) }
        return RemoteObject(members: members, objectID: nil, caller: nil)
    }

    /// The descriptions of services that this client may call, as the server gives them: `id`, `name`, `type`, `config`,
    /// `service_schema` and others.
    ///
    /// - Parameter query: text as for ``service(_:mode:timeout:)``, in which `*` stands for any, or a mapping with some of
    ///   `visibility`, `workspace`, `client_id`, `service_id`, `type` and `app_id`; null for all of the own workspace.
    public func services(_ query: RPCValue = .null) async throws -> [RPCValue] {
        let answer = try await manager("list_services", [query])
        guard let entries = answer.arrayValue else {
            throw RPCError(.protocolViolation, "the list of services is \(answer.kindName)")
        }
        return entries
    }

    // MARK: Events

    /// The payloads of all events of a type from now on, also after the client has connected anew.
    ///
    /// Of more than 4096 that wait to be read, the oldest are lost.
    /// The server is told to send them, and to stop when nobody reads the last such sequence any more.
    public func events(_ type: String) async throws -> AsyncStream<RPCObject> {
        let stream = listeners.stream(of: type) { [weak self] type in self?.unsubscribe(type) }
        if case .connected = state.withLock({ $0.phase }) {
            do {
                try await subscribe(to: [type])
            } catch let error as RPCError where error.code == .disconnected {
                // The server is told when the client is back.
            }
        }
        return stream
    }

    private func unsubscribe(_ type: String) {
        guard type != "client_disconnected", let manager = connection.greeting?["manager_id"]?.stringValue else {
            return
        }
        func tell(_ method: String) {
            let reference = HyphaReference(target: "*/\(manager)", method: "services.default.\(method)")
            connection.tell(.address(reference), positional: [[.string(type)]])
        }
        tell("unsubscribe")
        // Somebody may have begun to listen meanwhile, and subscribed before that.
        if listeners.types.contains(type) { tell("subscribe") }
    }

    /// Sends an event to one client, or with `*` to all in the workspace that listen to events of that type.
    ///
    /// The payload may use no names of the header: `type`, `from`, `to`, `ws` and `user`.
    public func emit(_ type: String, _ payload: RPCObject = [:], to target: String = "*") throws {
        var header: RPCObject = [
            "type": .string(type), "from": .string(connection.identity.address), "to": .string(target),
        ]
        for (name, value) in payload {
            guard header[name] == nil, name != "ws", name != "user" else {
                throw RPCError(.invalidArgument, "the payload of an event cannot have a member \(name)")
            }
            header[name] = value
        }
        guard type != "method" else { throw RPCError(.invalidArgument, "calls are no events") }
        try connection.send(HyphaFrame(header: header))
    }
}

/// Runs a client for the duration of `body`, which starts when the client is on the server.
///
/// Throws what `body` throws, or why the server could not be reached or has refused.
public func withHyphaClient<R: Sendable>(
    id: String? = nil, workspace: String? = nil, token: String? = nil,
    configuration: HyphaConfiguration = HyphaConfiguration(),
    connect: @escaping @Sendable () async throws -> any RPCTransport,
    _ body: @Sendable (HyphaClient) async throws -> R
) async throws -> R {
    let client = HyphaClient(
        id: id, workspace: workspace, token: token, configuration: configuration, connect: connect)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try? await client.run() }
        defer { client.disconnect() }
        try await client.connected()
        return try await body(client)
    }
}
