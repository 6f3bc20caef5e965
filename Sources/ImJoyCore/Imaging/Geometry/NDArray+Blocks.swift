extension NDArray where Element: NDReal {
    /// The array cut into blocks: as many axes of blocks as it has axes, and behind them those within a block;
    /// scikit-image's `view_as_blocks`.
    ///
    /// ```swift
    /// let tiles = try image.blocks(of: [16, 16])
    /// let contrast = try tiles.max(along: [2, 3]) - tiles.min(along: [2, 3])
    /// ```
    /// - Parameters:
    ///   - sizes: how long a block is along each axis, or one size for all.
    ///   - padding: what is added behind an axis that is no whole number of blocks.
    ///
    /// Nothing is copied where all blocks are full. Throws on sizes that are below 1 or do not fit the axes.
    public func blocks(of sizes: [Int], padding: Element = .zero) throws(NDArrayError) -> NDArray {
        let sizes = try blockSizes(sizes)
        let whole = try completed(sizes, padding)
        var split: [Int] = []
        for (length, size) in zip(whole.shape, sizes) { split += [length / size, size] }
        let order = (0..<rank).map { 2 * $0 } + (0..<rank).map { 2 * $0 + 1 }
        return try whole.reshaped(to: split).permuted(order)
    }

    /// One size for each axis.
    private func blockSizes(_ sizes: [Int]) throws(NDArrayError) -> [Int] {
        let sizes = sizes.count == 1 ? Array(repeating: sizes[0], count: rank) : sizes
        guard sizes.count == rank, sizes.allSatisfy({ $0 >= 1 }) else {
            throw NDArrayError(
                .shapeMismatch,
                "blocks of \(sizes) elements in an array of shape \(shape); each axis needs a size of at least 1")
        }
        return sizes
    }

    /// This array with as many elements behind each axis as the last block lacks.
    private func completed(_ sizes: [Int], _ padding: Element) throws(NDArrayError) -> NDArray {
        let missing = zip(shape, sizes).map { length, size in
            let rest = length % size
            return (before: 0, after: rest == 0 ? 0 : size - rest)
        }
        return missing.contains { $0.after > 0 } ? try padded(missing, with: .constant(padding)) : self
    }

    /// The blocks folded along one axis after the other, whole rows at a time; nil for blocks that are long and half
    /// floats, which the reductions do better.
    private func folded(
        _ sizes: [Int], _ padding: Element, _ combine: (consuming NDArray, NDArray) -> NDArray
    ) throws(NDArrayError) -> NDArray? {
        let sizes = try blockSizes(sizes)
        guard dtype != .float16, !isEmpty, sizes.allSatisfy({ $0 <= 16 }) else { return nil }
        var result = try completed(sizes, padding)
        for (axis, size) in sizes.enumerated() where size > 1 {
            var split = result.shape
            split[axis] /= size
            split.insert(size, at: axis + 1)
            let parts = try result.reshaped(to: split)
            var selectors: [any AxisSelector] = Array(repeating: AxisSlice.all, count: axis + 1)
            selectors.append(0)
            result = try parts.sliced(selectors)
            for number in 1..<size {
                selectors[axis + 1] = number
                result = combine(result, try parts.sliced(selectors))
            }
        }
        return result.contiguous()
    }

    /// The sum of each block of elements; scikit-image's `block_reduce` with `np.sum`.
    ///
    /// ```swift
    /// let binned = try image.blockSum(of: [2, 2])
    /// ```
    /// - Parameters:
    ///   - sizes: how long a block is along each axis, or one size for all.
    ///   - padding: what is added behind an axis that is no whole number of blocks.
    /// - Returns: one element for each block, of 64 bits for integers.
    ///
    /// Throws on sizes that are below 1 or do not fit the axes.
    public func blockSum(of sizes: [Int], padding: Element = .zero) throws(NDArrayError) -> NDArray<Element.Total> {
        if dtype != .float16,
            let sums = try cast(to: Element.Total.self).folded(
                sizes, padding.cast(to: Element.Total.self, overflow: .wrap), +)
        {
            return sums
        }
        return try blocks(of: sizes, padding: padding).sum(along: innerAxes)
    }

    /// The mean of each block of elements; scikit-image's `block_reduce` with `np.mean`, and `downscale_local_mean`.
    ///
    /// ```swift
    /// let small = try image.blockMean(of: [2, 3])
    /// ```
    /// What is added behind the axes counts. See ``blockSum(of:padding:)``.
    public func blockMean(of sizes: [Int], padding: Element = .zero) throws(NDArrayError) -> NDArray<Element.Mean> {
        let count = try blockSizes(sizes).reduce(1.0) { $0 * Double($1) }
        if let single = self as? NDArray<Float>, let value = padding as? Float,
            let means = try single.folded(sizes, value, +) as? NDArray<Element.Mean>
        {
            return means / Element.Mean(count)
        }
        if dtype != .float16, let sums = try cast(to: Double.self).folded(sizes, padding.asDouble, +) {
            return (sums / count).cast()
        }
        return try blocks(of: sizes, padding: padding).mean(along: innerAxes)
    }

    /// The middle one of each block of elements; scikit-image's `block_reduce` with `np.median`.
    ///
    /// See ``blockSum(of:padding:)``.
    public func blockMedian(of sizes: [Int], padding: Element = .zero) throws(NDArrayError) -> NDArray<Element.Mean> {
        try blocks(of: sizes, padding: padding).median(along: innerAxes)
    }

    /// The smallest of each block of elements; scikit-image's `block_reduce` with `np.min`.
    ///
    /// See ``blockSum(of:padding:)``; what is added behind the axes may be the smallest.
    public func blockMin(of sizes: [Int], padding: Element = .zero) throws(NDArrayError) -> NDArray {
        if let result = try folded(sizes, padding, NDArray.minimum) { return result }
        return try blocks(of: sizes, padding: padding).min(along: innerAxes)
    }

    /// The largest of each block of elements; scikit-image's `block_reduce` with `np.max`.
    ///
    /// See ``blockSum(of:padding:)``; what is added behind the axes may be the largest.
    public func blockMax(of sizes: [Int], padding: Element = .zero) throws(NDArrayError) -> NDArray {
        if let result = try folded(sizes, padding, NDArray.maximum) { return result }
        return try blocks(of: sizes, padding: padding).max(along: innerAxes)
    }

    /// The axes within the blocks.
    private var innerAxes: [Int] { Array(rank..<2 * rank) }
}
