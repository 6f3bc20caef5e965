/// One number of any element type: exact as text, and as a double for computing.
public struct NDScalar: Sendable, Hashable, CustomStringConvertible {
    public let dtype: DType
    /// The value, rounded when it is an integer of more than 53 bits.
    public let asDouble: Double
    /// All digits, as NumPy prints a scalar of this type.
    public let description: String

    package init<T: NDReal>(_ value: T) {
        dtype = T.dtype
        asDouble = value.asDouble
        description = T.plainText(value)
    }
}

/// What a first look at an array asks for.
public struct NDArrayStatistics: Sendable, Hashable {
    /// The smallest and largest element; NaN when there is one.
    public var minimum: NDScalar
    public var maximum: NDScalar
    /// The sum: 64-bit integers that wrap for integers, doubles for floats.
    public var sum: NDScalar
    public var mean: Double
    /// With the full count in the denominator.
    public var standardDeviation: Double
}

extension AnyNDArray {
    /// Smallest, largest, sum, mean and spread of all elements, `bool` as 0 and 1.
    ///
    /// Throws for an empty array, which has none of them, and for complex numbers, which have no order.
    public func statistics() throws(NDArrayError) -> NDArrayStatistics {
        if count == 0 {
            throw NDArrayError(
                .emptyArray, "an array of shape \(shape) has no elements to find the smallest or largest of")
        }
        var visitor = Statistics()
        return try visitReal(&visitor)
    }

    /// The elements moved and scaled so that the smallest finite one becomes 0 and the largest 1.
    ///
    /// An array whose elements are all alike becomes zeros. NaN stays, and infinities stay infinite. Throws for
    /// complex numbers.
    public func scaledToUnitRange() throws(NDArrayError) -> NDArray<Float> {
        let values = try cast(to: Double.self)
        let isFinite = values.isFinite
        let hasFinite = isFinite.any()
        let lowest = hasFinite ? try values.replacing(with: .infinity, where: !isFinite).min() : 0
        let highest = hasFinite ? try values.replacing(with: -.infinity, where: !isFinite).max() : 0
        // Halves first: the range of the largest doubles is not a double.
        let range = highest / 2 - lowest / 2
        let halves = values * 0.5 - lowest / 2
        return (range > 0 ? halves / range : halves).cast(to: Float.self)
    }

    private struct Statistics: NDRealVisitor {
        func visit<T: NDReal>(_ array: NDArray<T>) throws(NDArrayError) -> NDArrayStatistics {
            NDArrayStatistics(
                minimum: NDScalar(array.min()), maximum: NDScalar(array.max()), sum: sum(array),
                mean: array.mean(as: Double.self), standardDeviation: array.exactVariance().squareRoot())
        }

        private func sum<T: NDReal>(_ array: NDArray<T>) -> NDScalar {
            switch T.dtype {
            case let dtype where dtype.isFloatingPoint: NDScalar(array.sum(as: Double.self))
            case let dtype where dtype.isSigned: NDScalar(array.widenedSum())
            default: NDScalar(UInt64(bitPattern: array.widenedSum()))
            }
        }
    }
}
