internal import CImJoyKernels

/// An integer whose digits can be sorted by.
protocol RadixKey: FixedWidthInteger, UnsignedInteger, RadixElement where Key == Self {}
extension UInt8: RadixKey {}
extension UInt16: RadixKey {}
extension UInt32: RadixKey {}
extension UInt64: RadixKey {}

/// Real elements as integers of their own width that are in the same order; see ``NDElement/orderKeys(_:)``.
struct RadixKeys<Key: RadixKey> {
    /// The elements as they lie in memory, which is read as whatever it was bound to.
    private let memory: UnsafeRawPointer?
    /// How many there are.
    let count: Int
    /// What is turned over in integers, so that negative ones come first.
    private let sign: Key
    /// Infinity's bits when the elements are floats.
    private let infinity: Key?

    /// Integers of this width, or truth values.
    init(integers bits: UnsafeRawPointer?, _ count: Int, isSigned: Bool) {
        memory = bits
        self.count = count
        sign = isSigned ? 1 << Key(truncatingIfNeeded: Key.bitWidth - 1) : 0
        infinity = nil
    }

    /// Floats of this width.
    init(floats bits: UnsafeRawPointer?, _ count: Int, infinity: Key) {
        memory = bits
        self.count = count
        sign = 1 << Key(truncatingIfNeeded: Key.bitWidth - 1)
        self.infinity = infinity
    }

    /// Whether NaN is possible; its key is the largest there is.
    var areFloats: Bool { infinity != nil }

    /// Keys that elements of several bit patterns have in common: those of zero and NaN.
    var shared: [Key] { areFloats ? [sign, .max] : [] }

    /// Writes the keys of the elements from a place on.
    @inline(__always)
    func write(from start: Int, into keys: UnsafeMutableBufferPointer<Key>) {
        guard let memory else { return }
        let first = memory + start * MemoryLayout<Key>.stride
        // Once for integers and once for floats, so that neither loop asks which.
        if areFloats {
            for index in keys.indices {
                keys[index] = key(of: first.load(fromByteOffset: index * MemoryLayout<Key>.stride, as: Key.self))
            }
        } else {
            for index in keys.indices {
                keys[index] = key(of: first.load(fromByteOffset: index * MemoryLayout<Key>.stride, as: Key.self))
            }
        }
    }

    /// The keys of the smallest and the largest element by the kernels for them; nil when there is a NaN, and for half
    /// precision, which has none. Only of the elements in `range`.
    func extremes(in range: Range<Int>) -> (smallest: Key, largest: Key)? {
        guard let memory, !range.isEmpty, let type = kernelType else { return nil }
        var (least, most, hasNaN) = (Key.zero, Key.zero, false)
        let start = memory + range.lowerBound * MemoryLayout<Key>.stride
        guard imjoy_find_extremes(start, type, range.count, &least, &most, &hasNaN), !hasNaN else { return nil }
        return (key(of: least), key(of: most))
    }

    /// The type of the elements as the kernels know it.
    private var kernelType: imjoy_type? {
        switch (Key.bitWidth, areFloats, sign != 0) {
        case (32, true, _): IMJOY_FLOAT32
        case (64, true, _): IMJOY_FLOAT64
        case (8, false, true): IMJOY_INT8
        case (16, false, true): IMJOY_INT16
        case (32, false, true): IMJOY_INT32
        case (64, false, true): IMJOY_INT64
        case (8, false, false): IMJOY_UINT8
        case (16, false, false): IMJOY_UINT16
        case (32, false, false): IMJOY_UINT32
        case (64, false, false): IMJOY_UINT64
        default: nil
        }
    }

    /// The key of an element's bits.
    @inline(__always)
    private func key(of bits: Key) -> Key {
        guard let infinity else { return bits ^ sign }
        let magnitude = bits & ~sign
        // Choices instead of branches, so that several are made at once. -0.0 has the key of 0.0.
        let key = bits != magnitude && magnitude != 0 ? ~bits : magnitude | sign
        return magnitude > infinity ? .max : key
    }

    /// The bits of the element that has a key, but for the sign of zero and the kind of NaN.
    @inline(__always)
    func bits(of key: Key) -> Key {
        guard let infinity else { return key ^ sign }
        // The highest bit of the fraction makes NaN quiet.
        if key == .max { return infinity | (infinity & ~(infinity << 1)) >> 1 }
        return key & sign == 0 ? ~key : key ^ sign
    }

    /// The bits of an element as it is.
    @inline(__always)
    func bits(at place: Int) -> Key {
        memory?.load(fromByteOffset: place * MemoryLayout<Key>.stride, as: Key.self) ?? 0
    }

    /// A piece that stays in the cache beside what is done with it.
    static var pieceLength: Int { 4096 / MemoryLayout<Key>.size }

    /// Lends the keys, piece by piece and in order.
    @inline(__always)
    func forEachPiece(_ body: (_ start: Int, UnsafeBufferPointer<Key>) -> Void) {
        forEachPiece(in: 0..<count, body)
    }

    /// Lends the keys of some places, piece by piece and in order.
    @inline(__always)
    func forEachPiece(in range: Range<Int>, _ body: (_ start: Int, UnsafeBufferPointer<Key>) -> Void) {
        withUnsafeTemporaryAllocation(of: Key.self, capacity: Self.pieceLength) { piece in
            var start = range.lowerBound
            while start < range.upperBound {
                let length = Swift.min(Self.pieceLength, range.upperBound - start)
                let part = UnsafeMutableBufferPointer(rebasing: piece[..<length])
                write(from: start, into: part)
                body(start, UnsafeBufferPointer(part))
                start += part.count
            }
        }
    }

    @inline(__always)
    var all: [Key] {
        [Key](unsafeUninitializedCapacity: count) { keys, initialized in
            write(from: 0, into: UnsafeMutableBufferPointer(rebasing: keys[..<count]))
            initialized = count
        }
    }
}

/// Work on keys of any width.
protocol RadixVisitor {
    associatedtype Result
    func visit<Key: RadixKey>(_ keys: RadixKeys<Key>) -> Result
}

extension NDElement {
    /// Calls `visitor` with the keys of real elements; nil for complex ones, which have none of their width.
    static func visitRadixKeys<V: RadixVisitor>(_ elements: UnsafeBufferPointer<Self>, _ visitor: V) -> V.Result? {
        let (bits, count) = (UnsafeRawPointer(elements.baseAddress), elements.count)
        return switch dtype {
        case .bool, .uint8: visitor.visit(RadixKeys<UInt8>(integers: bits, count, isSigned: false))
        case .int8: visitor.visit(RadixKeys<UInt8>(integers: bits, count, isSigned: true))
        case .uint16: visitor.visit(RadixKeys<UInt16>(integers: bits, count, isSigned: false))
        case .int16: visitor.visit(RadixKeys<UInt16>(integers: bits, count, isSigned: true))
        case .uint32: visitor.visit(RadixKeys<UInt32>(integers: bits, count, isSigned: false))
        case .int32: visitor.visit(RadixKeys<UInt32>(integers: bits, count, isSigned: true))
        case .uint64: visitor.visit(RadixKeys<UInt64>(integers: bits, count, isSigned: false))
        case .int64: visitor.visit(RadixKeys<UInt64>(integers: bits, count, isSigned: true))
        case .float16: visitor.visit(RadixKeys<UInt16>(floats: bits, count, infinity: 0x7C00))
        case .float32: visitor.visit(RadixKeys<UInt32>(floats: bits, count, infinity: Float.infinity.bitPattern))
        case .float64: visitor.visit(RadixKeys<UInt64>(floats: bits, count, infinity: Double.infinity.bitPattern))
        case .complex64, .complex128: nil
        }
    }

    /// Elements from their bits.
    static func elements<Key: RadixKey>(of bits: [Key]) -> [Self] {
        [Self](unsafeUninitializedCapacity: bits.count) { elements, initialized in
            bits.withUnsafeBytes { UnsafeMutableRawBufferPointer(elements).copyMemory(from: $0) }
            initialized = bits.count
        }
    }
}
