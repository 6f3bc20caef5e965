#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import SystemPackage

/// The bytes to decode, where they came from and how much they may become.
struct EncodedImage: Sendable {
    var bytes: SharedBytes
    var file: FilePath?
    var limits: ImageLimits
    /// True when only parts will be decoded, so that the limit holds for these.
    var isReadInParts = false
    /// True when the bytes are pages of the file.
    private(set) var isMapped = false

    /// From this size on files are mapped: no second copy in memory, and pages nobody asks for are never read.
    static let mappingThreshold = 1 << 20

    init(_ bytes: SharedBytes, file: FilePath? = nil, limits: ImageLimits) {
        self.bytes = bytes
        self.file = file
        self.limits = limits
    }

    init(contentsOf path: FilePath, limits: ImageLimits) throws(ImageError) {
        do {
            // Small files are copied, so that one that is overwritten meanwhile cannot stop the program.
            let isSmall = try EncodedImage.size(of: path) < Self.mappingThreshold
            let bytes = try isSmall ? SharedBytes.reading(contentsOf: path) : SharedBytes.mapping(contentsOf: path)
            self.init(bytes, file: path, limits: limits)
            isMapped = !isSmall
        } catch let error as Errno {
            throw ImageError.system(error, file: path, doing: "cannot be read")
        } catch {
            throw ImageError(.system, "cannot be read: \(error)", file: path)
        }
    }

    /// Lets the system have back the memory of pages that were looked at; it reads them again when somebody asks.
    func forgetPages() {
        guard isMapped, isReadInParts else { return }
        bytes.withUnsafeBytes { buffer in
            // The mapping is read-only and private, so there is nothing to lose.
            _ = madvise(UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count, MADV_DONTNEED)
        }
    }

    private static func size(of path: FilePath) throws -> Int {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else { throw Errno(rawValue: errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw Errno.isDirectory }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Errno.invalidArgument }
        return Int(status.st_size)
    }

    /// Refuses pixels beyond the limit, or beyond what `stored` bytes can hold at `ratio` decoded bytes per stored one.
    ///
    /// - Parameter what: the picture in words and numbers, for the error.
    func check(
        decodedBytes: Int, stored: Int, ratio: Int, what: String, page: Int? = nil, tag: String? = nil
    ) throws(ImageError) {
        guard decodedBytes <= limits.decodedBytes else {
            throw ImageError(
                .tooLarge, "\(what) takes \(decodedBytes) bytes, the limit is \(limits.decodedBytes)", page: page,
                tag: tag)
        }
        let (most, overflow) = stored.multipliedReportingOverflow(by: ratio)
        guard overflow || decodedBytes <= most else {
            throw ImageError(
                .truncated, "\(what) takes \(decodedBytes) bytes, but the \(stored) bytes stored hold at most \(most)",
                page: page, tag: tag)
        }
    }
}

extension ImageError {
    static func system(_ error: Errno, file: FilePath, doing what: String) -> ImageError {
        let reason =
            error == .invalidArgument ? "it is no regular file" : error.description
        return ImageError(.system, "\(what): \(reason)", file: file)
    }

    /// The same error with the file named.
    func naming(_ file: FilePath?) -> ImageError {
        var copy = self
        copy.file = copy.file ?? file
        return copy
    }
}
