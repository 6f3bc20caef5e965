extension PluginFile {
    /// One block of a plugin file, such as `<script lang="python">…</script>`.
    public struct Block: Sendable {
        /// What a block is for.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// A block of this name.
            case config, script, window, style, docs, attachment, link
            /// Any other name; tolerated, without effect.
            case other
        }

        /// An attribute of the opening tag.
        public struct Attribute: Sendable, Hashable {
            /// The name as written.
            public let name: String
            /// The value with `&lt; &gt; &quot; &amp;` decoded; nil, meaning true, when there is none or it is empty.
            public let value: String?
            let range: Range<Int>
        }

        /// What the block is for.
        public let kind: Kind
        /// The name as written.
        public let tag: String
        /// The attributes in order; of two with one name the last counts.
        public let attributes: [Attribute]
        /// The body, without the indentation that its lines share; empty when the block is never closed.
        public let content: String
        /// The byte range of the block in the file, tags included.
        public let range: Range<Int>
        /// The byte range of the opening tag.
        public let openingTagRange: Range<Int>
        /// The byte range of the body as it stands in the file.
        public let bodyRange: Range<Int>
        /// How many columns were removed from the start of each line of the body.
        public let removedIndentation: Int
        /// False when the end tag is missing.
        public let isClosed: Bool
        let source: SourceText
    }
}

extension PluginFile.Block {
    /// The attribute called `name`.
    public func attribute(_ name: String) -> Attribute? { attributes.last { $0.name == name } }

    /// The value of the attribute called `name`; nil when it is missing or has no value.
    public subscript(name: String) -> String? { attribute(name)?.value }

    /// The language that the block names.
    public var lang: String? { self["lang"] }
    /// The address from which the block's content comes instead.
    public var src: String? { self["src"] }
    /// Whether the attribute `scoped` is there.
    public var isScoped: Bool { attribute("scoped") != nil }
    /// Whether the attribute `module` is there.
    public var isModule: Bool { attribute("module") != nil }

    /// The place of the opening tag.
    public var location: TextLocation { source.location(at: range.lowerBound) }
    /// The place of the first byte of the body.
    public var bodyLocation: TextLocation { source.location(at: bodyRange.lowerBound) }

    /// The file line on which the first line of `content` stands; the first is 1.
    public var firstLine: Int { source.line(at: bodyRange.lowerBound) }

    /// What to add to a 1-based line of `content` to get the line of the file.
    ///
    /// A compiler that is given this many empty lines before `content` reports lines of the file.
    public var lineOffset: Int { firstLine - 1 }

    /// The place in the file of a 1-based line and column of `content`, clamped to the body.
    public func location(line: Int, column: Int) -> TextLocation {
        source.location(at: fileOffset(line: line, column: column))
    }

    func fileOffset(line: Int, column: Int) -> Int {
        let fileLine = firstLine + max(1, line) - 1
        let range = source.lineRange(fileLine)
        let start = fileLine == firstLine ? bodyRange.lowerBound : range.lowerBound
        var offset = min(start + removedIndentation, max(start, range.upperBound))
        var left = column - 1
        while left > 0, offset < range.upperBound {
            offset += 1
            while offset < range.upperBound, source.bytes[offset] & 0xC0 == 0x80 { offset += 1 }
            left -= 1
        }
        return min(max(offset, bodyRange.lowerBound), bodyRange.upperBound)
    }
}
