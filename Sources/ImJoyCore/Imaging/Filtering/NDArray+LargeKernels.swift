internal import ComplexModule

// Many weights: along one axis after the other where they are products of a few, or by a Fourier transform.
extension NDArray where Element: NDLinearReal {
    /// Correlated in a way that takes at most half as long as adding up all neighbours one by one; nil when there is
    /// none.
    ///
    /// The arguments have been checked. Sums differ from those of the plain way by rounding only.
    func correlatedQuickly(
        with weights: NDArray<Double>, origins: [Int], boundary: BoundaryMode
    ) throws(NDArrayError) -> NDArray? {
        // What is cheaper anyway is not worth a look at the elements.
        guard weights.count >= 49, !isEmpty, boundary.value.isFinite, weights.sum().isFinite else { return nil }
        let steps = weights.shape.reduce(0) { $0 + ($1 > 1 ? $1 + 4 : 0) }
        if rank > 1, 2 * steps <= weights.count, boundary.value == 0, let lines = weights.factors() {
            let filters = lines.indices.filter { lines[$0] != [1] }.map {
                LineFilter(axis: $0, weights: lines[$0], origin: origins[$0])
            }
            return try filtered(filters, boundary)
        }
        return try correlatedByFourier(weights, origins, boundary)
    }

    private func correlatedByFourier(
        _ weights: NDArray<Double>, _ origins: [Int], _ boundary: BoundaryMode
    ) throws(NDArrayError) -> NDArray? {
        var lengths: [Int] = []
        for axis in shape.indices { lengths.append(try FFT.nextFastLength(shape[axis] + weights.shape[axis] - 1)) }
        // About how many nanoseconds an element takes; transforms are of doubles, so that little is lost to rounding.
        let direct = Double(weights.count) * Double(count) * (Element.dtype == .float32 ? 0.05 : 0.1)
        let transformed = lengths.reduce(25.0) { $0 * Double($1) }
        guard direct > 2 * transformed, transformed < 25 * 0x1p28, sum().asDouble.isFinite else { return nil }
        let widths = shape.indices.map { axis -> (before: Int, after: Int) in
            let before = weights.shape[axis] / 2 + origins[axis]
            return (before, weights.shape[axis] - 1 - before)
        }
        let padded = try cast(to: Double.self).padded(widths, with: boundary.padding())
        let axes = Array(shape.indices)
        let spectrum = try padded.rfftn(shape: lengths, axes: axes)
        let turned = Complex.conjugates(of: try weights.rfftn(shape: lengths, axes: axes))
        let sums = try (spectrum * turned).irfftn(shape: lengths, axes: axes)
        return try sums.sliced(shape.map { 0..<$0 as any AxisSelector }).cast(to: Element.self)
    }
}

extension NDArray<Double> {
    /// For each axis the weights whose products the elements are; nil when they are no such products, or one of them is
    /// zero.
    fileprivate func factors() -> [[Double]]? {
        let elements = elements
        guard let place = elements.indices.max(by: { elements[$0].magnitude < elements[$1].magnitude }) else {
            return nil
        }
        let peak = elements[place]
        guard peak != 0, peak.isFinite else { return nil }
        let strides = Layout.rowMajorStrides(shape)
        var lines = shape.indices.map { axis -> [Double] in
            let start = place - place / strides[axis] % shape[axis] * strides[axis]
            return (0..<shape[axis]).map { elements[start + $0 * strides[axis]] / peak }
        }
        for (index, element) in elements.enumerated() {
            var product = peak
            for axis in shape.indices { product *= lines[axis][index / strides[axis] % shape[axis]] }
            // A neighbour that does not count must not spread its NaN.
            guard element != 0, (product - element).magnitude <= 1e-15 * peak.magnitude else { return nil }
        }
        for index in lines[0].indices { lines[0][index] *= peak }
        return lines
    }
}
