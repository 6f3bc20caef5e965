package import ImJoyRPC
package import OrderedCollections

/// The plugin's half of the ImJoy dialect, written from the wire's point of view: values are what crosses the wire,
/// functions the mappings that stand for them.
package actor PluginPeer {
    package typealias Handler = @Sendable (PluginPeer, [RPCValue], RPCObject) async throws -> RPCValue

    /// What a handler throws to make the peer reject with exactly this value.
    package struct Rejection: Error {
        package var value: RPCValue
        package var notice: String?
        package init(_ value: RPCValue, notice: String? = nil) {
            self.value = value
            self.notice = notice
        }
    }

    package let id: String
    private let transport: any RPCTransport
    private let handlers: OrderedDictionary<String, Handler>
    /// Starts with `initialized`, as web workers do.
    private let skipsReady: Bool
    private var writer: (any RPCMessageWriter)?
    private var nextID = 0
    private var pending: [String: CheckedContinuation<RPCValue, any Error>] = [:]
    private var lent: [String: Handler] = [:]
    /// The core's interface as it came.
    package private(set) var api: RPCValue = .null
    /// The types of all messages that came, in order.
    package private(set) var received: [String] = []
    package private(set) var executed: [RPCValue] = []

    package init(
        over transport: any RPCTransport, id: String = "peer-1", skipsReady: Bool = false,
        _ handlers: OrderedDictionary<String, Handler> = [:]
    ) {
        self.transport = transport
        self.id = id
        self.skipsReady = skipsReady
        self.handlers = handlers
    }

    /// Speaks until the core says goodbye or the link ends.
    package func run() async throws { try await run(transport) }

    private func run(_ transport: some RPCTransport) async throws {
        try await transport.withConnection { inbound, writer in
            try await self.start(writer)
            try await withThrowingDiscardingTaskGroup { group in
                defer { self.hangUp() }
                for try await message in inbound {
                    if message.type == "disconnect" { break }
                    if let work = try await self.receive(message) { group.addTask { await work() } }
                }
                group.cancelAll()
            }
        }
    }

    private func start(_ writer: any RPCMessageWriter) async throws {
        self.writer = writer
        if skipsReady {
            try await introduce()
        } else {
            try await send(["type": "imjoyRPCReady", "config": ["name": "peer"], "peer_id": .string(id)])
        }
    }

    private func hangUp() {
        writer = nil
        for waiter in pending.values { waiter.resume(throwing: RPCError(.disconnected, "the core is gone")) }
        pending = [:]
    }

    package func send(_ message: RPCMessage) async throws {
        guard let writer else { throw RPCError(.disconnected, "the peer is not running") }
        try await writer.write(message)
    }

    package func introduce() async throws {
        try await send([
            "type": "initialized", "peer_id": .string(id),
            "config": ["name": "peer", "lang": "swift", "allow_execution": true],
        ])
    }

    private func receive(_ message: RPCMessage) async throws -> (@Sendable () async -> Void)? {
        received.append(message.type ?? "")
        switch message.type {
        case "initialize": try await introduce()
        case "setInterface":
            api = message["api"]
            try await send(["type": "interfaceSetAsRemote"])
        case "getInterface": try await export()
        case "execute":
            executed.append(message["code"])
            let failure = message["code"]["content"].stringValue == "fail"
            try await send(failure ? ["type": "executed", "error": "SyntaxError: fail"] : ["type": "executed"])
        case "disposeObject": try await send(["type": "disposed"])
        case "method":
            let name = message["name"].stringValue ?? ""
            return { await self.serve(message, self.handlers[name]) }
        case "callback":
            let id = message["id"].stringValue ?? ""
            let call = id.split(separator: "/").first.map(String.init) ?? ""
            if let waiter = pending.removeValue(forKey: call) {
                let value = message["args"][0]
                id.hasSuffix("/resolve") ? waiter.resume(returning: value) : waiter.resume(throwing: Rejection(value))
            } else {
                let handler = lent.removeValue(forKey: id)
                return { await self.serve(message, handler) }
            }
        default: break
        }
        return nil
    }

    package func export() async throws {
        var api = RPCObject()
        for name in handlers.keys {
            Self.insert(interfaceFunction(name), at: name.split(separator: ".")[...], into: &api)
        }
        api["_rintf"] = "exports"
        try await send(["type": "setInterface", "api": .object(api)])
    }

    private static func insert(_ value: RPCValue, at path: ArraySlice<Substring>, into object: inout RPCObject) {
        guard let first = path.first else { return }
        if path.count == 1 { return object[String(first)] = value }
        var inner = object[String(first)]?.objectValue ?? [:]
        insert(value, at: path.dropFirst(), into: &inner)
        inner["_rintf"] = "exports"
        object[String(first)] = .object(inner)
    }

    package func interfaceFunction(_ name: String) -> RPCValue {
        ["_rtype": "interface", "_rtarget_id": .string(id), "_rintf": "exports", "_rvalue": .string(name)]
    }

    /// A function to pass as an argument; the core may call it once.
    package func callback(_ handler: @escaping Handler) -> RPCValue {
        let id = makeID()
        lent[id] = handler
        return reference(id, "callback")
    }

    private func makeID() -> String {
        nextID += 1
        return "peer-\(nextID)"
    }

    private func reference(_ id: String, _ name: String) -> RPCValue {
        ["_rtype": "callback", "_rname": .string(name), "_rtarget_id": .string(self.id), "_rvalue": .string(id)]
    }

    private func serve(_ message: RPCMessage, _ handler: Handler?) async {
        var arguments = message["args"].arrayValue ?? []
        var named = RPCObject()
        if message["with_kwargs"].boolValue == true { named = arguments.popLast()?.objectValue ?? [:] }
        let answer: RPCValue
        var isSuccess = true
        do {
            guard let handler else { throw Rejection(["_rtype": "error", "_rvalue": "KeyError: no such function"]) }
            answer = try await handler(self, arguments, named)
        } catch {
            isSuccess = false
            let rejection = error as? Rejection
            answer = rejection?.value ?? ["_rtype": "error", "_rvalue": .string("\(error)")]
            if let notice = rejection?.notice { try? await send(["type": "error", "message": .string(notice)]) }
        }
        let half = message["promise"][isSuccess ? 0 : 1]
        guard !half.isNull else { return }
        try? await send([
            "type": "callback", "id": half["_rvalue"], "target_id": half["_rtarget_id"], "args": [answer],
            "with_kwargs": false,
        ])
    }

    /// The place `path` in the core's interface.
    package func core(_ path: String) -> RPCValue {
        path.split(separator: ".").reduce(api) { $0[String($1)] }
    }

    /// Calls the function at `path` in the core's interface.
    package func callCore(_ path: String, _ arguments: [RPCValue] = [], named: RPCObject = [:]) async throws -> RPCValue
    {
        try await call(core(path), arguments, named: named)
    }

    /// Calls a function of the core by its mapping and returns the raw answer.
    package func call(_ function: RPCValue, _ arguments: [RPCValue] = [], named: RPCObject = [:]) async throws
        -> RPCValue
    {
        let id = makeID()
        var message: RPCMessage = [
            "args": .array(named.isEmpty ? arguments : arguments + [.object(named)]),
            "with_kwargs": .bool(!named.isEmpty),
            "target_id": function["_rtarget_id"],
            "promise": [reference(id + "/resolve", "resolve"), reference(id + "/reject", "reject")],
        ]
        if function["_rtype"].stringValue == "interface" {
            message["type"] = "method"
            message["object_id"] = function["_rintf"]
            message["name"] = function["_rvalue"]
        } else {
            message["type"] = "callback"
            message["id"] = function["_rvalue"]
        }
        guard let writer else { throw RPCError(.disconnected, "the peer is not running") }
        return try await withCheckedThrowingContinuation { continuation in
            pending[id] = continuation
            Task {
                do { try await writer.write(message) } catch { fail(id, error) }
            }
        }
    }

    private func fail(_ call: String, _ error: any Error) {
        pending.removeValue(forKey: call)?.resume(throwing: error)
    }
}
