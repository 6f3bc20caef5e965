/// What selectors with arrays of indices or masks among them pick from a layout, by NumPy's rules.
///
/// All index arrays are broadcast together, a mask counting as the arrays of its true places and a single index as an
/// array without axes. The axes that they have in common stand where the indexed axes stood when those are
/// neighbours, otherwise in front of the kept axes.
struct AdvancedSelection {
    /// The shape that the index arrays have together.
    let picked: [Int]
    /// How far from the start of `kept` each picked place lies, in row-major order of `picked`.
    let offsets: [Int]
    /// What is left of the layout at each picked place.
    let kept: Layout
    /// The axis of the result where those of `picked` begin.
    let place: Int

    /// The shape of the result.
    var shape: [Int] { Array(kept.shape[..<place]) + picked + Array(kept.shape[place...]) }

    /// Nil when all selectors are of the kinds that give views.
    init?(_ selectors: [any AxisSelector], of layout: Layout) throws(NDArrayError) {
        let kinds = selectors.map(\.axisSlice.kind)
        guard kinds.contains(where: \.isAdvanced) else { return nil }
        let consumed = kinds.reduce(0) { $0 + $1.axisCount }
        guard consumed <= layout.rank else {
            throw NDArrayError(.outOfBounds, "selectors for \(consumed) axes of an array of shape \(layout.shape)")
        }
        // The basic selectors first; the indexed axes stay whole until then.
        var basic: [any AxisSelector] = []
        var indexed: [(axis: Int, indices: NDArray<Int64>)] = []
        var shapes: [[Int]] = []
        // The axis of `layout` and the axis of what the basic selectors give.
        var axis = 0
        var viewAxis = 0
        var places: [Int] = []
        var hasGap = false
        var wasIndexed = false
        func note() {
            if !places.isEmpty, !wasIndexed { hasGap = true }
            wasIndexed = true
            places.append(viewAxis)
        }
        for kind in kinds {
            switch kind {
            case .index, .indices:
                var indices = NDArray<Int64>(zeros: [])
                if case .indices(let array) = kind { indices = array }
                if case .index(let index) = kind { indices = NDArray(scalar: Int64(index)) }
                note()
                indexed.append((viewAxis, indices))
                shapes.append(indices.shape)
                basic.append(AxisSlice.all)
                axis += 1
                viewAxis += 1
            case .mask(let mask):
                note()
                shapes.append(try Self.add(mask, axis, viewAxis, layout.shape, to: &indexed))
                for _ in 0..<mask.rank { basic.append(AxisSlice.all) }
                axis += mask.rank
                viewAxis += mask.rank
            case .ellipsis, .newAxis, .range, .slice:
                basic.append(AxisSlice(kind: kind))
                let count = kind == .ellipsis ? layout.rank - consumed : 1
                if kind != .newAxis { axis += count }
                viewAxis += count
                wasIndexed = false
            }
        }
        let view = try layout.slicing(basic)
        do { picked = try Layout.commonShape(shapes) } catch {
            throw NDArrayError(.shapeMismatch, "the arrays of indices do not go together: \(error.message)")
        }
        // How many kept axes there are before the first indexed one.
        let first = places[0]
        let before = (0..<first).count { axis in !indexed.contains { $0.axis == axis } }
        place = hasGap ? 0 : before
        var sums = [Int](repeating: 0, count: picked.reduce(1, *))
        for (axis, indices) in indexed {
            let wide = try indices.broadcast(to: picked)
            let length = view.shape[axis]
            let all = try IndexRule.refuse.places(wide, length: length, on: "axis \(axis) of shape \(view.shape)")
            for (number, index) in all.enumerated() { sums[number] += index * view.strides[axis] }
        }
        offsets = sums
        let axes = view.shape.indices.filter { axis in !indexed.contains { $0.axis == axis } }
        let shape = axes.map { view.shape[$0] }
        kept = Layout(
            unchecked: shape, strides: axes.map { view.strides[$0] }, offset: view.offset, count: shape.reduce(1, *))
    }

    /// Adds the index arrays of a mask; returns their shape.
    private static func add(
        _ mask: NDArray<Bool>, _ axis: Int, _ viewAxis: Int, _ shape: [Int],
        to indexed: inout [(axis: Int, indices: NDArray<Int64>)]
    ) throws(NDArrayError) -> [Int] {
        if mask.rank == 0 { return [mask.item ? 1 : 0] }
        let masked = Array(shape[axis..<axis + mask.rank])
        guard mask.shape == masked else {
            throw NDArrayError(
                .shapeMismatch,
                "a mask of shape \(mask.shape) for axes of lengths \(masked), from axis \(axis) of shape \(shape)")
        }
        let places = try mask.nonzero()
        for (number, indices) in places.enumerated() { indexed.append((viewAxis + number, indices)) }
        return places[0].shape
    }
}

extension NDArray {
    /// A copy of what is selected.
    func gathered(_ selection: AdvancedSelection) throws(NDArrayError) -> NDArray {
        let kept = selection.kept
        let source = base
        let shape = selection.picked + kept.shape
        let result = try NDArray(uninitialised: shape) { target in
            if kept.count == 1 {
                for (number, offset) in selection.offsets.enumerated() { target[number] = source[kept.offset + offset] }
            } else {
                for (number, offset) in selection.offsets.enumerated() {
                    CopyKernels.gather(with(kept.moved(by: offset)), into: target + number * kept.count)
                }
            }
        }
        withExtendedLifetime(storage) {}
        let axes = selection.picked.indices
        // From the front to where the indexed axes were.
        let rest = Array(axes.count..<shape.count)
        let order = Array(rest[..<selection.place]) + Array(axes) + Array(rest[selection.place...])
        return try result.permuted(order).contiguous()
    }

    /// Writes `source`, broadcast, to what is selected: `combine` of the element there and the new one.
    mutating func scatter(
        _ source: NDArray, _ selection: AdvancedSelection, _ selectors: [any AxisSelector],
        _ combine: (Element, Element) -> Element
    ) throws(NDArrayError) {
        let shape = selection.shape
        let axes = Array(selection.place..<selection.place + selection.picked.count)
        let others = shape.indices.filter { !axes.contains($0) }
        let values = try source.broadcast(to: shape).permuted(axes + others).elements
        makeUnique()
        // The copy is row-major, so places may have moved.
        guard let selection = try AdvancedSelection(selectors, of: layout) else { return }
        let target = mutableBase
        var next = 0
        for offset in selection.offsets {
            StridedRuns(selection.kept.moved(by: offset)).forEach { run in
                for i in 0..<run.count {
                    let place = run.a.start + i * run.a.step
                    target[place] = combine(target[place], values[next])
                    next += 1
                }
            }
        }
    }

    /// Replaces every element that `selectors` name by `combine` of it and its value, once for each time that it is
    /// named; NumPy's `ufunc.at`.
    ///
    /// `values` are broadcast to the shape of the selection. Throws when they cannot be, or selectors lie outside.
    public mutating func update(
        at selectors: [any AxisSelector], with values: NDArray, by combine: (Element, Element) -> Element
    ) throws(NDArrayError) {
        if let selection = try AdvancedSelection(selectors, of: layout) {
            return try scatter(values, selection, selectors, combine)
        }
        let old = try sliced(selectors)
        let new = try zip(old.elements, values.broadcast(to: old.shape).elements).map { combine($0, $1) }
        try assign(NDArray(new, shape: old.shape), to: selectors)
    }
}

extension NDArray where Element: NDNumber {
    /// Adds `values`, broadcast, to the elements that `selectors` name, once for each time that they are named.
    ///
    /// `array[selectors] += values` adds once to an element that is named twice. Integers wrap. Throws when the shapes
    /// do not fit, or selectors lie outside.
    public mutating func add(_ values: NDArray, at selectors: [any AxisSelector]) throws(NDArrayError) {
        try update(at: selectors, with: values, by: Element.wrappingSum)
    }
}

extension Layout {
    /// The same layout from another start.
    func moved(by offset: Int) -> Layout {
        Layout(unchecked: shape, strides: strides, offset: self.offset + offset, count: count)
    }
}
