import ImJoyCore
import ImJoyRPC

// Finds the service of the example `hub-server` and calls it; further programs may do the same at the same time.
let image = NDArray<UInt8>([10, 200, 30, 220])
let connect = { @Sendable in try PipeTransport(connectingTo: "hub.sock") }
try await withHyphaClient(connect: connect) { client in
    let segmenter = try await client.service("segmenter")
    let mask: NDArray<Bool> = try await segmenter.threshold(image, 128)
    print("bright pixels: \(mask.countTrue())")
}
