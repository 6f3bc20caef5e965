public import SystemPackage

/// NumPy's file of one array: what `numpy.save` writes and `numpy.load` reads.
///
/// ```swift
/// try NPYFile.write(AnyNDArray(weights), to: "weights.npy")
/// let again = try NPYFile.read(contentsOf: "weights.npy")
/// ```
/// Both byte orders and both orders of axes can be read and written, in versions 1 to 3 of the format. Files with text,
/// dates, records or pickled Python objects are refused.
public enum NPYFile {
    /// The array in the file at `path`, sharing its bytes where order and alignment allow.
    public static func read(contentsOf path: FilePath, limits: ImageLimits = .default) throws(ImageError) -> AnyNDArray
    {
        do throws(ImageError) {
            return try NPYReader(EncodedImage(contentsOf: path, limits: limits)).decode()
        } catch {
            throw error.naming(path)
        }
    }

    /// The array in a file's bytes.
    public static func read(decoding bytes: SharedBytes, limits: ImageLimits = .default) throws(ImageError)
        -> AnyNDArray
    {
        try NPYReader(EncodedImage(bytes, limits: limits)).decode()
    }

    /// Writes an array to `path`; the file takes its name only when it is complete.
    public static func write(
        _ array: AnyNDArray, to path: FilePath, options: NPYWriteOptions = .init()
    ) throws(ImageError) {
        try ImageSink.writing(to: path) { (sink) throws(ImageError) in
            for part in try NPYWriter.parts(array, options) { try sink.append(part) }
        }
    }

    /// The bytes of a file with an array.
    public static func encoded(
        _ array: AnyNDArray, options: NPYWriteOptions = .init()
    ) throws(ImageError) -> SharedBytes {
        var sink = ImageSink.memory([])
        for part in try NPYWriter.parts(array, options) { try sink.append(part) }
        return sink.joined
    }
}
