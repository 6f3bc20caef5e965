// Integer images stay integers: results are rounded, and those beyond the type become its ends.
extension ImageOperator {
    static let arithmetic: [ImageOperator] = [
        binary("add", "Adds a number, or another image.") { try $0.adding($1) },
        binary("subtract", "Subtracts a number, or another image.") { try $0.subtracting($1) },
        binary("multiply", "Multiplies by a number, or by another image.") { try $0.multiplying(by: $1) },
        binary("divide", "Divides by a number, or by another image, in floats.", keepsIntegers: false) {
            try $0.dividing(by: $1)
        },
        binary("power", "Raises to a power, in floats.", keepsIntegers: false) { try $0.power($1) },
        binary("minimum_of", "The smaller of each pixel and a number, or another image.") {
            try AnyNDArray.minimum($0, $1)
        },
        binary("maximum_of", "The greater of each pixel and a number, or another image.") {
            try AnyNDArray.maximum($0, $1)
        },
        ImageOperator(
            "invert", "Dark becomes bright: the greatest value of the type less each pixel; false becomes true.",
            .arithmetic,
            like: "skimage.util.invert"
        ) { call in
            let pixels = call.image.pixels
            if pixels.dtype == .bool { return .image(try call.image.replacing(AnyNDArray(pixels.logicalNot()))) }
            // For integers that is what turning all bits gives, signed ones included.
            if pixels.dtype.isInteger { return .image(try call.image.replacing(pixels.inverted())) }
            return .image(try call.image.replacing(pixels.multiplying(by: -1.0).adding(1.0)))
        },
        simple("negative", "Changes the sign, in floats.", "numpy.negative") { try $0.floatingArray().negated() },
        simple("abs", "The distance from zero.", "numpy.absolute") { $0.dtype == .bool ? $0 : try $0.abs() },
        simple("sqrt", "The square root, in floats.", "numpy.sqrt") { try $0.floatingArray().sqrt() },
        simple("square", "The square, in floats.", "numpy.square") { try $0.floatingArray().square() },
        simple("log", "The natural logarithm, in floats.", "numpy.log") { try $0.floatingArray().log() },
        simple("exp", "The exponential function, in floats.", "numpy.exp") { try $0.floatingArray().exp() },
        ImageOperator(
            "clip", "Cuts brightness off at a lowest and a highest value.", .arithmetic, like: "numpy.clip",
            [.init("low", .number, .null, "the lowest value"), .init("high", .number, .null, "the highest value")]
        ) { call in
            var values = try call.image.pixels.floatingArray()
            if let low = call.optionalNumber("low") { values = try values.clipped(from: low) }
            if let high = call.optionalNumber("high") { values = try values.clipped(to: high) }
            return .image(try call.image.replacing(values.kept(as: call.image.dtype)))
        },
        ImageOperator(
            "cast", "Gives pixels another type; what it cannot hold becomes its ends, fractions are cut off.",
            .arithmetic,
            like: "numpy.ndarray.astype",
            [
                .init("dtype", .choice(DType.allCases.filter { !$0.isComplex }.map(\.rawValue)), nil, "the type"),
                .init(
                    "scale", .boolean, false,
                    "whether to stretch the range of the pixels to that of the type (0...1 for floats)"),
            ]
        ) { call in
            let type = DType(rawValue: call.word("dtype")) ?? call.image.dtype
            guard call.isTrue("scale") else {
                return .image(try call.image.replacing(call.image.pixels.cast(to: type)))
            }
            let unit = AnyNDArray(try call.image.pixels.scaledToUnitRange())
            guard type.isInteger else { return .image(try call.image.replacing(unit.cast(to: type))) }
            let (low, high) = (type.smallestIntensity, type.largestInteger)
            let wide = try unit.cast(to: .float64).multiplying(by: high - low).adding(low)
            return .image(try call.image.replacing(wide.kept(as: type)))
        },
        logic("and", "True where both masks are.") { try $0.logicalAnd($1) },
        logic("or", "True where one of two masks is, or both.") { try $0.logicalOr($1) },
        logic("xor", "True where just one of two masks is.") { try $0.logicalXor($1) },
        ImageOperator(
            "apply_mask", "Keeps pixels where a mask is true, and puts a value elsewhere.", .arithmetic,
            like: "numpy.where",
            [.reference("mask", "where to keep them"), .init("value", .number, 0, "what is put elsewhere")]
        ) { call in
            let mask = try call.required("mask", as: .mask).pixels
            let value = try AnyNDArray(NDArray<Double>(scalar: call.number("value"))).cast(to: call.image.dtype)
            return .image(
                try call.image.replacing(AnyNDArray.select(where: mask, call.image.pixels, otherwise: value)))
        },
        ImageOperator(
            "use", "Goes on with another image: a named step, what came in, or a file.", .arithmetic,
            [.reference("image", "the image")]
        ) { call in
            guard let image = try call.other("image") else { throw call.fail("`image` is missing") }
            return .image(image)
        },
    ]

    private static func binary(
        _ name: String, _ summary: String, keepsIntegers: Bool = true,
        _ work: @escaping @Sendable (AnyNDArray, AnyNDArray) throws -> AnyNDArray
    ) -> ImageOperator {
        ImageOperator(
            name, summary, .arithmetic, [.init("value", .numberOrImage, nil, "the number, or the image")]
        ) { call in
            let pixels = call.image.pixels
            let other = try call.other("value", as: .image)?.pixels
            // Whole numbers beyond 2^53 would lose digits in floats; images do not have them.
            let left = try other.map { try pixels.floatingArray(beside: $0) } ?? pixels.floatingArray(beside: pixels)
            let right =
                try other.map { try $0.floatingArray(beside: pixels) }
                ?? AnyNDArray(NDArray<Double>(scalar: call.number("value"))).cast(to: left.dtype)
            let result = try work(left, right)
            let keeps =
                keepsIntegers && pixels.dtype.isInteger
                && (other.map { $0.dtype.isInteger || $0.dtype == .bool } ?? true)
            return .image(try call.image.replacing(keeps ? result.kept(as: pixels.dtype) : result))
        }
    }

    private static func simple(
        _ name: String, _ summary: String, _ counterpart: String,
        _ work: @escaping @Sendable (AnyNDArray) throws -> AnyNDArray
    ) -> ImageOperator {
        ImageOperator(name, summary, .arithmetic, like: counterpart) { call in
            .image(try call.image.replacing(work(call.image.pixels)))
        }
    }

    private static func logic(
        _ name: String, _ summary: String,
        _ work: @escaping @Sendable (AnyNDArray, AnyNDArray) throws -> NDArray<Bool>
    ) -> ImageOperator {
        ImageOperator(
            name, summary, .arithmetic, takes: .mask, gives: .mask, like: "numpy.logical_\(name)",
            [.reference("other", "the other mask")]
        ) { call in
            let other = try call.required("other", as: .mask)
            return .image(try call.image.replacing(AnyNDArray(work(call.image.pixels, other.pixels))))
        }
    }
}

extension AnyNDArray {
    /// The array as floats to compute with; see ``floatPlane()``.
    fileprivate func floatingArray() throws(NDArrayError) -> AnyNDArray { try cast(to: floatingType) }

    /// Wide integers are computed in double precision, and so is what stands beside them.
    fileprivate func floatingArray(beside other: AnyNDArray) throws(NDArrayError) -> AnyNDArray {
        try cast(
            to: dtype.isInteger || floatingType == .float64 || other.floatingType == .float64 ? .float64 : .float32)
    }

    /// Floats as `dtype` again: integers rounded, and within its ends.
    fileprivate func kept(as dtype: DType) throws(NDArrayError) -> AnyNDArray {
        dtype.isInteger ? try rounded().cast(to: dtype) : try cast(to: dtype)
    }
}
