/// A real array whose element type is hidden; opened by calling a generic function with it.
protocol RealPlane {
    associatedtype Number: NDReal
    var array: NDArray<Number> { get }
}

/// One of floats.
protocol FloatPlane: RealPlane where Number: NDFloat {}

extension NDArray: FloatPlane where Element: NDFloat {}

extension NDArray: RealPlane where Element: NDReal {
    var array: NDArray<Element> { self }
}

extension AnyNDArray {
    /// The array as real numbers, `bool` as bytes of 0 and 1.
    func realPlane() throws(NDArrayError) -> any RealPlane {
        var visitor = RealOpener()
        return try visitReal(&visitor)
    }

    /// The array as floats to compute with: `float32` for 8 and 16 bits, `float64` otherwise.
    func floatPlane() throws(NDArrayError) -> any FloatPlane {
        floatingType == .float64 ? try cast(to: Double.self) : try cast(to: Float.self)
    }

    /// The type of floats that hold all of the elements, or nearly so.
    var floatingType: DType {
        switch dtype {
        case .float64, .int32, .uint32, .int64, .uint64: .float64
        default: .float32
        }
    }

    private struct RealOpener: NDRealVisitor {
        func visit<T: NDReal>(_ array: NDArray<T>) -> any RealPlane { array }
    }
}

extension OperatorCall {
    /// The axes the operator works along when nobody says otherwise.
    enum Extent {
        /// Rows and columns.
        case plane
        /// All but channels and samples.
        case channel
    }

    /// The positions of the axes that the operator works along, in the order of the image's axes.
    func workingAxes(_ extent: Extent = .plane) throws(OperatorError) -> [Int] {
        let letters = Array(image.axes.letters)
        let asked = word("axes").uppercased()
        if !asked.isEmpty {
            var places: Set<Int> = []
            for letter in asked {
                guard let place = image.axes.index(of: letter) else {
                    throw fail("there is no axis \(letter); the axes are \(image.axes)")
                }
                guard letter != "S" else { throw fail("S are the samples of a pixel, which stay apart") }
                places.insert(place)
            }
            return places.sorted()
        }
        switch extent {
        case .channel: return letters.indices.filter { letters[$0] != "C" && letters[$0] != "S" }
        case .plane:
            let places = letters.indices.filter { letters[$0] == "Y" || letters[$0] == "X" }
            return places.isEmpty ? Array(letters.indices.filter { letters[$0] != "S" }.suffix(2)) : places
        }
    }

    /// Does `body` with each plane (or volume) of the image, and of others of the same shape, and puts the results
    /// together.
    ///
    /// The results have as many axes as the planes; pixels get smaller or larger as there are more or fewer of them.
    func eachPlane(
        _ extent: Extent = .plane, with others: [Image?] = [], keepsSize: Bool = false,
        _ body: (AnyNDArray, [AnyNDArray?]) throws -> AnyNDArray
    ) throws -> OperatorValue {
        let places = try workingAxes(extent)
        let stacked = PlaneOrder(image.shape, places)
        var results: [AnyNDArray] = []
        results.reserveCapacity(stacked.count)
        let arranged = try others.map { try $0.map { try stacked.arrange($0.pixels) } }
        let source = try stacked.arrange(image.pixels)
        for index in 0..<stacked.count {
            let plane = try stacked.plane(index, of: source)
            results.append(try body(plane, arranged.map { try $0.map { try stacked.plane(index, of: $0) } }))
        }
        let pixels = results.isEmpty ? image.pixels : try stacked.join(results)
        let size = keepsSize ? image.pixelSize : scaledPixelSize(to: pixels.shape)
        return .image(try image.replacing(pixels, pixelSize: size))
    }

    /// Does `body` with each plane alone.
    func eachPlane(
        _ extent: Extent = .plane, keepsSize: Bool = false, _ body: (AnyNDArray) throws -> AnyNDArray
    ) throws -> OperatorValue {
        try eachPlane(extent, with: [], keepsSize: keepsSize) { plane, _ in try body(plane) }
    }

    /// Rows of numbers for each plane, as one table: columns with the place of the plane come first.
    func eachTable(
        _ extent: Extent = .plane, with others: [Image?] = [], columns: [String],
        _ body: (AnyNDArray, [AnyNDArray?]) throws -> [[Double]]
    ) throws -> OperatorValue {
        let stacked = PlaneOrder(image.shape, try workingAxes(extent))
        let letters = Array(image.axes.letters.lowercased())
        let arranged = try others.map { try $0.map { try stacked.arrange($0.pixels) } }
        let source = try stacked.arrange(image.pixels)
        var rows: [[Double]] = []
        for index in 0..<stacked.count {
            let found = try body(
                stacked.plane(index, of: source), arranged.map { try $0.map { try stacked.plane(index, of: $0) } })
            let place = stacked.place(of: index).map(Double.init)
            rows += found.map { place + $0 }
        }
        return .table(OperatorTable(columns: stacked.rest.map { String(letters[$0]) } + columns, rows: rows))
    }

    /// The names of the axes that the operator works along, in small letters.
    func workingLetters() throws(OperatorError) -> [String] {
        let letters = Array(image.axes.letters.lowercased())
        return try workingAxes().map { String(letters[$0]) }
    }

    /// The size of a pixel when the same field of view has another number of them.
    func scaledPixelSize(to shape: [Int]) -> PixelSize? {
        guard var size = image.pixelSize, shape.count == image.shape.count else { return image.pixelSize }
        func scale(_ letter: Character, _ length: Double?) -> Double? {
            guard let length, let axis = image.axes.index(of: letter), shape[axis] > 0, shape[axis] != image.shape[axis]
            else { return length }
            return length * Double(image.shape[axis]) / Double(shape[axis])
        }
        size.x = scale("X", size.x)
        size.y = scale("Y", size.y)
        size.z = scale("Z", size.z)
        return size
    }
}

/// An array as a list of planes: some of its axes are those of a plane, the others count planes.
struct PlaneOrder {
    let shape: [Int]
    let inner: [Int]
    /// The axes that count planes.
    let rest: [Int]

    init(_ shape: [Int], _ inner: [Int]) {
        self.shape = shape
        self.inner = inner
        rest = shape.indices.filter { !inner.contains($0) }
    }

    /// How many planes there are.
    var count: Int { rest.reduce(1) { $0 * shape[$1] } }

    /// The array with the axes of planes last.
    func arrange(_ array: AnyNDArray) throws(NDArrayError) -> AnyNDArray {
        rest.isEmpty ? array : try array.permuted(rest + inner)
    }

    /// Where plane `index` is along the axes that count planes.
    func place(of index: Int) -> [Int] {
        var place: [Int] = []
        var remaining = index
        for axis in rest.reversed() {
            place.insert(remaining % shape[axis], at: 0)
            remaining /= shape[axis]
        }
        return place
    }

    func plane(_ index: Int, of arranged: AnyNDArray) throws(NDArrayError) -> AnyNDArray {
        rest.isEmpty ? arranged : try arranged.sliced(place(of: index))
    }

    /// The planes as one array with the axes in their old order.
    func join(_ planes: [AnyNDArray]) throws(NDArrayError) -> AnyNDArray {
        if rest.isEmpty, let only = planes.first { return only }
        // Planes may differ in type only when they are of floats and bool; NumPy's rules find the common one.
        let stack = try AnyNDArray.stack(planes)
        let split = try stack.reshaped(to: rest.map { shape[$0] } + Array(stack.shape.dropFirst()))
        var order = Array(repeating: 0, count: shape.count)
        for (position, axis) in (rest + inner).enumerated() { order[axis] = position }
        return try split.permuted(order)
    }
}
