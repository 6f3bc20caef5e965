extension NDArray<Bool> {
    /// Lines one pixel wide in the middle of everything that is true; scikit-image's `skeletonize`.
    ///
    /// ```swift
    /// let axons = try mask.skeletonized()
    /// ```
    /// Pixels are taken away from the edges as Zhang and Suen do (1984), with the changes that scikit-image makes at corners,
    /// until nothing more can go without breaking a line. Throws unless there are two axes.
    public func skeletonized() throws(NDArrayError) -> NDArray {
        try thinned(.zhangSuen, times: nil, "skeletonized")
    }

    /// Thinned by one pixel on all sides again and again, to lines one pixel wide; scikit-image's `thin`.
    ///
    /// This is the method of Guo and Hall (1989).
    /// - Parameter iterations: how often at most; nil for until nothing changes.
    ///
    /// Throws unless there are two axes, and on less than one iteration.
    public func thinned(iterations: Int? = nil) throws(NDArrayError) -> NDArray {
        guard iterations ?? 1 > 0 else {
            throw NDArrayError(
                .outOfBounds, "thinned \(iterations ?? 0) times; take at least 1, or nil for until nothing changes")
        }
        return try thinned(.guoHall, times: iterations, "thinned")
    }

    private func thinned(_ rule: ThinningRule, times: Int?, _ name: String) throws(NDArrayError) -> NDArray {
        guard rank == 2 else {
            throw NDArrayError(.shapeMismatch, "an array of shape \(shape) is \(name); it needs two axes")
        }
        if isEmpty { return self }
        var padded = try asBytes.padded(1, with: .constant(0))
        padded.makeUnique()
        rule.thin(padded.mutableBase + padded.layout.offset, padded.count, width: padded.shape[1], times: times)
        return try NDArray(bytes: padded).sliced([1..<shape[0] + 1, 1..<shape[1] + 1]).contiguous()
    }
}

/// Which pixels a thinning takes away in the first and in the second half of each round, by what is around them: bit 0 is the
/// neighbour on the right, and the others follow against the clock.
private struct ThinningRule {
    private let tables: [[Bool]]

    private init(_ isTaken: (_ around: Around, _ half: Int) -> Bool) {
        tables = (0..<2).map { half in (0..<256).map { isTaken(Around(bits: $0), half) } }
    }

    /// The neighbours of a pixel.
    struct Around {
        var bits: Int

        /// Counted against the clock from the one on the right.
        subscript(_ number: Int) -> Bool { bits >> (number & 7) & 1 == 1 }
        var count: Int { bits.nonzeroBitCount }
        /// How often a false neighbour is followed by a true one on the way around.
        var beginnings: Int { (0..<8).count { !self[$0] && self[$0 + 1] } }
    }

    static let guoHall = ThinningRule { around, half in
        // Parts that touch each other, across corners too.
        let parts = [0, 2, 4, 6].count { !around[$0] && (around[$0 + 1] || around[$0 + 2]) }
        let odd = [0, 2, 4, 6].count { around[$0] || around[$0 + 1] }
        let even = [1, 3, 5, 7].count { around[$0] || around[$0 + 1] }
        let turn = 4 * half
        let isKept = (around[1 + turn] || around[2 + turn] || !around[7 + turn]) && around[turn]
        return parts == 1 && (2...3).contains(min(odd, even)) && !isKept
    }

    static let zhangSuen = ThinningRule { around, half in
        if let halves = corners[around.bits] { return halves.contains(half) }
        let (right, above, left, below) = (around[0], around[2], around[4], around[6])
        guard (2...6).contains(around.count), around.beginnings == 1 else { return false }
        return half == 0
            ? !(above && right && below) && !(right && below && left)
            : !(above && right && left) && !(above && below && left)
    }

    /// The surroundings for which scikit-image decides otherwise than the paper, and the halves in which the pixel goes.
    private static let corners: [Int: [Int]] = {
        let (e, ne, n, nw, w, sw, s, se) = (1, 2, 4, 8, 16, 32, 64, 128)
        let both = [n | e, e | s, n | w, s | w]
        let first = [
            nw | n, n | ne, ne | e, nw | n | e, n | ne | e, nw | n | w, n | ne | w, nw | s | w, n | sw | w,
            n | ne | sw | w,
        ]
        let second = [
            e | se, s | sw, sw | w, n | e | se, e | se | s, e | s | sw, se | s | w, s | sw | w, ne | e | s | sw,
        ]
        let never = [se | s, nw | w]
        var halves: [Int: [Int]] = [:]
        for bits in both { halves[bits] = [0, 1] }
        for bits in first { halves[bits] = [0] }
        for bits in second { halves[bits] = [1] }
        for bits in never { halves[bits] = [] }
        return halves
    }()

    /// - Parameter pixels: 0 or 1, with zeros around them.
    func thin(_ pixels: UnsafeMutablePointer<UInt8>, _ count: Int, width: Int, times: Int?) {
        let steps = [1, 1 - width, -width, -1 - width, -1, width - 1, width, width + 1]
        var left = (0..<count).filter { pixels[$0] != 0 }
        var taken: [Int] = []
        var rounds = times ?? .max
        while rounds > 0 {
            let before = left.count
            for table in tables {
                taken.removeAll(keepingCapacity: true)
                for place in left {
                    var bits = 0
                    for number in 0..<8 { bits |= Int(pixels[place + steps[number]]) << number }
                    if table[bits] { taken.append(place) }
                }
                // All at once, so that none sees what another has done.
                for place in taken { pixels[place] = 0 }
                left.removeAll { pixels[$0] == 0 }
            }
            if left.count == before { return }
            rounds -= 1
        }
    }
}
