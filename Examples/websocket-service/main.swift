import ImJoyRPC
import ImJoyWebSocket

let adder = RPCService("adder") { RPCExport("add") { (a: Int, b: Int) in a + b } }

// A plugin that anybody on this machine can dial; pages of browsers cannot.
let server = try await WebSocketServer.listen()
let serving = Task {
    while let transport = try await server.accept() {
        let role = try ImJoyPluginRole(name: "Adder")
        try await RPCConnection(over: transport, as: role, exporting: adder).run()
    }
}

let sum: Int = try await withRPCConnection(
    over: WebSocketClientTransport(to: "ws://127.0.0.1:\(server.port)/"),
    as: ImJoyCoreRole(name: "Caller", type: "rpc-worker"), exporting: RPCService("api") {}
) { try await $0.remoteInterface().add(2, 3) }
print("2 + 3 = \(sum), over a WebSocket")

await server.shutDown()
try await serving.value
