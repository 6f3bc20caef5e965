/// Writes NumPy's array files: version 1, by default row-major and in this machine's byte order.
///
/// The format has no place for axes, pixel size or names.
enum NPYWriter {
    static func write(_ image: Image, to sink: inout ImageSink) throws(ImageError) {
        for part in try parts(image.pixels, .init()) { try sink.append(part) }
    }

    /// The bytes of a file, one part after the other.
    static func parts(_ array: AnyNDArray, _ options: NPYWriteOptions) throws(ImageError) -> [SharedBytes] {
        let header = NPYHeader(
            dtype: array.dtype, byteOrder: options.byteOrder, isFortranOrder: options.isFortranOrder,
            shape: array.shape)
        let inOrder =
            options.isFortranOrder
            ? try asImageError { () throws(NDArrayError) in
                try array.permuted(Array(array.shape.indices.reversed()))
            } : array
        var elements = inOrder.bytes
        if options.byteOrder != .native, array.dtype.swapUnit > 1 {
            let storage = try asImageError { () throws(NDArrayError) in
                try NDStorage(claimedByteCount: elements.count)
            }
            let target = UnsafeMutableRawBufferPointer(start: storage.base, count: elements.count)
            elements.withUnsafeBytes { target.copyMemory(from: $0) }
            ByteOrderLoops.swap(target, unit: array.dtype.swapUnit)
            elements = SharedBytes(storage)
        }
        return [SharedBytes(copying: header.encoded()), elements]
    }
}

/// How an array is laid down in an `.npy` file.
public struct NPYWriteOptions: Hashable, Sendable {
    /// Which way round the bytes of an element lie.
    public var byteOrder: DType.ByteOrder
    /// True for the first axis fastest, as Fortran and MATLAB have it; the shape stays the same.
    public var isFortranOrder: Bool

    /// Row-major and in this machine's byte order.
    public init(byteOrder: DType.ByteOrder = .native, isFortranOrder: Bool = false) {
        self.byteOrder = byteOrder
        self.isFortranOrder = isFortranOrder
    }
}
