// Most operations along an axis look at one lane at a time: all elements that differ in nothing but that index. The
// lanes are brought into row-major order first, so that each is a plain buffer.
extension NDArray {
    /// Throws when an array of `shape`, or a list as long as one of its axes, is beyond the memory there is.
    ///
    /// For sizes that may come from outside, before lists are built that would trap.
    static func refuseUnlessMemory(for shape: [Int]) throws(NDArrayError) {
        let count = Swift.max(try Layout.elementCount(of: shape), shape.max() ?? 1)
        // Small sizes are not worth asking the system for.
        if count > 1 << 28 { _ = try NDStorage(claimedByteCount: count * 16) }
    }

    /// An array in which every lane along `axis` is replaced by what `body` writes, `length` elements each.
    func mappingLanes<Result: NDElement>(
        along axis: Int, length: Int,
        _ body: (UnsafeBufferPointer<Element>, UnsafeMutableBufferPointer<Result>) throws(NDArrayError) -> Void
    ) throws(NDArrayError) -> NDArray<Result> {
        let axis = try layout.resolvedAxis(axis)
        let others = shape.indices.filter { $0 != axis }
        let rows = try foldingLanes(along: [axis], width: length, body)
        var back = Array(others.indices)
        back.insert(others.count, at: axis)
        return try rows.permuted(back).contiguous()
    }

    /// An array of the kept axes and one more of length `width`, which `body` fills from what lies along `axes`.
    func foldingLanes<Result: NDElement>(
        along axes: [Int], keepingAxes: Bool = false, width: Int,
        _ body: (UnsafeBufferPointer<Element>, UnsafeMutableBufferPointer<Result>) throws(NDArrayError) -> Void
    ) throws(NDArrayError) -> NDArray<Result> {
        let axes = try layout.resolvedAxes(axes).sorted()
        let others = shape.indices.filter { !axes.contains($0) }
        let source = try permuted(others + axes).contiguous()
        let length = axes.reduce(1) { $0 * shape[$1] }
        let kept = others.map { shape[$0] }
        let resultShape = keepingAxes ? shape.indices.map { axes.contains($0) ? 1 : shape[$0] } : kept
        let start = source.base + source.layout.offset
        defer { withExtendedLifetime(source.storage) {} }
        return try NDArray<Result>(uninitialised: resultShape + [width]) { (target) throws(NDArrayError) in
            for row in 0..<kept.reduce(1, *) {
                try body(
                    UnsafeBufferPointer(start: start + row * length, count: length),
                    UnsafeMutableBufferPointer(start: target + row * width, count: width))
            }
        }
    }

    /// One element for everything that lies along `axes`, or along all of them.
    func foldingLanes<Result: NDElement>(
        along axes: [Int]?, keepingAxes: Bool,
        _ body: (UnsafeBufferPointer<Element>) throws(NDArrayError) -> Result
    ) throws(NDArrayError) -> NDArray<Result> {
        let rows = try foldingLanes(along: axes ?? Array(shape.indices), keepingAxes: keepingAxes, width: 1) {
            (lane, result: UnsafeMutableBufferPointer<Result>) throws(NDArrayError) in result[0] = try body(lane)
        }
        return try rows.reshaped(to: rows.shape.dropLast())
    }
}
