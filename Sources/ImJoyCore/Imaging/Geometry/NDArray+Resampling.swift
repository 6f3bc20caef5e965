internal import CImJoyKernels

extension NDArray where Element: NDReal {
    /// The values at places that are given for each axis by itself.
    ///
    /// - Parameter coordinates: for each axis those of the places along it.
    func resampled(
        _ coordinates: [[Double]], order: Int, mode: InterpolationMode, prefilters: Bool
    ) throws(NDArrayError) -> NDArray {
        let newShape = coordinates.map(\.count)
        try Self.refuseUnlessMemory(for: newShape)
        try requireInterpolation(order: order, newShape)
        // What is kept for each place along an axis: coordinate, neighbours and weights.
        for length in newShape { try Self.refuseUnlessMemory(for: [length, 2 + 2 * (order + 1)]) }
        if newShape.contains(0) { return try NDArray(claimedZeros: newShape) }
        if dtype == .float16 {
            return try cast(to: Float.self).resampled(coordinates, order: order, mode: mode, prefilters: prefilters)
                .cast(to: Element.self)
        }
        let isIdentity = shape.indices.map { axis in
            coordinates[axis].count == shape[axis]
                && coordinates[axis].indices.allSatisfy { coordinates[axis][$0] == Double($0) }
                // SciPy's splines do not quite pass through the elements of short lines that are reflected.
                && (mode != .reflect || order < 2 || shape[axis] > 40)
        }
        // NaN and infinity spread to neighbours along axes that otherwise stay as they are.
        let keeps = isIdentity.contains(true) && (order < 2 || prefilters) && hasFiniteSum
        let active = shape.indices.filter { !isIdentity[$0] || !keeps }
        if active.isEmpty { return self }
        let margin = order > 1 && prefilters ? mode.margin : 0
        let taps: [AxisTaps?] = shape.indices.map { axis in
            guard active.contains(axis) else { return nil }
            return AxisTaps(
                coordinates[axis], length: shape[axis] + 2 * margin, margin: margin, order: order, mode: mode)
        }
        var result: NDArray
        if order == 0 {
            result = try taking(taps)
        } else if order == 1 {
            let isShort = dtype.isInteger && SeparableResampler.areShort(taps, bits: 8 * dtype.byteCount, digits: 24)
            result =
                dtype == .float32 || isShort
                ? try summing(self, taps, mode.value, keepsNumbers: true, in: Float.self)
                : try summing(self, taps, mode.value, keepsNumbers: true, in: Double.self)
        } else {
            let splines = try SplineCoefficients.make(
                cast(to: Double.self), order: prefilters ? order : 0, mode: mode, axes: active,
                outside: Element(casting: mode.value, overflow: .clamp).asDouble)
            result = try summing(splines, taps, mode.value, keepsNumbers: !prefilters, in: Double.self)
        }
        try result.fill(taps, with: .interpolated(mode.value), places: order == 0)
        return result
    }

    /// Throws for orders that there are not, and when there are places but no elements.
    func requireInterpolation(order: Int, _ newShape: [Int]) throws(NDArrayError) {
        guard (0...5).contains(order) else {
            throw NDArrayError(.outOfBounds, "an interpolation of order \(order); there are those of order 0 to 5")
        }
        guard !isEmpty || newShape.contains(0) else {
            throw NDArrayError(
                .emptyArray, "an array of shape \(shape) has no elements to make one of shape \(newShape) of")
        }
    }

    private var hasFiniteSum: Bool { dtype.isInteger || sum().asDouble.isFinite }

    private func summing<Source: NDReal, Working: NDLinearReal>(
        _ source: NDArray<Source>, _ taps: [AxisTaps?], _ value: Double, keepsNumbers: Bool, in type: Working.Type
    ) throws(NDArrayError) -> NDArray {
        let resampler = SeparableResampler(axes: taps, shape: source.shape, value: value)
        let computesTies = dtype.isInteger && keepsNumbers
        return try source.withUnsafeElements { (elements) throws(NDArrayError) in
            guard let start = elements.baseAddress else { return self }
            return try NDArray(uninitialised: resampler.newShape) { (target) throws(NDArrayError) in
                try resampler.run(
                    UnsafeRawPointer(start), source.dtype, into: RowSink(UnsafeMutableRawPointer(target), dtype),
                    computesTies: computesTies, in: type)
            }
        }
    }

    /// The nearest elements as they are.
    private func taking(_ taps: [AxisTaps?]) throws(NDArrayError) -> NDArray {
        var result = self
        for (axis, own) in taps.enumerated() {
            guard let own else { continue }
            let places = own.elements.map { $0 == own.length ? 0 : Int64($0) }
            result = try result.taking(NDArray<Int64>(places), along: axis)
        }
        return result
    }

    /// Sets the places that have the value outside.
    ///
    /// - Parameter places: whether single elements may be the value too, as for the nearest ones.
    private mutating func fill(
        _ taps: [AxisTaps?], with value: Element, places: Bool
    ) throws(NDArrayError) {
        for (axis, own) in taps.enumerated() {
            guard let own else { continue }
            var outside = own.outside
            if places { outside += own.elements.indices.filter { own.elements[$0] == own.length } }
            guard !outside.isEmpty else { continue }
            let inner = shape[(axis + 1)...].reduce(1, *)
            let blocks = shape[..<axis].reduce(1, *)
            let length = shape[axis]
            makeUnique()
            let base = mutableBase + layout.offset
            for block in 0..<blocks {
                for place in outside {
                    (base + (block * length + place) * inner).update(repeating: value, count: inner)
                }
            }
        }
    }
}
