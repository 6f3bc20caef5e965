/// An array and the window of a filter on it, checked.
struct FilterWindow<Element: NDReal> {
    /// Contiguous; continued along its last axis when that is short, so that the one before it makes long lines.
    private let array: NDArray<Element>
    private let outside: Element
    private let lines: NeighbourLines
    private let lineLengths: [Int]

    /// - Parameters:
    ///   - footprint: which neighbours there are, as a box of as many axes as the array has.
    ///   - origins: how far the footprint is moved along each axis.
    init(
        _ array: NDArray<Element>, footprint: NDArray<Bool>, origins: [Int], boundary: BoundaryMode
    ) throws(NDArrayError) {
        guard footprint.rank == array.rank, origins.count == array.rank, !footprint.isEmpty else {
            throw NDArrayError(
                .shapeMismatch,
                "a footprint of shape \(footprint.shape) for an array of shape \(array.shape); "
                    + "both need the same number of axes, and the footprint elements")
        }
        for axis in array.shape.indices {
            let size = footprint.shape[axis]
            guard FilterOrigin.allowed(size).contains(origins[axis]) else {
                throw NDArrayError(
                    .outOfBounds,
                    "the origin \(origins[axis]) of \(size) neighbours along axis \(axis); "
                        + "the element itself must be among them")
            }
        }
        let kept = Self.isShort(array.shape, footprint.shape) ? array.shape.last : nil
        if kept != nil {
            let last = array.rank - 1
            let before = footprint.shape[last] / 2 + origins[last]
            var widths = Array(repeating: (before: 0, after: 0), count: array.rank)
            widths[last] = (before, footprint.shape[last] - 1 - before)
            self.array = try array.padded(widths, with: boundary.padding()).contiguous()
        } else {
            self.array = array.contiguous()
        }
        outside = NDArray<Double>(scalar: boundary.value).cast(to: Element.self).item
        lineLengths = footprint.shape.filter { $0 > 1 }
        isBox = footprint.all()
        lines = NeighbourLines(
            self.array.shape, size: MemoryLayout<Element>.stride, footprint, origins, boundary, kept: kept)
    }

    /// True when lines along the last axis would be too short to be worth a call each.
    private static func isShort(_ shape: [Int], _ window: [Int]) -> Bool {
        guard shape.count > 1, let length = shape.last, let width = window.last, width > 1 else { return false }
        return length < 16 && length > 0 && length + width - 1 <= 4 * length && shape[shape.count - 2] > length
    }

    /// How many neighbours each element has.
    var count: Int { lines.count }

    /// Whether they are all of those in a box.
    let isBox: Bool

    /// The length of a box along the last axis that it reaches along.
    var lineLength: Int { lineLengths.last ?? 1 }

    /// Elements from one neighbour along the line to the next.
    var step: Int { lines.step }

    /// Calls `body` for each piece of a line with the rows of its neighbours, on several threads when that is worth it.
    ///
    /// - Parameter cost: about how many nanoseconds one element takes.
    func forEachLine<Result>(
        into target: UnsafeMutablePointer<Result>, cost: Double,
        _ body: (_ rows: [UnsafeRawPointer], _ target: UnsafeMutableRawPointer, _ length: Int) -> Void
    ) {
        withUnsafePointer(to: outside) { outside in
            lines.forEach(
                UnsafeRawPointer(array.base + array.layout.offset), outside: outside, into: target,
                resultSize: MemoryLayout<Result>.stride, cost: cost, body)
        }
        withExtendedLifetime(array) {}
    }
}

extension BoundaryMode {
    /// The same as a way to pad.
    func padding<Element: NDReal>() -> PaddingMode<Element> {
        switch self {
        case .reflect: .symmetric()
        case .mirror: .reflect()
        case .nearest: .edge
        case .wrap: .wrap
        case .constant(let value): .constant(NDArray<Double>(scalar: value).cast(to: Element.self).item)
        }
    }
}
