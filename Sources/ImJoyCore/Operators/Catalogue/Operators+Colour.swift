// Samples are the axis S, or the last one of an image that has none.
extension ImageOperator {
    private static let spaces: [(String, ColourSpace)] = [
        ("rgb", .rgb), ("hsv", .hsv), ("xyz", .xyz), ("lab", .lab), ("rgb_cie", .rgbCIE), ("yuv", .yuv), ("yiq", .yiq),
        ("ypbpr", .yPbPr), ("ycbcr", .yCbCr), ("ydbdr", .yDbDr), ("hed", .hed),
    ]

    static let colours: [ImageOperator] = [
        ImageOperator(
            "convert_colorspace", "Colours as those of another space; integers become 0...1 first.", .colour,
            like: "skimage.color.convert_colorspace, rgb2hed",
            [
                .init("from", .choice(spaces.map(\.0)), nil, "what the samples are"),
                .init("to", .choice(spaces.map(\.0)), nil, "what they become"),
            ]
        ) { call in
            func space(_ key: String) -> ColourSpace { spaces.first { $0.0 == call.word(key) }?.1 ?? .rgb }
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(try plane.array.converted(from: space("from"), to: space("to")))
            }
            return try call.withSamplesLast { try work($0.realPlane()) }
        },
        ImageOperator(
            "rgb2gray", "The brightness of colours, as the eye sees it; integers become 0...1.", .colour,
            like: "skimage.color.rgb2gray"
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray { AnyNDArray(try plane.array.rgbToGray()) }
            return try call.withSamplesLast { try work($0.realPlane()) }
        },
        ImageOperator(
            "rgba2rgb", "Colours over a background, in place of transparent ones; integers become 0...1.", .colour,
            like: "skimage.color.rgba2rgb",
            [.init("background", .numbers, [1, 1, 1], "red, green and blue of the background", in: 0...1)]
        ) { call in
            func work(_ plane: some RealPlane) throws -> AnyNDArray {
                AnyNDArray(try plane.array.rgbaToRGB(background: call.numbers("background", 3)))
            }
            return try call.withSamplesLast { try work($0.realPlane()) }
        },
        ImageOperator(
            "gray2rgb", "Each pixel as three equal samples, a new axis S.", .colour, like: "skimage.color.gray2rgb"
        ) { call in
            guard !call.image.axes.contains("S") else { throw call.fail("the image has samples already", .wrongInput) }
            func work(_ plane: some RealPlane) throws -> AnyNDArray { AnyNDArray(try plane.array.grayToRGB()) }
            let pixels = try call.keepingMask(work(call.image.pixels.realPlane()), call.image.pixels)
            return .image(try call.image.replacing(pixels, axes: Axes(unchecked: call.image.axes.letters + "S")))
        },
    ]
}

extension OperatorCall {
    /// Does `body` with the samples as the last axis, and puts them back to where they were if they are still there.
    fileprivate func withSamplesLast(_ body: (AnyNDArray) throws -> AnyNDArray) throws -> OperatorValue {
        guard let axis = image.axes.index(of: "S") else {
            throw fail("the image has no samples, an axis S; its axes are \(image.axes)", .wrongInput)
        }
        let last = image.shape.count - 1
        let result = try body(image.pixels.movingAxes([axis], to: [last]))
        if result.rank == last { return .image(try without(axis, result)) }
        return .image(try image.replacing(result.movingAxes([last], to: [axis])))
    }
}
