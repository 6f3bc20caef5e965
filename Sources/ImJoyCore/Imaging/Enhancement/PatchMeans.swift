internal import CImJoyKernels

/// Means of elements weighted by how alike the patches around them are.
///
/// For each shift the squared differences of an image and its shifted self are added up over patches with running sums
/// along the outer axes. A band of planes, or of rows of the only plane, is done at a time; bands do not depend on the
/// number of threads.
struct PatchMeans {
    let channels: Int
    /// Planes, rows and columns.
    let shape: [Int]
    /// How far a patch reaches to each side.
    let reach: Int
    let distance: Int
    let cutoff: Double
    let variance: Double
    /// True for a single plane, outside of which there is nothing.
    let isFlat: Bool

    /// What is added on each side along an axis.
    private func margin(_ axis: Int) -> Int { axis == 0 && isFlat ? 0 : reach + distance + 1 }
    /// How far patches reach along an axis.
    private func reach(_ axis: Int) -> Int { axis == 0 && isFlat ? 0 : reach }
    /// How many elements a patch sums along an axis: the first one is left out, as in scikit-image.
    private func taps(_ axis: Int) -> Int { Swift.max(2 * reach(axis), 1) }
    /// Where those begin.
    private func start(_ axis: Int) -> Int { reach(axis) == 0 ? 0 : 1 - reach(axis) }

    func run(_ image: NDArray<Double>) throws(NDArrayError) -> NDArray<Double> {
        let widths = [(before: 0, after: 0)] + (0..<3).map { (before: margin($0), after: margin($0)) }
        let padded = try image.padded(widths, with: .reflect())
        let bandAxis = isFlat ? 1 : 0
        let bandLength = isFlat ? 32 : 4
        let bands = (shape[bandAxis] + bandLength - 1) / bandLength
        let shifts = (2 * distance + 1) * (2 * distance + 1) * (isFlat ? 1 : 2 * distance + 1)
        // What one band takes at a time, beside its results.
        let lengths = (0..<3).map { ($0 == bandAxis ? bandLength : shape[$0]) + taps($0) }
        let atOnce = Swift.min(bands, ComputeThreads.count)
        try NDArray<Double>.refuseUnlessMemory(for: lengths + [channels + 2, Swift.max(atOnce, 1)])
        let cost = Double(shifts) * Double(shape.reduce(1, *) / bands * (channels + reach / 2 + 4)) / 4
        return try padded.withUnsafeElements { (source) throws(NDArrayError) in
            try NDArray<Double>(uninitialised: image.shape) { target in
                guard let source = source.baseAddress else { return }
                ComputeThreads.split(bands, grain: 1, nanoseconds: cost) { range in
                    for band in range {
                        let start = band * bandLength
                        let part = start..<Swift.min(start + bandLength, shape[bandAxis])
                        run(source, planes: isFlat ? 0..<1 : part, rows: isFlat ? part : 0..<shape[1], target)
                    }
                }
            }
        }
    }

    /// The means of some rows of some planes.
    private func run(
        _ source: UnsafePointer<Double>, planes: Range<Int>, rows: Range<Int>, _ target: UnsafeMutablePointer<Double>
    ) {
        let width = shape[2]
        let (rowStep, planeStep) = (width + 2 * margin(2), (width + 2 * margin(2)) * (shape[1] + 2 * margin(1)))
        let channelStep = planeStep * (shape[0] + 2 * margin(0))
        let count = planes.count * rows.count * width
        let lineLength = width + taps(2) - 1
        let volume = (planes.count + taps(0) - 1) * (rows.count + taps(1) - 1) * lineLength
        let memory = UnsafeMutablePointer<Double>.allocate(capacity: (channels + 1) * count + volume + width)
        defer { memory.deallocate() }
        memory.initialize(repeating: 0, count: (channels + 1) * count + volume + width)
        let (sums, total) = (memory, memory + channels * count)
        let (squares, weights) = (total + count, total + count + volume)
        let patch = Double((2 * reach + 1) * (2 * reach + 1) * (isFlat ? 1 : 2 * reach + 1))
        let scale = 1 / (Double(channels) * cutoff * cutoff * patch)
        let corner =
            (planes.lowerBound + margin(0)) * planeStep + (rows.lowerBound + margin(1)) * rowStep + margin(2)
        let first = source + corner
        for z in isFlat ? 0...0 : -distance...distance {
            for y in -distance...distance {
                for x in -distance...distance {
                    let shift = z * planeStep + y * rowStep + x
                    addSquares(first, shift, planes.count, rows.count, rowStep, planeStep, channelStep, squares)
                    for plane in 0..<planes.count {
                        for row in 0..<rows.count {
                            let line = squares + (plane * (rows.count + taps(1) - 1) + row) * lineLength
                            imjoy_patch_weights(line, taps(2), scale, weights, width)
                            let place = (plane * rows.count + row) * width
                            let shifted = first + plane * planeStep + row * rowStep + shift
                            Self.add(weights, total + place, width)
                            for channel in 0..<channels {
                                Self.add(
                                    weights, shifted + channel * channelStep, sums + channel * count + place, width)
                            }
                        }
                    }
                }
            }
        }
        for channel in 0..<channels {
            for plane in 0..<planes.count {
                for row in 0..<rows.count {
                    let place = (plane * rows.count + row) * width
                    let result =
                        target
                        + ((channel * shape[0] + planes.lowerBound + plane) * shape[1] + rows.lowerBound + row) * width
                    let own = sums + channel * count + place
                    for column in 0..<width { result[column] = own[column] / total[place + column] }
                }
            }
        }
    }

    /// The squared differences for a shift, summed over patches along planes and rows, but not yet along columns.
    private func addSquares(
        _ first: UnsafePointer<Double>, _ shift: Int, _ planes: Int, _ rows: Int, _ rowStep: Int, _ planeStep: Int,
        _ channelStep: Int, _ squares: UnsafeMutablePointer<Double>
    ) {
        let lineLength = shape[2] + taps(2) - 1
        let (allPlanes, allRows) = (planes + taps(0) - 1, rows + taps(1) - 1)
        let offset = Double(channels) * 2 * variance
        for plane in 0..<allPlanes {
            for row in 0..<allRows {
                let here = first + (plane + start(0)) * planeStep + (row + start(1)) * rowStep + start(2)
                let line = squares + (plane * allRows + row) * lineLength
                for channel in 0..<channels {
                    let own = here + channel * channelStep
                    Self.square(own, own + shift, line, lineLength, isFirst: channel == 0, offset)
                }
            }
        }
        // Each line becomes the sum of itself and those after it, the ones in front first: they are not needed again.
        Self.addUp(squares, allPlanes, allRows * lineLength, taps(0), count: planes)
        for plane in 0..<planes {
            Self.addUp(squares + plane * allRows * lineLength, allRows, lineLength, taps(1), count: rows)
        }
    }

    /// For the first `count` of some lines, the sums of themselves and the `taps` - 1 lines after them.
    private static func addUp(
        _ lines: UnsafeMutablePointer<Double>, _ all: Int, _ length: Int, _ taps: Int, count: Int
    ) {
        for line in 0..<count where taps > 1 {
            let target = lines + line * length
            for tap in 1..<taps { add(lines + (line + tap) * length, target, length) }
        }
    }

    private static func square(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ target: UnsafeMutablePointer<Double>, _ count: Int,
        isFirst: Bool, _ offset: Double
    ) {
        if isFirst {
            for index in 0..<count { target[index] = (a[index] - b[index]) * (a[index] - b[index]) - offset }
        } else {
            for index in 0..<count { target[index] += (a[index] - b[index]) * (a[index] - b[index]) }
        }
    }

    private static func add(_ a: UnsafePointer<Double>, _ target: UnsafeMutablePointer<Double>, _ count: Int) {
        for index in 0..<count { target[index] += a[index] }
    }

    private static func add(
        _ weights: UnsafePointer<Double>, _ values: UnsafePointer<Double>, _ target: UnsafeMutablePointer<Double>,
        _ count: Int
    ) {
        for index in 0..<count { target[index] += weights[index] * values[index] }
    }
}
