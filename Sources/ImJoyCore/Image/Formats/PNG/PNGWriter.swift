/// Writes PNG: `bool` as 1-bit grey, `uint8` and `uint16` as grey, grey with alpha, RGB or RGBA.
enum PNGWriter {
    /// Longer texts are cut, as our reader does.
    private static let longestText = 4095

    static func write(_ image: Image, _ options: ImageWriteOptions, to sink: inout ImageSink) throws(ImageError) {
        let channels = try channelCount(of: image)
        let depth: UInt8
        switch image.dtype {
        case .bool where channels == 1: depth = 1
        case .uint8: depth = 8
        case .uint16: depth = 16
        default:
            throw ImageError(
                .unsupported,
                "PNG holds uint8, uint16 and grey bool, not \(channels) samples of \(image.dtype); "
                    + "convert the pixels or write TIFF"
            )
        }
        guard image.pixels.count > 0, image.shape[0] < 1 << 31, image.shape[1] < 1 << 31 else {
            throw ImageError(.unsupported, "PNG cannot hold a picture of shape \(image.shape)")
        }
        guard (0...9).contains(options.level) else {
            throw ImageError(.invalidArgument, "compression level \(options.level); zlib has 0 to 9")
        }
        let (height, width) = (image.shape[0], image.shape[1])
        var stream = PNGStream()
        let colorType: UInt8 = [0, 4, 2, 6][channels - 1]
        let header = PNGStream.bigEndian(UInt32(width)) + PNGStream.bigEndian(UInt32(height))
        stream.append("IHDR", bytes: header + [depth, colorType, 0, 0, 0])
        if let x = perMetre(image.pixelSize?.x), let y = perMetre(image.pixelSize?.y) {
            stream.append("pHYs", bytes: PNGStream.bigEndian(x) + PNGStream.bigEndian(y) + [1])
        }
        append("Description", image.metadata["description"] ?? "", &stream)
        append("Software", image.metadata["software"] ?? "ImJoy", &stream)

        let isBit = depth == 1
        let bytes = isBit ? packedBits(image.pixels.bytes, width: width, height: height) : image.pixels.bytes
        let rowBytes = isBit ? (width + 7) / 8 : width * channels * image.dtype.byteCount
        let filters = PNGFilters(
            height: height, rowBytes: rowBytes, pixelBytes: isBit ? 1 : channels * image.dtype.byteCount,
            isSwapped: depth == 16 && DType.ByteOrder.native == .little)
        let filtered = try bytes.withUnsafeBytes { (buffer) throws(ImageError) -> NDStorage? in
            try buffer.baseAddress.map { (start) throws(ImageError) in try filters.filtered(start) }
        }
        if let filtered {
            let packed = try DeflatePacking.packed(
                UnsafeRawBufferPointer(start: filtered.base, count: filtered.byteCount), level: options.level,
                wrapper: .zlib)
            stream.append("IDAT", packed)
        }
        stream.append("IEND", bytes: [])
        for part in stream.parts { try sink.append(part) }
    }

    /// Pixels in a metre, whole numbers in the format.
    private static func perMetre(_ size: Double?) -> UInt32? {
        size.flatMap { $0 > 0 ? UInt32(exactly: (1_000_000 / $0).rounded()) : nil }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// A text that may hold any characters.
    private static func append(_ key: String, _ text: String, _ stream: inout PNGStream) {
        var bytes: [UInt8] = []
        for character in text where character != "\0" {
            guard bytes.count + character.utf8.count <= longestText else { break }
            bytes += character.utf8
        }
        // Behind the key: not packed, in no language, with no other key.
        if !bytes.isEmpty { stream.append("iTXt", bytes: Array(key.utf8) + [0, 0, 0, 0, 0] + bytes) }
    }

    /// Eight pixels in a byte, the first one highest; rows begin with a byte.
    private static func packedBits(_ bytes: SharedBytes, width: Int, height: Int) -> SharedBytes {
        let rowBytes = (width + 7) / 8
        return bytes.withUnsafeBytes { pixels in
            SharedBytes(count: rowBytes * height) { target in
                for line in 0..<height {
                    for place in 0..<rowBytes {
                        var byte: UInt8 = 0
                        for column in place * 8..<min(place * 8 + 8, width) where pixels[line * width + column] != 0 {
                            byte |= 0x80 >> UInt8(column % 8)
                        }
                        target[line * rowBytes + place] = byte
                    }
                }
            }
        }
    }

    private static func channelCount(of image: Image) throws(ImageError) -> Int {
        let shape = image.shape
        if shape.count == 2 { return 1 }
        if shape.count == 3, image.axes.letters.hasSuffix("S"), (1...4).contains(shape[2]) { return shape[2] }
        throw ImageError(
            .unsupported,
            "PNG holds one picture, YX or YXS with 1 to 4 samples, not \(image); take a slice, or write TIFF")
    }
}
