extension Layout {
    /// The place of an element of a one-dimensional array; traps outside.
    @inlinable
    package func position(_ i: Int) -> Int {
        if shape.count != 1 { refuse([i]) }
        return offset &+ step(i, 0)
    }

    /// The place of an element of a two-dimensional array; traps outside.
    @inlinable
    package func position(_ i: Int, _ j: Int) -> Int {
        if shape.count != 2 { refuse([i, j]) }
        return offset &+ step(i, 0) &+ step(j, 1)
    }

    /// The place of an element of a three-dimensional array; traps outside.
    @inlinable
    package func position(_ i: Int, _ j: Int, _ k: Int) -> Int {
        if shape.count != 3 { refuse([i, j, k]) }
        return offset &+ step(i, 0) &+ step(j, 1) &+ step(k, 2)
    }

    /// How far an index is along an axis, in elements.
    @inlinable
    func step(_ index: Int, _ axis: Int) -> Int {
        let length = shape[axis]
        let place = index < 0 ? index &+ length : index
        if UInt(bitPattern: place) >= UInt(bitPattern: length) { refuse(index, axis) }
        return place &* strides[axis]
    }

    @usableFromInline
    func refuse(_ index: [Int]) -> Never {
        preconditionFailure("\(index.count) indices \(index) for an array of \(rank) axes, shape \(shape)")
    }

    @usableFromInline
    func refuse(_ index: Int, _ axis: Int) -> Never {
        preconditionFailure("index \(index) is outside axis \(axis) of length \(shape[axis]) (shape \(shape))")
    }
}
