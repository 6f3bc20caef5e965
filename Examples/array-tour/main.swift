import ImJoyCore

// A picture of 6 x 8 pixels, as a camera would give it: noise of 10 or 11, and one bright spot.
var image = NDArray<UInt16>(repeating: 10, shape: [6, 8])
image[.all, .step(2)] += 1
image[1..<4, 2..<5] += try NDArray([30, 50, 30, 50, 80, 50, 30, 50, 30], shape: [3, 3])
print("The image:\n\(image)\n")

// Slices, flips and transposes are views: they share the pixels until one of them is written to.
let quarter = image[.step(2), .step(-2)]
print("Every second row, every second column backwards:\n\(quarter)\n")

// The brightness above the background, as floats. `[0]` and `[8]` broadcast as NumPy's shapes do.
let pixels = image.cast(to: Float.self)
let background = pixels.min(along: 0)
let signal = pixels - background
print("Mean \(pixels.mean()), background by column \(background)\n")

// A mask, and where its centre of mass is.
let weights = try signal.replacing(with: 0, where: signal .<= 20)
let rows = weights.sum(along: 1), columns = weights.sum(along: 0)
let y = try rows.dot(.arange(6)) / rows.sum()
let x = try columns.dot(.arange(8)) / columns.sum()
print("A spot of \((signal .> 20).countTrue()) pixels around row \(y), column \(x)")
