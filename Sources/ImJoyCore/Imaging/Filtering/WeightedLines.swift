internal import CImJoyKernels

/// Sums of neighbours along one axis, each times a weight of its own.
///
/// Where the elements of a line lie far apart, whole rows are added up as they are. Where they lie close together, a
/// piece is copied with what is beyond its edges, and the rows are that piece moved on by one element each.
struct WeightedLines<Element: NDLinearReal> {
    /// The axes before, the filtered axis and the axes behind, as lengths.
    private let outer: Int
    private let length: Int
    private let inner: Int
    private let weights: [Element]
    /// 1 for weights that are the same on both sides of the middle, -1 when one side is the negative of the other.
    private let symmetry: Int32
    /// How far before the place of the result the first neighbour is.
    private let reach: Int
    private let boundary: BoundaryMode

    /// - Parameter origin: how far the middle of the weights is moved to before the place of the result.
    init(shape: [Int], axis: Int, weights: [Element], origin: Int, boundary: BoundaryMode) {
        outer = shape[..<axis].reduce(1, *)
        length = shape[axis]
        inner = shape[(axis + 1)...].reduce(1, *)
        self.weights = weights
        symmetry = Self.symmetry(weights)
        reach = weights.count / 2 + origin
        self.boundary = boundary
    }

    private static func symmetry(_ weights: [Element]) -> Int32 {
        guard !weights.count.isMultiple(of: 2) else { return 0 }
        let pairs = zip(weights, weights.reversed())
        if pairs.allSatisfy({ $0 == $1 }) { return 1 }
        return pairs.allSatisfy({ $0 == -$1 }) ? -1 : 0
    }

    /// Rows that are shorter are copied.
    private static var shortest: Int { 64 }

    func run(_ source: UnsafePointer<Element>, _ target: UnsafeMutablePointer<Element>) {
        guard outer * length * inner > 0 else { return }
        // About eight products and sums are done in a nanosecond.
        let cost = Double(weights.count * inner) / 8
        if inner < Self.shortest {
            ComputeThreads.split(outer, grain: 1, nanoseconds: cost * Double(length)) { planes in
                runCopied(source, target, planes)
            }
        } else {
            ComputeThreads.split(outer * length, grain: 1, nanoseconds: cost) { rows in
                runInPlace(source, target, rows)
            }
        }
    }

    private func runCopied(
        _ source: UnsafePointer<Element>, _ target: UnsafeMutablePointer<Element>, _ planes: Range<Int>
    ) {
        let extended = length + weights.count - 1
        withUnsafeTemporaryAllocation(of: Element.self, capacity: extended * inner) { line in
            guard let start = line.baseAddress else { return }
            let rows = weights.indices.map { UnsafeRawPointer(start + $0 * inner) }
            for plane in planes {
                let first = source + plane * length * inner
                for place in 0..<reach { copyElement(place - reach, first, start + place * inner) }
                (start + reach * inner).initialize(from: first, count: length * inner)
                for place in reach + length..<extended { copyElement(place - reach, first, start + place * inner) }
                add(rows, target + plane * length * inner, length * inner)
            }
        }
    }

    private func runInPlace(
        _ source: UnsafePointer<Element>, _ target: UnsafeMutablePointer<Element>, _ range: Range<Int>
    ) {
        withUnsafeTemporaryAllocation(of: Element.self, capacity: inner) { outside in
            guard let beyond = outside.baseAddress else { return }
            beyond.initialize(repeating: Element(boundary.value), count: inner)
            var rows = [UnsafeRawPointer](repeating: UnsafeRawPointer(beyond), count: weights.count)
            // So many elements of each row that all of them stay in the second cache while rows of results go on.
            let most = Swift.max((256 << 10) / weights.count / MemoryLayout<Element>.stride / 64 * 64, 256)
            var first = range.lowerBound
            while first < range.upperBound {
                let plane = first / length
                let end = Swift.min(range.upperBound, (plane + 1) * length)
                for start in stride(from: 0, to: inner, by: most) {
                    let count = Swift.min(most, inner - start)
                    for row in first..<end {
                        for tap in weights.indices {
                            let place = boundary.place(row - plane * length + tap - reach, length)
                            rows[tap] =
                                place.map { UnsafeRawPointer(source + (plane * length + $0) * inner + start) }
                                ?? UnsafeRawPointer(beyond)
                        }
                        add(rows, target + row * inner + start, count)
                    }
                }
                first = end
            }
        }
    }

    private func copyElement(
        _ index: Int, _ first: UnsafePointer<Element>, _ target: UnsafeMutablePointer<Element>
    ) {
        if let place = boundary.place(index, length) {
            target.initialize(from: first + place * inner, count: inner)
        } else {
            target.initialize(repeating: Element(boundary.value), count: inner)
        }
    }

    private func add(_ rows: [UnsafeRawPointer], _ target: UnsafeMutablePointer<Element>, _ count: Int) {
        imjoy_weighted_sum(Element.dtype.kernelType, rows, weights, weights.count, symmetry, target, count)
    }
}
