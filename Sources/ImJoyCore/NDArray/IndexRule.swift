/// What becomes of an index that lies outside: NumPy's `mode` of `take`, `put` and `choose`.
public enum IndexRule: Sendable, Hashable {
    /// An error; negative indices count from the end.
    case refuse
    /// The remainder by the length, so that the axis repeats endlessly.
    case wrap
    /// The nearest index there is; negative ones become 0.
    case clip

    /// The place an index stands for on an axis of `length`, nil where there is none.
    func place(_ index: Int, length: Int) -> Int? {
        if length == 0 { return nil }
        switch self {
        case .refuse:
            let place = index < 0 ? index &+ length : index
            return place >= 0 && place < length ? place : nil
        case .wrap:
            let rest = index % length
            return rest < 0 ? rest + length : rest
        case .clip: return Swift.min(Swift.max(index, 0), length - 1)
        }
    }

    /// The places of many indices; throws at the first that has none.
    func places(
        _ indices: NDArray<Int64>, length: Int, on what: @autoclosure () -> String
    ) throws(NDArrayError) -> [Int] {
        var places: [Int] = []
        places.reserveCapacity(indices.count)
        for index in indices.elements {
            guard let place = place(Int(index), length: length) else {
                throw NDArrayError(.outOfBounds, "index \(index) is outside \(what()) of length \(length)")
            }
            places.append(place)
        }
        return places
    }
}

/// Whole numbers that name elements or parts of an array: arrays of any integer type, and `[Int]`.
public protocol IndexArray {
    /// The numbers as an array.
    var indexArray: NDArray<Int64> { get }
}

extension NDArray: IndexArray where Element: NDInteger {
    public var indexArray: NDArray<Int64> { cast(to: Int64.self) }
}

extension [Int]: IndexArray {
    public var indexArray: NDArray<Int64> { NDArray<Int64>(map { Int64($0) }) }
}
