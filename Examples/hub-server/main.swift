import ImJoyCore
import ImJoyRPC

// A place where the programs of this user meet, with one service on it; runs until it is stopped.
let service = RPCService("segmenter", summary: "Finds bright pixels.") {
    RPCExport("threshold", summary: "Where an image is brighter than a level.") {
        (image: NDArray<UInt8>, level: UInt8) in image .> level
    }
}
let hub = Hub()
let client = HyphaClient(id: "server") { try hub.link() }
try await client.register(service)
async let serving: Void = client.run()
try await hub.run(accepting: UnixSocketListener(at: "hub.sock"))
