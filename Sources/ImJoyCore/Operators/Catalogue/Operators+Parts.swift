// Parts of an image, and planes made from several.
extension ImageOperator {
    static let parts: [ImageOperator] = [
        ImageOperator(
            "crop", "Cuts to a range along some axes.", .geometry,
            "yxztc".map { letter in
                OperatorParameter(
                    String(letter), .integers, .null,
                    "the first index along \(letter.uppercased()) and the one after the last, such as [10, 50]",
                    in: -1e9...1e9)
            }
        ) { call in
            var selectors: [any AxisSelector] = []
            var names = call.image.channelNames
            for (axis, letter) in call.image.axes.letters.lowercased().enumerated() {
                guard call.isGiven(String(letter)) else {
                    selectors.append(.all)
                    continue
                }
                let bounds = try call.integers(String(letter), 2)
                let length = call.image.shape[axis]
                let range = bounds.map { $0 < 0 ? $0 + length : $0 }
                guard range[0] >= 0, range[0] <= range[1], range[1] <= length else {
                    throw call.fail("\(bounds) along \(letter.uppercased()), which has \(length) pixels")
                }
                selectors.append(range[0]..<range[1])
                if letter == "c", range[1] <= names.count { names = Array(names[range[0]..<range[1]]) }
            }
            for letter in "yxztc" where call.isGiven(String(letter)) {
                guard call.image.axes.contains(Character(letter.uppercased())) else {
                    throw call.fail("there is no axis \(letter.uppercased()); the axes are \(call.image.axes)")
                }
            }
            var result = try call.image.replacing(call.image.pixels.sliced(selectors))
            result.channelNames = names
            return .image(result)
        },
        ImageOperator(
            "select", "Takes one index along an axis, which is gone then.", .geometry,
            [
                .init("axis", .string, nil, "the axis, such as Z"),
                .init("index", .integer, 0, "which one, counted from 0; from the end when negative", in: -1e9...1e9),
            ]
        ) { call in try call.selected(call.word("axis"), call.integer("index")) },
        ImageOperator(
            "channel", "Takes one channel, by its number or its name.", .geometry,
            [.init("channel", .string, nil, "the number, counted from 0, or the name")]
        ) { call in
            let names = call.image.channelNames
            let word = call.word("channel")
            guard let index = names.firstIndex(of: word) ?? Int(word) else {
                throw OperatorError.unknown("channel", word, among: names, .invalidArgument)
            }
            return try call.selected(call.image.axes.contains("C") ? "C" : "S", index)
        },
        ImageOperator(
            "flip", "Turns an axis round.", .geometry, like: "numpy.flip", [.init("axis", .string, "X", "the axis")]
        ) { call in
            .image(try call.image.replacing(call.image.pixels.flipped(along: [try call.axis(call.word("axis"))])))
        },
        ImageOperator(
            "rot90", "Turns by right angles, counter-clockwise.", .geometry, like: "numpy.rot90",
            [.init("k", .integer, 1, "how many times", in: -1e6...1e6)]
        ) { call in
            let axes = (try call.axis("Y"), try call.axis("X"))
            let turns = call.integer("k")
            var size = call.image.pixelSize
            if turns % 2 != 0, let known = size { size = PixelSize(x: known.y, y: known.x, z: known.z) }
            return .image(
                try call.image.replacing(
                    call.image.pixels.rotated(quarterTurns: ((turns % 4) + 4) % 4, axes: axes), pixelSize: .some(size)))
        },
        ImageOperator(
            "pad", "Puts pixels around the picture.", .geometry, like: "numpy.pad",
            [
                .init("width", .integers, 1, "how many at both ends of each axis", in: 0...1e6, unit: "pixels"),
                .init("mode", .choice(["constant", "edge", "reflect", "symmetric", "wrap"]), "constant", "which ones"),
                .init("value", .number, 0, "their value with mode constant"), .axes(),
            ]
        ) { call in
            let mode: PaddingMode<Double> =
                switch call.word("mode") {
                case "edge": .edge
                case "reflect": .reflect()
                case "symmetric": .symmetric()
                case "wrap": .wrap
                default: .constant(call.number("value"))
                }
            return try call.eachPlane(keepsSize: true) { plane in
                try plane.padded(call.integers("width", plane.rank).map { (before: $0, after: $0) }, with: mode)
            }
        },
        ImageOperator("squeeze", "Drops axes of length 1, but for rows and columns.", .geometry) { call in
            let letters = Array(call.image.axes.letters)
            let dropped = letters.indices.filter {
                call.image.shape[$0] == 1 && letters[$0] != "Y" && letters[$0] != "X"
            }
            let kept = letters.indices.filter { !dropped.contains($0) }.map { letters[$0] }
            return .image(
                try call.image.replacing(
                    call.image.pixels.squeezed(axes: Array(dropped)), axes: Axes(unchecked: String(kept))))
        },
    ]

    static let projections: [ImageOperator] = [
        projection("max_projection", "The greatest") { try $0.max(along: $1) },
        projection("min_projection", "The smallest") { try $0.min(along: $1) },
        projection("mean_projection", "The mean") { try $0.mean(along: $1) },
        projection("sum_projection", "The sum") { try $0.sum(along: $1) },
        projection("median_projection", "The median") { try $0.median(along: $1) },
        projection("std_projection", "The standard deviation") { try $0.standardDeviation(along: $1) },
    ]

    private static func projection(
        _ name: String, _ what: String, _ reduce: @escaping @Sendable (AnyNDArray, [Int]) throws -> AnyNDArray
    ) -> ImageOperator {
        ImageOperator(
            name, "\(what) of the pixels along an axis, which is gone then.", .projections,
            [
                .init("axis", .string, .null, "the axis; Z without it, or the first that is none of Y, X, C and S")
            ]
        ) { call in
            let letters = Array(call.image.axes.letters)
            let free = letters.firstIndex(of: "Z") ?? letters.firstIndex { !"YXCS".contains($0) }
            let named = call.isGiven("axis") ? try call.axis(call.word("axis")) : free
            guard let axis = named else {
                throw call.fail("there is no axis to project along; the axes are \(call.image.axes)")
            }
            return .image(try call.without(axis, try reduce(call.image.pixels, [axis])))
        }
    }
}

extension OperatorCall {
    /// The position of an axis by its letter.
    func axis(_ letter: String) throws(OperatorError) -> Int {
        guard letter.count == 1, let first = letter.uppercased().first, let place = image.axes.index(of: first) else {
            throw fail("there is no axis \(letter.prefix(20)); the axes are \(image.axes)")
        }
        return place
    }

    /// An image of pixels that lack one axis of this one's.
    func without(_ axis: Int, _ pixels: AnyNDArray) throws -> Image {
        var letters = Array(image.axes.letters)
        let dropped = letters.remove(at: axis)
        var result = try image.replacing(pixels, axes: Axes(unchecked: String(letters)))
        if dropped == "C" { result.channelNames = [] }
        if dropped == "Z" { result.pixelSize?.z = nil }
        return result
    }

    func selected(_ letter: String, _ index: Int) throws -> OperatorValue {
        let axis = try axis(letter)
        let length = image.shape[axis]
        let place = index < 0 ? index + length : index
        guard (0..<length).contains(place) else {
            throw fail("index \(index) along \(letter.uppercased()), which has \(length), counted from 0")
        }
        var selectors: [any AxisSelector] = Array(repeating: AxisSlice.all, count: image.shape.count)
        selectors[axis] = place
        var result = try without(axis, image.pixels.sliced(selectors))
        if letter.uppercased() == "C", image.channelNames.indices.contains(place) {
            result.channelNames = [image.channelNames[place]]
        }
        return .image(result)
    }
}
