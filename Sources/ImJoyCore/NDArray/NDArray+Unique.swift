extension NDArray {
    /// The different elements in ascending order; all NaN count as one.
    public func unique() -> NDArray {
        let found = withUnsafeElements { elements in
            Element.visitRadixKeys(elements, UniqueFinder<Element>())
        }
        return found.map { NDArray($0) } ?? uniqueAll().values
    }

    /// The different elements in ascending order, and where they are; NumPy's `unique_all`. All NaN count as one.
    ///
    /// - Returns: the elements, the row-major place where each is found first, for every element of this array the
    ///   number of its value (in this array's shape), and how often each value is there.
    public func uniqueAll() -> (
        values: NDArray, indices: NDArray<Int64>, inverse: NDArray<Int64>, counts: NDArray<Int64>
    ) {
        let flat = flattened()
        let elements = flat.elements
        return orTrap { () throws(NDArrayError) in
            var groups = Groups(count: count)
            var last: Int?
            for place in try flat.argSort().elements {
                let index = Int(place)
                let isNew = last.map { last in
                    !Element.isEqual(elements[last], elements[index])
                        && (Element.isEqual(elements[index], elements[index])
                            || Element.isEqual(elements[last], elements[last]))
                }
                groups.add(index, isNew: isNew ?? true)
                last = index
            }
            return (
                try flat.taking(NDArray<Int64>(groups.firsts), along: 0), NDArray<Int64>(groups.firsts),
                try NDArray<Int64>(groups.inverse, shape: shape), NDArray<Int64>(groups.counts)
            )
        }
    }

    /// The different parts along `axis` in ascending order of their elements, row by row; NaN equals NaN here.
    ///
    /// Throws when there is no such axis.
    public func unique(along axis: Int) throws(NDArrayError) -> NDArray {
        let axis = try layout.resolvedAxis(axis)
        let length = shape[axis]
        let front = try movingAxis(axis, to: 0)
        let width = front.shape.dropFirst().reduce(1, *)
        let keys = front.orderKeys.elements
        func isSmaller(_ a: Int, _ b: Int) -> Bool {
            keys[a * width..<(a + 1) * width].lexicographicallyPrecedes(keys[b * width..<(b + 1) * width])
        }
        let order = (0..<length).sorted(by: isSmaller)
        let kept = order.indices.filter { $0 == 0 || isSmaller(order[$0 - 1], order[$0]) }
        return try taking(NDArray<Int64>(kept.map { Int64(order[$0]) }), along: axis)
    }

    /// Elements that belong together, one group after the other.
    private struct Groups {
        var firsts: [Int64] = []
        var counts: [Int64] = []
        var inverse: [Int64]

        init(count: Int) { inverse = [Int64](repeating: 0, count: count) }

        mutating func add(_ index: Int, isNew: Bool) {
            if isNew {
                firsts.append(Int64(index))
                counts.append(0)
            }
            counts[counts.count - 1] += 1
            inverse[index] = Int64(counts.count - 1)
        }
    }
}

private struct UniqueFinder<Element: NDElement>: RadixVisitor {
    func visit<Key: RadixKey>(_ keys: RadixKeys<Key>) -> [Element] { Element.elements(of: RadixSort.unique(keys)) }
}

// Arrays as sets: the results have one axis, in ascending order, every value once. NaN equals nothing, so it is in no
// intersection; a union has it once.
extension NDArray {
    /// The values that are in at least one of two arrays; NumPy's `union1d`.
    public func union(_ other: NDArray) -> NDArray { appending(other).unique() }

    /// The values that are in both arrays; NumPy's `intersect1d`.
    public func intersection(_ other: NDArray) -> NDArray {
        let values = unique()
        return values.kept(where: values.isIn(other))
    }

    /// The values that are in this array and not in the other one; NumPy's `setdiff1d`.
    public func setDifference(_ other: NDArray) -> NDArray {
        let values = unique()
        return values.kept(where: !values.isIn(other))
    }

    /// The values that are in exactly one of two arrays; NumPy's `setxor1d`.
    public func symmetricDifference(_ other: NDArray) -> NDArray {
        let both = setDifference(other).appending(other.setDifference(self))
        return orTrap { () throws(NDArrayError) in try both.sorted() }
    }

    /// True where an element equals one of `values`; false for NaN. NumPy's `isin`.
    public func isIn(_ values: NDArray) -> NDArray<Bool> {
        let (keys, others) = jointKeys(values)
        let sorted = others.sorted()
        let elements = elements
        return orTrap { () throws(NDArrayError) in
            try NDArray<Bool>(uninitialised: shape) { target in
                for (index, key) in keys.enumerated() {
                    let place = sorted.partitioningIndex { $0 >= key }
                    let isThere = place < sorted.count && sorted[place] == key
                    target[index] = isThere && Element.isEqual(elements[index], elements[index])
                }
            }
        }
    }

    private func kept(where mask: NDArray<Bool>) -> NDArray {
        orTrap { () throws(NDArrayError) in try compressed(where: mask, along: 0) }
    }

    /// Keys of this array and of another one that may be compared with each other.
    func jointKeys(_ other: NDArray) -> ([UInt64], [UInt64]) {
        let keys = appending(other).orderKeys.elements
        return (Array(keys[..<count]), Array(keys[count...]))
    }
}
