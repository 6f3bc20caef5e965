internal import CLibDeflate
internal import CPNG

/// Packs bytes with deflate.
///
/// Differences of pictures from cameras are noise, in which looking for repetitions takes most of the time and finds next to
/// nothing; codes of different lengths do the rest. So a few samples decide whether repetitions are looked for.
enum DeflatePacking {
    /// What stands around the packed bytes.
    enum Wrapper {
        /// Nothing, as in zip.
        case none
        /// Two bytes before and a checksum behind, as in PNG.
        case zlib
    }

    /// The longest stretch with codes of its own.
    private static let block = 1 << 17
    private static let sample = 1 << 14
    private static let samples = 6
    /// Repetitions must save this part to be looked for.
    private static let gain = 0.05
    /// From this level on they always are.
    private static let thoroughLevel = 7

    /// - Parameter level: 0 to 9, as zlib counts.
    static func packed(_ bytes: UnsafeRawBufferPointer, level: Int, wrapper: Wrapper) throws(ImageError)
        -> [SharedBytes]
    {
        // libdeflate goes on to 12.
        let ours = [0, 1, 2, 3, 4, 5, 6, 7, 9, 12][level]
        guard let packer = libdeflate_alloc_compressor(Int32(ours)) else {
            throw ImageError(.outOfMemory, "no memory for deflating")
        }
        defer { libdeflate_free_compressor(packer) }
        let isNoise =
            level > 0 && level < thoroughLevel && bytes.count > 2 * sample && repetitionsGainLittle(bytes, packer)
        if isNoise { return noise(bytes, wrapper) }
        let isBare = wrapper == .none
        let most =
            isBare
            ? libdeflate_deflate_compress_bound(packer, bytes.count)
            : libdeflate_zlib_compress_bound(packer, bytes.count)
        let storage = try asImageError { () throws(NDArrayError) in try NDStorage(claimedByteCount: most) }
        let compress = isBare ? libdeflate_deflate_compress : libdeflate_zlib_compress
        let count = compress(packer, bytes.baseAddress, bytes.count, storage.base, most)
        guard count > 0 else { throw ImageError(.system, "\(bytes.count) bytes cannot be deflated") }
        return [SharedBytes(storage).slice(0..<count)]
    }

    private static func repetitionsGainLittle(_ bytes: UnsafeRawBufferPointer, _ packer: OpaquePointer) -> Bool {
        var withThem = 0
        var without = 0.0
        let target = NDStorage(byteCount: sample)
        let last = bytes.count - sample
        for number in 0..<samples {
            let piece = UnsafeRawBufferPointer(rebasing: bytes[(last * number / (samples - 1))...].prefix(sample))
            let count = libdeflate_deflate_compress(packer, piece.baseAddress, piece.count, target.base, sample)
            withThem += count == 0 ? sample : count
            var counts = [UInt32](repeating: 0, count: 256)
            imj_png_count(piece.baseAddress?.assumingMemoryBound(to: UInt8.self), piece.count, &counts)
            // No code is shorter than a bit, however often its byte comes.
            without += max(PNGFilters.bits(counts), Double(piece.count)) / 8
        }
        return Double(withThem) > (1 - gain) * without
    }

    /// Blocks of codes for single bytes.
    private static func noise(_ bytes: UnsafeRawBufferPointer, _ wrapper: Wrapper) -> [SharedBytes] {
        // Method 8 with the largest window; what was done to pack is not said.
        var parts = wrapper == .zlib ? [SharedBytes(copying: [0x78, 0x01] as [UInt8])] : []
        var state = imj_png_bits()
        for start in stride(from: 0, to: bytes.count, by: block) {
            let end = min(bytes.count, start + block)
            let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            parts.append(NoiseBlock(piece).packed(piece, &state, isLast: end == bytes.count))
        }
        var tail: [UInt8] = []
        if state.count > 0 { tail.append(UInt8(truncatingIfNeeded: state.bits)) }
        if wrapper == .zlib { tail += PNGStream.bigEndian(libdeflate_adler32(1, bytes.baseAddress, bytes.count)) }
        return parts + [SharedBytes(copying: tail)]
    }
}

/// A block of deflate without repetitions: codes for bytes, and what says how long they are.
private struct NoiseBlock {
    /// Lengths of the codes of 256 bytes and of the end.
    private let lengths: [UInt8]
    private let codes: [UInt32]
    private let bitCount: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        var counts = [UInt32](repeating: 0, count: 257)
        imj_png_count(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, &counts)
        counts[256] = 1
        lengths = HuffmanCode.lengths(counts, longest: 15)
        codes = HuffmanCode.codes(lengths)
        bitCount = zip(counts, lengths).reduce(0) { $0 + Int($1.0) * Int($1.1) }
    }

    func packed(_ bytes: UnsafeRawBufferPointer, _ state: inout imj_png_bits, isLast: Bool) -> SharedBytes {
        // Enough for the lengths of 259 codes, and what the packer may write beyond.
        let storage = NDStorage(byteCount: bitCount / 8 + 700)
        var place = storage.base.assumingMemoryBound(to: UInt8.self)
        func put(_ value: UInt32, _ count: Int) {
            state.bits |= UInt64(value) << UInt64(state.count)
            state.count += UInt32(count)
            while state.count >= 8 {
                place.pointee = UInt8(truncatingIfNeeded: state.bits)
                place += 1
                state.bits >>= 8
                state.count -= 8
            }
        }
        func put(code: UInt32) { put(code & 0xffff, Int(code >> 16)) }
        // Last or not, codes of its own (2); 257 codes of bytes and the end; 2 of distances, which nobody uses.
        put(isLast ? 1 : 0, 1)
        put(2, 2)
        put(0, 5)
        put(1, 5)
        let runs = HuffmanCode.runs(lengths + [1, 1])
        var counts = [UInt32](repeating: 0, count: 19)
        for run in runs { counts[run.symbol] += 1 }
        let outer = HuffmanCode.lengths(counts, longest: 7)
        let outerCodes = HuffmanCode.codes(outer)
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        put(15, 4)
        for symbol in order { put(UInt32(outer[symbol]), 3) }
        for run in runs {
            put(code: outerCodes[run.symbol])
            put(run.extra, run.extraBits)
        }
        if let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) {
            place += imj_png_pack(start, bytes.count, codes, &state, place)
        }
        put(code: codes[256])
        return SharedBytes(storage).slice(0..<place - storage.base.assumingMemoryBound(to: UInt8.self))
    }
}
