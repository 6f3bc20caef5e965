internal import CImJoyKernels

extension NDArray where Element: NDReal {
    /// Less noise with sharp edges: total variation is made small (Chambolle, 2004); scikit-image's
    /// `denoise_tv_chambolle`.
    ///
    /// ```swift
    /// let clean = try image.totalVariationDenoised(weight: 0.2)
    /// ```
    /// - Parameters:
    ///   - weight: more takes away more noise, and more of the image.
    ///   - tolerance: the work ends when it changes what is made small by less than this part of its first value.
    ///   - maximumIterations: after so many steps at the latest.
    ///   - channelAxis: an axis whose elements have nothing to do with each other.
    /// - Returns: an array of the same shape, of `Double` for integers, which are brought into 0...1, and of its own
    ///   type for floats. Any number of axes.
    ///
    /// Throws when the weight is not above 0.
    public func totalVariationDenoised(
        weight: Double = 0.1, tolerance: Double = 2e-4, maximumIterations: Int = 200, channelAxis: Int? = nil
    ) throws(NDArrayError) -> NDArray<Element.Mean> {
        guard weight > 0, weight.isFinite, !tolerance.isNaN, maximumIterations > 0 else {
            throw NDArrayError(
                .outOfBounds,
                "weight \(weight), tolerance \(tolerance), \(maximumIterations) iterations; "
                    + "the first must be above 0, and there must be one iteration")
        }
        return try computed(
            .unit, channelAxis: channelAxis,
            { (array) throws(NDArrayError) in
                try array.variationReduced(Float(weight), tolerance, maximumIterations)
            },
            { (array) throws(NDArrayError) in try array.variationReduced(weight, tolerance, maximumIterations) })
    }
}

extension NDArray where Element: NDLinearReal {
    fileprivate func variationReduced(
        _ weight: Element, _ tolerance: Double, _ maximum: Int
    ) throws(NDArrayError) -> NDArray {
        if isEmpty || rank == 0 { return self }
        let steps = Layout.rowMajorStrides(shape)
        // The element before the first of each axis is zero: there are as many zeros in front.
        var duals: [NDArray] = []
        for step in steps { duals.append(try NDArray(claimedZeros: [step + count])) }
        let memory = zip(duals, steps).map { $0.mutableBase + $1 }
        defer { withExtendedLifetime(duals) {} }
        return try withUnsafeElements { (source) throws(NDArrayError) in
            try NDArray(uninitialised: shape) { target in
                guard let source = source.baseAddress else { return }
                let passes = VariationPass(shape: shape, steps: steps, duals: memory, source: source, target: target)
                var (first, last) = (0.0, 0.0)
                for iteration in 0..<maximum {
                    let energy = passes.step(weight, isFirst: iteration == 0)
                    if iteration == 0 {
                        first = energy
                    } else if Swift.abs(last - energy) < tolerance * first {
                        break
                    }
                    last = energy
                }
            }
        }
    }
}

/// One step after the other of Chambolle's projection.
private struct VariationPass<T: NDLinearReal> {
    let shape: [Int]
    let steps: [Int]
    let duals: [UnsafeMutablePointer<T>]
    let source: UnsafePointer<T>
    let target: UnsafeMutablePointer<T>

    private var count: Int { shape.reduce(1, *) }
    /// Sums are made piece by piece, so that they do not depend on the threads.
    private static var pieceLength: Int { 1 << 14 }

    /// The image from the dual arrays, and the dual arrays one step further; returns what is to become small.
    func step(_ weight: T, isFirst: Bool) -> Double {
        let rank = shape.count
        let squares = pieces(Double(rank) * 0.4) { range in
            if isFirst {
                (target + range.lowerBound).initialize(from: source + range.lowerBound, count: range.count)
                return 0
            }
            return imjoy_variation_diverge(
                T.dtype.kernelType, source + range.lowerBound,
                duals.map { UnsafeRawPointer($0 + range.lowerBound) }, steps, rank,
                target + range.lowerBound, range.count)
        }
        let step = 1 / (2 * Double(rank))
        let slopes = pieces(Double(rank) * 0.8) { range in
            rows(range).reduce(0) { $0 + project($1, step, Double(weight)) }
        }
        return (squares + Double(weight) * slopes) / Double(count)
    }

    /// The parts of a range that lie in one row each.
    private func rows(_ range: Range<Int>) -> [Range<Int>] {
        let length = shape[shape.count - 1]
        return (range.lowerBound / length...(range.upperBound - 1) / length).map { row in
            Swift.max(row * length, range.lowerBound)..<Swift.min((row + 1) * length, range.upperBound)
        }
    }

    /// The dual arrays of a part of a row one step further; returns the sum of the slopes.
    private func project(_ range: Range<Int>, _ step: Double, _ weight: Double) -> Double {
        let length = shape[shape.count - 1]
        // At the end of an axis there is no slope: the next element is the element itself.
        let nexts = shape.indices.map { axis in
            let isEnd = axis < shape.count - 1 && range.lowerBound / steps[axis] % shape[axis] == shape[axis] - 1
            return UnsafeRawPointer(target + range.lowerBound + (isEnd ? 0 : steps[axis]))
        }
        return imjoy_variation_project(
            T.dtype.kernelType, target + range.lowerBound, nexts,
            duals.map { UnsafeMutableRawPointer($0 + range.lowerBound) }, shape.count, step, weight,
            range.upperBound.isMultiple(of: length), range.count)
    }

    /// The sum of what `body` returns for pieces of all elements.
    private func pieces(_ cost: Double, _ body: (Range<Int>) -> Double) -> Double {
        let number = (count + Self.pieceLength - 1) / Self.pieceLength
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: number) { sums in
            ComputeThreads.split(number, grain: 1, nanoseconds: cost * Double(Self.pieceLength)) { range in
                for piece in range {
                    let start = piece * Self.pieceLength
                    sums[piece] = body(start..<Swift.min(start + Self.pieceLength, count))
                }
            }
            return sums.reduce(0, +)
        }
    }
}
