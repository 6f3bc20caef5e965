/// What B-splines have to be weighted with so that they pass through given samples: recursive filters, forwards and
/// backwards (Unser, "Splines: a perfect fit for signal and image processing", 1999).
enum SplineFilter {
    /// How a line goes on beyond its ends.
    enum Ending { case mirror, reflect, wrap }

    /// The poles of the filters for splines of degree 2 to 5.
    static func poles(degree: Int) -> [Double] {
        func root(_ value: Double) -> Double { value.squareRoot() }
        return switch degree {
        case 2: [root(8) - 3]
        case 3: [root(3) - 2]
        case 4:
            [
                root(664 - root(438_976)) + root(304) - 19,
                root(664 + root(438_976)) - root(304) - 19,
            ]
        case 5:
            [
                root(67.5 - root(4436.25)) + root(26.25) - 6.5,
                root(67.5 + root(4436.25)) - root(26.25) - 6.5,
            ]
        default: []
        }
    }

    /// Filters a line in place.
    static func run(_ line: UnsafeMutableBufferPointer<Double>, poles: [Double], _ ending: Ending) {
        guard line.count > 1 else { return }
        let gain = poles.reduce(1) { $0 * (1 - $1) * (1 - 1 / $1) }
        for index in line.indices { line[index] *= gain }
        for pole in poles {
            beginForwards(line, pole, ending)
            for index in 1..<line.count { line[index] += pole * line[index - 1] }
            beginBackwards(line, pole, ending)
            for index in (0..<line.count - 1).reversed() { line[index] = pole * (line[index + 1] - line[index]) }
        }
    }

    /// The first element as the sum over all that lie before it.
    private static func beginForwards(_ line: UnsafeMutableBufferPointer<Double>, _ pole: Double, _ ending: Ending) {
        let last = line.count - 1
        var power = pole
        switch ending {
        case .mirror:
            let far = (0..<last).reduce(1) { power, _ in power * pole }
            var sum = line[0] + far * line[last]
            for index in 1..<last {
                sum += power * (line[index] + far * line[last - index])
                power *= pole
            }
            line[0] = sum / (1 - far * far)
        case .reflect:
            let far = (0...last).reduce(1) { power, _ in power * pole }
            var sum = line[0] + far * line[last]
            for index in 1...last {
                sum += power * (line[index] + far * line[last - index])
                power *= pole
            }
            line[0] += sum * pole / (1 - far * far)
        case .wrap:
            var sum = line[0]
            for index in 1...last {
                sum += power * line[last + 1 - index]
                power *= pole
            }
            line[0] = sum / (1 - power)
        }
    }

    /// The last element as the sum over all that lie behind it.
    private static func beginBackwards(_ line: UnsafeMutableBufferPointer<Double>, _ pole: Double, _ ending: Ending) {
        let last = line.count - 1
        switch ending {
        case .mirror: line[last] = (pole * line[last - 1] + line[last]) * pole / (pole * pole - 1)
        case .reflect: line[last] *= pole / (pole - 1)
        case .wrap:
            var (sum, power) = (line[last], pole)
            for index in 0..<last {
                sum += power * line[index]
                power *= pole
            }
            line[last] = sum * pole / (power - 1)
        }
    }
}

extension NDArray where Element: NDReal {
    /// The coefficients of the B-splines that pass through the elements; SciPy's `spline_filter`.
    ///
    /// - Parameters:
    ///   - degree: of the splines, 0 to 5; those of degree 0 and 1 are the elements themselves.
    ///   - boundary: what lies beyond the edges; ``BoundaryMode/nearest`` and ``BoundaryMode/constant(_:)`` are taken
    ///     as ``BoundaryMode/mirror``.
    ///
    /// Throws for other degrees.
    public func splineFiltered(
        degree: Int = 3, boundary: BoundaryMode = .mirror
    ) throws(NDArrayError) -> NDArray<Double> {
        guard (0...5).contains(degree) else {
            throw NDArrayError(.outOfBounds, "splines of degree \(degree); there are those of degree 0 to 5")
        }
        let ending: SplineFilter.Ending
        switch boundary {
        case .reflect: ending = .reflect
        case .wrap: ending = .wrap
        case .mirror, .nearest, .constant: ending = .mirror
        }
        var result = cast(to: Double.self)
        let poles = SplineFilter.poles(degree: degree)
        for axis in shape.indices where !poles.isEmpty {
            result = try result.mappingLanes(along: axis, length: shape[axis]) { (lane, target) throws(NDArrayError) in
                _ = target.initialize(from: lane)
                SplineFilter.run(target, poles: poles, ending)
            }
        }
        return result
    }
}
