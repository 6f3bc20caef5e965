import ImJoyCore
import SystemPackage

// The micrograph and its reference labels, which `make demo` fetches; without them, nuclei that are drawn here.
let arguments = CommandLine.arguments.dropFirst().map { FilePath($0) }
let target = arguments.count > 2 ? arguments[2] : nil

let image = try arguments.first.map { try Image(contentsOf: $0) }
let pixels = try image?.pixels.cast(to: Double.self) ?? Picture.nuclei()

let clock = ContinuousClock()
let start = clock.now
let labels = try NucleusFinder().find(in: pixels)
let time = clock.now - start

let table = try labels.regions(in: pixels)
let areas = table.map(\.area).sorted()
print("\(table.count) nuclei in \(pixels.shape), found in \(Int(time / .milliseconds(1))) ms by Swift alone")
print("half of them are larger than \(areas.isEmpty ? 0 : areas[areas.count / 2]) pixels")

if arguments.count > 1 {
    let reference = try Image(contentsOf: arguments[1]).pixels.cast(to: Int32.self)
    print("the plugin finds 123, the reference labels are \(try reference.regions().count)")
} else {
    print("\(Picture.count) nuclei were drawn")
}
if let target {
    let picture = try Drawing.overlay(AnyNDArray(pixels), labels: AnyNDArray(labels), scale: 2)
    try Image(picture, axes: "YXS").write(to: target)
    print("\(target): the outlines over the micrograph")
}

// The same up to the last step as one line of text, which `imjoy image apply` takes as well.
let pipeline = try ImagePipeline(
    parsing: """
        smooth = gaussian(sigma=1) | normalize | sqrt | threshold(otsu)
            | opening(footprint=disk) | mask = binary_fill_holes
            | use(@smooth) | gaussian_laplace(sigma=4.8) | less(0) | and(@mask) | distance_transform
            | gaussian(sigma=1) | depth = apply_mask(@mask) | seeds = peaks(min_distance=5, exclude_border=0)
            | use(@depth) | negative | watershed(markers=@seeds, mask=@mask) | remove_small_objects(max_size=50)
        """)
let quick = try pipeline.run(on: Image(pixels))
print(
    "\(try quick.image?.pixels.cast(to: Int32.self).regions().count ?? 0) by a pipeline of \(pipeline.steps.count) operators"
)

try showOperators(Image(pixels))
