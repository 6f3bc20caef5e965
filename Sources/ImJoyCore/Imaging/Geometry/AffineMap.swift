/// Where the places of a result lie in the source: `matrix * place + offset`.
struct AffineMap {
    /// A row for each axis of the source.
    let matrix: [[Double]]
    let offset: [Double]

    init(matrix: [[Double]], offset: [Double]) {
        self.matrix = matrix
        self.offset = offset
    }

    /// - Parameters:
    ///   - matrix: full, diagonal, or with a column for the offset.
    ///   - rank: of the source; `newRank` is that of the result.
    init(_ matrix: NDArray<Double>, _ offset: [Double], rank: Int, newRank: Int) throws(NDArrayError) {
        var offset = offset.isEmpty ? [0] : offset
        if offset.count == 1 { offset = Array(repeating: offset[0], count: rank) }
        func refusal(_ reason: String) -> NDArrayError {
            NDArrayError(
                .shapeMismatch,
                "a matrix of shape \(matrix.shape) and \(offset.count) offsets to make an array of \(newRank) axes of "
                    + "one of \(rank): \(reason)")
        }
        guard rank > 0, newRank > 0 else { throw refusal("both need an axis") }
        guard offset.count == rank else { throw refusal("there must be as many offsets as the source has axes") }
        let elements = matrix.elements
        if matrix.rank == 1 {
            guard elements.count == rank, newRank == rank else {
                throw refusal("the diagonal has one number for each axis")
            }
            self.matrix = elements.indices.map { row in
                elements.indices.map { $0 == row ? elements[row] : 0 }
            }
            self.offset = offset
            return
        }
        guard matrix.rank == 2 else { throw refusal("a matrix has two axes, its diagonal one") }
        let (height, width) = (matrix.shape[0], matrix.shape[1])
        var rows = (0..<height).map { Array(elements[$0 * width..<($0 + 1) * width]) }
        if width == rank + 1, height == rank || height == rank + 1 {
            if height == rank + 1 {
                guard rows[rank] == Array(repeating: 0, count: rank) + [1] else {
                    throw refusal("its last row must be 0, …, 0, 1")
                }
                rows.removeLast()
            }
            offset = rows.map { $0[rank] }
            rows = rows.map { Array($0.dropLast()) }
        }
        guard rows.count == rank else { throw refusal("it must have a row for each axis of the source") }
        guard rows.allSatisfy({ $0.count == newRank }) else {
            throw refusal("it must have a column for each axis of the result")
        }
        self.matrix = rows
        self.offset = offset
    }

    /// The numbers on the diagonal, when all others are zero and the numbers are finite.
    var diagonal: [Double]? {
        guard matrix.allSatisfy({ $0.count == matrix.count && $0.allSatisfy(\.isFinite) }) else { return nil }
        for (row, numbers) in matrix.enumerated() {
            for (column, number) in numbers.enumerated() where column != row && number != 0 { return nil }
        }
        return matrix.indices.map { matrix[$0][$0] }
    }

    /// The points of a result, row by row.
    func points(_ shape: [Int]) -> SamplePoints {
        let length = Swift.max(shape[shape.count - 1], 1)
        let outer = Array(shape.dropLast())
        var points = SamplePoints(count: shape.reduce(1, *), rowLength: 1024) { first, count, target, stride in
            var done = 0
            while done < count {
                let (row, column) = (first + done).quotientAndRemainder(dividingBy: length)
                let run = Swift.min(length - column, count - done)
                let starts = starts(row, outer)
                for axis in matrix.indices {
                    let (start, step) = (starts[axis], matrix[axis][outer.count])
                    let place = target + axis * stride + done
                    for index in 0..<run { place[index] = start + Double(column + index) * step }
                }
                done += run
            }
        }
        points.map = self
        return points
    }

    /// The coordinates at the start of a row, axis by axis of the source.
    func starts(_ row: Int, _ outer: [Int]) -> [Double] {
        var rest = row
        var places = [Double](repeating: 0, count: outer.count)
        for axis in outer.indices.reversed() {
            let (quotient, index) = rest.quotientAndRemainder(dividingBy: outer[axis])
            places[axis] = Double(index)
            rest = quotient
        }
        // Added up in the order that SciPy does, so that ties fall alike.
        return matrix.indices.map { axis in
            zip(places, matrix[axis]).reduce(offset[axis]) { $0 + $1.0 * $1.1 }
        }
    }
}
