public import SystemPackage

/// NumPy's archive of named arrays: what `numpy.savez` and `savez_compressed` write.
///
/// ```swift
/// let archive = try NPZFile(contentsOf: "weights.npz")
/// print(archive.names)                                   // ["bias", "kernel"]
/// let kernel = try archive.array(named: "kernel")
/// ```
///
/// Opening reads only the table of contents; each array is unpacked, and its checksum tested, when it is asked for.
public struct NPZFile: Sendable {
    /// The names of the arrays in the order of the archive, without `.npy`.
    public let names: [String]
    private let entries: [String: ZipEntry]
    private let source: EncodedImage

    /// Opens the archive at `path`; throws ``ImageError`` when it is none.
    public init(contentsOf path: FilePath, limits: ImageLimits = .default) throws(ImageError) {
        try self.init(EncodedImage(contentsOf: path, limits: limits))
    }

    /// Opens an archive in memory; throws ``ImageError`` when it is none.
    public init(decoding bytes: SharedBytes, limits: ImageLimits = .default) throws(ImageError) {
        try self.init(EncodedImage(bytes, limits: limits))
    }

    private init(_ source: EncodedImage) throws(ImageError) {
        self.source = source
        var names: [String] = []
        var entries: [String: ZipEntry] = [:]
        do throws(ImageError) {
            for entry in try ZipDirectory.entries(of: source.bytes, limit: source.limits.pages) {
                guard entry.name.hasSuffix(".npy") else { continue }
                let name = String(entry.name.dropLast(4))
                guard entries.updateValue(entry, forKey: name) == nil else {
                    throw ImageError(.malformed, "the archive holds two arrays called \(name)")
                }
                names.append(name)
            }
        } catch {
            throw error.naming(source.file)
        }
        self.names = names
        self.entries = entries
    }

    /// The array called `name`; stored arrays share the bytes of the file, packed ones are inflated.
    public func array(named name: String) throws(ImageError) -> AnyNDArray {
        do throws(ImageError) {
            guard let entry = entries[name] else {
                throw ImageError(
                    .invalidArgument,
                    "no array is called \(name); there are \(names.prefix(20).joined(separator: ", "))")
            }
            return try NPYReader(EncodedImage(entry.contents(in: source), limits: source.limits)).decode()
        } catch {
            throw ImageError(error.code, "array \(name): \(error.message)", file: source.file)
        }
    }
}
