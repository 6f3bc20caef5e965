internal import Logging
internal import OrderedCollections
internal import Synchronization

/// A small server of the Hypha dialect, for programs that trust each other.
///
/// ```swift
/// let hub = Hub()
/// try await hub.run(accepting: UnixSocketListener(at: "hub.sock"))
/// ```
/// Clients find each other's services through it and call each other; it hands their messages on unread. It says itself
/// from whom a message is. When a client goes, its services go with it, and those who wait for it are told. Everybody
/// who can connect may be in any workspace under any name that is free, so let only trusted programs connect: a Unix
/// socket is reachable for the same user alone.
///
/// Left out on purpose: tokens, permissions of users, limits to the rate of calls, HTTP.
public final class Hub: Sendable {
    /// How long a client may take to say hello.
    private static let openingLimit = Duration.seconds(5)
    /// How long a client may take to show that it is alive when another one wants its name.
    private static let pingLimit = Duration.seconds(3)
    /// The largest id of a client or a workspace, in bytes.
    private static let maxIDLength = 256

    private let directory: Mutex<HubDirectory>
    private let configuration: HyphaConfiguration
    private let workspace: String
    private let managerID: String
    /// The hub's own client, which offers its services and calls those of others.
    let manager: HyphaConnection
    private let clock: RPCClock
    private let arrivals: AsyncStream<any RPCTransport>
    private let arrivalSource: AsyncStream<any RPCTransport>.Continuation
    private let hasRun = Atomic(false)

    /// A hub that is not running yet.
    ///
    /// - Parameters:
    ///   - workspace: where clients are that ask for none.
    ///   - configuration: limits, times and logging.
    public init(workspace: String = "ws-local", configuration: HyphaConfiguration = HyphaConfiguration()) {
        self.workspace = workspace
        self.configuration = configuration
        managerID = "workspace-manager-\(configuration.makeID())"
        directory = Mutex(HubDirectory(manager: "*/\(managerID)"))
        var own = configuration
        // It works for everybody.
        own.limits.maxConcurrentInboundCalls = max(own.limits.maxConcurrentInboundCalls, 4096)
        manager = HyphaConnection(clientID: managerID, configuration: own)
        clock = manager.clock
        (arrivals, arrivalSource) = AsyncStream.makeStream()
    }

    /// Addresses of the clients that are connected.
    public var clients: [String] {
        directory.withLock { directory in directory.clients.keys.filter { $0 != directory.manager }.sorted() }
    }

    /// Full ids of the services that clients have registered, in the order of their registration.
    public var services: [String] { directory.withLock { Array($0.services.keys) } }

    // MARK: Running

    /// Takes a link to a client; it is served as soon as the hub runs, until the client goes.
    ///
    /// Throws `refused` when the hub has shut down.
    public func attach(_ transport: some RPCTransport) throws(RPCError) {
        if case .terminated = arrivalSource.yield(transport) { throw RPCError(.refused, "the hub has shut down") }
    }

    /// A link for a client in this program; throws as ``attach(_:)`` does.
    public func link() throws(RPCError) -> InMemoryTransport {
        let (here, there) = InMemoryTransport.pair()
        try attach(there)
        return here
    }

    /// Serves links until ``shutDown()`` is called or the task is cancelled. Can be called once.
    public func run() async throws { try await run {} }

    /// Serves links; `closing` runs before those that there are end.
    ///
    /// Nobody may be let in and then left in the middle of the greeting: some clients take that for a refusal and never come
    /// back.
    private func run(closing: @escaping @Sendable () async -> Void) async throws {
        guard !hasRun.exchange(true, ordering: .relaxed) else {
            throw RPCError(.refused, "a hub runs once; make a new one")
        }
        try manager.register(
            HyphaService(HyphaServiceOptions.public.members(of: managerService, id: "default")), overwrite: true)
        await withDiscardingTaskGroup { group in
            group.addTask { await self.manager.runTimers() }
            startManager(&group)
            await withDiscardingTaskGroup { clients in
                for await transport in arrivals { clients.addTask { await self.serve(transport) } }
                await closing()
                for link in directory.withLock({ $0.close() }) { link.close() }
            }
            group.cancelAll()
        }
        // Its functions hold the hub.
        try manager.unregister("default")
    }

    /// Serves the programs that connect to a socket, and closes it in the end.
    public func run(accepting listener: UnixSocketListener) async throws {
        try await run {
            try await listener.accept()
        } closing: {
            listener.close()
        }
    }

    /// Serves what `accept` brings until that is nil; `close` then ends it for whoever else waits there.
    package func run(
        accepting accept: @escaping @Sendable () async throws -> (any RPCTransport)?,
        closing close: @escaping @Sendable () async -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.run(closing: close) }
            group.addTask {
                while let transport = try await accept() {
                    do throws(RPCError) {
                        try self.attach(transport)
                    } catch {
                        // The program that has come too late sees the end.
                        try? await transport.withConnection { _, _ in }
                    }
                }
            }
            let first = await group.nextResult()
            shutDown()
            await close()
            try first?.get()
            try await group.waitForAll()
        }
    }

    /// Ends the hub: no new links, and those that there are end once what is queued has been written.
    public func shutDown() { arrivalSource.finish() }

    /// Puts the hub's own client on the hub, before anybody else.
    private func startManager(_ group: inout DiscardingTaskGroup) {
        let (here, there) = InMemoryTransport.pair(capacity: 1024)
        let link = manager.makeLink()
        let wire = HyphaLink(clock: clock, limits: configuration.limits)
        guard let client = try? enter(id: managerID, workspace: "*", over: wire) else { return }
        group.addTask { await self.manager.serve(link) }
        group.addTask {
            try? await self.manager.run(link, over: here, greeting: [:], isWatched: false) {}
            self.manager.discard(link)
        }
        group.addTask {
            let watch = HyphaLink.Watch(opening: Self.openingLimit)
            try? await wire.run(over: there, watch: watch) { message in
                if case .frame(let frame)? = try? HyphaMessage(message) { self.route(frame, from: client) }
            } refused: { _, error in
                self.report(error.message)
            } ended: { _ in
                self.perform { $0.leave(client) }
            }
        }
    }

    // MARK: Clients

    /// How far a client has come.
    private enum Admission {
        case waiting
        case joined(HubDirectory.Client)
        case refused

        var client: HubDirectory.Client? { if case .joined(let client) = self { client } else { nil } }
    }

    /// Serves one client until it goes.
    private func serve(_ transport: any RPCTransport) async {
        let wire = HyphaLink(clock: clock, limits: configuration.limits)
        let admission = Mutex(Admission.waiting)
        let watch = HyphaLink.Watch(opening: Self.openingLimit, silence: configuration.silenceLimit)
        let leave: @Sendable () -> Void = {
            if let client = admission.withLock({ $0.client }) { self.perform { $0.leave(client) } }
        }
        do {
            try await wire.run(over: transport, watch: watch) { message in
                switch admission.withLock({ $0 }) {
                case .joined(let client): self.receive(message, from: client)
                case .waiting:
                    let next = try await self.greet(message, over: wire)
                    admission.withLock { $0 = next }
                case .refused: break
                }
            } refused: { _, error in
                self.report(error.message)
            } ended: { _ in
                leave()
            }
        } catch {
            report("the link to \(admission.withLock { $0.client?.address } ?? "a client"): \(error)")
        }
        // The link may have ended while the client was being let in.
        leave()
    }

    private func receive(_ message: RPCMessage, from client: HubDirectory.Client) {
        do throws(RPCError) {
            switch try HyphaMessage(message) {
            case .frame(let frame): route(frame, from: client)
            case .control(let fields):
                switch fields["type"]?.stringValue {
                case "ping": _ = client.link.send(.control(["type": "pong"]))
                case "refresh_token":
                    _ = client.link.send(
                        .control(["type": "reconnection_token", "reconnection_token": .string(client.token)]))
                default: break
                }
            }
        } catch {
            report("\(client.address): \(error.message)")
        }
    }

    /// Lets in who says hello, or tells why not.
    private func greet(_ message: RPCMessage, over link: HyphaLink) async throws -> Admission {
        // Greetings are of no type, unlike all that comes later.
        guard case .control(let hello) = try HyphaMessage(message), message.type == nil else {
            report("a message before the hello of a client")
            return .waiting
        }
        do throws(RPCError) {
            let id = hello["client_id"]?.stringValue ?? configuration.makeID()
            let workspace = hello["workspace"]?.stringValue ?? workspace
            guard Self.isName(id) else {
                throw RPCError(
                    .refused, "the id of a client has 1 to \(Self.maxIDLength) bytes, none of / : @ and no blanks")
            }
            guard Self.isName(workspace), workspace != "*" else {
                throw RPCError(.refused, "there cannot be a workspace \(workspace)")
            }
            try await makeRoom(for: "\(workspace)/\(id)", token: hello["reconnection_token"]?.stringValue)
            return .joined(try enter(id: id, workspace: workspace, over: link))
        } catch {
            _ = link.send(.control(["type": "error", "message": .string(error.message)]))
            // Once that is written.
            link.close()
            return .refused
        }
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= maxIDLength
            && !text.unicodeScalars.contains { "/:@".unicodeScalars.contains($0) || $0.properties.isWhitespace }
    }

    /// Throws when another client has the address and is alive.
    ///
    /// One that knows the token of the other is the same client with a new link.
    private func makeRoom(for address: String, token: String?) async throws(RPCError) {
        while let old = directory.withLock({ $0.clients[address] }), old.token != token {
            let ping = HyphaReference(target: address, method: "services.built-in.ping", promise: .functions)
            var isAlive = true
            do {
                _ = try await manager.call(ping, positional: ["ping"], timeout: Self.pingLimit)
            } catch {
                // Any other answer is one.
                isAlive = ![.timedOut, .disconnected].contains((error as? RPCError)?.code)
            }
            if Task.isCancelled { throw RPCError(.cancelled, "the link ended before the client was let in") }
            guard !isAlive else { throw RPCError(.refused, "Client already exists and is active: \(address)") }
            // Another one may have come meanwhile.
            if directory.withLock({ $0.clients[address]?.number }) == old.number { return }
        }
    }

    private func enter(
        id: String, workspace: String, over link: HyphaLink
    ) throws(RPCError) -> HubDirectory.Client {
        let token = configuration.makeID()
        let (client, replaced, delivered) = try directory.withLock { (directory) throws(RPCError) in
            let (client, replaced, deliveries) = try directory.join(
                id: id, workspace: workspace, token: token, link: link)
            // Under the lock, so that nothing comes before it.
            _ = link.queue(.control(greeting(client)))
            return (client, replaced, Self.deliver(deliveries))
        }
        link.open()
        link.flush()
        replaced?.close()
        finish(delivered)
        return client
    }

    private func greeting(_ client: HubDirectory.Client) -> RPCObject {
        [
            "type": "connection_info", "workspace": .string(client.workspace), "manager_id": .string(managerID),
            "client_id": .string(client.id), "user": client.user, "reconnection_token": .string(client.token),
            "reconnection_token_life_time": 172_800.0, "public_base_url": nil, "local_base_url": nil,
        ]
    }

    // MARK: Messages

    private func route(_ frame: HyphaFrame, from client: HubDirectory.Client) {
        perform { directory in
            switch directory.route(frame, from: client) {
            case .success(let deliveries): return deliveries
            case .failure(let error):
                report(error.message)
                return []
            }
        }
    }

    /// Changes the directory and delivers what comes of it, in order.
    func perform<E: Error>(_ body: (inout HubDirectory) throws(E) -> [HubDirectory.Delivery]) throws(E) {
        // Queued under the lock, so that messages arrive in the order in which they were taken.
        finish(try directory.withLock { (directory) throws(E) in Self.deliver(try body(&directory)) })
    }

    /// Queues messages; tells for each link whether it has taken them.
    private static func deliver(_ deliveries: [HubDirectory.Delivery]) -> [(link: HyphaLink, isTaken: Bool)] {
        deliveries.map { ($0.link, $0.link.queue(.frame($0.frame))) }
    }

    /// Sends what has been queued, when nothing is locked any more.
    private func finish(_ delivered: [(link: HyphaLink, isTaken: Bool)]) {
        for (link, isTaken) in delivered {
            if isTaken { link.flush() } else { cut(link) }
        }
    }

    /// A client that does not read must not hurt others.
    private func cut(_ link: HyphaLink) {
        report("a client does not read its messages and is cut off")
        link.close()
    }

    /// Looks something up.
    func look<R>(_ body: (HubDirectory) -> R) -> R { directory.withLock { body($0) } }

    private func report(_ reason: String) { configuration.logger?.debug("dropped: \(reason)") }
}
