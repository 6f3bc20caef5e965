/// A way to name a plugin: its text, an address, or its name in a repository; with a tag perhaps.
///
/// | Written | Means |
/// |---|---|
/// | `USER/REPO[@REVISION]:NAME[@TAG]` | the entry NAME of a repository's manifest |
/// | `https://github.com/U/R/blob/BRANCH/x.imjoy.html[@TAG]` | a plugin file on GitHub |
/// | `https://gist.github.com/U/ID[/REVISION][#file-…][@TAG]` | the plugin file of a gist |
/// | `https://…/x.imjoy.html[@TAG]` | a plugin file |
/// | any other `http(s)://` address | a page that announces itself as a plugin |
/// | `NAME[@TAG]` | a plugin of the selected repository |
/// | text with a line end | the plugin file itself |
///
/// Reading a reference fetches nothing; see ``resolved(in:fetch:)``.
///
/// ```swift
/// let reference = try PluginReference("lab/plugins:Blur@GPU")
/// print(reference.kind, reference.tag ?? "", reference.origin ?? "")
/// ```
public struct PluginReference: Sendable, Hashable {
    /// What a reference points to.
    public enum Kind: Sendable, Hashable {
        /// The text of a plugin file.
        case source(String)
        /// A plugin file at an address, which is ready to be fetched.
        case file(url: String)
        /// A gist, whose description lists its files.
        case gist(Gist)
        /// The plugin of this name in a repository.
        case plugin(name: String, in: RepositoryAddress)
        /// The plugin of this name in the repository at hand.
        case named(String)
        /// A page or worker that announces its config when it is opened.
        case webApp(url: String)
    }

    /// A gist on GitHub.
    public struct Gist: Sendable, Hashable {
        /// The hexadecimal name that GitHub gave it.
        public let id: String
        /// A commit of it; nil for the newest.
        public let revision: String?
        /// The `file-…` mark of one of its files, as GitHub writes it after `#`.
        public let fileMark: String?

        /// The address that describes the gist in JSON.
        public var url: String { "https://api.github.com/gists/" + id + (revision.map { "/" + $0 } ?? "") }
    }

    /// What the reference points to.
    public let kind: Kind
    /// The variant that is asked for.
    public let tag: String?
    /// What to store with an installed plugin to find it again: the reference without its tag; nil for source text.
    ///
    /// A bare name gets its origin from the repository it is found in.
    public let origin: String?

    /// Reads a reference; `tag` counts before one that the text ends with.
    ///
    /// Throws a ``ReferenceError`` for text that has none of the forms.
    public init(_ text: String, tag: String? = nil) throws(ReferenceError) {
        if text.utf8.contains(0x0A) {
            (kind, self.tag, origin) = (.source(text), tag, nil)
            return
        }
        let parsed = try ReferenceParser.parse(text.trimmingSpaces)
        kind = parsed.kind
        self.tag = tag ?? parsed.tag
        origin = parsed.origin
    }

    /// Reads text, or an object `{src or uri, tag}` as plugins pass it to a host; its other keys are ignored.
    ///
    /// Throws a ``ReferenceError`` for any other value.
    public init(_ value: ManifestValue) throws(ReferenceError) {
        let text = value.string ?? value["uri"]?.string ?? value["src"]?.string
        guard let text else {
            throw ReferenceError(
                .malformed, "a reference is text, or an object with `uri` or `src`, found \(value.kindInWords)")
        }
        try self.init(text, tag: value["tag"]?.string)
    }
}

extension PluginReference: CustomStringConvertible {
    /// The reference as text; reading it gives the same reference.
    public var description: String {
        let isAddress: Bool
        switch kind {
        case .source(let text): return text
        case .plugin, .named: isAddress = false
        case .file, .gist, .webApp: isAddress = true
        }
        // In an address a `#` or `?` of the tag would begin another part of it.
        return (origin ?? "") + (tag.map { "@" + (isAddress ? PercentCoding.encode($0, .unreserved) : $0) } ?? "")
    }
}
