internal import ImJoyCore
internal import SystemPackage

/// What `imjoy image info` tells about a file.
enum ImageSummary {
    ///
    /// Without pixels, nothing is said about their values.
    static func describe(_ path: FilePath, readsPixels: Bool = true) throws -> ManifestObject {
        let info: ImageInfo
        var levels: [[Int]] = []
        if readsPixels {
            info = try ImageInfo(contentsOf: path)
        } else {
            // Its limit holds for what is read of the pixels, which is nothing.
            let source = try ImageSource(contentsOf: path)
            info = source.info
            levels = source.levels.map(\.shape)
        }
        let pixels = readsPixels ? try Image(contentsOf: path).pixels : nil
        var summary = ManifestObject()
        summary["shape"] = JSONOutput.list(pixels?.shape ?? info.shape)
        summary["dtype"] = ManifestValue((pixels?.dtype ?? info.dtype).rawValue)
        summary["axes"] = ManifestValue(info.axes.letters)
        summary["pages"] = ManifestValue(info.pageCount)
        summary["compression"] = ManifestValue(info.compression)
        summary["byteOrder"] = ManifestValue(info.byteOrder.rawValue)
        summary["bigTIFF"] = ManifestValue(info.isBigTIFF)
        summary["pixelSize"] = info.pixelSize.map(size) ?? .null
        if let pixels {
            let statistics = pixels.count > 0 && !pixels.dtype.isComplex ? try pixels.statistics() : nil
            summary["min"] = statistics.map { $0.minimum.plainNumber } ?? .null
            summary["max"] = statistics.map { $0.maximum.plainNumber } ?? .null
            summary["mean"] = statistics.map { ManifestValue($0.mean) } ?? .null
            summary["sha256"] = ManifestValue(JSONOutput.sha256(pixels))
        } else {
            summary["levels"] = ManifestValue(levels.map(JSONOutput.list))
        }
        if !info.channelNames.isEmpty {
            summary["channels"] = ManifestValue(info.channelNames.map { ManifestValue($0) })
        }
        if !info.notes.isEmpty { summary["notes"] = ManifestValue(info.notes.map { ManifestValue($0) }) }
        return summary
    }

    /// Micrometres along each axis that has a size.
    private static func size(_ pixelSize: PixelSize) -> ManifestValue {
        var object = ManifestObject()
        for (name, length) in [("x", pixelSize.x), ("y", pixelSize.y), ("z", pixelSize.z)] {
            if let length { object[name] = ManifestValue(length) }
        }
        return ManifestValue(object)
    }
}

/// Brightness for another element type.
enum ImageScaling {
    /// `low` becomes 0 and `high` the largest value of `dtype` (1 for floats); what lies outside is clamped.
    static func scale(_ pixels: AnyNDArray, from low: Double, to high: Double, as dtype: DType) throws -> AnyNDArray {
        let unit = (try pixels.cast(to: Double.self) - low) / (high - low)
        let clamped = unit.clipped(to: 0...1)
        guard let top = largest(dtype) else { return try AnyNDArray(clamped).cast(to: dtype) }
        // Casts cut fractions off; half a step more makes that rounding.
        return try AnyNDArray(clamped * top + 0.5).cast(to: dtype)
    }

    private static func largest(_ dtype: DType) -> Double? {
        guard dtype.isInteger else { return nil }
        return (dtype.isSigned ? 0x1p-1 : 1) * Double(sign: .plus, exponent: dtype.byteCount * 8, significand: 1) - 1
    }
}
