internal import RealModule

/// Which axis of a grid the first coordinate runs along: NumPy's `indexing`.
public enum GridIndexing: String, Sendable, Hashable {
    /// The second axis, as x does in a picture.
    case xy
    /// The first axis, as the row does in a matrix.
    case ij
}

extension NDArray {
    /// The coordinates of a grid's points, one array for each of `coordinates`, all of the grid's shape; views.
    ///
    /// Every array of coordinates is read in row-major order.
    public static func meshGrid(_ coordinates: [NDArray], indexing: GridIndexing = .xy) throws(NDArrayError)
        -> [NDArray]
    {
        let swapsAxes = indexing == .xy && coordinates.count > 1
        var parts: [NDArray] = []
        for (number, array) in coordinates.enumerated() {
            let axis = swapsAxes && number < 2 ? 1 - number : number
            var shape = [Int](repeating: 1, count: coordinates.count)
            shape[axis] = array.count
            parts.append(try array.reshaped(to: shape))
        }
        return try broadcast(parts)
    }

    /// The coordinates of a grid's points along a new first axis; NumPy's `mgrid`, given the coordinates of each axis.
    public static func grid(_ coordinates: [NDArray]) throws(NDArrayError) -> NDArray {
        try stack(meshGrid(coordinates, indexing: .ij))
    }
}

extension NDArray where Element: NDReal {
    /// The indices of every element of an array of `shape`, along a new first axis; NumPy's `indices`.
    ///
    /// Throws on a shape that cannot be.
    public static func indices(_ shape: [Int]) throws(NDArrayError) -> NDArray {
        let count = try Layout.elementCount(of: shape)
        if shape.isEmpty { return NDArray(zeros: [0]) }
        let steps = Layout.rowMajorStrides(shape)
        return try NDArray(uninitialised: [shape.count] + shape) { target in
            for axis in shape.indices where count > 0 {
                for number in 0..<count {
                    target[axis * count + number] = Element(
                        casting: number / steps[axis] % shape[axis], overflow: .wrap)
                }
            }
        }
    }
}

extension NDArray where Element: NDNumber {
    /// Ones on and below a diagonal, zeros above it; NumPy's `tri`. Traps on a shape that cannot be.
    public static func lowerTriangularOnes(_ rows: Int, columns: Int? = nil, offset: Int = 0) -> NDArray {
        orTrap { () throws(NDArrayError) in
            try NDArray(ones: [rows, columns ?? rows]).lowerTriangle(offset: offset)
        }
    }
}

extension NDArray where Element: NDFloat {
    /// `count` numbers whose exponents to `base` lie at equal distances from `start` to `stop`.
    ///
    /// Traps on a negative count.
    public static func logspace(
        _ start: Element, _ stop: Element, count: Int, base: Element = 10, includingStop: Bool = true
    ) -> NDArray {
        NDArray(repeating: base, shape: [Swift.max(count, 0)])
            .power(linspace(start, stop, count: count, includingStop: includingStop))
    }

    /// `count` numbers from `start` to `stop`, each the same multiple of the one before it.
    ///
    /// Both must have the same sign and not be zero. Traps when they have not, and on a negative count.
    public static func geomspace(_ start: Element, _ stop: Element, count: Int, includingStop: Bool = true) -> NDArray {
        precondition(
            start != 0 && stop != 0 && (start < 0) == (stop < 0),
            "a geometric sequence from \(start) to \(stop): both must have the same sign and not be zero")
        let sign: Element = start < 0 ? -1 : 1
        let (low, high) = (Element.log10(start.magnitude), Element.log10(stop.magnitude))
        var result = logspace(low, high, count: count, includingStop: includingStop) * sign
        // Rounding must not miss the ends that were asked for.
        if count > 0 { result[0] = start }
        if includingStop, count > 1 { result[count - 1] = stop }
        return result
    }
}
