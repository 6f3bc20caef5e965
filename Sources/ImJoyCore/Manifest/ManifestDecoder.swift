/// Decodes the config of a plugin file and collects everything that is wrong with it.
struct ManifestDecoder {
    let file: PluginFile
    let requestedTag: String?
    var problems: [SourceProblem] = []
    /// The config's fields; tag-dependent ones are replaced as they are resolved.
    var fields = ManifestObject()
    /// Where the fields' object starts, for messages about what is missing.
    var start = 0..<1
    /// All of the fields' object.
    private(set) var rootRange = 0..<1
    var language = ConfigLanguage.json
    /// False when the text was too broken to say that something is missing.
    var isReliable = true
    var tags: [String] = [] {
        didSet { tagSet = Set(tags) }
    }
    private(set) var tagSet: Set<String> = []
    /// False when a mistake in the tags has been reported, so that what depends on them is not judged.
    private(set) var tagsAreKnown = true
    var tag: String?

    enum ConfigLanguage { case json, yaml }

    init(_ file: PluginFile, tag: String?) {
        self.file = file
        requestedTag = tag
    }

    var source: SourceText { file.source }

    mutating func report(
        _ severity: ManifestDiagnostic.Severity, _ code: ManifestDiagnostic.Code, _ range: Range<Int>,
        _ message: String, hint: String? = nil
    ) {
        if problems.count < 300 { problems.append(SourceProblem(severity, code, range, message, hint: hint)) }
    }

    mutating func decode() -> PluginManifest? {
        guard let config = file.config else {
            reportMissingConfig()
            return nil
        }
        for extra in file.blocks.filter({ $0.kind == .config }).dropFirst() {
            report(
                .warning, "file.second-config", extra.openingTagRange,
                "only the first config block counts; this one is ignored",
                hint: "remove one of the two")
        }
        guard config.isClosed, let object = readConfig(config) else { return nil }
        fields = object
        checkFieldNames()
        selectTag()
        resolveTagMaps()
        let manifest = makeManifest(config)
        checkBlocks(manifest?.type)
        return manifest
    }

    private mutating func reportMissingConfig() {
        if let open = file.blocks.first(where: { !$0.isClosed && $0.kind != .other }) {
            // A config that is open itself is an error already; docs that are open are not, but may hold the config.
            guard !file.problems.contains(where: { $0.severity == .error }) else { return }
            report(
                .error, "file.no-config", open.openingTagRange,
                "there is no `<config>` block after this `\(open.tag)` block, which is never closed",
                hint: "add `</\(open.tag)>` at its end, and a `<config lang=\"json\">` block")
            return
        }
        let wrapper = file.blocks.first { ["html", "body", "template"].contains($0.tag.lowercased()) }
        if let wrapper {
            report(
                .error, "file.no-config", wrapper.openingTagRange,
                "there is no `<config>` block at the top level, because `<\(wrapper.tag)>` surrounds everything",
                hint: "remove `<\(wrapper.tag)>` and `</\(wrapper.tag)>`")
            return
        }
        if let odd = file.blocks.first(where: { $0.tag.lowercased() == "config" }) {
            report(
                .error, "file.no-config", odd.openingTagRange,
                "there is no `<config>` block; block names are lowercase",
                hint: "write `<config>` instead of `<\(odd.tag)>`")
            return
        }
        report(
            .error, "file.no-config", source.start..<source.start + 1, "there is no `<config>` block in this file",
            hint: "add `<config lang=\"json\">{ … }</config>`")
    }

    // MARK: Reading

    /// The config's fields as written; nil when there is nothing to read.
    mutating func readFields() -> ManifestObject? { file.config.flatMap { readConfig($0) } }

    private mutating func readConfig(_ config: PluginFile.Block) -> ManifestObject? {
        guard let defaults = file.configDefaults else { return readText(config) }
        // Some forms may leave the config out.
        var object = ManifestObject()
        start = config.bodyRange.lowerBound..<config.bodyRange.lowerBound + 1
        if config.content.utf8.contains(where: { $0 > 0x20 }) {
            guard let written = readText(config) else { return nil }
            object = written
        }
        let entries = defaults.entries.filter { object[$0.key] == nil }.map {
            ManifestObject.Entry($0.key, ManifestValue($0.value.kind, range: start), keyRange: start)
        }
        return ManifestObject(object.entries + entries)
    }

    private mutating func readText(_ config: PluginFile.Block) -> ManifestObject? {
        language = configLanguage(config)
        let value: ManifestValue?
        switch language {
        case .json:
            let result = JSONBracketRepair.read(source, config.bodyRange)
            value = result.value
            isReliable = result.isReliable
            problems += result.problems
        case .yaml:
            let places = ContentPlaces(config)
            var reader = YAMLReader(places.bytes)
            value = reader.read().map(places.moved)
            isReliable = reader.isReliable
            problems += reader.problems.map(places.moved)
        }
        guard let value else {
            isReliable = false
            return nil
        }
        start = value.range.lowerBound..<value.range.lowerBound + 1
        rootRange = value.range
        if let object = value.object {
            checkConfigLanguage(config, object)
            return object
        }
        var hint = "write the fields as `{ \"name\": … }`"
        if language == .yaml { hint = "write lines of `key: value`, with a space after the colon" }
        // Broken text has its own message.
        if isReliable {
            report(
                .error, "config.not-an-object", start, "the config must be an object, found \(value.kindInWords)",
                hint: hint)
        }
        return nil
    }

    private mutating func configLanguage(_ config: PluginFile.Block) -> ConfigLanguage {
        switch config.lang {
        case "json": return .json
        case "yaml": return .yaml
        case nil:
            if looksLikeYAML(config) {
                report(
                    .error, "config.no-lang", config.openingTagRange,
                    "a config without `lang` is JSON, but this looks like YAML", hint: "write `<config lang=\"yaml\">`")
                return .yaml
            }
            return .json
        case let lang?:
            return ["yml", "yaml"].contains(lang.lowercased()) || looksLikeYAML(config) ? .yaml : .json
        }
    }

    /// YAML read as JSON gives nothing but noise.
    private func looksLikeYAML(_ config: PluginFile.Block) -> Bool {
        guard let first = config.content.utf8.first(where: { $0 > 0x20 }), first.isLetter else { return false }
        return config.content.contains(": ") || config.content.contains(":\n")
    }

    /// Newer API levels want `lang`, and know two of them.
    private mutating func checkConfigLanguage(_ config: PluginFile.Block, _ object: ManifestObject) {
        guard config.lang != "json", config.lang != "yaml" else { return }
        let level = object["api_version"].flatMap { $0.string ?? $0.number?.text }.map { PluginVersion($0) }
        let isOld = level.map { $0 <= "0.1.5" } ?? (config.lang == nil)
        let name = language == .yaml ? "yaml" : "json"
        let range = config.attribute("lang")?.range ?? config.openingTagRange
        if let lang = config.lang {
            report(
                isOld ? .warning : .error, "config.unknown-lang", range, "`\(lang)` is not a language of configs",
                hint: "write `lang=\"\(name)\"`")
        } else if !isOld, !problems.contains(where: { $0.code == "config.no-lang" }) {
            report(
                .error, "config.no-lang", range, "a config for api_version above 0.1.5 must name its language",
                hint: "write `<config lang=\"\(name)\">`")
        }
    }

    private mutating func checkFieldNames() {
        var unknown = 0
        for entry in fields.entries {
            guard !ManifestField.authored.contains(entry.key), !ManifestField.others.contains(entry.key)
            else { continue }
            unknown += 1
            // A config of thousands of unknown fields has not misspelt them.
            guard unknown <= 1000, let near = NearestName.find(entry.key, in: ManifestField.authored) else { continue }
            report(
                .warning, "config.unknown-field", entry.keyRange, "`\(entry.key)` is not a field that hosts know",
                hint: "did you mean `\(near)`?")
        }
    }

    // MARK: Tags

    private mutating func selectTag() {
        let known = problems.count
        tags = strings("tags") ?? []
        tagsAreKnown = problems.count == known
        guard let requestedTag else {
            tag = tags.first
            return
        }
        tag = requestedTag
        if !tags.contains(requestedTag) {
            let hint =
                tags.isEmpty
                ? "the plugin has no tags: leave the tag out"
                : NearestName.find(requestedTag, in: tags).map { "did you mean `\($0)`?" }
                    ?? "choose one of \(NameList.text(tags))"
            report(
                .error, "config.unknown-tag", fields["tags"]?.range ?? start,
                "the plugin has no tag `\(requestedTag)`", hint: hint)
        }
    }

    private mutating func resolveTagMaps() {
        for entry in fields.entries where ManifestField.tagDependent.contains(entry.key) || isModeMap(entry) {
            guard let map = entry.value.object, !isBareEnvironment(entry, map) else { continue }
            if map.isEmpty {
                // `"env": {}` is how some write that there is nothing.
                fields[entry.key] = ManifestValue(.null, range: entry.value.range)
                continue
            }
            fields[entry.key] = resolve(entry.key, map, entry.value.range)
        }
    }

    private func isModeMap(_ entry: ManifestObject.Entry) -> Bool { entry.key == "mode" && entry.value.object != nil }

    /// `env: {"type": "binder", …}` is one entry without its list, not a map from tags.
    private func isBareEnvironment(_ entry: ManifestObject.Entry, _ map: ManifestObject) -> Bool {
        entry.key == "env" && map["type"]?.string != nil && !tags.contains("type")
    }

    private mutating func resolve(_ key: String, _ map: ManifestObject, _ range: Range<Int>) -> ManifestValue? {
        guard let tag else {
            guard tagsAreKnown else { return map.entries.first?.value }
            tagsAreKnown = false
            report(
                .error, "config.tag-map-without-tags", range,
                "`\(key)` gives values by tag, but the plugin has no tags",
                hint:
                    "add `tags`: [\(map.keys.prefix(8).map { "\"\($0)\"" }.joined(separator: ", "))], or give one value"
            )
            return nil
        }
        // A tag that has a value already is hardly the one that was meant.
        let valued = Set(map.keys)
        let vacant = tagsAreKnown ? tags.filter { !valued.contains($0) } : []
        // Fifty messages of this kind are enough.
        let strays = tagsAreKnown ? map.entries.filter { !tagSet.contains($0.key) } : []
        for entry in strays.prefix(50) {
            report(
                .warning, "config.tag-map-key", entry.keyRange,
                "`\(key)` has a value for `\(entry.key)`, which is not one of the plugin's tags",
                hint: (NearestName.find(entry.key, in: vacant) ?? NearestName.find(entry.key, in: tags))
                    .map { "did you mean `\($0)`?" }
                    ?? "the tags are \(NameList.text(tags))")
        }
        guard let value = map[tag] else {
            report(
                .warning, "config.tag-map-gap", fields.entry(key)?.keyRange ?? range,
                "`\(key)` has no value for the selected tag `\(tag)` and counts as missing",
                hint: NearestName.find(tag, in: map.keys).map { "rename `\($0)` to `\(tag)`" }
                    ?? "add an entry `\"\(tag)\"`")
            return nil
        }
        return value
    }
}
