public import SystemPackage

extension Image {
    /// Writes the image to `path` in the format of its extension: `tif`, `tiff`, `png`, `npy` or `zarr`.
    ///
    /// The bytes go to a temporary file in the same folder, which then takes the name; when anything fails, the old
    /// file stays as it was and nothing new is left behind. Zarr is a folder, see ``write(toZarr:options:)``. Throws
    /// ``ImageError``.
    public func write(to path: FilePath, options: ImageWriteOptions = .init()) throws(ImageError) {
        guard let format = path.extension.flatMap(ImageFormat.named) else {
            let known = ImageFormat.all.flatMap(\.fileExtensions).joined(separator: ", ")
            throw ImageError(.unknownFormat, "no format goes by this extension; choose one of \(known)", file: path)
        }
        try write(to: path, as: format, options: options)
    }

    /// Writes the image to `path` in a given format, whatever the extension; see ``write(to:options:)``.
    public func write(to path: FilePath, as format: ImageFormat, options: ImageWriteOptions = .init())
        throws(ImageError)
    {
        if format == .zarr { return try writeZarr(path, options) }
        let options = options.adapted(toName: path.lastComponent?.string ?? "")
        try ImageSink.writing(to: path) { (sink) throws(ImageError) in try format.encode(self, options, &sink) }
    }

    /// The bytes of the image as a file of `format`.
    public func encoded(as format: ImageFormat, options: ImageWriteOptions = .init()) throws(ImageError) -> SharedBytes
    {
        var sink = ImageSink.memory([])
        try format.encode(self, options, &sink)
        return sink.joined
    }
}

/// Where an encoder puts its bytes, one part after another.
enum ImageSink {
    case file(AtomicFile)
    case memory([SharedBytes])

    mutating func append(_ part: SharedBytes) throws(ImageError) {
        switch self {
        case .file(let file): try file.append(part)
        case .memory(let parts): self = .memory(parts + [part])
        }
    }

    /// Gives `body` a temporary file that takes the name `path` when all went well, and is removed otherwise.
    static func writing(
        to path: FilePath, _ body: (inout ImageSink) throws(ImageError) -> Void
    ) throws(ImageError) {
        do throws(ImageError) {
            let file = try AtomicFile(replacing: path)
            var sink = ImageSink.file(file)
            do throws(ImageError) { try body(&sink) } catch {
                file.discard()
                throw error
            }
            try file.commit()
        } catch {
            throw error.naming(path)
        }
    }

    /// The descriptor to write to directly, nil for memory.
    var descriptor: Int32? { if case .file(let file) = self { file.descriptor.rawValue } else { nil } }

    /// All parts in one block; empty for a file.
    var joined: SharedBytes {
        guard case .memory(let parts) = self else { return .empty }
        guard parts.count > 1 else { return parts.first ?? .empty }
        return SharedBytes(count: parts.reduce(0) { $0 + $1.count }) { target in
            var start = 0
            for part in parts {
                part.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target[start...]).copyMemory(from: $0) }
                start += part.count
            }
        }
    }
}
