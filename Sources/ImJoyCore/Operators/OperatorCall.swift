/// One run of an operator: its image, its arguments, and help for working plane by plane.
struct OperatorCall {
    let name: String
    var image: Image
    let arguments: ManifestObject
    let images: [String: Image]

    func fail(_ message: String, _ code: OperatorError.Code = .invalidArgument) -> OperatorError {
        OperatorError(code, "\(name): \(message)")
    }
}

// The arguments have been checked against their parameters, so what is missing here was left open.
extension OperatorCall {
    func number(_ key: String) -> Double { arguments[key]?.double ?? 0 }
    func optionalNumber(_ key: String) -> Double? { arguments[key]?.double }
    func integer(_ key: String) -> Int { arguments[key]?.int ?? 0 }
    func optionalInteger(_ key: String) -> Int? { arguments[key]?.int }
    func isTrue(_ key: String) -> Bool { arguments[key]?.bool ?? false }
    func word(_ key: String) -> String { arguments[key]?.string ?? "" }
    func isGiven(_ key: String) -> Bool { arguments[key].map { !$0.isNull } ?? false }

    /// One number for each of `count` axes.
    func numbers(_ key: String, _ count: Int) throws(OperatorError) -> [Double] {
        guard let list = arguments[key]?.list else { return Array(repeating: number(key), count: count) }
        guard list.count == count else {
            throw fail("`\(key)` has \(list.count) numbers for \(count) axes; give one for each, or a single one")
        }
        return list.compactMap(\.double)
    }

    /// One whole number for each of `count` axes.
    func integers(_ key: String, _ count: Int) throws(OperatorError) -> [Int] {
        try numbers(key, count).map { Int($0) }
    }

    /// Nested lists of numbers as an array.
    func matrix(_ key: String) throws -> NDArray<Double> {
        var shape: [Int] = []
        var level = arguments[key] ?? .null
        while let list = level.list, shape.count < 8 {
            shape.append(list.count)
            level = list.first ?? .null
        }
        var numbers: [Double] = []
        func collect(_ value: ManifestValue, _ depth: Int) throws(OperatorError) {
            if depth == shape.count, let number = value.double { return numbers.append(number) }
            guard depth < shape.count, let list = value.list, list.count == shape[depth] else {
                throw fail("`\(key)` is lists of numbers, all of the same length")
            }
            for entry in list { try collect(entry, depth + 1) }
        }
        try collect(arguments[key] ?? .null, 0)
        return try NDArray(numbers, shape: shape)
    }

    /// What lies beyond the edges.
    var boundary: BoundaryMode {
        switch word("mode") {
        case "reflect": .reflect
        case "mirror": .mirror
        case "wrap": .wrap
        case "constant": .constant(number("cval"))
        default: .nearest
        }
    }

    /// What lies beyond the edges for interpolation.
    var interpolation: InterpolationMode {
        switch word("mode") {
        case "reflect": .reflect
        case "mirror": .mirror
        case "nearest": .nearest
        case "wrap": .gridWrap
        default: .constant(number("cval"))
        }
    }
}

// Other images.
extension OperatorCall {
    /// The image that a parameter names, or nil when it was left open.
    func other(_ key: String) throws(OperatorError) -> Image? {
        guard let text = arguments[key]?.string, text.hasPrefix("@") else { return nil }
        guard let image = images[String(text.dropFirst())] else {
            throw OperatorError.unknown("image", text, among: images.keys.sorted().map { "@" + $0 }, .missingImage)
        }
        return image
    }

    /// The same, of the kind that the operator needs, with as many pixels as its own image.
    func other(_ key: String, as kind: OperatorValueKind) throws -> Image? {
        guard let other = try other(key) else { return nil }
        guard other.shape == image.shape else {
            throw fail("`\(key)` has shape \(other.shape), the image \(image.shape); they must be the same")
        }
        return try converted(other, to: kind)
    }

    /// The same for parameters that cannot be left open.
    func required(_ key: String, as kind: OperatorValueKind = .image) throws -> Image {
        guard let other = try other(key, as: kind) else { throw fail("`\(key)` is missing") }
        return other
    }

    /// The image as a mask or as labels.
    func converted(_ image: Image, to kind: OperatorValueKind) throws -> Image {
        switch kind {
        case .mask: return image.dtype == .bool ? image : try image.replacing(AnyNDArray(image.pixels.isNonzero))
        case .labels:
            if image.dtype == .bool { return try image.replacing(image.pixels.cast(to: .int32)) }
            guard image.dtype.isInteger else {
                throw fail("labels are whole numbers, not \(image.dtype); `label` makes them from a mask", .wrongInput)
            }
            return image
        default:
            guard !image.dtype.isComplex else { throw fail("\(image.dtype) has no order", .wrongInput) }
            return image
        }
    }
}

extension Image {
    /// Other pixels with what is known about these; axes that are not given are the same.
    func replacing(_ pixels: AnyNDArray, axes: Axes? = nil, pixelSize: PixelSize?? = nil) throws(ImageError) -> Image {
        try Image(
            pixels, axes: axes ?? self.axes, pixelSize: pixelSize ?? self.pixelSize, channelNames: channelNames,
            metadata: metadata)
    }
}
