internal import CImJoyKernels

/// Where values are to be computed: as many coordinates for each point as the source has axes.
struct SamplePoints {
    /// The number of points, and how many of them are located at one time.
    let count: Int
    let rowLength: Int
    /// Writes the coordinates of the points of a row from a number on: all first ones, then all second ones `stride`
    /// places further, and so on.
    let locate: (_ first: Int, _ count: Int, _ target: UnsafeMutablePointer<Double>, _ stride: Int) -> Void
    /// What the points are made by, when each row of the result is a row of them.
    var map: AffineMap?
}

extension NDArray where Element: NDReal {
    /// The values at points that may lie anywhere.
    func sampled(
        at points: SamplePoints, shape newShape: [Int], order: Int, mode: InterpolationMode, prefilters: Bool
    ) throws(NDArrayError) -> NDArray {
        try Self.refuseUnlessMemory(for: newShape)
        try requireInterpolation(order: order, newShape)
        if points.count == 0 { return try NDArray(claimedZeros: newShape) }
        if dtype == .float16 {
            return try cast(to: Float.self).sampled(
                at: points, shape: newShape, order: order, mode: mode, prefilters: prefilters
            ).cast(to: Element.self)
        }
        if order == 0 { return try nearest(points, newShape, mode) }
        // Counted in floats: with many axes no integer holds it.
        let neighbours = shape.reduce(1.0) { product, _ in product * Double(order + 1) }
        guard neighbours <= 0x1p24 else {
            throw NDArrayError(
                .outOfBounds,
                "splines of order \(order) along the \(rank) axes of shape \(shape): each point would have \(neighbours) "
                    + "neighbours, at most \(0x1p24) are supported; remove axes of length 1 first")
        }
        if order > 1 {
            let splines = try SplineCoefficients.make(
                cast(to: Double.self), order: prefilters ? order : 0, mode: mode, axes: Array(shape.indices),
                outside: Element(casting: mode.value, overflow: .clamp).asDouble)
            return try computed(splines, points, newShape, order, mode, margin: prefilters ? mode.margin : 0)
        }
        // These have no number that a float does not have.
        let isShort = [.float32, .int8, .uint8, .int16, .uint16].contains(dtype)
        return isShort
            ? try computed(cast(to: Float.self), points, newShape, order, mode, margin: 0)
            : try computed(cast(to: Double.self), points, newShape, order, mode, margin: 0)
    }

    private func computed<Source: NDLinearReal>(
        _ source: NDArray<Source>, _ points: SamplePoints, _ newShape: [Int], _ order: Int,
        _ mode: InterpolationMode, margin: Int
    ) throws(NDArrayError) -> NDArray {
        try source.withUnsafeElements { (elements) throws(NDArrayError) in
            guard let start = elements.baseAddress else { return self }
            let sampler = PointSampler(start, shape: source.shape, mode: mode, order: order, margin: margin)
            return try NDArray(uninitialised: newShape) { target in
                if let sampler = sampler as? PointSampler<Float>, dtype == .float32, let map = points.map,
                    let plane = AffinePlane(map, sampler, newShape)
                {
                    return plane.run(UnsafeMutableRawPointer(target).assumingMemoryBound(to: Float.self))
                }
                sampler.run(points, into: RowSink(UnsafeMutableRawPointer(target), dtype))
            }
        }
    }

    private func nearest(
        _ points: SamplePoints, _ newShape: [Int], _ mode: InterpolationMode
    ) throws(NDArrayError) -> NDArray {
        let value = Element.interpolated(mode.value)
        return try withUnsafeElements { (elements) throws(NDArrayError) in
            guard let source = elements.baseAddress else { return self }
            // The sampler only finds places here.
            let nowhere = UnsafeMutablePointer<Double>.allocate(capacity: 1)
            defer { nowhere.deallocate() }
            let sampler = PointSampler<Double>(nowhere, shape: shape, mode: mode, order: 0, margin: 0)
            return try NDArray(uninitialised: newShape) { target in
                sampler.forEachPiece(of: points, cost: 6 * Double(rank)) { piece, places in
                    for number in piece {
                        let place = places[number - piece.lowerBound]
                        (target + number).initialize(to: place < 0 ? value : source[place])
                    }
                }
            }
        }
    }
}

extension PointSampler {
    /// Calls `body` with pieces of the points and the places of the nearest elements in memory, -1 for the value
    /// outside.
    func forEachPiece(
        of points: SamplePoints, cost: Double, _ body: (Range<Int>, UnsafeMutablePointer<Int>) -> Void
    ) {
        forEachRow(of: points, cost: cost) { row, coordinates, scratch in
            withUnsafeTemporaryAllocation(of: Int.self, capacity: row.count) { memory in
                guard let places = memory.baseAddress else { return }
                for index in 0..<row.count {
                    for axis in shape.indices { scratch.coordinates[axis] = coordinates[axis * row.count + index] }
                    (places + index).initialize(to: nearest(scratch) ?? -1)
                }
                body(row, places)
            }
        }
    }

    private func forEachRow(
        of points: SamplePoints, cost: Double, _ body: (Range<Int>, UnsafeMutablePointer<Double>, Scratch) -> Void
    ) {
        let length = Swift.max(points.rowLength, 1)
        let rows = (points.count + length - 1) / length
        ComputeThreads.split(rows, grain: 1, nanoseconds: cost * Double(length)) { range in
            let scratch = Scratch(rank: shape.count, order: order)
            defer { scratch.free() }
            withUnsafeTemporaryAllocation(of: Double.self, capacity: shape.count * length) { memory in
                guard let coordinates = memory.baseAddress else { return }
                memory.initialize(repeating: 0)
                for row in range {
                    let piece = row * length..<Swift.min((row + 1) * length, points.count)
                    points.locate(piece.lowerBound, piece.count, coordinates, piece.count)
                    body(piece, coordinates, scratch)
                }
            }
        }
    }

    /// Computes the values of all points; the order is 1 or more.
    @specialized(where Source == Double)
    @specialized(where Source == Float)
    func run(_ points: SamplePoints, into sink: RowSink<Double>) {
        let taps = shape.reduce(1.0) { product, _ in product * Double(order + 1) }
        forEachRow(of: points, cost: taps + 20) { piece, coordinates, scratch in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: piece.count) { memory in
                guard let spare = memory.baseAddress else { return }
                let values = sink.isDirect ? sink.place(piece.lowerBound) : spare
                values.initialize(repeating: 0, count: piece.count)
                for index in 0..<piece.count {
                    for axis in shape.indices { scratch.coordinates[axis] = coordinates[axis * piece.count + index] }
                    values[index] = value(scratch)
                }
                sink.put(values, at: piece.lowerBound, count: piece.count)
            }
        }
    }
}
