// Parameters that many operators share.
extension OperatorParameter {
    /// Along which axes the operator works.
    static func axes(_ meaning: String = "the axes to work along, such as ZYX for volumes; rows and columns without it")
        -> OperatorParameter
    { .init("axes", .string, .null, meaning) }

    /// The same for what is done to all pixels of a channel.
    static var channelAxes: OperatorParameter {
        axes("the axes that are looked at together, such as YX for each plane by itself; all but C and S without it")
    }

    static func mode(_ defaultMode: String, choices: [String] = ["reflect", "mirror", "nearest", "wrap", "constant"])
        -> OperatorParameter
    { .init("mode", .choice(choices), ManifestValue(defaultMode), "what lies beyond the edges") }

    static var cval: OperatorParameter { .init("cval", .number, 0, "the value beyond the edges with mode constant") }

    static func size(_ value: Int = 3) -> OperatorParameter {
        .init("size", .integers, ManifestValue(value), "the width of the window", in: 1...4095, unit: "pixels")
    }

    static var footprint: OperatorParameter {
        .init("footprint", .choice(["box", "disk", "diamond"]), "box", "the shape of the window")
    }

    static func connectivity(_ value: ManifestValue = 1) -> OperatorParameter {
        .init("connectivity", .integer, value, "in how many coordinates neighbours may differ", in: 1...16)
    }

    static func reference(_ name: String, _ summary: String) -> OperatorParameter { .init(name, .image, nil, summary) }

    static func order(_ value: Int) -> OperatorParameter {
        .init(
            "order", .integer, ManifestValue(value), "the degree of interpolation: 0 nearest, 1 linear, 3 cubic",
            in: 0...5)
    }

    static var bins: OperatorParameter {
        .init("bins", .integer, 256, "how many steps of brightness are told apart in floats", in: 2...16_777_216)
    }
}

extension OperatorCall {
    /// The shape of the window along `rank` axes.
    func window(_ rank: Int) throws -> NDArray<Bool>? {
        let sizes = try integers("size", rank)
        let shape = word("footprint")
        guard shape != "box", let width = sizes.first else { return nil }
        guard sizes.allSatisfy({ $0 == width }), width % 2 == 1, rank == 2 || rank == 3 else {
            throw fail("a \(shape) has one odd size along two or three axes, not \(sizes)")
        }
        switch (shape, rank) {
        case ("disk", 2): return try StructuringElement.disk(radius: width / 2)
        case ("disk", _): return try StructuringElement.ball(radius: width / 2)
        case (_, 2): return try StructuringElement.diamond(radius: width / 2)
        default: return try StructuringElement.octahedron(radius: width / 2)
        }
    }

    func filterWindow(_ rank: Int) throws -> FilterWindowShape {
        if let footprint = try window(rank) { return .footprint(footprint) }
        return .sizes(try integers("size", rank))
    }

    func morphologyWindow(_ rank: Int) throws -> MorphologyWindow {
        if let footprint = try window(rank) { return .footprint(footprint) }
        return .sizes(try integers("size", rank))
    }

    /// The result in the type of truth values when the plane was of them.
    func keepingMask(_ result: AnyNDArray, _ plane: AnyNDArray) throws(NDArrayError) -> AnyNDArray {
        plane.dtype == .bool ? try result.cast(to: .bool) : result
    }
}
