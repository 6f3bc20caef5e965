extension PluginFile {
    /// A block to be written.
    public struct NewBlock: Sendable {
        /// What the block is for.
        public var kind: Block.Kind
        /// Attributes in order; nil stands for one without a value.
        public var attributes: [(name: String, value: String?)]
        /// The body, without the line ends around it.
        public var content: String

        /// Makes a block.
        public init(_ kind: Block.Kind, _ attributes: [(name: String, value: String?)] = [], content: String) {
            (self.kind, self.attributes, self.content) = (kind, attributes, content)
        }
    }

    /// Writes a plugin file with a config in JSON and other blocks.
    ///
    /// The content of each block stands on lines of its own. Throws a ``ManifestError`` when a block would not be
    /// read again as it is given, because it holds its own end tag for instance.
    ///
    /// ```swift
    /// let file = try PluginFile(
    ///     config: ["name": "Blur", "type": "web-worker", "api_version": "0.1.8"],
    ///     blocks: [.init(.script, [("lang", "javascript")], content: "api.export({})")])
    /// print(file)
    /// ```
    public init(
        config: ManifestObject, blocks: [NewBlock] = [], name: String = "<text>"
    ) throws(ManifestError) {
        var text = "<config lang=\"json\">\n\(ConfigEditor.text(ManifestValue(config), .pretty))\n</config>\n"
        for block in blocks {
            let attributes = block.attributes.map { attribute in
                attribute.value.map { " \(attribute.name)=\"\(Self.escaped($0))\"" } ?? " \(attribute.name)"
            }
            let opening = "\n<\(block.kind.rawValue)\(attributes.joined())"
            text +=
                block.kind == .link ? opening + "/>\n" : "\(opening)>\n\(block.content)\n</\(block.kind.rawValue)>\n"
        }
        self.init(parsing: text, name: name)
        var decoder = ManifestDecoder(self, tag: nil)
        let isSame = self.blocks.count == blocks.count + 1 && decoder.readFields() == config
        for (index, block) in blocks.enumerated() {
            let written = isSame ? self.blocks[index + 1] : nil
            let content = block.kind == .link ? "" : "\n\(block.content)\n"
            let body = written.map { source.text(in: $0.bodyRange) }
            let names = written?.attributes.map(\.name) ?? []
            guard let written, written.kind == block.kind, body == content, names == block.attributes.map(\.name) else {
                throw ManifestError(
                    .invalid,
                    "the \(block.kind.rawValue) block \(index + 1) cannot be written: "
                        + "it must not hold its own end tag or an unfinished tag")
            }
        }
        guard isSame else { throw ManifestError(.invalid, "the config cannot be written as a plugin file") }
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value {
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            default: text.append(character)
            }
        }
        return text
    }
}
