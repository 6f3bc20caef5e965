/// What a plugin repository offers: the content of its `manifest.imjoy.json`.
///
/// Entries are copies of the plugins' configs and may be stale; only the plugin files are authoritative.
public struct RepositoryManifest: Sendable {
    /// One plugin of a repository.
    public struct Plugin: Sendable, Equatable {
        /// The name by which it is found.
        public let name: String
        /// The address as written, relative to the repository's root perhaps; `NAME.imjoy.html` when there is none.
        public let uri: String
        /// The whole address, percent-encoded.
        public let url: String
        /// All that the manifest says about the plugin; fields of a config may be tag maps.
        public let fields: ManifestObject

        /// The version at the time the manifest was made.
        public var version: PluginVersion? { fields["version"]?.string.map { PluginVersion($0) } }
        /// One line about the plugin.
        public var description: String? { fields["description"]?.string }
        /// The variants that can be chosen.
        public var tags: [String] { (fields["tags"]?.list ?? []).compactMap(\.string) }
        /// Free words that classify the plugin.
        public var labels: [String] { (fields["labels"]?.list ?? []).compactMap(\.string) }
        /// The name with spaces replaced by `_`: the key under which the plugin is stored.
        public var storageKey: String { String(name.map { $0 == " " ? "_" : $0 }) }
    }

    /// A set of plugins that belong together.
    public struct Collection: Sendable, Equatable {
        /// What the set is called.
        public let name: String
        /// One line about the set.
        public let description: String?
        /// Names of plugins.
        public let plugins: [String]
        /// The workspace that the set is meant for.
        public let workspace: String?

        /// Makes a collection.
        public init(name: String, description: String? = nil, plugins: [String], workspace: String? = nil) {
            (self.name, self.description, self.plugins, self.workspace) = (name, description, plugins, workspace)
        }
    }

    /// What the store calls the repository.
    public let name: String?
    /// What the store says about the repository.
    public let description: String?
    /// The version of the manifest's format.
    public let version: String?
    /// The base of relative addresses, as written.
    public let uriRoot: String?
    /// The plugins that are not disabled, in order.
    public let plugins: [Plugin]
    /// Suggested sets of plugins.
    public let collections: [Collection]
    /// The whole manifest, unknown keys and disabled plugins included.
    public let fields: ManifestObject
    /// Where the manifest was fetched from.
    public let url: String
    /// The repository, when it is known by more than the manifest's address.
    public let address: RepositoryAddress?

    /// The plugin of exactly this name; of several the first.
    public func plugin(_ name: String) -> Plugin? { plugins.first { $0.name == name } }
}

extension RepositoryManifest {
    /// What reading gives: a manifest unless there were errors, and all that was found.
    public struct Decoded: Sendable {
        /// The manifest; nil when there was an error.
        public let manifest: RepositoryManifest?
        /// All problems, in the order of the text.
        public let diagnostics: [ManifestDiagnostic]
    }

    /// Reads the text of a manifest that was fetched from `url`.
    ///
    /// An entry that cannot be used is reported as a warning and left out; a manifest that is no JSON object with a
    /// list of plugins is an error.
    public static func decode(
        _ bytes: [UInt8], url: String, address: RepositoryAddress? = nil
    ) -> Decoded {
        var decoder = RepositoryDecoder(bytes, url: url, address: address)
        let manifest = decoder.decode()
        return Decoded(manifest: manifest, diagnostics: ManifestDiagnostic.list(decoder.problems, in: decoder.source))
    }

    /// Reads the text of a manifest that was fetched from `url`.
    ///
    /// Throws a ``ManifestError`` with all diagnostics when there is an error; warnings are dropped.
    public init(
        parsing bytes: [UInt8], url: String, address: RepositoryAddress? = nil
    ) throws(ManifestError) {
        let decoded = Self.decode(bytes, url: url, address: address)
        guard let manifest = decoded.manifest else { throw ManifestError(invalid: url, decoded.diagnostics) }
        self = manifest
    }

    /// Fetches the manifest of a repository from the first of its addresses that exists.
    ///
    /// Throws a ``ReferenceError`` when there is none or it cannot be read, and what `fetch` throws.
    public static func fetched(
        _ address: RepositoryAddress, _ fetch: PluginReference.Fetch
    ) async throws -> RepositoryManifest {
        for url in address.manifestURLs {
            guard let bytes = try await fetch(url) else { continue }
            let decoded = decode(bytes, url: url, address: address)
            guard let manifest = decoded.manifest else {
                throw ReferenceError(
                    .badReply, "the manifest of the repository \(address) has errors",
                    diagnostics: decoded.diagnostics)
            }
            return manifest
        }
        throw ReferenceError(
            .notFound, "the repository \(address) has no manifest at \(address.manifestURLs.joined(separator: " or "))")
    }

    /// The manifest as JSON text; reading it gives the same manifest.
    public func json() -> String { ManifestValue(fields).json(.pretty) + "\n" }
}

/// Reads a repository's manifest and collects what is wrong with it.
struct RepositoryDecoder {
    let source: SourceText
    private let url: String
    private let address: RepositoryAddress?
    private(set) var problems: [SourceProblem] = []

    init(_ bytes: [UInt8], url: String, address: RepositoryAddress?) {
        source = SourceText(bytes, name: url)
        self.url = url
        self.address = address
    }

    private mutating func report(
        _ severity: ManifestDiagnostic.Severity, _ code: ManifestDiagnostic.Code, _ range: Range<Int>,
        _ message: String, hint: String
    ) {
        if problems.count < 200 { problems.append(SourceProblem(severity, code, range, message, hint: hint)) }
    }

    mutating func decode() -> RepositoryManifest? {
        let result = JSONBracketRepair.read(source, 0..<source.bytes.count)
        problems = result.problems
        guard let value = result.value else { return nil }
        guard let fields = value.object else {
            report(
                .error, "repository.not-an-object", value.range,
                "a repository's manifest must be an object, found \(value.kindInWords)",
                hint: "write `{\"name\": …, \"plugins\": [ … ]}`")
            return nil
        }
        let manifest = RepositoryManifest(
            name: text("name", fields), description: text("description", fields), version: text("version", fields),
            uriRoot: text("uri_root", fields), plugins: plugins(fields, value.range), collections: collections(fields),
            fields: fields, url: url, address: address)
        return problems.contains { $0.severity == .error } ? nil : manifest
    }

    private mutating func text(_ key: String, _ fields: ManifestObject) -> String? {
        guard let value = fields[key], !value.isNull else { return nil }
        if let text = value.string { return text }
        report(
            .warning, "repository.wrong-type", value.range, "`\(key)` must be text, found \(value.kindInWords)",
            hint: "write it in quotes")
        return value.number?.text
    }

    private mutating func plugins(_ fields: ManifestObject, _ range: Range<Int>) -> [RepositoryManifest.Plugin] {
        guard let value = fields["plugins"] else {
            let near = NearestName.find("plugins", in: fields.keys)
            report(
                .error, "repository.no-plugins", range.lowerBound..<range.lowerBound + 1,
                "the manifest has no `plugins`",
                hint: near.map { "rename `\($0)`" } ?? "add `\"plugins\": [ … ]`")
            return []
        }
        guard let list = value.list else {
            report(
                .error, "repository.wrong-type", value.range, "`plugins` must be a list, found \(value.kindInWords)",
                hint: "write `[ … ]`")
            return []
        }
        var names: Set<String> = []
        let root = Self.root(fields["uri_root"]?.string ?? "", url)
        return list.compactMap { value in
            guard let entry = value.object else {
                report(
                    .warning, "repository.bad-entry", value.range,
                    "a plugin must be an object, found \(value.kindInWords)",
                    hint: "write `{\"name\": …, \"uri\": …}`")
                return nil
            }
            if entry["disabled"]?.bool == true { return nil }
            guard let name = entry["name"]?.string, !name.trimmingSpaces.isEmpty else {
                report(
                    .warning, "repository.bad-entry", value.range.lowerBound..<value.range.lowerBound + 1,
                    "this plugin has no `name` and is left out", hint: "add `\"name\": \"…\"`")
                return nil
            }
            if !names.insert(name).inserted {
                report(
                    .warning, "repository.duplicate-name", entry["name"]?.range ?? value.range,
                    "two plugins are called `\(name)`; the first counts", hint: "rename or remove one of them")
            }
            return plugin(name, entry, root)
        }
    }

    private mutating func plugin(
        _ name: String, _ entry: ManifestObject, _ root: WebAddress?
    ) -> RepositoryManifest.Plugin {
        var uri = "\(name).imjoy.html"
        if let value = entry["uri"], !value.isNull {
            if let text = value.string, !text.isEmpty {
                uri = text
            } else {
                report(
                    .warning, "repository.wrong-type", value.range, "`uri` must be text, found \(value.kindInWords)",
                    hint: "write the path of the plugin file, or remove `uri`")
            }
        }
        let whole = WebAddress(uri)?.text ?? root?.resolving(uri) ?? PercentCoding.encode(uri, .address)
        return RepositoryManifest.Plugin(name: name, uri: uri, url: whole, fields: entry)
    }

    /// The folder of relative addresses; nil when the manifest came from no http address.
    static func root(_ root: String, _ url: String) -> WebAddress? {
        let folder = root.isEmpty || root.hasSuffix("/") ? root : root + "/"
        if let whole = WebAddress(folder) { return whole }
        guard let base = WebAddress(url) else { return nil }
        return WebAddress(base.resolving(folder))
    }

    private mutating func collections(_ fields: ManifestObject) -> [RepositoryManifest.Collection] {
        guard let value = fields["collections"], !value.isNull else { return [] }
        guard let list = value.list else {
            report(
                .warning, "repository.wrong-type", value.range,
                "`collections` must be a list, found \(value.kindInWords)", hint: "write `[ … ]`")
            return []
        }
        return list.compactMap { value in
            guard let entry = value.object, let name = entry["name"]?.string else {
                report(
                    .warning, "repository.bad-entry", value.range, "a collection must be an object with a `name`",
                    hint: "write `{\"name\": …, \"plugins\": [ … ]}`")
                return nil
            }
            return RepositoryManifest.Collection(
                name: name, description: entry["description"]?.string,
                plugins: (entry["plugins"]?.list ?? []).compactMap(\.string), workspace: entry["workspace"]?.string)
        }
    }
}
