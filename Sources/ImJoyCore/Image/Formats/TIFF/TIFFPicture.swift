/// The pixels of a page or of a reduced copy of it, in row-major order.
struct TIFFPicture {
    var pixels: SharedBytes
    var dtype: DType
    var width: Int
    var height: Int
    /// Samples that lie side by side, and planes one behind the other; one of them is 1.
    var samples: Int
    var planes: Int

    var pixelBytes: Int { samples * dtype.byteCount }
    var rowBytes: Int { width * pixelBytes }

    /// How wide and high the next copy is: halves, rounded up.
    static func half(_ length: Int) -> Int { (length + 1) / 2 }

    /// Half as wide and high. A row or column without a neighbour is its own.
    func halved(_ reduction: ImageWriteOptions.Reduction) throws(ImageError) -> TIFFPicture {
        var copy = self
        copy.width = Self.half(width)
        copy.height = Self.half(height)
        let byteCount = copy.rowBytes * copy.height * planes
        let storage = try asImageError { () throws(NDArrayError) in try NDStorage(claimedByteCount: byteCount) }
        let job = Job(
            source: self, width: copy.width, height: copy.height, isNearest: reduction == .nearest || dtype == .bool)
        pixels.withUnsafeBytes { job.run($0, UnsafeMutableRawBufferPointer(start: storage.base, count: byteCount)) }
        copy.pixels = SharedBytes(storage)
        return copy
    }

    private struct Job {
        var source: TIFFPicture
        var width: Int
        var height: Int
        var isNearest: Bool

        func run(_ bytes: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer) {
            switch source.dtype {
            case .bool, .uint8: whole(bytes, target, UInt8.self)
            case .int8: whole(bytes, target, Int8.self)
            case .uint16: whole(bytes, target, UInt16.self)
            case .int16: whole(bytes, target, Int16.self)
            case .uint32: whole(bytes, target, UInt32.self)
            case .int32: whole(bytes, target, Int32.self)
            case .uint64: whole(bytes, target, UInt64.self)
            case .int64: whole(bytes, target, Int64.self)
            case .float16: rows(bytes, target, Float16.self, 1, Self.mean16)
            case .float32: rows(bytes, target, Float.self, 1) { ($0 + $1 + ($2 + $3)) / 4 }
            case .float64: rows(bytes, target, Double.self, 1) { ($0 + $1 + ($2 + $3)) / 4 }
            case .complex64: rows(bytes, target, Float.self, 2) { ($0 + $1 + ($2 + $3)) / 4 }
            case .complex128: rows(bytes, target, Double.self, 2) { ($0 + $1 + ($2 + $3)) / 4 }
            }
        }

        private static func mean16(_ a: Float16, _ b: Float16, _ c: Float16, _ d: Float16) -> Float16 {
            let sum: Float = Float(a) + Float(b) + (Float(c) + Float(d))
            return Float16(sum / 4)
        }

        /// The mean of whole numbers, halves upwards, without leaving their range.
        @inline(__always)
        private func whole<T: FixedWidthInteger & BitwiseCopyable>(
            _ bytes: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer, _ type: T.Type
        ) {
            rows(bytes, target, type, 1) { (a: T, b: T, c: T, d: T) -> T in
                let quarters: T = (a >> 2) &+ (b >> 2) &+ (c >> 2) &+ (d >> 2)
                let rests: T = (a & 3) &+ (b & 3) &+ (c & 3) &+ (d & 3)
                return quarters &+ ((rests &+ 2) >> 2)
            }
        }

        /// `parts` numbers make an element.
        @inline(__always)
        private func rows<T: BitwiseCopyable>(
            _ bytes: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer, _ type: T.Type, _ parts: Int,
            _ mean: (T, T, T, T) -> T
        ) {
            let from = bytes.assumingMemoryBound(to: T.self)
            let to = target.assumingMemoryBound(to: T.self)
            let samples = source.samples * parts
            ComputeThreads.split(height * source.planes, grain: 4, nanoseconds: Double(width * samples) * 2) { range in
                for line in range {
                    let row = line % height
                    let upper = (line / height * source.height + 2 * row) * source.width * samples
                    let lower = 2 * row + 1 < source.height ? upper + source.width * samples : upper
                    for column in 0..<width {
                        let left = 2 * column * samples
                        let right = 2 * column + 1 < source.width ? left + samples : left
                        for sample in 0..<samples {
                            let place = (line * width + column) * samples + sample
                            to[place] =
                                isNearest
                                ? from[upper + left + sample]
                                : mean(
                                    from[upper + left + sample], from[upper + right + sample],
                                    from[lower + left + sample], from[lower + right + sample])
                        }
                    }
                }
            }
        }
    }
}
