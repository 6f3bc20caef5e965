/// Writes NumPy's array files: version 1, row-major, this machine's byte order.
///
/// The format has no place for axes, pixel size or names.
enum NPYWriter {
    static func write(_ image: Image, to sink: inout ImageSink) throws(ImageError) {
        let header = NPYHeader(dtype: image.dtype, shape: image.shape)
        try sink.append(SharedBytes(copying: header.encoded()))
        try sink.append(image.pixels.bytes)
    }
}
