import ImJoyCore
import ImJoyRPC

// A service is a value: it can be made, listed and called with no connection at all.
let service = RPCService("segmenter", summary: "Finds bright pixels.") {
    RPCExport("threshold") { (image: NDArray<UInt8>, level: UInt8) in image .> level }
    RPCExport("count") { (mask: NDArray<Bool>) in mask.countTrue() }
}
let image = NDArray<UInt8>([10, 200, 30, 220])
let mask = try await service.call("threshold", [image.rpcValue(), 128])
let count = try await service.call("count", [mask])
print("\(service.name) exports \(service.exports.map(\.name)); pixels above 128: \(count)")

// The same service offered to a plugin at the other end of a transport, which is then called in turn.
func countCells(over transport: some RPCTransport, in image: NDArray<UInt8>) async throws -> Int {
    let role = ImJoyCoreRole(name: "Cells", type: "native-python")
    return try await withRPCConnection(over: transport, as: role, exporting: service) { connection in
        let plugin = try await connection.remoteInterface()
        return try await plugin.count(image)
    }
}
