/// Planes at half the resolution, for the coarser levels of a pyramid.
enum ImageHalving {
    /// Every second pixel along the last two axes, or the mean of 2 x 2; a last odd row or column counts twice.
    static func halved(_ image: AnyNDArray, mean: Bool) throws(ImageError) -> AnyNDArray {
        guard mean else { return try everySecond(image) }
        switch image.dtype {
        case .uint8: return try integers(image, UInt8.self)
        case .int8: return try integers(image, Int8.self)
        case .uint16: return try integers(image, UInt16.self)
        case .int16: return try integers(image, Int16.self)
        case .uint32: return try integers(image, UInt32.self)
        case .int32: return try integers(image, Int32.self)
        // The sum of four may not fit, so each gives its quarter and its rest.
        case .uint64: return try means(image, UInt64.self) { quarter($0, $1, $2, $3) }
        case .int64: return try means(image, Int64.self) { quarter($0, $1, $2, $3) }
        case .float16:
            return try means(image, Float16.self) { Float16((Float($0) + Float($1) + Float($2) + Float($3)) / 4) }
        case .float32: return try means(image, Float.self) { ($0 + $1 + ($2 + $3)) / 4 }
        case .float64: return try means(image, Double.self) { ($0 + $1 + ($2 + $3)) / 4 }
        case .bool, .complex64, .complex128: return try everySecond(image)
        }
    }

    private static func everySecond(_ image: AnyNDArray) throws(ImageError) -> AnyNDArray {
        let layout = image.layout
        let rank = layout.rank
        var (shape, strides) = (layout.shape, layout.strides)
        for axis in rank - 2..<rank {
            shape[axis] = (shape[axis] + 1) / 2
            strides[axis] *= 2
        }
        let half = Layout(unchecked: shape, strides: strides, offset: layout.offset, count: shape.reduce(1, *))
        return image.with(half)
    }

    @inline(__always) private static func integers<T: FixedWidthInteger & NDElement>(
        _ image: AnyNDArray, _ type: T.Type
    ) throws(ImageError) -> AnyNDArray {
        try means(image, type) { T(truncatingIfNeeded: (Int64($0) + Int64($1) + Int64($2) + Int64($3) + 2) >> 2) }
    }

    @inline(__always) private static func quarter<T: FixedWidthInteger>(_ a: T, _ b: T, _ c: T, _ d: T) -> T {
        let rests = (a & 3) + (b & 3) + (c & 3) + (d & 3)
        return (a >> 2) + (b >> 2) + (c >> 2) + (d >> 2) + (rests + 2) >> 2
    }

    @inline(__always) private static func means<T: NDElement>(
        _ image: AnyNDArray, _ type: T.Type, _ mean: @escaping (T, T, T, T) -> T
    ) throws(ImageError) -> AnyNDArray {
        let layout = image.layout
        let rank = layout.rank
        let (height, width) = (layout.shape[rank - 2], layout.shape[rank - 1])
        let (down, right) = (layout.strides[rank - 2], layout.strides[rank - 1])
        let shape = layout.shape.dropLast(2) + [(height + 1) / 2, (width + 1) / 2]
        let target = try asImageError { () throws(NDArrayError) in try Layout(shape: [Int](shape)) }
        let storage = try ZarrCompression.storage(target.count * MemoryLayout<T>.stride)
        guard target.count > 0 else { return AnyNDArray(storage: storage, layout: target, dtype: image.dtype) }
        let planes = ZarrGrid(
            whole: [Int](layout.shape.dropLast(2)), chunkShape: layout.shape.dropLast(2).map { _ in 1 })
        let outer = [Int](layout.strides.dropLast(2))
        let (rows, columns) = ((height + 1) / 2, (width + 1) / 2)
        let source = UnsafePointer(image.storage.base.assumingMemoryBound(to: T.self))
        let result = storage.base.bindMemory(to: T.self, capacity: target.count)
        ComputeThreads.split(planes.count * rows, grain: 1, nanoseconds: 2 * Double(columns)) { range in
            for row in range {
                let plane = ZarrOverlap.offset(planes.index(of: row / rows), outer)
                let first = 2 * (row % rows)
                let upper = source + layout.offset + plane + first * down
                let lower = first + 1 < height ? upper + down : upper
                let line = result + row * columns
                for column in 0..<width / 2 {
                    let place = 2 * column * right
                    line[column] = mean(upper[place], upper[place + right], lower[place], lower[place + right])
                }
                if width % 2 == 1 {
                    let place = (width - 1) * right
                    line[columns - 1] = mean(upper[place], upper[place], lower[place], lower[place])
                }
            }
        }
        return withExtendedLifetime(image) { AnyNDArray(storage: storage, layout: target, dtype: image.dtype) }
    }
}
