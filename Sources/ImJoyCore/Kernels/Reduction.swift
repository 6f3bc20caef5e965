/// Which axes of a layout a reduction keeps and which it folds away.
///
/// The walk over the kept axes is in the order of the result; for each of its elements the folded axes are walked.
package struct Reduction {
    /// The kept axes, in their order.
    package let kept: Layout
    /// The folded axes, from the first element of the array.
    package let folded: Layout
    /// The shape of the result.
    package let resultShape: [Int]

    package init(_ layout: Layout, along axes: [Int], keepingAxes: Bool) throws(NDArrayError) {
        let axes = try layout.resolvedAxes(axes)
        if axes.count == 1 {
            // The most frequent case, with as few arrays as possible: for small images they are what takes the time.
            var (shape, strides) = (layout.shape, layout.strides)
            let (length, step) = (shape.remove(at: axes[0]), strides.remove(at: axes[0]))
            folded = Layout(unchecked: [length], strides: [step], offset: 0, count: length)
            kept = Layout(unchecked: shape, strides: strides, offset: layout.offset, count: shape.reduce(1, *))
            if keepingAxes { shape.insert(1, at: axes[0]) }
            resultShape = shape
            return
        }
        let keptAxes = layout.shape.indices.filter { !axes.contains($0) }
        // A layout of part of the axes: the element count is that part's.
        func part(_ axes: [Int], offset: Int) -> Layout {
            let shape = axes.map { layout.shape[$0] }
            return Layout(
                unchecked: shape, strides: axes.map { layout.strides[$0] }, offset: offset, count: shape.reduce(1, *))
        }
        kept = part(keptAxes, offset: layout.offset)
        // Folding has no order that anybody could see, so the axis with the smallest step goes innermost.
        folded = part(axes.sorted { layout.strides[$0].magnitude > layout.strides[$1].magnitude }, offset: 0)
        resultShape =
            keepingAxes ? layout.shape.indices.map { axes.contains($0) ? 1 : layout.shape[$0] } : kept.shape
    }

    /// All axes folded into one element.
    package init(_ layout: Layout) {
        kept = Layout(unchecked: [], strides: [], offset: layout.offset, count: 1)
        folded = Layout(unchecked: layout.shape, strides: layout.strides, offset: 0, count: layout.count)
        resultShape = []
    }

    /// The number of elements that become one.
    package var foldedCount: Int { folded.count }

    /// True when neighbours in the result are nearer in memory than neighbours in the fold, as in a sum of rows.
    ///
    /// Then whole rows are added up; going down one column at a time would read each cache line many times.
    var isByRows: Bool {
        guard let across = kept.innermost, let along = folded.innermost else { return false }
        return across.step.magnitude < along.step.magnitude && across.length >= 8
    }
}

extension Layout {
    /// The last axis that has a step.
    fileprivate var innermost: (step: Int, length: Int)? {
        shape.indices.last { shape[$0] > 1 }.map { (strides[$0], shape[$0]) }
    }
}
