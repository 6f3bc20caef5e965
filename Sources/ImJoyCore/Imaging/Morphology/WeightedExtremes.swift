extension NDArray where Element: NDReal {
    /// The extreme of all neighbours, each plus its weight.
    ///
    /// As SciPy does, the first neighbour is added in double precision and the others in the type of the elements: of
    /// weights for integers what is behind the point is cut off, and sums wrap around.
    func weightedExtremes(
        _ weights: NDArray<Double>, _ neighbourhood: Neighbourhood, _ boundary: BoundaryMode?, isLargest: Bool
    ) throws(NDArrayError) -> NDArray {
        var boundary = boundary ?? .constant(isLargest ? -.infinity : .infinity)
        if case .constant(let value) = boundary, value.isFinite {
            // As an element of this array holds it.
            let held = NDArray<Double>(scalar: value).cast(to: Element.self, overflow: .wrap)
            boundary = .constant(held.item.asDouble)
        }
        let window = try FilterWindow(
            cast(to: Double.self), footprint: neighbourhood.footprint, origins: neighbourhood.origins,
            boundary: boundary)
        var summands = try weights.compressed(where: neighbourhood.footprint).elements
        let rule: WeightedExtremes.Rule
        switch dtype {
        case .float64: rule = .double
        case .float32, .float16:
            rule = .single
            for index in summands.indices.dropFirst() { summands[index] = Double(Float(summands[index])) }
        default:
            let least = Element(casting: -.infinity, overflow: .clamp).asDouble
            let most = Element(casting: .infinity, overflow: .clamp).asDouble
            rule = .wrapped(from: least, count: most - least + 1)
            for index in summands.indices.dropFirst() { summands[index].round(.towardZero) }
        }
        let found = try NDArray<Double>(uninitialised: shape) { target in
            window.forEachLine(into: target, cost: Double(summands.count)) { rows, target, length in
                let target = target.assumingMemoryBound(to: Double.self)
                for (number, summand) in summands.enumerated() {
                    let row = rows[number].assumingMemoryBound(to: Double.self)
                    if number == 0 {
                        for index in 0..<length { target[index] = row[index] + summand }
                    } else {
                        WeightedExtremes.update(target, row, summand, length, rule, isLargest)
                    }
                }
            }
        }
        return found.cast(to: Element.self, overflow: .wrap)
    }
}

/// The inner loops of erosions and dilations with weights.
private enum WeightedExtremes {
    /// How sums are rounded.
    enum Rule {
        case double
        case single
        /// Into a range of whole numbers.
        case wrapped(from: Double, count: Double)
    }

    static func update(
        _ target: UnsafeMutablePointer<Double>, _ row: UnsafePointer<Double>, _ summand: Double, _ length: Int,
        _ rule: Rule, _ isLargest: Bool
    ) {
        switch rule {
        case .double: update(target, row, length, isLargest) { $0 + summand }
        case .single: update(target, row, length, isLargest) { Double(Float($0 + summand)) }
        case .wrapped(let least, let count):
            update(target, row, length, isLargest) { value in
                let sum = value + summand
                if sum >= least, sum < least + count { return sum }
                return sum - ((sum - least) / count).rounded(.down) * count
            }
        }
    }

    @inline(__always)
    private static func update(
        _ target: UnsafeMutablePointer<Double>, _ row: UnsafePointer<Double>, _ length: Int, _ isLargest: Bool,
        _ sum: (Double) -> Double
    ) {
        if isLargest {
            for index in 0..<length {
                let (old, new) = (target[index], sum(row[index]))
                target[index] = new > old ? new : old
            }
        } else {
            for index in 0..<length {
                let (old, new) = (target[index], sum(row[index]))
                target[index] = new < old ? new : old
            }
        }
    }
}
