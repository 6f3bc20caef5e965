extension RandomGenerator {
    /// The numbers 0..<count in random order, by Fisher and Yates' shuffle; NumPy's `permutation` of a number.
    ///
    /// Throws for a negative count.
    public mutating func permutation(_ count: Int) throws(NDArrayError) -> NDArray<Int64> {
        var order = try numbers(count)
        for index in stride(from: count - 1, through: 1, by: -1) {
            order.swapAt(index, Int(bits.masked(UInt64(index))))
        }
        return NDArray(order)
    }

    /// The array with the parts along `axis` in random order; NumPy's `permutation` of an array.
    public mutating func permutation<T: NDElement>(
        of array: NDArray<T>, axis: Int = 0
    ) throws(NDArrayError) -> NDArray<T> {
        let axis = try array.layout.resolvedAxis(axis)
        return try array.picking(permutation(array.shape[axis]).elements, along: axis)
    }

    /// Puts the parts along `axis` in random order; NumPy's `shuffle`.
    public mutating func shuffle<T: NDElement>(_ array: inout NDArray<T>, axis: Int = 0) throws(NDArrayError) {
        array = try permutation(of: array, axis: axis)
    }

    /// Numbers of 0..<population; NumPy's `choice` of a number.
    ///
    /// - Parameters:
    ///   - replacing: whether a number may be chosen again.
    ///   - probabilities: one for each number, with the sum 1; all alike when nil.
    ///   - shuffling: false saves time where the order does not matter, without replacement only.
    ///   - population: the number of things to choose from.
    ///   - shape: the shape of the result.
    ///
    /// Throws when there is nothing to choose from, when more are wanted than there are, and for probabilities that are
    /// none.
    public mutating func choice(
        _ population: Int, shape: [Int], replacing: Bool = true, probabilities: [Double]? = nil, shuffling: Bool = true
    ) throws(NDArrayError) -> NDArray<Int64> {
        let size = try Layout.elementCount(of: shape)
        guard population > 0 || (size == 0 && population == 0) else {
            throw NDArrayError(.emptyArray, "a choice of \(size) from \(population)")
        }
        if let probabilities { try Self.check(probabilities, population) }
        if replacing {
            guard let probabilities else {
                if size == 0 { return try NDArray(claimedZeros: shape) }
                return try integers(0..<Int64(population), shape: shape)
            }
            let sums = Self.cumulative(probabilities)
            return try filled(shape) { Int64(Self.place(of: $0.nextUnit(), in: sums)) }
        }
        let available = probabilities?.count { $0 > 0 } ?? population
        guard size <= available else {
            throw NDArrayError(
                .outOfBounds, "a choice of \(size) without replacement, but there are only \(available) to choose from")
        }
        let chosen =
            if let probabilities { distinct(size, probabilities) } else {
                try distinct(size, of: population, shuffling: shuffling)
            }
        return try NDArray(chosen, shape: shape)
    }

    /// Parts of `array` along `axis`, which has the length `count` in the result; NumPy's `choice` of an array.
    ///
    /// The other parameters, and what is thrown, are those of the choice of a number.
    public mutating func choice<T: NDElement>(
        from array: NDArray<T>, count: Int, axis: Int = 0, replacing: Bool = true, probabilities: [Double]? = nil,
        shuffling: Bool = true
    ) throws(NDArrayError) -> NDArray<T> {
        let axis = try array.layout.resolvedAxis(axis)
        let places = try choice(
            array.shape[axis], shape: [count], replacing: replacing, probabilities: probabilities,
            shuffling: shuffling)
        return try array.picking(places.elements, along: axis)
    }

    // MARK: -

    private func numbers(_ count: Int) throws(NDArrayError) -> [Int64] {
        guard count >= 0, try Layout.elementCount(of: [count]) == count else {
            throw NDArrayError(.invalidShape, "a permutation of \(count) numbers")
        }
        return (0..<count).map(Int64.init)
    }

    /// The same shuffle for choices, of the places from `first` on: here NumPy draws in another way.
    private mutating func shuffle(_ numbers: inout [Int64], first: Int) {
        for index in stride(from: numbers.count - 1, through: first, by: -1) {
            numbers.swapAt(index, Int(bits.below(UInt64(index))))
        }
    }

    private static func check(_ probabilities: [Double], _ population: Int) throws(NDArrayError) {
        guard probabilities.count == population else {
            throw NDArrayError(
                .sizeMismatch, "\(probabilities.count) probabilities for a choice from \(population)")
        }
        // The negation also refuses NaN.
        if let bad = probabilities.first(where: { !($0 >= 0) }) {
            throw NDArrayError(.outOfBounds, "a probability of \(bad)")
        }
        let sum = probabilities.reduce(0, +)
        guard abs(sum - 1) <= Double.ulpOfOne.squareRoot() else {
            throw NDArrayError(.outOfBounds, "probabilities whose sum is \(sum) instead of 1")
        }
    }

    private static func cumulative(_ probabilities: [Double]) -> [Double] {
        var sum = 0.0
        var sums: [Double] = []
        for probability in probabilities {
            sum += probability
            sums.append(sum)
        }
        return sums.map { $0 / sum }
    }

    /// The first place whose sum is greater than `value`.
    private static func place(of value: Double, in sums: [Double]) -> Int {
        var (low, high) = (0, sums.count)
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > value { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Draws with the chances that are left until there are enough; what is drawn twice counts once.
    private mutating func distinct(_ size: Int, _ probabilities: [Double]) -> [Int64] {
        var left = probabilities
        var chosen: [Int64] = []
        while chosen.count < size {
            let values = (0..<(size - chosen.count)).map { _ in bits.nextUnit() }
            let sums = Self.cumulative(left)
            for value in values {
                let place = Self.place(of: value, in: sums)
                guard left[place] > 0 else { continue }
                left[place] = 0
                chosen.append(Int64(place))
            }
        }
        return chosen
    }

    private mutating func distinct(
        _ size: Int, of population: Int, shuffling: Bool
    ) throws(NDArrayError) -> [Int64] {
        if population > 10_000, size > population / (shuffling ? 50 : 20) {
            // Many of many: the end of a shuffled list.
            var all = try numbers(population)
            shuffle(&all, first: Swift.max(population - size, 1))
            return Array(all.suffix(size))
        }
        // R. W. Floyd's algorithm: number j stands in for one that is there already.
        var seen: Set<Int64> = []
        var chosen: [Int64] = []
        for last in (population - size)..<population {
            let value = Int64(bits.below(UInt64(last)))
            let fresh = seen.contains(value) ? Int64(last) : value
            seen.insert(fresh)
            chosen.append(fresh)
        }
        if shuffling { shuffle(&chosen, first: 1) }
        return chosen
    }
}

extension NDArray {
    /// The parts at `places` along an axis, which must all be there.
    fileprivate func picking(_ places: [Int64], along axis: Int) throws(NDArrayError) -> NDArray {
        let order = [axis] + shape.indices.filter { $0 != axis }
        let source = try permuted(order).contiguous()
        let size = source.shape.dropFirst().reduce(1, *)
        let start = source.base + source.layout.offset
        let result = try NDArray(uninitialised: [places.count] + source.shape.dropFirst()) { target in
            for (index, place) in places.enumerated() {
                (target + index * size).initialize(from: start + Int(place) * size, count: size)
            }
        }
        withExtendedLifetime(source.storage) {}
        var back = [Int](repeating: 0, count: rank)
        for (place, axis) in order.enumerated() { back[axis] = place }
        return try result.permuted(back)
    }
}
