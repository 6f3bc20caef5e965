/// A plugin file that a reference led to, ready to be fetched, or the reason why there is none to fetch.
public struct PluginLocation: Sendable, Hashable {
    /// Where the plugin is.
    public enum Place: Sendable, Hashable {
        /// The text of the plugin file itself.
        case source(String)
        /// The address of a plugin file.
        case file(url: String)
        /// A page to open, which announces its config.
        case webApp(url: String)
    }

    /// Where to get the plugin.
    public let place: Place
    /// The variant to select.
    public let tag: String?
    /// What to store with the plugin to find it again; nil for source text.
    public let origin: String?

    /// Makes a location.
    public init(place: Place, tag: String? = nil, origin: String? = nil) {
        (self.place, self.tag, self.origin) = (place, tag, origin)
    }
}

extension PluginReference {
    /// Gets the bytes at an http address; nil when the server says that nothing is there.
    public typealias Fetch = @Sendable (_ url: String) async throws -> [UInt8]?

    /// Follows the reference to a plugin file.
    ///
    /// A bare name is looked up in `scope`, the manifest that the parent plugin came from or the selected repository;
    /// manifests and gists are fetched with `fetch`, the plugin file itself is not. Throws a ``ReferenceError`` when
    /// there is no such plugin, and what `fetch` throws.
    public func resolved(in scope: RepositoryManifest? = nil, fetch: Fetch) async throws -> PluginLocation {
        switch kind {
        case .source(let text): return PluginLocation(place: .source(text), tag: tag, origin: nil)
        case .file(let url): return PluginLocation(place: .file(url: url), tag: tag, origin: origin)
        case .webApp(let url): return PluginLocation(place: .webApp(url: url), tag: tag, origin: origin)
        case .gist(let gist):
            guard let bytes = try await fetch(gist.url) else {
                throw ReferenceError(.notFound, "there is no gist \(gist.id) (\(gist.url))")
            }
            return try located(inGist: bytes)
        case .plugin(_, let address): return try located(in: try await RepositoryManifest.fetched(address, fetch))
        case .named(let name):
            guard let scope else {
                throw ReferenceError(
                    .noScope, "`\(name.shortened)` cannot be looked up without a repository: write USER/REPO:\(name)")
            }
            return try located(in: scope)
        }
    }

    /// The place of a named plugin by what a repository's manifest says.
    ///
    /// A page whose entry is no plugin file is a web app. Throws a ``ReferenceError`` when the manifest lists no
    /// plugin of this name, or when the reference needs no manifest.
    public func located(in manifest: RepositoryManifest) throws(ReferenceError) -> PluginLocation {
        let name: String
        switch kind {
        case .plugin(let own, _), .named(let own): name = own
        default: throw ReferenceError(.malformed, "`\(description.shortened)` is not looked up in a repository")
        }
        let repository = manifest.address.map(\.description) ?? manifest.url
        guard let entry = manifest.plugin(name) else {
            let near = NearestName.find(name, in: manifest.plugins.map(\.name))
            throw ReferenceError(
                .pluginNotFound,
                "the plugin `\(name.shortened)` cannot be found in the repository \(repository)"
                    + (near.map { " (did you mean `\($0)`?)" } ?? ""))
        }
        let target = try PluginReference(entry.url)
        let origin = "\(repository):\(name)"
        switch target.kind {
        case .file(let url): return PluginLocation(place: .file(url: url), tag: tag ?? target.tag, origin: origin)
        case .webApp(let url): return PluginLocation(place: .webApp(url: url), tag: tag, origin: origin)
        default:
            throw ReferenceError(
                .badReply,
                "the repository \(repository) gives `\(entry.uri.shortened)` as the address of `\(name)`, "
                    + "which is no file")
        }
    }

    /// The place of the plugin file in a gist, by GitHub's description of it.
    ///
    /// It is the file that the reference marks, else the first whose name ends with `.imjoy.html`. Throws a
    /// ``ReferenceError`` when there is none or the text is no such description.
    public func located(inGist bytes: [UInt8]) throws(ReferenceError) -> PluginLocation {
        guard case .gist(let gist) = kind else {
            throw ReferenceError(.malformed, "`\(description.shortened)` is not a gist")
        }
        let reply: ManifestValue
        do {
            reply = try ManifestValue(parsingJSON: bytes, name: gist.url)
        } catch {
            throw ReferenceError(.badReply, "\(gist.url) did not answer with JSON", diagnostics: error.diagnostics)
        }
        guard let files = reply["files"]?.object else {
            let reason = reply["message"]?.string.map { ": \($0.shortened)" } ?? ""
            throw ReferenceError(.badReply, "\(gist.url) does not describe a gist\(reason)")
        }
        let plugins = files.entries.filter { $0.key.lowercased().hasSuffix(".imjoy.html") }
        let marked = gist.fileMark.flatMap { mark in plugins.first { Self.letters($0.key) == Self.letters(mark) } }
        guard let file = marked ?? plugins.first, let url = file.value["raw_url"]?.string,
            let address = WebAddress(url)
        else {
            let names = NameList.text(files.keys, limit: 5)
            throw ReferenceError(
                .pluginNotFound,
                "the gist \(gist.id) holds no file that ends with `.imjoy.html`"
                    + (files.isEmpty ? "" : ", only \(names)"))
        }
        return PluginLocation(place: .file(url: address.text), tag: tag, origin: origin)
    }

    /// GitHub writes everything but letters and digits of a file's name as `-`.
    private static func letters(_ name: String) -> [UInt8] {
        name.utf8.map(\.lowercasedASCII).filter { $0.isLetter || $0.isDigit }
    }
}
