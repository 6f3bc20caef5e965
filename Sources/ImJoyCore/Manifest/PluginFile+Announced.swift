extension PluginFile {
    /// A text that an announced config must have, and how long it may be.
    private static let announcedTexts = [
        ("name", 48), ("version", 32), ("description", 256), ("api_version", 32), ("id", 128),
    ]

    /// Stores the plugin that a page or worker at an address announced by its config.
    ///
    /// The file holds nothing but the config, in which `uri`, `origin` and `base_frame` are `url`. Texts of the config
    /// are bounded: `name` has 48 characters at most, `version` and `api_version` 32, `id` 128, `description` 256, and
    /// all of these are needed, as is `allow_execution`. Throws a ``ManifestError`` that names all that is missing,
    /// too long or of the wrong kind.
    public init(announced config: ManifestObject, at url: String) throws(ManifestError) {
        let problems = Self.problems(ofAnnounced: config)
        guard problems.isEmpty else {
            throw ManifestError(
                .invalid,
                "the config announced by \(url.shortened) cannot be used: \(problems.joined(separator: "; "))")
        }
        var config = config
        for key in ["uri", "origin", "base_frame"] { config[key] = ManifestValue(url) }
        try self.init(config: config, name: url)
    }

    private static func problems(ofAnnounced config: ManifestObject) -> [String] {
        var problems: [String] = []
        for (key, limit) in announcedTexts {
            guard let value = config[key] else {
                problems.append("`\(key)` is missing")
                continue
            }
            if let text = value.string {
                let count = text.unicodeScalars.count
                if count > limit { problems.append("`\(key)` has \(count) characters; \(limit) are allowed") }
            } else {
                problems.append("`\(key)` must be text, found \(value.kindInWords)")
            }
        }
        if config["allow_execution"]?.bool == nil {
            let found = config["allow_execution"].map { "found \($0.kindInWords)" } ?? "it is missing"
            problems.append("`allow_execution` must be true or false, \(found)")
        }
        if let form = config["ui"]?.string, form.unicodeScalars.count > 2048 {
            problems.append("`ui` has \(form.unicodeScalars.count) characters; 2048 are allowed")
        }
        let builtIn = PluginType.known.filter(\.isBuiltIn).map(\.rawValue)
        if let type = config["type"], !type.isNull, !builtIn.contains(type.string ?? "") {
            problems.append("`type` must be one of \(NameList.text(builtIn)), found \(type.json().shortened)")
        }
        for key in ["inputs", "outputs"] {
            guard let value = config[key], !value.isNull, value.object == nil, value.list == nil else { continue }
            problems.append("`\(key)` must be an object or a list, found \(value.kindInWords)")
        }
        return problems
    }
}
