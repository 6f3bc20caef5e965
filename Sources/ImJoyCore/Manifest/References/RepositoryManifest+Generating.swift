extension RepositoryManifest {
    /// The version of the manifest's format that ``generated(from:existing:url:)`` writes.
    public static let formatVersion = "0.2.0"

    /// Makes the manifest of a folder of plugin files, as its author publishes it.
    ///
    /// Each plugin's config is copied with its `uri`, the path of the file relative to the manifest; the plugins are
    /// ordered by name. All else, such as the name, `uri_root`, collections and unknown keys, is kept from `existing`.
    /// Throws a ``ManifestError`` when a file has errors, or when two plugins have one name.
    public static func generated(
        from files: [(path: String, file: PluginFile)], existing: RepositoryManifest? = nil, url: String = ""
    ) throws(ManifestError) -> RepositoryManifest {
        var entries: [(name: String, path: String, entry: ManifestValue)] = []
        for (path, file) in files {
            var decoder = ManifestDecoder(file, tag: nil)
            let manifest = try PluginManifest(file)
            var fields = decoder.readFields() ?? manifest.fields
            fields["uri"] = ManifestValue(path)
            if let twin = entries.first(where: { $0.name == manifest.name }) {
                throw ManifestError(
                    .invalid, "two plugins are called `\(manifest.name)`: \(twin.path) and \(path); rename one of them")
            }
            entries.append((manifest.name, path, ManifestValue(fields)))
        }
        entries.sort { $0.name < $1.name }
        var fields = existing?.fields ?? ManifestObject()
        if fields["version"] == nil { fields["version"] = ManifestValue(formatVersion) }
        if fields["uri_root"] == nil { fields["uri_root"] = "" }
        fields["plugins"] = ManifestValue(entries.map(\.entry))
        let text = ManifestValue(fields).json()
        return try RepositoryManifest(parsing: Array(text.utf8), url: url, address: existing?.address)
    }
}
