import ImJoyRPC
import ImJoyTLS
import ImJoyWebSocket

// A hub that shows who it is, and a client that makes sure of it. The files are made as README.md says.

let service = RPCService("calculator") { RPCExport("square", parameters: ["x"]) { (x: Int) in x * x } }
let identity = try ServerTLS(certificates: "hub.pem", privateKey: "hub.key")
let server = try await WebSocketServer.listen(securedBy: identity, codec: .hypha())
let hub = Hub()
let serving = Task { try await hub.run(accepting: server) }

let tls = try ClientTLS(trusting: ["authority.pem"])
let url = "https://localhost:\(server.port)"
let connect = { @Sendable in try WebSocketClientTransport(toHypha: url).secured(by: tls) }
try await withHyphaClient(id: "provider", connect: connect) { provider in
    try await provider.register(service)
    let square: Int = try await withHyphaClient(connect: connect) { client in
        try await client.service("calculator").square(3)
    }
    print("3 * 3 = \(square), over TLS")
}
hub.shutDown()
try await serving.value
