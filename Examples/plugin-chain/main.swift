import ImJoyCore
import ImJoyHost
import ImJoyRPC

// Two plugins of one host: SpotCounter asks for Smoother by its name and hands it an image and a function to call back.
var image = NDArray<Float>(repeating: 10, shape: [64, 64])
for (row, column) in [(10, 10), (10, 50), (32, 30), (50, 12), (54, 54)] {
    image[row..<row + 3, column..<column + 3] += 200
}
let pixels = AnyNDArray(image)

var configuration = HostConfiguration()
configuration.pluginPaths = ["Examples/plugin-chain"]
let answer = try await Host(configuration).withPlugins { plugins in
    let counter = try await plugins.start("SpotCounter")
    return try await counter.run(data: ["image": .ndarray(pixels)])
}
print("\(answer["spots"].intValue ?? 0) spots after \(answer["rounds"].intValue ?? 0) rounds of smoothing")
