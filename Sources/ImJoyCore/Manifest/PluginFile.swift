public import SystemPackage

/// A plugin file (`*.imjoy.html`) taken apart into its blocks.
///
/// Parsing never fails: what is odd is reported in ``diagnostics``, and the rest is kept. Blocks keep the places at
/// which they stand, so messages about their content can name lines of the file.
///
/// ```swift
/// let file = PluginFile(parsing: "<config lang=\"json\">{\"name\": \"Blur\"}</config>", name: "blur.imjoy.html")
/// print(file.config?.content ?? "")       // {"name": "Blur"}
/// ```
public struct PluginFile: Sendable {
    /// The text of the file and its name.
    public let source: SourceText
    /// All blocks at the top level, in file order.
    public let blocks: [Block]
    let problems: [SourceProblem]
    /// Values of fields that the config lacks, in forms that need not give them; nil for a plugin file.
    let configDefaults: ManifestObject?

    /// Takes a text apart.
    public init(parsing text: String, name: String = "<text>") {
        self.init(parsing: Array(text.utf8), name: name)
    }

    /// Takes bytes apart; bytes that are not UTF-8 are reported and read as U+FFFD.
    public init(parsing bytes: [UInt8], name: String = "<text>") {
        self.init(parsing: SourceText(bytes, name: name))
    }

    init(parsing text: SourceText) {
        var scanner = PluginFileScanner(text)
        scanner.scan()
        source = scanner.source
        blocks = scanner.blocks
        problems = scanner.problems
        configDefaults = nil
    }

    init(source: SourceText, blocks: [Block], configDefaults: ManifestObject) {
        self.source = source
        self.blocks = blocks
        self.configDefaults = configDefaults
        problems = []
    }

    /// The largest file that is read, in bytes: 64 MiB.
    public static let maximumSize = 64 << 20

    /// Reads and takes apart a file.
    ///
    /// Throws a ``ManifestError`` when the file cannot be read, is not a regular file or pipe, or is larger than
    /// `maximumSize` bytes.
    public init(contentsOf path: FilePath, maximumSize: Int = PluginFile.maximumSize) throws(ManifestError) {
        let bytes = try BoundedFileReading.bytes(of: path, limit: maximumSize)
        self.init(parsing: bytes, name: path.string)
    }

    /// The name of the file as given.
    public var name: String { source.name }

    /// What is odd about the structure of the file; problems of the config are found by ``PluginManifest``.
    public var diagnostics: [ManifestDiagnostic] { ManifestDiagnostic.list(problems, in: source) }
}

extension PluginFile {
    /// The first config block; later ones have no effect.
    public var config: Block? { blocks.first { $0.kind == .config } }
    /// All scripts, in order; those of one variant are given by ``scripts(tag:)``.
    public var scripts: [Block] { blocks.filter { $0.kind == .script } }
    /// The HTML bodies of a window plugin, in order.
    public var windows: [Block] { blocks.filter { $0.kind == .window } }
    /// The style sheets of a window plugin, in order.
    public var styles: [Block] { blocks.filter { $0.kind == .style } }
    /// The links of a window plugin, in order.
    public var links: [Block] { blocks.filter { $0.kind == .link } }
    /// The first docs block; later ones have no effect.
    public var docs: Block? { blocks.first { $0.kind == .docs } }
    /// The attachments, in order.
    public var attachments: [Block] { blocks.filter { $0.kind == .attachment } }
    /// Blocks of names that have no meaning.
    public var others: [Block] { blocks.filter { $0.kind == .other } }

    /// The text of the attachment called `name`, or nil when there is none.
    public func attachment(_ name: String) -> String? {
        blocks.first { $0.kind == .attachment && $0["name"] == name }?.content
    }

    /// The scripts that run when `tag` is selected: those without a `tag` attribute and those with this one, in order.
    public func scripts(tag: String?) -> [Block] {
        scripts.filter { $0.attribute("tag") == nil || (tag != nil && $0["tag"] == tag) }
    }

    /// The one script that older engines run.
    ///
    /// It is the last whose `tag` equals the selected one (no tag equals no tag), else the first of the file.
    public func mainScript(tag: String?) -> Block? {
        scripts.last { tag == nil ? $0.attribute("tag") == nil : $0["tag"] == tag } ?? scripts.first
    }
}

extension PluginFile: CustomStringConvertible {
    /// The text as it was parsed, byte for byte when it is valid UTF-8.
    public var description: String { source.text(in: 0..<source.bytes.count) }
}
