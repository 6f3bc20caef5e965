public import SystemPackage

extension PluginFile {
    /// Takes a Python script for a plugin, as an engine does that runs a `.py` file.
    ///
    /// The plugin is called like the file, without its suffix and cut to 32 characters; it is of type
    /// `native-python`, and the script exports its own interface. Places are those of the script.
    public init(pythonScript text: String, name: String) {
        let source = SourceText(text, name: name)
        var stem = name.split(separator: "/").last.map(String.init) ?? ""
        if stem.hasSuffix(".py"), stem.utf8.count > 3 { stem.removeLast(3) }
        var config = OtherForm.defaults(type: .nativePython)
        config["name"] = ManifestValue(String(stem.prefix(32)))
        self.init(
            source: source,
            blocks: [
                OtherForm.block(.config, source, body: 0..<0, lang: "json"),
                OtherForm.block(.script, source, body: source.start..<source.bytes.count, lang: "python"),
            ], configDefaults: config)
    }

    /// The plugins of a Markdown document: its fenced code blocks that follow a comment `ImJoyPlugin`.
    ///
    /// ````
    /// <!-- ImJoyPlugin: {"type": "web-worker"} -->
    /// ```js
    /// api.alert("hello")
    /// ```
    /// ````
    ///
    /// The comment holds a config in JSON, or nothing. Fields that it lacks have the values `api_version` 0.1.8,
    /// `version` 0.1.0, a `type` by the language of the code, and a `name` by its place in the document; `passive` is
    /// true when the code never exports. Code that starts with `<` is a whole plugin file. Each file holds the part
    /// of the document from the comment to the end of the code, and its places are lines of the document; offsets
    /// count from the start of the part.
    public static func plugins(inMarkdown text: String, name: String = "<text>") -> [PluginFile] {
        var reader = MarkdownReader(Array(text.utf8), name: name)
        return reader.read()
    }

    /// The plugins of a file by its suffix: those of a Markdown document (`.md`), the one of a Python script (`.py`),
    /// and else the one of a plugin file.
    ///
    /// Throws a ``ManifestError`` when the file cannot be read or is larger than `maximumSize` bytes.
    public static func plugins(
        contentsOf path: FilePath, maximumSize: Int = PluginFile.maximumSize
    ) throws(ManifestError) -> [PluginFile] {
        let kind = path.extension?.lowercased()
        guard kind == "md" || kind == "markdown" || kind == "py" else {
            return [try PluginFile(contentsOf: path, maximumSize: maximumSize)]
        }
        let bytes = try BoundedFileReading.bytes(of: path, limit: maximumSize)
        let text = String(decoding: bytes, as: UTF8.self)
        if kind == "py" { return [PluginFile(pythonScript: text, name: path.string)] }
        return plugins(inMarkdown: text, name: path.string)
    }
}

/// Makes blocks for plugins that are not written as plugin files.
enum OtherForm {
    static func defaults(type: PluginType?) -> ManifestObject {
        var fields = ManifestObject()
        fields["api_version"] = ManifestValue(PluginManifest.newestAPIVersion.text)
        fields["version"] = "0.1.0"
        if let type { fields["type"] = ManifestValue(type.rawValue) }
        return fields
    }

    static func block(
        _ kind: PluginFile.Block.Kind, _ source: SourceText, body: Range<Int>, lang: String?,
        opening: Range<Int>? = nil
    ) -> PluginFile.Block {
        let opening = opening ?? body.lowerBound..<body.lowerBound
        let indentation = Deindent(source.bytes, body)
        return PluginFile.Block(
            kind: kind, tag: kind.rawValue,
            attributes: lang.map { [PluginFile.Block.Attribute(name: "lang", value: $0, range: opening)] } ?? [],
            content: String(decoding: indentation.apply(source.bytes, body), as: UTF8.self),
            range: min(opening.lowerBound, body.lowerBound)..<body.upperBound, openingTagRange: opening,
            bodyRange: body, removedIndentation: indentation.columns, isClosed: true, source: source)
    }
}
