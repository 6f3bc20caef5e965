extension AnyNDArray {
    /// How many elements lie in each of some bins of equal width, `bool` as 0 and 1; see ``NDArray/histogram(bins:in:)``.
    ///
    /// Throws for complex numbers, too.
    public func histogram(
        bins: HistogramBins = 10, in range: ClosedRange<Double>? = nil
    ) throws(NDArrayError) -> (counts: NDArray<Int64>, edges: AnyNDArray) {
        var visitor = Histogram(bins: bins, range: range)
        return try visitReal(&visitor)
    }

    private struct Histogram: NDRealVisitor {
        let bins: HistogramBins
        let range: ClosedRange<Double>?
        func visit<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> (counts: NDArray<Int64>, edges: AnyNDArray) {
            let (counts, edges) = try array.histogram(bins: bins, in: range)
            return (counts, AnyNDArray(edges))
        }
    }
}
