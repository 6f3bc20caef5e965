internal import CImJoyKernels

extension NDArray {
    /// This array with more elements around it: `widths[axis].before` in front of each axis and `.after` behind it.
    ///
    /// ```swift
    /// try image.padded([(2, 2), (1, 3)], with: .reflect())
    /// ```
    /// One pair of widths is for all axes. Throws on negative widths, when there are not as many as axes, when an axis
    /// without elements has to be continued, and on modes that compute with elements that have no such arithmetic.
    public func padded(
        _ widths: [(before: Int, after: Int)], with mode: PaddingMode<Element> = .constant()
    ) throws(NDArrayError) -> NDArray {
        guard widths.count == rank || widths.count == 1 else {
            throw NDArrayError(.shapeMismatch, "\(widths.count) pairs of widths for the \(rank) axes of shape \(shape)")
        }
        if let bad = widths.first(where: { $0.before < 0 || $0.after < 0 }) {
            throw NDArrayError(.invalidShape, "an array cannot be padded by (\(bad.before), \(bad.after)) elements")
        }
        if case .constants(let values) = mode, values.count != rank, values.count != 1 {
            throw NDArrayError(
                .shapeMismatch, "\(values.count) pairs of constants for the \(rank) axes of shape \(shape)")
        }
        var newShape = shape
        for axis in shape.indices {
            let (before, after) = widths[widths.count == 1 ? 0 : axis]
            let (sum, first) = before.addingReportingOverflow(after)
            let (length, second) = sum.addingReportingOverflow(shape[axis])
            if first || second { throw NDArrayError(.invalidShape, "padding by \(sum) is more than memory can hold") }
            newShape[axis] = length
        }
        try Self.refuseUnlessMemory(for: newShape)
        if let place = mode.repeatedPlace {
            return try repeatingElements(
                widths.count == 1 ? Array(repeating: widths[0], count: rank) : widths, newShape, place)
        }
        var result = self
        for axis in shape.indices {
            let (before, after) = widths[widths.count == 1 ? 0 : axis]
            if before == 0, after == 0 { continue }
            result = try result.padded(before, after, along: axis, mode)
        }
        return result.contiguous()
    }

    /// The same width on all sides.
    public func padded(
        _ width: Int, with mode: PaddingMode<Element> = .constant()
    ) throws(NDArrayError) -> NDArray {
        try padded([(width, width)], with: mode)
    }

    private func padded(
        _ before: Int, _ after: Int, along axis: Int, _ mode: PaddingMode<Element>
    ) throws(NDArrayError) -> NDArray {
        switch mode {
        case .constant(let value): return try surrounded(before, after, axis, value, value)
        case .constants(let values):
            let (first, last) = values[values.count == 1 ? 0 : axis]
            return try surrounded(before, after, axis, first, last)
        case .empty: return try surrounded(before, after, axis, .zero, .zero)
        default:
            try requireElements(along: axis)
            guard let type = Element.self as? any NDReal.Type else {
                throw NDArrayError(.dtypeMismatch, "\(Element.dtype) has no arithmetic or order to pad with")
            }
            return try computed(type, before, after, axis, mode)
        }
    }

    private func requireElements(along axis: Int) throws(NDArrayError) {
        guard shape[axis] > 0 else {
            throw NDArrayError(
                .emptyArray,
                "axis \(axis) of shape \(shape) has no elements to continue; only .constant and .empty pad it")
        }
    }

    /// This array in the middle of a larger one, whose other elements are those at `place` along each axis.
    ///
    /// The middle is copied first; then, from the last axis to the first, blocks of the result are repeated, which are
    /// complete along all later axes.
    private func repeatingElements(
        _ widths: [(before: Int, after: Int)], _ newShape: [Int],
        _ place: @escaping (_ index: Int, _ length: Int) -> Int
    ) throws(NDArrayError) -> NDArray {
        for axis in shape.indices where widths[axis].before + widths[axis].after > 0 {
            try requireElements(along: axis)
        }
        let sides = RepeatedSides(
            shape: shape, strides: Layout.rowMajorStrides(newShape), widths: widths, place: place)
        return try NDArray(uninitialised: newShape) { target in
            // Without elements along one axis there are none to repeat along the others.
            if isEmpty { return }
            CopyKernels.scatter(self, into: target, layout: sides.middle)
            sides.fill(target, size: MemoryLayout<Element>.stride)
            withExtendedLifetime(storage) {}
        }
    }

    private func surrounded(
        _ before: Int, _ after: Int, _ axis: Int, _ first: Element, _ last: Element
    ) throws(NDArrayError) -> NDArray {
        var sides = (shape, shape)
        sides.0[axis] = before
        sides.1[axis] = after
        return try NDArray.concatenate(
            [NDArray(repeating: first, shape: sides.0), self, NDArray(repeating: last, shape: sides.1)], along: axis)
    }

    private func computed<T: NDReal>(
        _ type: T.Type, _ before: Int, _ after: Int, _ axis: Int, _ mode: PaddingMode<Element>
    ) throws(NDArrayError) -> NDArray {
        // `T` is `Element`, known to be real here.
        let array: NDArray<T> = reinterpreted()
        let mode = mode.map { ($0 as? T) ?? .zero }
        return try array.padLanes(before, after, axis, mode).reinterpreted()
    }
}

extension NDArray where Element: NDReal {
    /// Pads lanes, which are not empty, with what is computed from them.
    fileprivate func padLanes(
        _ before: Int, _ after: Int, _ axis: Int, _ mode: PaddingMode<Element>
    ) throws(NDArrayError) -> NDArray {
        let length = shape[axis]
        func statistic(_ count: Int?, _ fold: (NDArray) throws(NDArrayError) -> Double) throws(NDArrayError) -> NDArray
        {
            if let count, count < 1 {
                throw NDArrayError(.outOfBounds, "padding from the nearest \(count) elements, which must be at least 1")
            }
            let near = Swift.min(count ?? length, length)
            return try mappingLanes(along: axis, length: before + length + after) {
                (lane, result) throws(NDArrayError) in
                func value(_ part: Slice<UnsafeBufferPointer<Element>>) throws(NDArrayError) -> Element {
                    let exact = try fold(NDArray(part))
                    return Element(
                        casting: Element.dtype.isInteger ? exact.rounded(.toNearestOrEven) : exact, overflow: .clamp)
                }
                let first = before > 0 ? try value(lane[..<near]) : lane[0]
                let last = after > 0 ? try value(lane[(length - near)...]) : lane[0]
                result.fill(lane, before, { _ in first }, { _ in last })
            }
        }
        switch mode {
        case .maximum(let count): return try extreme(count, before, after, axis) { $0.max() }
        case .minimum(let count): return try extreme(count, before, after, axis) { $0.min() }
        case .mean(let count): return try statistic(count) { $0.mean().asDouble }
        case .median(let count): return try statistic(count) { $0.median().asDouble }
        case .linearRamp(let end):
            return try mappingLanes(along: axis, length: before + length + after) { lane, result in
                func ramp(_ edge: Element, _ step: Int, _ count: Int) -> Element {
                    let value = end.asDouble + Double(step) * ((edge.asDouble - end.asDouble) / Double(count))
                    return Element(casting: Element.dtype.isInteger ? value.rounded(.down) : value, overflow: .clamp)
                }
                result.fill(
                    lane, before, { ramp(lane[0], before - $0, before) },
                    { ramp(lane[length - 1], after - $0, after) })
            }
        case .reflect, .symmetric:
            var repeatsEdge = false
            if case .symmetric = mode { repeatsEdge = true }
            return try mappingLanes(along: axis, length: before + length + after) { lane, result in
                result.fill(
                    lane, before, { lane.oddReflection(at: -$0, repeatsEdge) },
                    { lane.oddReflection(at: length - 1 + $0, repeatsEdge) })
            }
        default: return self
        }
    }

    /// Largest and smallest elements keep their type, whose integers may not fit a double.
    private func extreme(
        _ count: Int?, _ before: Int, _ after: Int, _ axis: Int, _ fold: (NDArray) -> Element
    ) throws(NDArrayError) -> NDArray {
        let length = shape[axis]
        if let count, count < 1 {
            throw NDArrayError(.outOfBounds, "padding from the nearest \(count) elements, which must be at least 1")
        }
        let near = Swift.min(count ?? length, length)
        return try mappingLanes(along: axis, length: before + length + after) { lane, result in
            let first = fold(NDArray(lane[..<near]))
            let last = fold(NDArray(lane[(length - near)...]))
            result.fill(lane, before, { _ in first }, { _ in last })
        }
    }
}

extension PaddingMode {
    /// Which element of an axis of some length stands at an index outside it; nil for modes that compute elements.
    fileprivate var repeatedPlace: ((_ index: Int, _ length: Int) -> Int)? {
        switch self {
        case .edge: { Swift.min(Swift.max($0, 0), $1 - 1) }
        case .wrap: { $0.modulo($1) }
        case .reflect(isOdd: false): { $0.mirrored($1, repeatsEdge: false) }
        case .symmetric(isOdd: false): { $0.mirrored($1, repeatsEdge: true) }
        default: nil
        }
    }
}

/// How an array that lies in the middle of a larger one is continued by elements of its own.
private struct RepeatedSides {
    /// Of the array.
    var shape: [Int]
    /// Of the larger one.
    var strides: [Int]
    var widths: [(before: Int, after: Int)]
    /// The index along an axis of a given length that an index outside stands for.
    var place: (_ index: Int, _ length: Int) -> Int

    /// Where the array itself lies.
    var middle: Layout {
        let offset = shape.indices.reduce(0) { $0 + widths[$1].before * strides[$1] }
        return Layout(unchecked: shape, strides: strides, offset: offset, count: shape.reduce(1, *))
    }

    /// Repeats blocks of the middle, from the last axis to the first; they are complete along all later axes.
    func fill(_ target: UnsafeMutableRawPointer, size: Int) {
        for axis in shape.indices.reversed() {
            let (before, after) = widths[axis]
            let outside = before + after
            guard outside > 0 else { continue }
            withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * outside) { places in
                let (from, to) = (places.baseAddress!, places.baseAddress! + outside)
                for number in 0..<outside {
                    let index = number < before ? number - before : shape[axis] + number - before
                    (from + number).initialize(to: (before + place(index, shape[axis])) * strides[axis])
                    (to + number).initialize(to: (before + index) * strides[axis])
                }
                // Along earlier axes only the middle is there yet.
                for block in 0..<shape[..<axis].reduce(1, *) {
                    let start = target + offset(ofBlock: block, before: axis) * size
                    if strides[axis] == 1 {
                        imjoy_repeat(start, from, to, outside, size)
                        continue
                    }
                    for number in 0..<outside {
                        (start + to[number] * size).copyMemory(
                            from: start + from[number] * size, byteCount: strides[axis] * size)
                    }
                }
            }
        }
    }

    /// Where a block of the middle begins along the axes before `axis`; the blocks are counted in row-major order.
    private func offset(ofBlock block: Int, before axis: Int) -> Int {
        var (rest, offset) = (block, 0)
        for earlier in (0..<axis).reversed() {
            let (quotient, index) = rest.quotientAndRemainder(dividingBy: shape[earlier])
            offset += (widths[earlier].before + index) * strides[earlier]
            rest = quotient
        }
        return offset
    }
}

extension UnsafeMutableBufferPointer {
    /// The lane with values before and after it, which are asked for by their distance from the lane, from 1.
    fileprivate func fill(
        _ lane: UnsafeBufferPointer<Element>, _ before: Int, _ first: (Int) -> Element, _ last: (Int) -> Element
    ) {
        for place in indices {
            let index = place - before
            self[place] =
                index < 0 ? first(-index) : index < lane.count ? lane[index] : last(index - lane.count + 1)
        }
    }
}

extension UnsafeBufferPointer where Element: NDReal {
    /// The element at `index` of the endless lane that goes on by odd reflections at both ends.
    fileprivate func oddReflection(at index: Int, _ repeatsEdge: Bool) -> Element {
        // A single element has no slope to go on with.
        if count == 1 { return self[0] }
        // Two reflections are a shift by a period, which adds twice the difference of the ends.
        let period = repeatsEdge ? 2 * count : 2 * (count - 1)
        let place = index.modulo(period)
        let turns = (index - place) / period
        let (first, last) = (self[0], self[count - 1])
        func twice(_ value: Element) -> Element { Element.wrappingSum(value, value) }
        let inside: Element
        if place < count {
            inside = self[place]
        } else {
            inside = Element.wrappingDifference(twice(last), self[place.mirrored(count, repeatsEdge: repeatsEdge)])
        }
        let rise = Element.wrappingDifference(twice(last), twice(first))
        return Element.wrappingSum(inside, Element.wrappingProduct(Element(casting: turns, overflow: .wrap), rise))
    }
}

extension Int {
    /// The remainder that is not negative.
    func modulo(_ length: Int) -> Int {
        let rest = self % length
        return rest < 0 ? rest + length : rest
    }

    /// Where an index of an endlessly mirrored axis lies in the axis.
    func mirrored(_ length: Int, repeatsEdge: Bool) -> Int {
        if length == 1 { return 0 }
        let period = repeatsEdge ? 2 * length : 2 * (length - 1)
        let place = modulo(period)
        return place < length ? place : (repeatsEdge ? period - 1 : period) - place
    }
}
