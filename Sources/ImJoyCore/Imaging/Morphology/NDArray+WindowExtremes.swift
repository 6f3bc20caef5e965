extension NDArray {
    /// Each element replaced by its smallest or greatest neighbour.
    ///
    /// For all types but complex numbers; of answers true is the greater one.
    /// - Parameter boundary: nil when nothing lies beyond the edges.
    func windowExtremes(
        _ neighbourhood: Neighbourhood, _ boundary: BoundaryMode?, isLargest: Bool
    ) throws(NDArrayError) -> NDArray {
        guard neighbourhood.footprint.rank == rank else {
            throw NDArrayError(
                .shapeMismatch,
                "a footprint of shape \(neighbourhood.footprint.shape) for an array of shape \(shape); "
                    + "both need the same number of axes")
        }
        if isEmpty { return self }
        let boundary = boundary ?? .constant(isLargest ? -.infinity : .infinity)
        if dtype == .float16, let halves = self as? NDArray<Float16> {
            // Every half is a single, and the order is the same.
            let found = try halves.cast(to: Float.self).windowExtremes(neighbourhood, boundary, isLargest: isLargest)
            return found.cast(to: Float16.self) as? NDArray ?? self
        }
        let outside = try Self.outside(boundary)
        // The kernels want two axes at least.
        let missing = Swift.max(0, 2 - rank)
        let ones = Array(repeating: 1, count: missing)
        let wide = Neighbourhood(widening: neighbourhood, by: missing)
        let passes = wide.passes(ones + shape)
        var result = contiguous()
        for pass in passes {
            let source = UnsafeRawPointer(result.base + result.layout.offset)
            let next = try NDArray(uninitialised: shape) { (target) throws(NDArrayError) in
                try pass.run(
                    ones + shape, Element.dtype == .bool ? .uint8 : dtype, boundary, isLargest: isLargest,
                    source, UnsafeMutableRawPointer(target), outside)
            }
            withExtendedLifetime(result) {}
            result = next
        }
        return result
    }

    /// What lies outside, as an element.
    private static func outside(_ boundary: BoundaryMode) throws(NDArrayError) -> [UInt8] {
        let value = NDArray<Double>(scalar: boundary.value)
        let element: NDArray
        if let type = Element.self as? any NDReal.Type {
            func cast<T: NDReal>(_ type: T.Type) -> NDArray? { value.cast(to: type, overflow: .wrap) as? NDArray }
            guard let found = cast(type) else { return [] }
            element = found
        } else if let found = NDArray<Bool>(scalar: boundary.value != 0 && boundary.value != -.infinity) as? NDArray {
            // Below everything there is only false.
            element = found
        } else {
            throw NDArrayError(.dtypeMismatch, "\(Element.dtype) has no order")
        }
        return element.bytes.withUnsafeBytes { Array($0) }
    }
}

extension Neighbourhood {
    /// The same with more axes in front, along which there are no neighbours.
    init(widening other: Neighbourhood, by axes: Int) {
        let ones = Array(repeating: 1, count: axes)
        let wide = orTrap { () throws(NDArrayError) in
            try other.footprint.reshaped(to: ones + other.footprint.shape)
        }
        self.init(unchecked: wide, Array(repeating: 0, count: axes) + other.origins)
    }

    /// A large box is worked on axis by axis, everything else at once.
    fileprivate func passes(_ shape: [Int]) -> [ExtremePass] {
        let sizes = footprint.shape
        let rows = sizes.dropLast().reduce(1, *)
        guard rows > 6, footprint.all(), rows > 25 || sizes[sizes.count - 1] > 7 else { return [.window(self)] }
        return sizes.indices.filter { sizes[$0] > 1 }.map { axis in
            // Three lengths of an axis away there is nothing that is not nearer as well.
            let before = Swift.min(sizes[axis] / 2 + origins[axis], 3 * shape[axis])
            let after = Swift.min(sizes[axis] - 1 - sizes[axis] / 2 - origins[axis], 3 * shape[axis])
            let length = before + 1 + after
            let origin = before - length / 2
            if axis < sizes.count - 1 { return .lines(axis: axis, length: length, origin: origin) }
            let ones = Array(repeating: 1, count: axis)
            let line = NDArray<Bool>(repeating: true, shape: ones + [length])
            return .window(Neighbourhood(unchecked: line, Array(repeating: 0, count: axis) + [origin]))
        }
    }
}

/// One way through the whole array.
private enum ExtremePass {
    case window(Neighbourhood)
    case lines(axis: Int, length: Int, origin: Int)

    func run(
        _ shape: [Int], _ dtype: DType, _ boundary: BoundaryMode, isLargest: Bool, _ source: UnsafeRawPointer,
        _ target: UnsafeMutableRawPointer, _ outside: [UInt8]
    ) throws(NDArrayError) {
        let unknown = NDArrayError(.dtypeMismatch, "\(dtype) has no order")
        guard outside.count == dtype.byteCount else { throw unknown }
        switch self {
        case .window(let neighbourhood):
            if let box = ExtremeBox(shape, dtype, neighbourhood, boundary, isLargest: isLargest) {
                outside.withUnsafeBytes { if let one = $0.baseAddress { box.run(source, target, outside: one) } }
                return
            }
            guard let window = ExtremeWindow(shape, dtype, neighbourhood, boundary, isLargest: isLargest) else {
                throw unknown
            }
            guard window.memory <= 1 << 30 else {
                throw NDArrayError(
                    .outOfMemory,
                    "a footprint of shape \(neighbourhood.footprint.shape) is too large to be kept at hand")
            }
            outside.withUnsafeBytes { if let one = $0.baseAddress { window.run(source, target, outside: one) } }
        case .lines(let axis, let length, let origin):
            guard
                let lines = ExtremeLines(
                    shape, dtype, axis: axis, length: length, origin: origin, boundary, isLargest: isLargest)
            else { throw unknown }
            outside.withUnsafeBytes { if let one = $0.baseAddress { lines.run(source, target, outside: one) } }
        }
    }
}
