// Swift arrays of arrays: the natural way to write a small matrix down, and to hand one to code that knows no NDArray.

extension NDArray {
    /// A matrix from its rows: `NDArray([[1, 2], [3, 4]])`; traps when they differ in length.
    ///
    /// The shape of no rows is `[0, 0]`. ``init(rows:)`` throws instead.
    public init(_ rows: [[Element]]) {
        self = orTrap { () throws(NDArrayError) in try NDArray(rows: rows) }
    }

    /// An array of three axes from its planes: `NDArray([[[1, 2], [3, 4]]])`; traps when lengths differ.
    ///
    /// The shape of no planes is `[0, 0, 0]`. ``init(planes:)`` throws instead.
    public init(_ planes: [[[Element]]]) {
        self = orTrap { () throws(NDArrayError) in try NDArray(planes: planes) }
    }

    /// A matrix from its rows; throws when they differ in length.
    public init(rows: [[Element]]) throws(NDArrayError) {
        let columns = rows.first?.count ?? 0
        if let index = rows.firstIndex(where: { $0.count != columns }) {
            throw NDArrayError(
                .shapeMismatch, "row \(index) has \(rows[index].count) elements, but row 0 has \(columns)")
        }
        try self.init(Array(rows.joined()), shape: [rows.count, columns])
    }

    /// An array of three axes from its planes; throws when lengths differ.
    public init(planes: [[[Element]]]) throws(NDArrayError) {
        let (rows, columns) = (planes.first?.count ?? 0, planes.first?.first?.count ?? 0)
        for (index, plane) in planes.enumerated() where plane.count != rows {
            throw NDArrayError(.shapeMismatch, "plane \(index) has \(plane.count) rows, but plane 0 has \(rows)")
        }
        for (index, row) in planes.joined().enumerated() where row.count != columns {
            throw NDArrayError(
                .shapeMismatch,
                "row \(index % rows) of plane \(index / rows) has \(row.count) elements, but the first row has \(columns)"
            )
        }
        try self.init(planes.flatMap { Array($0.joined()) }, shape: [planes.count, rows, columns])
    }

    /// The rows of a matrix as Swift arrays; throws when there are not two axes.
    public func rows() throws(NDArrayError) -> [[Element]] {
        try expectRank(2)
        let elements = self.elements
        return (0..<shape[0]).map { Array(elements[$0 * shape[1]..<($0 + 1) * shape[1]]) }
    }

    /// The planes of an array of three axes as Swift arrays; throws when there are not three axes.
    public func planes() throws(NDArrayError) -> [[[Element]]] {
        try expectRank(3)
        let (elements, rows, columns) = (self.elements, shape[1], shape[2])
        return (0..<shape[0]).map { plane in
            (0..<rows).map { row in
                let start = (plane * rows + row) * columns
                return Array(elements[start..<start + columns])
            }
        }
    }

    private func expectRank(_ expected: Int) throws(NDArrayError) {
        guard rank == expected else {
            throw NDArrayError(.shapeMismatch, "an array of \(rank) axes, shape \(shape), where \(expected) are needed")
        }
    }
}
