/// The coefficients of splines along some axes of an array: ``SplineFilter`` for eight lines at a time.
enum SplineCoefficients {
    private typealias Lanes = SIMD8<Double>

    /// The coefficients of the splines that pass through the elements, continued by the margin of `mode` along `axes`.
    ///
    /// - Parameter outside: the value that arrays are continued by, which SciPy takes as an element.
    static func make(
        _ array: NDArray<Double>, order: Int, mode: InterpolationMode, axes: [Int], outside: Double
    ) throws(NDArrayError) -> NDArray<Double> {
        guard order > 1, !array.isEmpty, !axes.isEmpty else { return array }
        var widths = [(before: Int, after: Int)](repeating: (0, 0), count: array.rank)
        for axis in axes { widths[axis] = (mode.margin, mode.margin) }
        let padded: NDArray<Double>
        if mode.margin == 0 {
            padded = array
        } else {
            padded = try array.padded(
                widths, with: mode == .nearest ? .edge : .constant(outside))
        }
        var result = try NDArray<Double>(uninitialised: padded.shape) { CopyKernels.gather(padded, into: $0) }
        result.withMutableElements { elements in
            for axis in axes { filter(elements, shape: padded.shape, axis: axis, order: order, mode.ending) }
        }
        return result
    }

    private static func filter(
        _ elements: UnsafeMutablePointer<Double>, shape: [Int], axis: Int, order: Int, _ ending: SplineFilter.Ending
    ) {
        let length = shape[axis]
        let inner = shape[(axis + 1)...].reduce(1, *)
        let lines = shape[..<axis].reduce(1, *) * inner
        guard length > 1 else { return }
        let poles = SplineFilter.poles(degree: order)
        let width = Lanes.scalarCount
        let cost = Double(length) * (10 + 10 * Double(poles.count))
        ComputeThreads.split((lines + width - 1) / width, grain: 1, nanoseconds: cost) { groups in
            withUnsafeTemporaryAllocation(of: Lanes.self, capacity: length) { memory in
                guard let block = memory.baseAddress else { return }
                for group in groups {
                    let first = group * width
                    // Lanes that are left over repeat the last line.
                    let starts = (first..<first + width).map { number in
                        let line = Swift.min(number, lines - 1)
                        return elements + line / inner * length * inner + line % inner
                    }
                    for index in 0..<length {
                        var lanes = Lanes()
                        for lane in 0..<width { lanes[lane] = starts[lane][index * inner] }
                        (block + index).initialize(to: lanes)
                    }
                    for pole in poles { run(block, length, pole, ending) }
                    for index in 0..<length {
                        for lane in 0..<width { starts[lane][index * inner] = block[index][lane] }
                    }
                }
            }
        }
    }

    /// Filters forwards and backwards in place.
    private static func run(
        _ line: UnsafeMutablePointer<Lanes>, _ length: Int, _ pole: Double, _ ending: SplineFilter.Ending
    ) {
        let gain = (1 - pole) * (1 - 1 / pole)
        let last = length - 1
        line[0] = first(line, length, pole, ending) * gain
        for index in 1...last { line[index] = line[index] * gain + line[index - 1] * pole }
        switch ending {
        case .mirror: line[last] = (line[last - 1] * pole + line[last]) * (pole / (pole * pole - 1))
        case .reflect: line[last] *= pole / (pole - 1)
        case .wrap:
            var (sum, power) = (line[last], pole)
            for index in 0..<last {
                sum += line[index] * power
                power *= pole
                if power.magnitude < least { break }
            }
            line[last] = sum * (pole / (full(pole, length) - 1))
        }
        for index in (0..<last).reversed() { line[index] = (line[index + 1] - line[index]) * pole }
    }

    /// What is weighted less changes no sum.
    private static var least: Double { 1e-40 }

    private static func full(_ pole: Double, _ length: Int) -> Double {
        var power = pole
        for _ in 1..<length where power.magnitude > least { power *= pole }
        return power
    }

    /// The first element as the sum over all that lie before it.
    private static func first(
        _ line: UnsafeMutablePointer<Lanes>, _ length: Int, _ pole: Double, _ ending: SplineFilter.Ending
    ) -> Lanes {
        let last = length - 1
        var power = pole
        switch ending {
        case .mirror:
            let far = full(pole, length) / pole
            var sum = line[0] + line[last] * far
            for index in 1..<last {
                sum += (line[index] + line[last - index] * far) * power
                power *= pole
                if power.magnitude < least { break }
            }
            return sum * (1 / (1 - far * far))
        case .reflect:
            let far = full(pole, length)
            var sum = line[0] + line[last] * far
            for index in 1...last {
                // SciPy has the sum so far in the place of the first element, which short lines show.
                let mirrored = index == last ? sum : line[last - index]
                sum += (line[index] + mirrored * far) * power
                power *= pole
                if power.magnitude < least { break }
            }
            return line[0] + sum * (pole / (1 - far * far))
        case .wrap:
            var sum = line[0]
            for index in 1...last {
                sum += line[length - index] * power
                power *= pole
                if power.magnitude < least { break }
            }
            return sum * (1 / (1 - full(pole, length)))
        }
    }
}

extension NDArray {
    /// Lends fresh memory for writing; only for arrays that were just made.
    fileprivate mutating func withMutableElements(_ body: (UnsafeMutablePointer<Element>) -> Void) {
        makeUnique()
        body(mutableBase + layout.offset)
    }
}
