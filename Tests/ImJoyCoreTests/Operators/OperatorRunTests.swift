internal import ImJoyCore
internal import Testing

struct `Running an operator` {
    private static let colours = ["rgb2gray", "rgba2rgb", "convert_colorspace"]
    /// Those that look at all planes, or at one alone, by their nature.
    private static let whole: Set<String> = [
        "threshold_value", "select", "crop", "channel", "flip", "squeeze", "max_projection", "min_projection",
        "mean_projection",
        "sum_projection", "median_projection", "std_projection", "overlay", "use", "gray2rgb", "cast", "threshold",
        "threshold_multiotsu", "rescale_intensity", "normalize", "equalize_hist", "match_histograms", "ssim", "psnr",
        "mse", "nrmse", "equalize_adapthist", "rotate", "rot90",
    ]

    @Test func `on a stack gives what it gives for each plane`() throws {
        let stack = try SampleCalls.picture([2, 9, 10])
        let images = try SampleCalls.images([2, 9, 10], axes: "ZYX")
        for one in ImageOperator.all where !Self.whole.contains(one.name) && !Self.colours.contains(one.name) {
            let arguments = SampleCalls.arguments[one.name] ?? ManifestObject()
            let input = try SampleCalls.input(stack, for: one)
            let result = try one.run(on: Image(input, axes: "ZYX"), arguments, images: images)
            for plane in 0..<2 {
                let others = try images.mapValues { try Image($0.pixels.sliced([plane]), axes: "YX") }
                let alone = try one.run(on: Image(input.sliced([plane]), axes: "YX"), arguments, images: others)
                switch (result, alone) {
                case (.image(let all), .image(let single)):
                    #expect(all.axes == "ZYX" && single.axes == "YX", "\(one.name)")
                    let part = try all.pixels.sliced([plane])
                    #expect(part.dtype == single.dtype && Self.areSame(part, single.pixels), "\(one.name)")
                    if one.gives == .mask { #expect(single.dtype == .bool, "\(one.name)") }
                    if one.gives == .labels { #expect(single.dtype.isInteger, "\(one.name)") }
                case (.table(let all), .table(let single)):
                    #expect(all.columns == ["z"] + single.columns, "\(one.name)")
                    let rows = all.rows.filter { $0[0] == Double(plane) }.map { Array($0.dropFirst()) }
                    #expect("\(rows)" == "\(single.rows)", "\(one.name)")
                default: Issue.record("\(one.name) gives different things")
                }
            }
        }
    }

    /// NaN is as good as NaN here.
    private static func areSame(_ a: AnyNDArray, _ b: AnyNDArray) -> Bool {
        guard a.shape == b.shape else { return false }
        return a == b
            || (try? a.isClose(to: b, relativeTolerance: 0, absoluteTolerance: 0, equalNaN: true).all()) == true
    }

    @Test func `that looks at the whole image works`() throws {
        let stack = try Image(SampleCalls.picture([2, 9, 10]), axes: "ZYX")
        let flat = try Image(SampleCalls.picture([9, 10]), axes: "YX")
        for name in Self.whole {
            let one = try ImageOperator.require(name)
            let isFlat = ["overlay", "equalize_adapthist"].contains(name)
            let image = name == "channel" ? try stack.renamed("CYX") : isFlat ? flat : stack
            let images = try SampleCalls.images(image.shape, axes: image.axes)
            let result = try one.run(on: image, SampleCalls.arguments[name] ?? ManifestObject(), images: images)
            let isImage = one.gives != .number && one.gives != .table
            #expect((result.image != nil) == isImage, "\(name)")
        }
        let picture = try Image(SampleCalls.picture([6, 7, 3]).cast(to: UInt8.self), axes: "YXS")
        let grey = try ImageOperator.require("rgb2gray").run(on: picture)
        #expect(grey.image?.axes == "YX" && grey.image?.shape == [6, 7])
        let hsv = try ImageOperator.require("convert_colorspace")
            .run(on: picture, SampleCalls.object(["from": "rgb", "to": "hsv"]))
        #expect(hsv.image?.shape == [6, 7, 3])
        let clear = try Image(SampleCalls.picture([6, 7, 4]).cast(to: UInt8.self), axes: "YXS")
        #expect(try ImageOperator.require("rgba2rgb").run(on: clear).image?.shape == [6, 7, 3])
        #expect(throws: OperatorError.self) { try ImageOperator.require("rgb2gray").run(on: flat) }
    }

    @Test func `filters volumes with axes and never across samples`() throws {
        let pixels = try SampleCalls.picture([3, 8, 9])
        let gaussian = try ImageOperator.require("gaussian")
        let volume = try gaussian.run(on: Image(pixels, axes: "ZYX"), SampleCalls.object(["axes": "ZYX"]))
        let wanted = try pixels.cast(to: Float.self).gaussianFiltered(sigma: 1, boundary: .nearest)
        #expect(try volume.image?.pixels.typed(as: Float.self) == wanted)
        let turned = try Image(AnyNDArray(pixels).permuted([1, 2, 0]), axes: "YXS")
        let colour = try #require(try gaussian.run(on: turned).image)
        let first = try pixels[0, .all, .all].cast(to: Float.self).gaussianFiltered(sigma: 1, boundary: .nearest)
        #expect(try colour.pixels.sliced([.all, .all, 0]) == AnyNDArray(first))
        #expect(throws: OperatorError.self) { try gaussian.run(on: turned, SampleCalls.object(["axes": "YXS"])) }
    }

    @Test func `keeps what is known of an image, and changes it with the pixels`() throws {
        let size = PixelSize(x: 0.5, y: 0.25, z: 2)
        let image = try Image(
            SampleCalls.picture([3, 2, 8, 10]), axes: "ZCYX", pixelSize: size, channelNames: ["DAPI", "GFP"])
        func run(_ text: String) throws -> Image { try #require(try ImagePipeline(parsing: text).run(on: image).image) }
        #expect(try run("median(3)").pixelSize == size && run("median(3)").channelNames == ["DAPI", "GFP"])
        let zoomed = try run("zoom(2, order=1)")
        #expect(zoomed.shape == [3, 2, 16, 20] && zoomed.pixelSize == PixelSize(x: 0.25, y: 0.125, z: 2))
        let flat = try run("max_projection")
        #expect(flat.axes == "CYX" && flat.pixelSize == PixelSize(x: 0.5, y: 0.25))
        let green = try run("channel(GFP)")
        #expect(green.axes == "ZYX" && green.channelNames == ["GFP"])
        #expect(try green.pixels == image.pixels.sliced([.all, 1]))
        #expect(try run("channel(1)").pixels == green.pixels)
        let part = try run("crop(x=[2, 6], c=[1, 2])")
        #expect(part.shape == [3, 1, 8, 4] && part.channelNames == ["GFP"] && part.pixelSize == size)
        #expect(try run("rot90").pixelSize == PixelSize(x: 0.25, y: 0.5, z: 2))
        #expect(throws: OperatorError.self) { try run("channel(mCherry)") }
        #expect(throws: OperatorError.self) { try run("crop(t=[0, 1])") }
        #expect(throws: OperatorError.self) { try run("select(Z, 3)") }
    }

    @Test func `rounds and keeps integers within their type`() throws {
        let image = try Image(NDArray<UInt8>([0, 10, 100, 255], shape: [2, 2]))
        func run(_ text: String) throws -> AnyNDArray? { try ImagePipeline(parsing: text).run(on: image).image?.pixels }
        #expect(try run("add(200)") == AnyNDArray(NDArray<UInt8>([200, 210, 255, 255], shape: [2, 2])))
        #expect(try run("subtract(50)") == AnyNDArray(NDArray<UInt8>([0, 0, 50, 205], shape: [2, 2])))
        #expect(try run("multiply(0.26)") == AnyNDArray(NDArray<UInt8>([0, 3, 26, 66], shape: [2, 2])))
        #expect(try run("invert") == AnyNDArray(NDArray<UInt8>([255, 245, 155, 0], shape: [2, 2])))
        #expect(try run("divide(4)")?.dtype.isFloatingPoint == true)
        #expect(try run("clip(low=5, high=99.6)") == AnyNDArray(NDArray<UInt8>([5, 10, 100, 100], shape: [2, 2])))
        #expect(
            try run("cast(uint16, scale=true)") == AnyNDArray(NDArray<UInt16>([0, 2570, 25700, 65535], shape: [2, 2])))
        #expect(try run("greater(9.5) | invert")?.dtype == .bool)
    }

    @Test func `on images without pixels throws or gives none`() throws {
        for shape in [[0, 0], [0, 5], [1, 1]] {
            let pixels = NDArray<UInt16>(zeros: shape)
            for one in ImageOperator.all where !Self.colours.contains(one.name) {
                let input = try SampleCalls.input(pixels, for: one)
                let other = try Image(pixels, axes: "YX")
                let labels = try Image(pixels.cast(to: Int32.self), axes: "YX")
                let image = try Image(input, axes: "YX")
                do throws(OperatorError) {
                    _ = try one.run(
                        on: image, SampleCalls.arguments[one.name] ?? ManifestObject(),
                        images: ["other": other, "markers": labels])
                } catch {
                    #expect(!"\(error)".isEmpty)
                }
            }
        }
    }
}

extension Image {
    /// The same pixels with other names of axes.
    func renamed(_ axes: Axes) throws -> Image { try Image(pixels, axes: axes) }
}
