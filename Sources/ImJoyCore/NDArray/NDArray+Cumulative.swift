extension NDArray where Element: NDNumber {
    /// The sums of the elements up to and with each one along `axis`: 64-bit integers that wrap for integers, the
    /// element type otherwise.
    ///
    /// Throws when there is no such axis.
    public func cumulativeSum(along axis: Int) throws(NDArrayError) -> NDArray<Element.Total> {
        try accumulated(along: axis, .sum, Element.Total.wrappingSum)
    }

    /// The sums of all elements up to and with each one, in row-major order.
    public func cumulativeSum() -> NDArray<Element.Total> {
        orTrap { () throws(NDArrayError) in try flattened().cumulativeSum(along: 0) }
    }

    /// The products of the elements up to and with each one along `axis`; see ``cumulativeSum(along:)``.
    public func cumulativeProduct(along axis: Int) throws(NDArrayError) -> NDArray<Element.Total> {
        try accumulated(along: axis, .product, Element.Total.wrappingProduct)
    }

    /// The products of all elements up to and with each one, in row-major order.
    public func cumulativeProduct() -> NDArray<Element.Total> {
        orTrap { () throws(NDArrayError) in try flattened().cumulativeProduct(along: 0) }
    }

    private func accumulated(
        along axis: Int, _ operation: NumberOperation, _ join: (Element.Total, Element.Total) -> Element.Total
    ) throws(NDArrayError) -> NDArray<Element.Total> {
        let wide: NDArray<Element.Total> = try AnyNDArray(self).cast(to: Element.Total.self, overflow: .wrap)
        if let sums = try wide.accumulated(operation, along: axis) { return sums }
        return try wide.accumulating(along: axis, join)
    }

    /// The differences of neighbours along `axis`, `order` times; the axis gets shorter by one each time.
    ///
    /// Integers wrap. Throws when there is no such axis or the order is negative.
    public func differences(order: Int = 1, along axis: Int = -1) throws(NDArrayError) -> NDArray {
        guard order >= 0 else { throw NDArrayError(.outOfBounds, "differences of order \(order)") }
        let axis = try layout.resolvedAxis(axis)
        var result = self
        for _ in 0..<Swift.min(order, shape[axis]) {
            let length = result.shape[axis]
            let next = result.with(try result.layout.narrowed(to: 1..<length, axis: axis))
            result = try next.subtracting(result.with(try result.layout.narrowed(to: 0..<length - 1, axis: axis)))
        }
        return result
    }
}

extension NDArray {
    /// Each lane along `axis` with every element joined to the result before it.
    func accumulating(along axis: Int, _ join: (Element, Element) -> Element) throws(NDArrayError) -> NDArray {
        let length = shape[try layout.resolvedAxis(axis)]
        return try mappingLanes(along: axis, length: length) { lane, result in
            guard var sum = lane.first else { return }
            result[0] = sum
            for index in lane.indices.dropFirst() {
                sum = join(sum, lane[index])
                result[index] = sum
            }
        }
    }
}

extension NDArray where Element: NDReal {
    /// The smallest element up to and with each one along `axis`; NaN from the first one on.
    ///
    /// Throws when there is no such axis.
    public func cumulativeMin(along axis: Int) throws(NDArrayError) -> NDArray {
        try accumulating(along: axis, ElementwiseKernels.smaller)
    }

    /// The largest element up to and with each one along `axis`; NaN from the first one on.
    ///
    /// Throws when there is no such axis.
    public func cumulativeMax(along axis: Int) throws(NDArrayError) -> NDArray {
        try accumulating(along: axis, ElementwiseKernels.larger)
    }

    /// The largest less the smallest element, wrapping in signed integers; NumPy's `ptp`. Traps on an empty array.
    public func peakToPeak() -> Element { Element.wrappingDifference(max(), min()) }

    /// The largest less the smallest element along `axes`, wrapping in signed integers.
    ///
    /// Throws when an axis is not there, or there are no elements along it.
    public func peakToPeak(along axes: [Int], keepingAxes: Bool = false) throws(NDArrayError) -> NDArray {
        try max(along: axes, keepingAxes: keepingAxes).subtracting(min(along: axes, keepingAxes: keepingAxes))
    }

    /// The slope along `axis`: central differences inside, at the ends those of the nearest two or three elements.
    ///
    /// - Parameters:
    ///   - spacing: the distance between neighbours.
    ///   - edgeOrder: 1 or 2, how exact the ends are: NumPy's `edge_order`.
    ///   - axis: the axis; a negative one counts from the end.
    ///
    /// Throws when there is no such axis, or fewer elements along it than `edgeOrder` and one more.
    public func gradient(
        along axis: Int, spacing: Double = 1, edgeOrder: Int = 1
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        let length = shape[try layout.resolvedAxis(axis)]
        let coordinates = NDArray<Double>.arange(0, Double(length)) * spacing
        return try gradient(along: axis, coordinates: coordinates, edgeOrder: edgeOrder, isEven: true)
    }

    /// The slope along `axis` of elements that lie at `coordinates`, which need not be even.
    public func gradient(
        along axis: Int, coordinates: NDArray<Double>, edgeOrder: Int = 1
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        try gradient(along: axis, coordinates: coordinates, edgeOrder: edgeOrder, isEven: false)
    }

    // Second-order differences for uneven distances; Quarteroni, Sacco and Saleri, Numerical Mathematics, 2007.
    private func gradient(
        along axis: Int, coordinates: NDArray<Double>, edgeOrder: Int, isEven: Bool
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        let length = shape[try layout.resolvedAxis(axis)]
        guard edgeOrder == 1 || edgeOrder == 2 else {
            throw NDArrayError(.outOfBounds, "an edge order of \(edgeOrder), which must be 1 or 2")
        }
        guard length > edgeOrder else {
            throw NDArrayError(
                .shapeMismatch, "axis \(axis) of length \(length) is too short for a slope with edge order \(edgeOrder)"
            )
        }
        guard coordinates.shape == [length] else {
            throw NDArrayError(
                .shapeMismatch, "coordinates of shape \(coordinates.shape) for axis \(axis) of length \(length)")
        }
        let steps = try coordinates.differences().elements
        return try cast(to: Double.self).mappingLanes(along: axis, length: length) { lane, result in
            func set(_ index: Int, _ value: Double) {
                result[index] = Element.Mean(casting: value, overflow: .clamp)
            }
            for index in 1..<Swift.max(length - 1, 1) {
                let (before, after) = (steps[index - 1], steps[index])
                if isEven {
                    set(index, (lane[index + 1] - lane[index - 1]) / (2 * before))
                } else {
                    let a = -after / (before * (before + after))
                    let b = (after - before) / (before * after)
                    let c = before / (after * (before + after))
                    set(index, a * lane[index - 1] + b * lane[index] + c * lane[index + 1])
                }
            }
            if edgeOrder == 1 {
                set(0, (lane[1] - lane[0]) / steps[0])
                set(length - 1, (lane[length - 1] - lane[length - 2]) / steps[length - 2])
            } else {
                func end(_ x: Double, _ y: Double, _ z: Double, _ near: Double, _ far: Double) -> Double {
                    -(2 * near + far) / (near * (near + far)) * x + (near + far) / (near * far) * y
                        - near / (far * (near + far)) * z
                }
                set(0, end(lane[0], lane[1], lane[2], steps[0], steps[1]))
                set(
                    length - 1,
                    -end(
                        lane[length - 1], lane[length - 2], lane[length - 3], steps[length - 2], steps[length - 3]))
            }
        }
    }
}
