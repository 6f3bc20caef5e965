extension NDArray {
    /// The elements whose indices on two axes are equal, or differ by `offset`, along a new last axis; a view.
    ///
    /// A positive offset is above the main diagonal. Throws when the axes are not two different ones of this array.
    public func diagonal(offset: Int = 0, axes: (Int, Int) = (0, 1)) throws(NDArrayError) -> NDArray {
        let plane = try layout.resolvedAxes([axes.0, axes.1])
        let (rows, columns) = (shape[plane[0]], shape[plane[1]])
        let length = Self.diagonalLength(rows, columns, offset)
        let others = shape.indices.filter { !plane.contains($0) }
        let start = length == 0 ? 0 : offset > 0 ? offset * strides[plane[1]] : -offset * strides[plane[0]]
        let newShape = others.map { shape[$0] } + [length]
        return with(
            Layout(
                unchecked: newShape,
                strides: others.map { strides[$0] } + [strides[plane[0]] + strides[plane[1]]],
                offset: layout.offset + start, count: newShape.reduce(1, *)))
    }

    private static func diagonalLength(_ rows: Int, _ columns: Int, _ offset: Int) -> Int {
        // Far beyond the corners there is nothing, and nothing to subtract without overflow either.
        if offset >= columns || offset <= -rows { return 0 }
        return offset > 0 ? Swift.min(rows, columns - offset) : Swift.min(rows + offset, columns)
    }

    /// A square matrix with this array's one axis on a diagonal and zeros elsewhere; NumPy's `diag` of a vector.
    ///
    /// Throws when this array has not one axis, or the offset asks for more than memory can hold.
    public func diagonalMatrix(offset: Int = 0) throws(NDArrayError) -> NDArray {
        guard rank == 1 else {
            throw NDArrayError(.shapeMismatch, "an array of shape \(shape) to put on a diagonal; it must have one axis")
        }
        let (size, overflow) = count.addingReportingOverflow(Int(clamping: offset.magnitude))
        if overflow { throw NDArrayError(.invalidShape, "a diagonal \(offset) off is beyond all memory") }
        let all = try Layout.elementCount(of: [size, size])
        let elements = elements
        return try NDArray(uninitialised: [size, size]) { target in
            target.initialize(repeating: .zero, count: all)
            for (number, element) in elements.enumerated() {
                target[(number + Swift.max(-offset, 0)) * size + number + Swift.max(offset, 0)] = element
            }
        }
    }

    /// Writes `values`, from the start again when they are too few, where all indices are equal.
    ///
    /// Throws when there are no values, fewer than two axes, or more than two of different lengths.
    public mutating func fillDiagonal(with values: NDArray) throws(NDArrayError) {
        guard rank >= 2, rank == 2 || Set(shape).count == 1 else {
            throw NDArrayError(
                .shapeMismatch,
                "an array of shape \(shape) has no diagonal to fill; more than two axes must be equally long")
        }
        let values = values.elements
        let length = shape.min() ?? 0
        if length == 0 { return }
        if values.isEmpty { throw NDArrayError(.emptyArray, "no values to fill the diagonal with") }
        makeUnique()
        let step = strides.reduce(0, +)
        for index in 0..<length { mutableBase[layout.offset + index * step] = values[index % values.count] }
    }

    /// Writes one value where all indices are equal; see `fillDiagonal(with:)`.
    public mutating func fillDiagonal(with value: Element) throws(NDArrayError) {
        try fillDiagonal(with: NDArray(scalar: value))
    }

    /// The matrices of the last two axes with zeros above a diagonal: the main one, or the one `offset` places above
    /// it. NumPy's `tril`. Throws when there are fewer than two axes.
    public func lowerTriangle(offset: Int = 0) throws(NDArrayError) -> NDArray {
        try triangle { row, column in column - row <= offset }
    }

    /// The matrices of the last two axes with zeros below a diagonal: the main one, or the one `offset` places above
    /// it. NumPy's `triu`. Throws when there are fewer than two axes.
    public func upperTriangle(offset: Int = 0) throws(NDArrayError) -> NDArray {
        try triangle { row, column in column - row >= offset }
    }

    private func triangle(_ isKept: (Int, Int) -> Bool) throws(NDArrayError) -> NDArray {
        guard rank >= 2 else {
            throw NDArrayError(.shapeMismatch, "an array of shape \(shape) has no triangle; it needs two axes")
        }
        let (rows, columns) = (shape[rank - 2], shape[rank - 1])
        let mask = NDArray<Bool>(shape: [rows, columns]) { target in
            for row in 0..<rows {
                for column in 0..<columns { target[row * columns + column] = isKept(row, column) }
            }
        }
        return try NDArray.select(where: mask, self, otherwise: NDArray(scalar: .zero))
    }
}
