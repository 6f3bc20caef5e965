extension NDArray<Bool> {
    /// The connected parts of a mask, numbered from 1 in the order of their first elements; SciPy's `label`.
    ///
    /// ```swift
    /// let (labels, count) = try (image .> threshold).labelled()
    /// let (touching, _) = try mask.labelled(connectivity: 2)
    /// ```
    /// - Parameter connectivity: in how many coordinates neighbours may differ: 1 for those that share a face, 2 for
    ///   those that share an edge, and so on up to the number of axes.
    /// - Returns: an array of the same shape, 0 where the mask is false, and how many parts there are.
    ///
    /// Throws on a connectivity that is not 1 to the number of axes.
    public func labelled(connectivity: Int = 1) throws(NDArrayError) -> (labels: NDArray<Int32>, count: Int) {
        try labelled(NeighbourStructure(rank: rank, connectivity: connectivity))
    }

    /// The same with neighbours where an array of three elements along each axis is true.
    ///
    /// Throws when `structure` has another shape or is not symmetric about its middle, which does not matter itself.
    public func labelled(
        structure: NDArray<Bool>
    ) throws(NDArrayError) -> (labels: NDArray<Int32>, count: Int) {
        try labelled(NeighbourStructure(structure, rank: rank))
    }

    func labelled(
        _ structure: NeighbourStructure
    ) throws(NDArrayError) -> (labels: NDArray<Int32>, count: Int) {
        let labeller = RunLabeller(shape: shape, structure)
        var count = 0
        let labels = try withUnsafeElements { (mask) throws(NDArrayError) in
            try NDArray<Int32>(uninitialised: shape) { (target) throws(NDArrayError) in
                guard let start = UnsafeRawPointer(mask.baseAddress) else { return }
                count = try labeller.label(start.assumingMemoryBound(to: UInt8.self), into: target)
            }
        }
        return (labels, count)
    }
}

extension NDArray where Element: NDReal {
    /// The connected parts of all elements other than 0, numbered from 1 on; SciPy's `label`.
    ///
    /// See ``labelled(connectivity:)-(Int)``. Values do not matter: parts of different values that touch are one. For
    /// parts of equal values see ``labelledByValue(background:connectivity:)``.
    public func labelled(connectivity: Int = 1) throws(NDArrayError) -> (labels: NDArray<Int32>, count: Int) {
        try (self .!= .zero).labelled(connectivity: connectivity)
    }

    /// The same with neighbours where an array of three elements along each axis is true.
    public func labelled(
        structure: NDArray<Bool>
    ) throws(NDArrayError) -> (labels: NDArray<Int32>, count: Int) {
        try (self .!= .zero).labelled(structure: structure)
    }
}

extension NDArray where Element: NDInteger {
    /// The connected parts of equal elements, numbered from 1 in the order of their first elements; scikit-image's
    /// `label`.
    ///
    /// ```swift
    /// let (parts, count) = try classes.labelledByValue()
    /// ```
    /// - Parameters:
    ///   - background: the value that is part of nothing and becomes 0; with nil there is none.
    ///   - connectivity: in how many coordinates neighbours may differ; the number of axes without it.
    ///
    /// Throws on a connectivity that is not 1 to the number of axes.
    public func labelledByValue(
        background: Element? = .zero, connectivity: Int? = nil
    ) throws(NDArrayError) -> (labels: NDArray<Int32>, count: Int) {
        let structure = try NeighbourStructure(rank: rank, connectivity: connectivity ?? Swift.max(rank, 1))
        guard count < Int(Int32.max) else {
            throw NDArrayError(.outOfMemory, "labels of \(count) elements; label parts of the array")
        }
        // Only equality matters, so that every integer may be a signed one.
        if MemoryLayout<Element>.size <= 4 {
            let other = background.map { $0.cast(to: Int32.self, overflow: .wrap) }
            return try cast(to: Int32.self, overflow: .wrap).valuesLabelled(other, structure)
        }
        let other = background.map { $0.cast(to: Int64.self, overflow: .wrap) }
        return try cast(to: Int64.self, overflow: .wrap).valuesLabelled(other, structure)
    }

    private func valuesLabelled(
        _ background: Element?, _ structure: NeighbourStructure
    ) throws(NDArrayError) -> (labels: NDArray<Int32>, count: Int) {
        let walker = NeighbourWalker(structure.earlier, shape: shape)
        var labelCount: Int32 = 0
        let labels = try withUnsafeElements { (elements) throws(NDArrayError) in
            try NDArray<Int32>(uninitialised: shape) { (parents) in
                guard let values = elements.baseAddress else { return }
                walker.forEach { index, isInside in
                    parents[index] = Int32(truncatingIfNeeded: index)
                    let value = values[index]
                    if value == background { return }
                    for (number, distance) in walker.distances.enumerated()
                    where isInside[number] && values[index + distance] == value {
                        Self.join(parents, index, index + distance)
                    }
                }
                // Elements lead to earlier ones, whose labels are known; they are kept below zero meanwhile.
                for index in 0..<elements.count {
                    let parent = Int(parents[index])
                    if values[index] == background {
                        parents[index] = 0
                    } else if parent == index {
                        labelCount += 1
                        parents[index] = labelCount
                    } else {
                        parents[index] = parents[parent]
                    }
                }
            }
        }
        return (labels, Int(labelCount))
    }

    private static func join(_ parents: UnsafeMutablePointer<Int32>, _ one: Int, _ two: Int) {
        let (a, b) = (root(parents, one), root(parents, two))
        if a < b { parents[b] = Int32(truncatingIfNeeded: a) } else { parents[a] = Int32(truncatingIfNeeded: b) }
    }

    private static func root(_ parents: UnsafeMutablePointer<Int32>, _ start: Int) -> Int {
        var place = start
        while Int(parents[place]) != place {
            parents[place] = parents[Int(parents[place])]
            place = Int(parents[place])
        }
        return place
    }
}

extension NeighbourWalker {
    /// Calls `body` for each element in row-major order, with which of its neighbours are inside.
    @inline(__always)
    func forEach(_ body: (_ index: Int, _ isInside: [Bool]) -> Void) {
        let count = shape.reduce(1, *)
        var place = [Int](repeating: 0, count: shape.count)
        var isInside = isInside(at: place)
        for index in 0..<count {
            body(index, isInside)
            var axis = shape.count - 1
            var hasChanged = true
            while axis >= 0 {
                place[axis] += 1
                // Between the ends of the last axis nothing changes.
                if axis == shape.count - 1, place[axis] > 1, place[axis] < shape[axis] - 1 { hasChanged = false }
                if place[axis] < shape[axis] { break }
                place[axis] = 0
                axis -= 1
            }
            if hasChanged { isInside = self.isInside(at: place) }
        }
    }

    func isInside(at place: [Int]) -> [Bool] {
        steps.map { step in
            step.indices.allSatisfy { place[$0] + step[$0] >= 0 && place[$0] + step[$0] < shape[$0] }
        }
    }
}
