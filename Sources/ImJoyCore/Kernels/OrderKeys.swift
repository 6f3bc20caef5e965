internal import ComplexModule

extension NDElement {
    /// Whole numbers in the same order as the elements, so that searching, partitioning, sets and complex numbers need one way.
    ///
    /// Equal elements have equal keys (0.0 and -0.0 too), NaN comes last, false before true. Complex numbers are
    /// ordered by their real, then their imaginary parts; those with a NaN come last.
    static func orderKeys(_ elements: UnsafeBufferPointer<Self>) -> [UInt64] {
        guard let start = elements.baseAddress else { return [] }
        let memory = UnsafeRawPointer(start)
        func integers<T: FixedWidthInteger & SignedInteger>(_ type: T.Type) -> [UInt64] {
            let values = memory.assumingMemoryBound(to: type)
            return (0..<elements.count).map { UInt64(bitPattern: Int64(values[$0])) ^ (1 << 63) }
        }
        func naturals<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type) -> [UInt64] {
            let values = memory.assumingMemoryBound(to: type)
            return (0..<elements.count).map { UInt64(values[$0]) }
        }
        func floats<T: NDFloat>(_ type: T.Type) -> [UInt64] {
            let values = memory.assumingMemoryBound(to: type)
            return (0..<elements.count).map { OrderKeys.key(values[$0].asDouble) }
        }
        func complex<T: NDFloat>(_ type: Complex<T>.Type) -> [UInt64] {
            let values = memory.assumingMemoryBound(to: type)
            return OrderKeys.ranks((0..<elements.count).map { OrderKeys.ComplexKey(values[$0].rawStorage) })
        }
        switch dtype {
        case .bool, .uint8: return naturals(UInt8.self)
        case .uint16: return naturals(UInt16.self)
        case .uint32: return naturals(UInt32.self)
        case .uint64: return naturals(UInt64.self)
        case .int8: return integers(Int8.self)
        case .int16: return integers(Int16.self)
        case .int32: return integers(Int32.self)
        case .int64: return integers(Int64.self)
        case .float16: return floats(Float16.self)
        case .float32: return floats(Float.self)
        case .float64: return floats(Double.self)
        case .complex64: return complex(Complex<Float>.self)
        case .complex128: return complex(Complex<Double>.self)
        }
    }
}

extension NDArray {
    /// The keys of all elements; see ``NDElement/orderKeys(_:)``.
    var orderKeys: NDArray<UInt64> {
        withUnsafeElements { elements in
            let keys = Element.orderKeys(elements)
            return NDArray<UInt64>(shape: shape) { _ = $0.initialize(fromContentsOf: keys) }
        }
    }
}

enum OrderKeys {
    /// The bits of a float, turned so that they grow with it; NaN is the largest of all.
    static func key(_ value: Double) -> UInt64 {
        if value.isNaN { return .max }
        let bits = (value == 0 ? 0 : value).bitPattern
        return bits >> 63 == 1 ? ~bits : bits | 1 << 63
    }

    struct ComplexKey: Comparable {
        let hasNaN: Bool
        let real: UInt64
        let imaginary: UInt64

        init<T: NDFloat>(_ parts: (x: T, y: T)) {
            // A NaN in the real part comes last by its key already.
            hasNaN = !parts.x.isNaN && parts.y.isNaN
            real = key(parts.x.asDouble)
            imaginary = key(parts.y.asDouble)
        }

        private var group: Int { real == .max ? 2 : hasNaN ? 1 : 0 }

        static func < (a: ComplexKey, b: ComplexKey) -> Bool {
            (a.group, a.real, a.imaginary) < (b.group, b.real, b.imaginary)
        }
    }

    /// The place of each key among the different ones.
    static func ranks(_ keys: [ComplexKey]) -> [UInt64] {
        let order = keys.indices.sorted { keys[$0] < keys[$1] }
        var ranks = [UInt64](repeating: 0, count: keys.count)
        var rank: UInt64 = 0
        for (place, index) in order.enumerated() {
            if place > 0, keys[order[place - 1]] < keys[index] { rank += 1 }
            ranks[index] = rank
        }
        return ranks
    }
}
