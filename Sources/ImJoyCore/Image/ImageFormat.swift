/// A kind of image file: its name, its extensions and how it is recognised, read and written.
public struct ImageFormat: Sendable {
    /// The short name: `tiff`, `png`, `npy`, `zarr`.
    public let name: String
    /// File name extensions, lower case, the usual one first.
    public let fileExtensions: [String]
    let hasSignature: @Sendable (SharedBytes) -> Bool
    let open: @Sendable (EncodedImage) throws(ImageError) -> any ImageDecoder
    let encode: @Sendable (Image, ImageWriteOptions, inout ImageSink) throws(ImageError) -> Void

    /// TIFF and BigTIFF, among them ImageJ hyperstacks and OME-TIFF.
    public static let tiff = ImageFormat(
        name: "tiff", fileExtensions: ["tif", "tiff", "btf", "tf8"], hasSignature: TIFFReader.hasSignature,
        open: { (source) throws(ImageError) in try TIFFReader(source) },
        encode: { (image, options, sink) throws(ImageError) in try TIFFWriter(image, options).write(to: &sink) })
    /// PNG.
    public static let png = ImageFormat(
        name: "png", fileExtensions: ["png"], hasSignature: PNGReader.hasSignature,
        open: { (source) throws(ImageError) in try PNGReader(source) },
        encode: { (image, options, sink) throws(ImageError) in try PNGWriter.write(image, options, to: &sink) })
    /// NumPy's array file.
    public static let npy = ImageFormat(
        name: "npy", fileExtensions: ["npy"], hasSignature: NPYReader.hasSignature,
        open: { (source) throws(ImageError) in try NPYReader(source) },
        encode: { (image, options, sink) throws(ImageError) in try NPYWriter.write(image, to: &sink) })

    /// OME-Zarr and plain Zarr arrays: folders of many files, so there are no bytes to recognise, decode or encode.
    public static let zarr = ImageFormat(
        name: "zarr", fileExtensions: ["zarr"], hasSignature: { _ in false },
        open: { (source) throws(ImageError) in
            throw ImageError(.unsupported, "Zarr is a folder of many files, these are the bytes of one")
        },
        encode: { (image, options, sink) throws(ImageError) in
            throw ImageError(.invalidArgument, "Zarr is a folder of many files; write the image to a path")
        })

    /// Every format there is, in the order their signatures are tried.
    public static let all: [ImageFormat] = [tiff, png, npy, jpeg, zarr]

    /// The format whose files start as `bytes` do.
    public static func detect(_ bytes: SharedBytes) -> ImageFormat? { all.first { $0.hasSignature(bytes) } }

    /// The format that uses `fileExtension` (without the dot, any case).
    public static func named(fileExtension: String) -> ImageFormat? {
        let wanted = fileExtension.lowercased()
        return all.first { $0.fileExtensions.contains(wanted) }
    }
}

extension ImageFormat: Hashable {
    public static func == (a: ImageFormat, b: ImageFormat) -> Bool { a.name == b.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension ImageFormat: CustomStringConvertible {
    public var description: String { name }
}

/// An opened image: the facts are known, the pixels are decoded on demand.
protocol ImageDecoder {
    var info: ImageInfo { get }
    func decode() throws(ImageError) -> AnyNDArray
}
