/// Computes single elements of a resampled array in the order that SciPy does, for halves that would be rounded
/// otherwise.
struct ExactElement {
    let axes: [AxisTaps?]
    let newShape: [Int]
    let source: UnsafeRawPointer
    let dtype: DType
    let strides: [Int]
    /// The value outside.
    let value: Double

    init(_ resampler: SeparableResampler, _ source: UnsafeRawPointer, _ dtype: DType) {
        (axes, newShape, value) = (resampler.axes, resampler.newShape, resampler.value)
        (self.source, self.dtype) = (source, dtype)
        strides = Layout.rowMajorStrides(resampler.shape)
    }

    /// - Parameter number: of the element, in row-major order.
    func callAsFunction(_ number: Int) -> Double {
        let rank = newShape.count
        return withUnsafeTemporaryAllocation(of: Int.self, capacity: rank) { place in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: rank) { weights in
                var rest = number
                for axis in (0..<rank).reversed() {
                    (rest, place[axis]) = rest.quotientAndRemainder(dividingBy: newShape[axis])
                    weights[axis] = 1
                }
                var sum = 0.0
                add(0, 0, true, place, weights, &sum)
                return sum
            }
        }
    }

    /// Adds the elements that the taps of all axes from one on lead to, each times one weight after the other.
    private func add(
        _ axis: Int, _ offset: Int, _ isInside: Bool, _ place: UnsafeMutableBufferPointer<Int>,
        _ weights: UnsafeMutableBufferPointer<Double>, _ sum: inout Double
    ) {
        guard axis < newShape.count else {
            var product = isInside ? dtype.number(source, offset) : value
            for weight in weights { product *= weight }
            sum += product
            return
        }
        guard let own = axes[axis] else {
            return add(axis + 1, offset + place[axis] * strides[axis], isInside, place, weights, &sum)
        }
        for tap in place[axis] * own.width..<(place[axis] + 1) * own.width {
            let element = own.elements[tap]
            weights[axis] = own.weights[tap]
            let isHere = element < own.length
            add(axis + 1, isHere ? offset + element * strides[axis] : 0, isInside && isHere, place, weights, &sum)
        }
    }
}
