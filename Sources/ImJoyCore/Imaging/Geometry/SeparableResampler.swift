internal import CImJoyKernels

/// Resamples axes that do not depend on each other, two at a time.
struct SeparableResampler {
    /// For each axis what its places are computed from; nil for those that stay as they are.
    let axes: [AxisTaps?]
    let shape: [Int]
    let newShape: [Int]
    /// The value outside.
    let value: Double

    init(axes: [AxisTaps?], shape: [Int], value: Double) {
        self.axes = axes
        self.shape = shape
        self.value = value
        newShape = zip(axes, shape).map { $0?.count ?? $1 }
    }

    /// Writes the elements of the result but for those that have the value outside.
    ///
    /// - Parameters:
    ///   - source: the elements in row-major order, of type `dtype`, none of `float16`.
    ///   - type: what is computed with.
    func run<Working: NDLinearReal>(
        _ source: UnsafeRawPointer, _ dtype: DType, into sink: RowSink<Working>, computesTies: Bool,
        in type: Working.Type
    ) throws(NDArrayError) {
        var active = shape.indices.filter { axes[$0] != nil }
        // One axis is added up in one order only, two have a kernel of their own.
        let hasTies = computesTies && !Self.areShort(axes, bits: 8 * dtype.byteCount, digits: 53)
        let exact = hasTies && active.count > 1 ? ExactElement(self, source, dtype) : nil
        var (current, currentType, lengths) = (source, dtype, shape)
        var memory: NDArray<Working>?
        // All but the last two, and what is before a gap between those: first the axis that becomes shortest, so that
        // little is kept.
        while active.count > 1 {
            if active.count == 2, lengths[(active[0] + 1)..<active[1]].reduce(1, *) == 1 { break }
            func growth(_ axis: Int) -> Double { Double(newShape[axis]) / Double(lengths[axis]) }
            guard let place = active.indices.min(by: { growth(active[$0]) < growth(active[$1]) }),
                let taps = axes[active[place]]
            else { break }
            let axis = active.remove(at: place)
            var passShape = lengths
            passShape[axis] = taps.count
            let pass =
                lengths[(axis + 1)...].reduce(1, *) >= Self.shortest
                ? try plan(rows: taps, columns: nil, axis, lengths, currentType, type)
                : try plan(rows: nil, columns: axis, axis - 1, lengths, currentType, type)
            memory = try NDArray(uninitialised: passShape) { target in
                pass.run(
                    current, RowSink(UnsafeMutableRawPointer(target), Working.dtype),
                    planes: lengths.reduce(1, *) / (pass.sourceRows * pass.sourceWidth), exact: nil)
                withExtendedLifetime(memory) {}
            }
            if let memory { current = UnsafeRawPointer(memory.base + memory.layout.offset) }
            (currentType, lengths) = (Working.dtype, passShape)
        }
        let first = active.first ?? 0
        var pass: PlaneResampler<Working>
        if active.count == 2 {
            pass = try plan(rows: axes[first], columns: active[1], first, lengths, currentType, type)
        } else if lengths[(first + 1)...].reduce(1, *) >= Self.shortest || active.isEmpty {
            pass = try plan(rows: axes[first], columns: nil, first, lengths, currentType, type)
        } else {
            pass = try plan(rows: nil, columns: first, first - 1, lengths, currentType, type)
        }
        pass.isBlended =
            hasTies && current == source && active.count == 2 && type == Double.self && pass.columns?.width == 2
        pass.run(
            current, sink, planes: lengths.reduce(1, *) / (pass.sourceRows * pass.sourceWidth),
            exact: pass.isBlended ? nil : exact.map { element in { (number: Int) in element(number) } })
        withExtendedLifetime(memory) {}
    }

    /// Rows that are shorter are resampled together with the axis they are elements of.
    private static var shortest: Int { 16 }

    private func plan<Working: NDLinearReal>(
        rows: AxisTaps?, columns: Int?, _ axis: Int, _ lengths: [Int], _ dtype: DType, _ type: Working.Type
    ) throws(NDArrayError) -> PlaneResampler<Working> {
        let sourceRows = axis < 0 || lengths.isEmpty ? 1 : lengths[axis]
        let sourceWidth = lengths[Swift.min(axis + 1, lengths.count)...].reduce(1, *)
        var targetWidth = sourceWidth
        var taps: ColumnTaps<Working>?
        if let columns, let own = axes[columns] {
            guard Swift.max(sourceWidth, sourceWidth / lengths[columns] * own.count) < Int32.max else {
                throw NDArrayError(.outOfMemory, "rows of \(sourceWidth) elements are too long to be interpolated")
            }
            taps = ColumnTaps(own, inner: lengths[(columns + 1)...].reduce(1, *))
            targetWidth = sourceWidth / lengths[columns] * own.count
        }
        return PlaneResampler(
            rows: rows, columns: taps, sourceRows: sourceRows, targetRows: rows?.count ?? sourceRows,
            sourceWidth: sourceWidth, targetWidth: targetWidth, value: Working(value), dtype: dtype)
    }

    /// True when weighted sums of integers of so many bits are not rounded in a type of so many digits.
    static func areShort(_ axes: [AxisTaps?], bits: Int, digits: Int) -> Bool {
        bits + 8 * axes.count { $0 != nil } <= digits
            && axes.allSatisfy { taps in
                taps?.weights.allSatisfy { weight in
                    let scaled = weight * 256
                    return scaled == scaled.rounded(.towardZero)
                } ?? true
            }
    }
}

extension DType {
    /// An element of real numbers of this type.
    func number(_ memory: UnsafeRawPointer, _ index: Int) -> Double {
        func load<T: BitwiseCopyable>(_ type: T.Type) -> T {
            memory.load(fromByteOffset: index * MemoryLayout<T>.stride, as: type)
        }
        return switch self {
        case .int8: Double(load(Int8.self))
        case .int16: Double(load(Int16.self))
        case .int32: Double(load(Int32.self))
        case .int64: Double(load(Int64.self))
        case .bool, .uint8: Double(load(UInt8.self))
        case .uint16: Double(load(UInt16.self))
        case .uint32: Double(load(UInt32.self))
        case .uint64: Double(load(UInt64.self))
        case .float32: Double(load(Float.self))
        default: load(Double.self)
        }
    }
}
