/// The elements of one axis that each place of a resampled axis is computed from.
struct AxisTaps {
    /// The number of elements of the axis, and of places.
    let length: Int
    let count: Int
    /// How many elements each place is computed from.
    let width: Int
    /// The elements, `width` for each place; `length` stands for the value outside.
    let elements: [Int]
    /// How much each of them counts.
    let weights: [Double]
    /// The places that have the value outside, whatever the other axes say.
    let outside: [Int]
    /// True when every place is the element of the same number.
    let isIdentity: Bool

    /// - Parameters:
    ///   - coordinates: of the places, in elements of the axis without its margin.
    ///   - length: the number of elements with the margin on both sides.
    init(_ coordinates: [Double], length: Int, margin: Int, order: Int, mode: InterpolationMode) {
        let spline = SplineWeights(order: order)
        let width = order + 1
        self.length = length
        self.count = coordinates.count
        self.width = width
        var elements = [Int](repeating: 0, count: coordinates.count * width)
        var weights = [Double](repeating: 0, count: coordinates.count * width)
        var outside: [Int] = []
        withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { memory in
            guard let values = memory.baseAddress else { return }
            values.initialize(repeating: 0, count: width)
            for (number, coordinate) in coordinates.enumerated() {
                guard let place = spline.place(of: coordinate + Double(margin), length, mode) else {
                    outside.append(number)
                    continue
                }
                let start = spline.start(place)
                spline.weights(place, start, values)
                for tap in 0..<width {
                    elements[number * width + tap] = mode.place(start + tap, length) ?? length
                    weights[number * width + tap] = values[tap]
                }
            }
        }
        self.elements = elements
        self.weights = weights
        self.outside = outside
        isIdentity =
            margin == 0 && coordinates.count == length && order <= 1
            && coordinates.indices.allSatisfy { coordinates[$0] == Double($0) }
    }

    /// The weights of a place in another type.
    func weights<T: NDLinearReal>(as type: T.Type) -> [T] { weights.map { T($0) } }
}

extension SplineWeights {
    /// The coordinate inside of an axis that one anywhere stands for, small enough to compute with; nil for the value
    /// outside.
    @inline(__always)
    func place(of coordinate: Double, _ length: Int, _ mode: InterpolationMode) -> Double? {
        if coordinate >= 0, coordinate <= Double(length - 1) { return coordinate }
        return outerPlace(of: coordinate, length, mode)
    }

    @inline(never)
    private func outerPlace(of coordinate: Double, _ length: Int, _ mode: InterpolationMode) -> Double? {
        let place = mode.inside(coordinate, length)
        if mode.goesOn {
            // Further away is nothing else.
            let reach = Double(order + 2)
            return place.isNaN ? nil : Swift.min(Swift.max(place, -reach), Double(length) + reach)
        }
        // What a huge coordinate stands for may have been lost to rounding.
        return place > -1 ? Swift.min(place, Double(length)) : nil
    }
}
