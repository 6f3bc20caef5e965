public import SystemPackage

/// Why an image could not be read or written: a code to match on and a sentence with the numbers.
public struct ImageError: Error, Hashable, Sendable {
    /// The kind of failure. More kinds may be added, so switch with a default.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code's name.
        public let description: String
        private init(_ description: String) { self.description = description }

        /// The system refused: no such file, no permission, no space.
        public static let system = Code("system")
        /// Bytes that are no image of a known format, or a file name with an unknown extension.
        public static let unknownFormat = Code("unknown format")
        /// A valid image of a kind that is not supported.
        public static let unsupported = Code("unsupported")
        /// A file that ends before its contents do.
        public static let truncated = Code("truncated")
        /// A file that contradicts its format.
        public static let malformed = Code("malformed")
        /// More pixels or pages than the limits allow, or than the bytes of the file could hold.
        public static let tooLarge = Code("too large")
        /// Axes that do not fit the pixels, or an option the format has no room for.
        public static let invalidArgument = Code("invalid argument")
        /// More memory than the system gives.
        public static let outOfMemory = Code("out of memory")
    }

    /// The kind of failure.
    public var code: Code
    /// What is wrong, with the sizes and places it is about; without the file.
    public var message: String
    /// The file it is about, when there is one.
    public var file: FilePath?
    /// The page of a TIFF it is about, counted from 0.
    public var page: Int?
    /// The TIFF tag it is about, by its name in the specification.
    public var tag: String?

    package init(_ code: Code, _ message: String, file: FilePath? = nil, page: Int? = nil, tag: String? = nil) {
        self.code = code
        self.message = ImageError.oneLine(message)
        self.file = file
        self.page = page
        self.tag = tag
    }
}

extension ImageError {
    /// Names and types quoted from a file may hold anything; a sentence holds no line breaks and no novels.
    private static func oneLine(_ text: String) -> String {
        let hidden: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator, .paragraphSeparator]
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(1000) {
            line.append(hidden.contains(scalar.properties.generalCategory) ? "?" : scalar)
        }
        return String(line)
    }
}

extension ImageError: CustomStringConvertible {
    /// One line: file, page, tag and sentence.
    public var description: String {
        var parts: [String] = []
        if let file { parts.append(file.string) }
        if let page { parts.append("page \(page)") }
        if let tag { parts.append(tag) }
        let place = parts.joined(separator: ", ")
        return place.isEmpty ? message : "\(place): \(message)"
    }
}

/// Runs `body`, turning what the array type throws into an image error.
func asImageError<R>(_ body: () throws(NDArrayError) -> R) throws(ImageError) -> R {
    do { return try body() } catch {
        throw ImageError(error.code == .outOfMemory ? .outOfMemory : .malformed, error.message)
    }
}
