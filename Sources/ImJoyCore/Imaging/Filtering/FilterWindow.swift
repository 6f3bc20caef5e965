internal import CImJoyKernels

/// The neighbours of every element of an array: the array continued beyond its edges, and how far each neighbour lies
/// from the element in that memory.
struct FilterWindow<Element: NDReal> {
    private let shape: [Int]
    /// Where the axes begin that together are a line.
    private let lineAxis: Int
    /// The array in the middle of what lies beyond its edges.
    private let padded: NDArray<Element>
    /// Where the first neighbours of the first element are, one for each place of the footprint that is true.
    private let offsets: [Int]

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
        var widths: [(before: Int, after: Int)] = []
        for axis in array.shape.indices {
            let size = footprint.shape[axis]
            guard FilterOrigin.allowed(size).contains(origins[axis]) else {
                throw NDArrayError(
                    .outOfBounds,
                    "the origin \(origins[axis]) of \(size) neighbours along axis \(axis); "
                        + "the element itself must be among them")
            }
            let before = size / 2 + origins[axis]
            widths.append((before, size - 1 - before))
        }
        // Axes that the footprint does not reach along go with the one before them: they lie in one piece.
        lineAxis = footprint.shape.lastIndex { $0 > 1 } ?? 0
        shape = array.shape
        padded = array.isEmpty ? array : try array.padded(widths, with: boundary.padding())
        let strides = padded.layout.strides
        let places = footprint.argWhere()
        offsets = (0..<places.shape[0]).map { number in
            strides.indices.reduce(0) { $0 + Int(places[number, $1]) * strides[$1] }
        }
    }

    /// How many neighbours each element has.
    var count: Int { offsets.count }

    /// Calls `body` for each line with the rows of its neighbours, on several threads when that is worth it.
    ///
    /// - Parameter cost: about how many nanoseconds one element takes.
    func forEachLine<Result>(
        into target: UnsafeMutablePointer<Result>, cost: Double,
        _ body: (_ rows: [UnsafePointer<Element>], _ target: UnsafeMutablePointer<Result>, _ length: Int) -> Void
    ) {
        let length = shape[lineAxis...].reduce(1, *)
        let lines = shape[..<lineAxis].reduce(1, *)
        guard length * lines > 0 else { return }
        let base = padded.base + padded.layout.offset
        let strides = padded.layout.strides
        ComputeThreads.split(lines, grain: 1, nanoseconds: cost * Double(length)) { range in
            for line in range {
                var (rest, start) = (line, base)
                for axis in (0..<lineAxis).reversed() {
                    let (quotient, index) = rest.quotientAndRemainder(dividingBy: shape[axis])
                    start += index * strides[axis]
                    rest = quotient
                }
                body(offsets.map { start + $0 }, target + line * length, length)
            }
        }
        withExtendedLifetime(padded) {}
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
