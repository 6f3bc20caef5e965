/// Reads NumPy's array files, sharing their bytes when order and alignment allow.
struct NPYReader: ImageDecoder {
    let info: ImageInfo
    private let header: NPYHeader
    private let source: EncodedImage

    static let hasSignature: @Sendable (SharedBytes) -> Bool = { bytes in
        bytes.count >= 6 && [UInt8](bytes.slice(0..<6)) == NPYHeader.magic
    }

    init(_ source: EncodedImage) throws(ImageError) {
        self.source = source
        let header = try NPYHeader(source.bytes)
        self.header = header
        let count = try asImageError { () throws(NDArrayError) in try Layout.elementCount(of: header.shape) }
        let byteCount = count * header.dtype.byteCount
        let stored = source.bytes.count - header.dataOffset
        let what = "shape \(header.shape) of \(header.dtype)"
        try source.check(decodedBytes: byteCount, stored: stored, ratio: 1, what: what)
        var info = ImageInfo(
            format: .npy, shape: header.shape, dtype: header.dtype, axes: Self.axes(of: header.shape, header.dtype),
            byteOrder: header.byteOrder, bitsPerSample: header.dtype.byteCount * 8)
        if stored > byteCount { info.notes.append("\(stored - byteCount) bytes after the array were left out") }
        self.info = info
    }

    /// An npy file names no axes. Three axes with a short last one are taken for a colour image.
    private static func axes(of shape: [Int], _ dtype: DType) -> Axes {
        let isColour = shape.count == 3 && (shape[2] == 3 || shape[2] == 4) && shape[0] > 4 && shape[1] > 4
        return isColour && (dtype == .uint8 || dtype == .uint16) ? "YXS" : .conventional(rank: shape.count)
    }

    func decode() throws(ImageError) -> AnyNDArray {
        let count = info.shape.reduce(1, *) * header.dtype.byteCount
        var elements = source.bytes.slice(header.dataOffset..<header.dataOffset + count)
        if header.byteOrder != .native, header.dtype.swapUnit > 1 {
            let storage = try asImageError { () throws(NDArrayError) in try NDStorage(claimedByteCount: count) }
            let target = UnsafeMutableRawBufferPointer(start: storage.base, count: count)
            elements.withUnsafeBytes { target.copyMemory(from: $0) }
            ByteOrderLoops.swap(target, unit: header.dtype.swapUnit)
            elements = SharedBytes(storage)
        }
        let strides = header.isFortranOrder ? Self.columnMajorStrides(header.shape) : nil
        return try asImageError { () throws(NDArrayError) in
            try AnyNDArray(sharing: elements, dtype: header.dtype, shape: header.shape, strides: strides)
        }
    }

    private static func columnMajorStrides(_ shape: [Int]) -> [Int] {
        var strides: [Int] = []
        var step = 1
        for length in shape {
            strides.append(step)
            step *= max(length, 1)
        }
        return strides
    }
}
