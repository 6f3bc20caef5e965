extension ManifestDecoder {
    mutating func makeManifest(_ config: PluginFile.Block) -> PluginManifest? {
        let name = decodeName()
        let type = decodeType()
        let version = version("version")
        let apiVersion = decodeAPIVersion(config)
        var manifest = PluginManifest(
            name: name ?? "", type: type ?? PluginType(rawValue: ""), version: version.map { PluginVersion($0) },
            apiVersion: apiVersion, fields: fields)
        manifest.tags = tags
        manifest.tag = tag
        decodeTexts(&manifest)
        manifest.flags = decodeFlags()
        manifest.cover = strings("cover", allowsSingle: true, .warning) ?? []
        manifest.labels = strings("labels", .warning) ?? []
        manifest.dependencies = decodeDependencies()
        manifest.permissions = decodePermissions()
        manifest.isPassive = bool("passive") ?? false
        manifest.isRunnable = bool("runnable") ?? true
        manifest.inputs = schema("inputs")
        manifest.outputs = schema("outputs")
        manifest.defaults = object("defaults")?.object
        manifest.environment = decodeEnvironment()
        manifest.requirements = decodeRequirements(manifest.type)
        manifest.ui = decodeUI()
        manifest.docs = file.docs.map(\.content) ?? string("docs", .warning)
        manifest.scripts = file.scripts(tag: tag)
        manifest.language = file.mainScript(tag: tag)?.lang ?? "javascript"
        return name == nil || type == nil ? nil : manifest
    }

    /// References; one that means nothing shows only when the plugin is installed, so it is said here.
    private mutating func decodeDependencies() -> [String] {
        let dependencies = strings("dependencies") ?? []
        for value in value("dependencies")?.list ?? [] {
            guard let text = value.string else { continue }
            do {
                _ = try PluginReference(text)
            } catch {
                report(
                    .warning, "config.bad-dependency", value.range, error.message,
                    hint: "write `USER/REPO:NAME`, or the address of a plugin file")
            }
        }
        return dependencies
    }

    /// A schema; one that cannot be used does not keep the plugin from running.
    private mutating func schema(_ key: String) -> ManifestValue? {
        guard let value = object(key, allowsList: true) else { return nil }
        guard value.object != nil else { return value }
        let found: [DataSchema.Problem]
        do {
            found = try DataSchema(value).notes
        } catch {
            found = error.problems
        }
        for problem in found {
            report(.warning, "config.bad-schema", problem.range, "in `\(key)`, \(problem.message)", hint: problem.hint)
        }
        return value
    }

    private mutating func decodeTexts(_ manifest: inout PluginManifest) {
        manifest.description = string("description", .warning)
        manifest.icon = string("icon", .warning) ?? "extension"
        manifest.baseFrame = string("base_frame")
        manifest.baseWorker = string("base_worker")
        manifest.command = string("cmd")
    }

    private mutating func decodeName() -> String? {
        guard let value = value("name") else {
            if isReliable {
                report(
                    .error, "config.missing-field", fields["name"]?.range ?? start, "the plugin has no `name`",
                    hint: language == .yaml ? "add a line `name: …`" : "add `\"name\": \"…\"`")
            }
            return nil
        }
        guard let name = string("name") else { return nil }
        if name.utf8.allSatisfy({ $0 <= 0x20 }) {
            report(.error, "config.empty-name", value.range, "the plugin's `name` is empty", hint: "write a name")
            return nil
        }
        if let slash = Array(name.utf8).firstIndex(of: UInt8(ascii: "/")) {
            let place = StringPlaces.offset(of: slash, in: value.range, of: source.bytes)
            report(
                .error, "config.slash-in-name", place..<place + 1, "a plugin's name cannot contain `/`",
                hint: "remove the slash, or write `-`")
        }
        if name.unicodeScalars.count > 48 {
            report(
                .warning, "config.long-name", value.range,
                "the name has \(name.unicodeScalars.count) characters; some hosts allow 48", hint: "shorten it")
        }
        if name.first == " " || name.last == " " {
            report(
                .warning, "config.spaces-round-name", value.range, "the name starts or ends with a space",
                hint: "remove the space")
        }
        return name
    }

    private mutating func decodeType() -> PluginType? {
        if let mode = value("mode"), let text = mode.string, value("type") == nil || modeIsMeant(text) {
            let type = PluginType(legacyMode: text)
            let level = value("api_version")?.string.map { PluginVersion($0) }
            if let level, level > "0.1.1", let key = fields.entry("mode") {
                report(
                    .warning, "config.legacy-mode", key.keyRange, "`mode` is the old name of `type`",
                    hint: "write `\"type\": \"\(type)\"`")
            }
            fields["type"] = ManifestValue(.string(type.rawValue), range: mode.range)
            checkType(type, mode)
            return type
        }
        guard let value = value("type") else {
            // A tag map that gave nothing has been reported.
            let isGap = problems.contains { $0.code == "config.tag-map-gap" && $0.message.hasPrefix("`type`") }
            let isMap = problems.contains {
                $0.code == "config.tag-map-without-tags" && $0.message.hasPrefix("`type`")
            }
            if isReliable, !isMap {
                report(
                    .error, "config.missing-field", start,
                    isGap ? "the plugin has no `type` for the selected tag" : "the plugin has no `type`",
                    hint: language == .yaml
                        ? "add a line such as `type: window`" : "add `\"type\": \"window\"` or another type")
            }
            return nil
        }
        guard let text = string("type") else { return nil }
        let type = PluginType(rawValue: text)
        checkType(type, value)
        return type
    }

    /// Beside `mode`, the first plugins used `type` for a subject such as `demo/hello-world`.
    private func modeIsMeant(_ mode: String) -> Bool {
        guard let level = value("api_version")?.string, PluginVersion(level) <= "0.1.1",
            let type = value("type")?.string
        else { return false }
        return !PluginType.known.contains(PluginType(rawValue: type))
            && PluginType.known.contains(PluginType(legacyMode: mode))
    }

    private mutating func checkType(_ type: PluginType, _ value: ManifestValue) {
        guard !PluginType.known.contains(type) else { return }
        let known = PluginType.known.map(\.rawValue)
        let legacy = PluginType(legacyMode: type.rawValue)
        let near = legacy != type ? legacy.rawValue : NearestName.find(type.rawValue, in: known)
        report(
            .warning, "config.unknown-type", value.range, "`\(type)` is not a type that every host knows",
            hint: near.map { "did you mean `\($0)`?" }
                ?? "an engine has to announce it; known are \(NameList.text(known))")
    }

    private mutating func decodeAPIVersion(_ config: PluginFile.Block) -> PluginVersion {
        if let text = version("api_version") { return PluginVersion(text) }
        let assumed: PluginVersion = config.lang == nil ? "0.1.0" : PluginManifest.newestAPIVersion
        if isReliable, value("api_version") == nil {
            report(
                .warning, "config.missing-api-version", start, "the plugin has no `api_version`; \(assumed) is assumed",
                hint: language == .yaml ? "add `api_version: \(assumed)`" : "add `\"api_version\": \"\(assumed)\"`")
        }
        return assumed
    }

    private mutating func decodeFlags() -> [String] {
        let flags = strings("flags", .warning) ?? []
        let values = value("flags")?.list ?? value("flags").map { [$0] } ?? []
        for value in values {
            guard let flag = value.string, !ManifestField.flags.contains(flag),
                let near = NearestName.find(flag, in: ManifestField.flags)
            else { continue }
            report(
                .warning, "config.unknown-flag", value.range, "`\(flag)` is not a flag that hosts know",
                hint: "did you mean `\(near)`?")
        }
        return flags
    }

    private mutating func decodePermissions() -> [String] {
        let permissions = strings("permissions", .warning) ?? []
        for value in value("permissions")?.list ?? [] {
            guard let name = value.string, !ManifestField.permissions.contains(name) else { continue }
            report(
                .warning, "config.unknown-permission", value.range, "`\(name)` is not a permission and is ignored",
                hint: NearestName.find(name, in: ManifestField.permissions).map { "did you mean `\($0)`?" }
                    ?? "known are \(NameList.text(ManifestField.permissions))")
        }
        return permissions.filter { ManifestField.permissions.contains($0) }
    }

    private mutating func decodeUI() -> PluginUI {
        guard let value = value("ui") else { return emptyUI() }
        guard let markup = UIMarkup(value, source: source) else {
            wrongType("ui", "text or a list", value, hint: "write text with fields such as `{id: 'n', type: 'number'}`")
            return emptyUI()
        }
        let ui = PluginUI(markup)
        problems += ui.problems
        return ui.markup.isEmpty ? emptyUI() : ui
    }

    /// A form without text shows the description, in which braces mean nothing.
    private func emptyUI() -> PluginUI { PluginUI() }
}
