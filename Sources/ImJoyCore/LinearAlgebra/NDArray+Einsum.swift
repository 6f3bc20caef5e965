extension NDArray where Element: NDNumber {
    /// Sums of products by Einstein's convention; NumPy's `einsum`.
    ///
    /// ```swift
    /// try NDArray.einsum("ij,jk->ik", a, b)      // the matrix product
    /// try NDArray.einsum("bii->b", stack)        // traces
    /// try NDArray.einsum("...c,cd", image, mix)  // a matrix applied to every pixel
    /// ```
    /// Each letter names an axis. Axes of one letter are walked together (a letter twice in one operand is its
    /// diagonal), and letters that the result does not have are summed over. Without `->` the result has the letters
    /// that occur once, in alphabetical order. `...` stands for any number of axes, which are broadcast; so are axes of
    /// length 1. More than two operands are multiplied from left to right.
    ///
    /// Two operands are one matrix product for each index that both share with the result. Integers wrap. Throws when
    /// the text and the shapes do not fit.
    public static func einsum(_ subscripts: String, _ operands: NDArray...) throws(NDArrayError) -> NDArray {
        try einsum(subscripts, operands: operands)
    }

    /// Sums of products by Einstein's convention; see ``einsum(_:_:)``.
    public static func einsum(_ subscripts: String, operands: [NDArray]) throws(NDArrayError) -> NDArray {
        let plan = try EinsumSubscripts(subscripts, shapes: operands.map(\.shape))
        var terms: [EinsumTerm<Element>] = []
        for (array, labels) in zip(operands, plan.operands) {
            terms.append(try EinsumTerm(array, labels, plan.lengths))
        }
        guard var result = terms.first else {
            throw NDArrayError(.shapeMismatch, "einsum '\(subscripts)' needs an operand")
        }
        for index in terms.indices.dropFirst() {
            let later = Set(terms[(index + 1)...].flatMap(\.labels) + plan.output)
            result = try result.contracted(with: terms[index], keeping: later)
        }
        return try result.summed(keeping: Set(plan.output)).arranged(plan.output)
    }
}

/// An array whose axes have labels, each once.
private struct EinsumTerm<Element: NDNumber> {
    var array: NDArray<Element>
    var labels: [Int]

    /// Takes the diagonal for every label that is there more than once, and repeats axes of length 1.
    init(_ array: NDArray<Element>, _ labels: [Int], _ lengths: [Int: Int]) throws(NDArrayError) {
        let layout = array.layout
        var (kept, shape, strides): ([Int], [Int], [Int]) = ([], [], [])
        for (axis, label) in labels.enumerated() {
            let stride = layout.shape[axis] == 1 ? 0 : layout.strides[axis]
            if let place = kept.firstIndex(of: label) {
                strides[place] += stride
            } else {
                kept.append(label)
                shape.append(lengths[label] ?? 1)
                strides.append(stride)
            }
        }
        let view = Layout(
            unchecked: shape, strides: strides, offset: layout.offset, count: try Layout.elementCount(of: shape))
        self.init(array: array.with(view), labels: kept)
    }

    private init(array: NDArray<Element>, labels: [Int]) {
        self.array = array
        self.labels = labels
    }

    /// The sum over all labels but those in `kept`.
    func summed(keeping kept: Set<Int>) throws(NDArrayError) -> EinsumTerm {
        let axes = labels.indices.filter { !kept.contains(labels[$0]) }
        if axes.isEmpty { return self }
        // As a product with ones, which stays in the element type.
        let left = labels.indices.filter { kept.contains(labels[$0]) }
        let shape = left.map { array.shape[$0] }
        let folded = try Layout.elementCount(of: axes.map { array.shape[$0] })
        let rows = try array.permuted(left + axes).reshaped(to: [Layout.elementCount(of: shape), folded])
        let sums = try rows.matmul(NDArray(ones: [folded])).reshaped(to: shape)
        return EinsumTerm(array: sums, labels: left.map { labels[$0] })
    }

    /// The array with its axes in the order of `order`, which has the same labels.
    func arranged(_ order: [Int]) throws(NDArrayError) -> NDArray<Element> {
        try array.permuted(order.compactMap { labels.firstIndex(of: $0) })
    }

    /// The product with another term, summed over the labels that nobody needs later.
    func contracted(with other: EinsumTerm, keeping later: Set<Int>) throws(NDArrayError) -> EinsumTerm {
        let (mine, its) = (Set(labels), Set(other.labels))
        let a = try summed(keeping: later.union(its))
        let b = try other.summed(keeping: later.union(mine))
        let shared = a.labels.filter(its.contains)
        let batch = shared.filter(later.contains)
        let inner = shared.filter { !later.contains($0) }
        let rows = a.labels.filter { !its.contains($0) }
        let columns = b.labels.filter { !mine.contains($0) }
        func lengths(_ term: EinsumTerm, _ wanted: [Int]) -> [Int] {
            wanted.compactMap { label in term.labels.firstIndex(of: label).map { term.array.shape[$0] } }
        }
        let (stack, height, width) = (lengths(a, batch), lengths(a, rows), lengths(b, columns))
        let depth = try Layout.elementCount(of: lengths(a, inner))
        let left = try a.arranged(batch + rows + inner)
            .reshaped(to: stack + [Layout.elementCount(of: height), depth])
        let right = try b.arranged(batch + inner + columns)
            .reshaped(to: stack + [depth, Layout.elementCount(of: width)])
        let product = try left.matmul(right).reshaped(to: stack + height + width)
        return EinsumTerm(array: product, labels: batch + rows + columns)
    }
}
