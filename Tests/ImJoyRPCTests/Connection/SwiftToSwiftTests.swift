internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

private struct Broken: Error, CustomStringConvertible { var description: String { "the lamp is off" } }

@Suite struct `Plugins in Swift` {
    @Test func `a plugin may export later, and again`() async throws {
        try await within {
            let (here, there) = InMemoryTransport.pair()
            let core = RPCConnection(
                over: here, as: ImJoyCoreRole(name: "Cells", type: "rpc-worker"), exporting: RPCService("api") {})
            let plugin = RPCConnection(over: there, as: try ImJoyPluginRole(name: "late"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await core.run() }
                group.addTask { try await plugin.run() }
                defer { core.disconnect() }
                try await core.handshake()
                async let asked = core.remoteInterface()
                try await Task.sleep(for: .milliseconds(5))
                try plugin.export(RPCService("one") { RPCExport("f") { () in 1 } })
                let old = try await asked
                #expect(try await old.f() as Int == 1)
                try plugin.export(RPCService("two") { RPCExport("f") { () in 2 } })
                let new = try await core.remoteInterface()
                #expect(try await new.f() as Int == 2)
                // The object keeps its name, so what was taken before reaches what is there now.
                #expect(try await old.f() as Int == 2)
                #expect(plugin.openCounts.exports == 1)
                core.disconnect()
                try await group.waitForAll()
            }
            #expect(throws: RPCError.self) { try plugin.export(RPCService("three") {}) }
        }
    }

    @Test(arguments: [true, false])
    func `what the user has entered is checked before the plugin starts`(_ isRight: Bool) async throws {
        var role = try ImJoyPluginRole(name: "locked")
        role.credentialFields = [["id": "password", "label": "Password", "value": ""]]
        role.onCredential = { credential in
            #expect(credential["password"].stringValue == "sesame")
            guard isRight else { throw Broken() }
            return ["auth": ["type": "jwt", "access_token": "token"]]
        }
        let transport = ScriptedTransport()
        let plugin = RPCConnection(over: transport, as: role, exporting: RPCService("locked") {})
        try await within {
            async let run: Void = plugin.run()
            #expect(try await eventually { transport.written.count == 1 })
            let ready = transport.written[0]
            #expect(ready["config"]["credential_required"].boolValue == true)
            #expect(ready["config"]["credential_fields"][0]["id"].stringValue == "password")
            transport.feed([
                "type": "initialize", "config": ["credential": ["password": "sesame"]], "peer_id": ready["peer_id"],
            ])
            #expect(try await eventually { transport.written.count > 1 })
            let answer = transport.written[1]
            #expect(answer.type == "initialized")
            #expect(answer["error"].stringValue == (isRight ? nil : "the lamp is off"))
            #expect(answer["config"]["auth"]["access_token"].stringValue == (isRight ? "token" : nil))
            plugin.disconnect()
            transport.end()
            try await run
        }
    }

    @Test func `code that comes at once runs piece by piece, all of it`() async throws {
        let pieces = Guarded([String]())
        let role = try ImJoyPluginRole(name: "scripted", allowExecution: true) { code in
            // At the same time, the first one would come last.
            try await Task.sleep(for: .milliseconds(code["content"]?.stringValue == "a" ? 50 : 1))
            pieces.withLock { $0.append(code["content"]?.stringValue ?? "") }
        }
        let transport = ScriptedTransport()
        let plugin = RPCConnection(over: transport, as: role, exporting: RPCService("scripted") {})
        try await within {
            async let run: Void = plugin.run()
            #expect(try await eventually { transport.written.count == 1 })
            let name = transport.written[0]["peer_id"]
            transport.feed(["type": "initialize", "peer_id": name])
            for content in ["a", "b", "c"] {
                transport.feed([
                    "type": "execute", "peer_id": name, "code": ["type": "script", "content": .string(content)],
                ])
            }
            #expect(try await eventually { transport.written.filter { $0.type == "executed" }.count == 3 })
            #expect(pieces.withLock { $0 } == ["a", "b", "c"])
            plugin.disconnect()
            transport.end()
            try await run
        }
    }
}
