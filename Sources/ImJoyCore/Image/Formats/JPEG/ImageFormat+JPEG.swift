extension ImageFormat {
    /// JPEG: grey, red-green-blue and CMYK pictures of 8 bits. What is written is not what was given, pixel by pixel.
    public static let jpeg = ImageFormat(
        name: "jpeg", fileExtensions: ["jpg", "jpeg", "jpe", "jfif"], hasSignature: JPEGReader.hasSignature,
        open: { (source) throws(ImageError) in try JPEGReader(source) },
        encode: { (image, options, sink) throws(ImageError) in try JPEGWriter.write(image, options, to: &sink) })
}
