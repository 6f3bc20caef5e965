extension NDArray<Bool> {
    /// Without the connected parts that touch a border; scikit-image's `clear_border`.
    ///
    /// ```swift
    /// let whole = try mask.clearedAtBorder()
    /// ```
    /// - Parameters:
    ///   - width: parts that come as close as this to an end of an axis are removed, too.
    ///   - mask: with it, parts that touch elements where it is false are removed, and the borders do not matter.
    ///
    /// Neighbours share at least a corner. Throws when the width is negative or an axis is no longer than it, or the
    /// mask has another shape.
    public func clearedAtBorder(
        width: Int = 0, mask: NDArray<Bool>? = nil
    ) throws(NDArrayError) -> NDArray<Bool> {
        let (labels, count) = try labelled(connectivity: Swift.max(rank, 1))
        let touches = try labels.labelsAtBorder(count, width, mask)
        return labels.mapped { touches[Int($0)] ? false : $0 != 0 }
    }

    /// Without connected parts of at most so many elements; scikit-image's `remove_small_objects`.
    ///
    /// ```swift
    /// let cells = try mask.removingSmallObjects(maximumSize: 20)
    /// ```
    /// Throws on a connectivity that is not 1 to the number of axes, and on negative sizes.
    public func removingSmallObjects(
        maximumSize: Int = 64, connectivity: Int = 1
    ) throws(NDArrayError) -> NDArray<Bool> {
        try Self.refuse(maximumSize)
        if maximumSize == 0 { return self }
        let (labels, count) = try labelled(connectivity: connectivity)
        let sizes = labels.sizes(count)
        return labels.mapped { $0 != 0 && sizes[Int($0)] > maximumSize }
    }

    /// With holes of at most so many elements filled; scikit-image's `remove_small_holes`.
    ///
    /// What is open to a border is a hole as well. Throws as ``removingSmallObjects(maximumSize:connectivity:)`` does.
    public func fillingSmallHoles(
        maximumSize: Int = 64, connectivity: Int = 1
    ) throws(NDArrayError) -> NDArray<Bool> {
        try Self.refuse(maximumSize)
        if maximumSize == 0 { return self }
        let (labels, count) = try (!self).labelled(connectivity: connectivity)
        let sizes = labels.sizes(count)
        return labels.mapped { $0 == 0 || sizes[Int($0)] <= maximumSize }
    }

    fileprivate static func refuse(_ size: Int) throws(NDArrayError) {
        guard size >= 0 else {
            throw NDArrayError(.outOfBounds, "parts of at most \(size) elements; the size is 0 or more")
        }
    }
}

extension NDArray where Element: NDInteger {
    /// Without the connected parts of equal labels that touch a border; scikit-image's `clear_border`.
    ///
    /// - Parameters:
    ///   - width: parts that come as close as this to an end of an axis are removed, too.
    ///   - mask: with it, parts that touch elements where it is false are removed, and the borders do not matter.
    ///   - background: what removed parts become; so does a background of 0 that touches a border.
    ///
    /// Neighbours share at least a corner. Throws when the width is negative or an axis is no longer than it, or the
    /// mask has another shape.
    public func clearedAtBorder(
        width: Int = 0, mask: NDArray<Bool>? = nil, background: Element = .zero
    ) throws(NDArrayError) -> NDArray {
        let (parts, count) = try labelledByValue()
        let touches = try parts.labelsAtBorder(count, width, mask)
        let isRemoved: NDArray<Bool> = parts.mapped { touches[Int($0)] }
        return try NDArray.select(where: isRemoved, NDArray(scalar: background), otherwise: self)
    }

    /// Without labels of at most so many elements, which become 0; scikit-image's `remove_small_objects`.
    ///
    /// Throws on negative labels and sizes.
    public func removingSmallObjects(maximumSize: Int = 64) throws(NDArrayError) -> NDArray {
        try NDArray<Bool>.refuse(maximumSize)
        guard maximumSize > 0, !isEmpty else { return self }
        let slots = try LabelSlots(self)
        if let lowest = slots.lowest, lowest < 0 {
            throw NDArrayError(.invalidValue, "the label \(lowest) is negative")
        }
        let sizes = slots.places.sizes(slots.count)
        let isRemoved: NDArray<Bool> = slots.places.mapped { sizes[Int($0)] <= maximumSize }
        return try NDArray.select(where: isRemoved, NDArray(scalar: .zero), otherwise: self)
    }

    /// The labels numbered from `offset` on without gaps, in their order; scikit-image's `relabel_sequential`.
    ///
    /// ```swift
    /// let (labels, old) = try parts.relabelledSequentially()
    /// ```
    /// - Returns: the labels, 0 where they were, and which label each of the new ones from `offset` on was.
    ///
    /// Throws on negative labels, an offset below 1, and when the type cannot hold the last number.
    public func relabelledSequentially(
        offset: Int = 1
    ) throws(NDArrayError) -> (labels: NDArray, old: [Element]) {
        guard offset >= 1 else { throw NDArrayError(.outOfBounds, "labels from \(offset) on; the first is 1 or more") }
        guard !isEmpty else { return (self, []) }
        let (places, values) = try LabelSlots.dense(self)
        if let first = values.first, first < 0 {
            throw NDArrayError(.invalidValue, "the label \(first) is negative")
        }
        let gap = values.first == 0 ? 1 : 0
        let (last, overflow) = offset.addingReportingOverflow(values.count - gap - 1)
        guard !overflow, Element(exactly: Swift.max(last, 0)) != nil else {
            throw NDArrayError(.invalidValue, "\(values.count - gap) labels from \(offset) on in \(dtype)")
        }
        let new = values.indices.map { $0 < gap ? Element.zero : Element(truncatingIfNeeded: offset + ($0 - gap)) }
        return (try NDArray(new).taking(places.cast(to: Int64.self)), Array(values.dropFirst(gap)))
    }
}

extension NDArray<Int32> {
    /// Which of the labels 0 to `count` are at a border.
    fileprivate func labelsAtBorder(
        _ count: Int, _ width: Int, _ mask: NDArray<Bool>?
    ) throws(NDArrayError) -> [Bool] {
        var touches = [Bool](repeating: false, count: count + 1)
        let isBorder: NDArray<Bool>
        if let mask {
            guard mask.shape == shape else {
                throw NDArrayError(.shapeMismatch, "a mask of shape \(mask.shape) for labels of shape \(shape)")
            }
            isBorder = !mask
        } else {
            guard width >= 0, shape.allSatisfy({ width < $0 }) else {
                throw NDArrayError(
                    .outOfBounds, "a border \(width) wide for labels of shape \(shape); every axis is longer")
            }
            var inside = NDArray<Bool>(repeating: false, shape: shape)
            let inner = shape.map { Swift.max($0 - 2 * (width + 1), 0) }
            if !inner.contains(0) {
                try inside.assign(
                    NDArray<Bool>(repeating: true, shape: inner),
                    to: inner.map { AxisSlice.slice(from: width + 1, to: width + 1 + $0, by: 1) })
            }
            isBorder = !inside
        }
        withUnsafeElements { labels in
            isBorder.withUnsafeElements { isBorder in
                for index in 0..<labels.count where isBorder[index] { touches[Int(labels[index])] = true }
            }
        }
        return touches
    }

    /// How many elements each of the numbers 0 to `count` has.
    func sizes(_ count: Int) -> [Int] {
        var sizes = [Int](repeating: 0, count: count + 1)
        withUnsafeElements { labels in
            for label in labels { sizes[Int(label)] += 1 }
        }
        return sizes
    }

    /// An array of what `body` makes of each label.
    @inline(__always)
    func mapped<Result: NDElement>(_ body: (Int32) -> Result) -> NDArray<Result> {
        withUnsafeElements { labels in
            NDArray<Result>(shape: shape) { target in
                for index in 0..<labels.count { target.initializeElement(at: index, to: body(labels[index])) }
            }
        }
    }
}
