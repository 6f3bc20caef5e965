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

// Both ends in one program, linked in memory: the plugin exports the service, the application calls it.
let (here, there) = InMemoryTransport.pair()
let plugin = try RPCConnection(over: there, as: ImJoyPluginRole(name: "Segmenter"), exporting: service)
let serving = Task { try await plugin.run() }
let counted = try await withRPCConnection(
    over: here, as: ImJoyCoreRole(name: "Segmenter", type: "rpc-worker"), exporting: RPCService("application") {}
) { application -> Int in
    let segmenter = try await application.remoteInterface()
    let mask: NDArray<Bool> = try await segmenter.threshold(image, 128)
    do {
        try await segmenter.threshold("no image", 128)
    } catch let error as RPCError where error.code == .remoteFailure {
        print("refused: \(error.message)")
    }
    return try await segmenter.count(mask)
}
try await serving.value
print("the plugin counted \(counted)")

// A function that is passed once may be called once; an object marked with `_rintf` lends its functions until the other
// side disposes of it.
let worker = RPCService("worker") {
    RPCExport("work") { (steps: Int, progress: RemoteObject) async throws -> String in
        for step in 1...steps { try await progress.report(Double(step) / Double(steps)) }
        try await progress.dispose()
        return "done"
    }
}
let (near, far) = InMemoryTransport.pair()
let working = Task {
    try await RPCConnection(over: far, as: ImJoyPluginRole(name: "Worker"), exporting: worker).run()
}
try await withRPCConnection(
    over: near, as: ImJoyCoreRole(name: "Worker", type: "rpc-worker"), exporting: RPCService("application") {}
) { application in
    let report = RPCFunction("report") { (part: Double) in print("\(Int(part * 100)) %") }
    let progress: RPCValue = ["_rintf": true, "report": .function(report)]
    let result: String = try await application.remoteInterface().work(4, progress)
    print("the worker is \(result)")
}
try await working.value
