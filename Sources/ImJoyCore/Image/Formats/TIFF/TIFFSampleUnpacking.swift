/// Turns samples that are no element type into one: few bits, 24-bit floats, complex integers.
enum TIFFSampleUnpacking {
    /// `count` samples of a row, as libtiff gives it, from number `first` on, to elements of `page.dtype`.
    static func unpack(
        _ row: UnsafeRawBufferPointer, _ page: TIFFPage, skipping first: Int, count: Int,
        into target: UnsafeMutableRawBufferPointer
    ) {
        let bits = page.kind.bitsPerSample
        let source = UnsafeRawBufferPointer(rebasing: row[(first * bits / 8)...])
        switch (page.kind.sampleFormat, bits) {
        case (3, _): floats(source, count: count, into: target)
        case (5, 32): complex(source, of: Int16.self, as: Float.self, count: count, into: target)
        case (5, _): complex(source, of: Int32.self, as: Double.self, count: count, into: target)
        default:
            // libtiff has turned groups of three bytes around, as if they were numbers of this machine.
            let isReversed = bits == 24 && page.byteOrder != .native
            let skipped = first * bits % 8
            switch page.dtype.byteCount {
            case 1: integers(source, bits: bits, skipping: skipped, count: count, into: target, as: UInt8.self)
            case 2: integers(source, bits: bits, skipping: skipped, count: count, into: target, as: UInt16.self)
            default:
                integers(source, bits: bits, skipping: skipped, count: count, into: target, as: UInt32.self)
                if isReversed { reverse(target, count: count) }
            }
        }
    }

    /// Samples of 1 to 31 bits, the highest bit first, after `skipped` bits of the first byte.
    private static func integers<Element: FixedWidthInteger & BitwiseCopyable>(
        _ source: UnsafeRawBufferPointer, bits: Int, skipping skipped: Int, count: Int,
        into target: UnsafeMutableRawBufferPointer, as type: Element.Type
    ) {
        var available = skipped > 0 ? 8 - skipped : 0
        var pending: UInt64 = skipped > 0 ? UInt64(source[0]) : 0
        var next = skipped > 0 ? 1 : 0
        let mask = UInt64(1) << UInt64(bits) - 1
        for index in 0..<count {
            while available < bits {
                pending = pending << 8 | UInt64(source[next])
                next += 1
                available += 8
            }
            available -= bits
            target.storeBytes(
                of: Element(pending >> UInt64(available) & mask), toByteOffset: index * MemoryLayout<Element>.size,
                as: type)
        }
    }

    /// The lowest three bytes of each element the other way round.
    private static func reverse(_ target: UnsafeMutableRawBufferPointer, count: Int) {
        for index in 0..<count {
            let value = target.load(fromByteOffset: index * 4, as: UInt32.self)
            target.storeBytes(of: value.byteSwapped >> 8, toByteOffset: index * 4, as: UInt32.self)
        }
    }

    /// Floats of one sign bit, 7 bits of exponent (63 means 1) and 16 of fraction, the lowest byte first.
    private static func floats(
        _ source: UnsafeRawBufferPointer, count: Int, into target: UnsafeMutableRawBufferPointer
    ) {
        for index in 0..<count {
            let bits = (0..<3).reduce(UInt32(0)) { $0 | UInt32(source[index * 3 + $1]) << UInt32(8 * $1) }
            target.storeBytes(of: float(bits), toByteOffset: index * 4, as: Float.self)
        }
    }

    static func float(_ bits: UInt32) -> Float {
        let sign: FloatingPointSign = bits >> 23 & 1 == 1 ? .minus : .plus
        let exponent = Int(bits >> 16 & 0x7f)
        let fraction = bits & 0xffff
        switch exponent {
        case 0: return Float(sign: sign, exponent: -78, significand: Float(fraction))
        case 0x7f where fraction == 0: return sign == .minus ? -.infinity : .infinity
        case 0x7f: return sign == .minus ? -.nan : .nan
        default: return Float(sign: sign, exponent: exponent - 79, significand: Float(fraction | 0x1_0000))
        }
    }

    /// Pairs of whole numbers to complex numbers; those of 32 bits fit a double exactly.
    private static func complex<Part: FixedWidthInteger & BitwiseCopyable, Real: BinaryFloatingPoint & BitwiseCopyable>(
        _ source: UnsafeRawBufferPointer, of part: Part.Type, as real: Real.Type, count: Int,
        into target: UnsafeMutableRawBufferPointer
    ) {
        for index in 0..<2 * count {
            let value = source.loadUnaligned(fromByteOffset: index * MemoryLayout<Part>.size, as: part)
            target.storeBytes(of: Real(value), toByteOffset: index * MemoryLayout<Real>.size, as: real)
        }
    }
}
