extension ManifestDecoder {
    mutating func decodeRequirements(_ type: PluginType) -> [Requirement] {
        guard let value = value("requirements") else { return [] }
        let isKnown = PluginType.known.contains(type)
        guard let texts = strings("requirements", allowsSingle: true) else { return [] }
        let values = value.list?.filter { $0.string != nil } ?? [value]
        return zip(texts, values).map { text, value in
            let requirement = Requirement(text, for: type)
            check(requirement, value, type, isKnown: isKnown)
            return requirement
        }
    }

    private mutating func check(_ requirement: Requirement, _ value: ManifestValue, _ type: PluginType, isKnown: Bool) {
        let prefixes = Requirement.prefixes(for: type)
        switch requirement.kind {
        case .unsupported(let prefix):
            // Only an engine that knows the type can tell; a page just leaves the entry out.
            let severity: ManifestDiagnostic.Severity = type == .nativePython ? .error : .warning
            let near = NearestName.find(prefix, in: prefixes)
            let list = prefixes.map { "`\($0):`" }.joined(separator: ", ")
            if prefix.isEmpty {
                report(
                    severity, "config.unsupported-requirement", value.range,
                    "`\(requirement.text)` is not an address that a `\(type)` plugin can load",
                    hint: "write an `https://` address that ends in `.js` or `.css`")
            } else if isKnown {
                report(
                    severity, "config.unsupported-requirement", value.range,
                    "`\(prefix):` is not a kind of requirement of `\(type)` plugins",
                    hint: near.map { "did you mean `\($0):`?" } ?? "use one of \(list)")
            }
        case .packages(let names), .pip(let names), .conda(let names):
            if names.isEmpty { reportEmpty(requirement, value) }
        case .repository(let url, _):
            if url.isEmpty { reportEmpty(requirement, value) }
        case .command(let text), .url(let text), .stylesheet(let text), .script(let text), .module(let text),
            .cache(let text):
            if text.isEmpty { reportEmpty(requirement, value) }
            if case .command = requirement.kind, Requirement.isShellCommand(requirement.text) {
                reportShellCommand(requirement, value)
            }
        }
    }

    private mutating func reportEmpty(_ requirement: Requirement, _ value: ManifestValue) {
        report(
            .warning, "config.empty-requirement", value.range, "`\(requirement.text)` asks for nothing",
            hint: "name what is required, or remove the entry")
    }

    /// `pip install numpy` without a prefix.
    private mutating func reportShellCommand(_ requirement: Requirement, _ value: ManifestValue) {
        let words = requirement.text.split { $0.isWhitespace }
        let rest = words.dropFirst(2).joined(separator: " ")
        let installer = words[0] == "pip3" ? "pip" : words[0]
        let isInstall = words[1] == "install" && (installer == "pip" || installer == "conda")
        report(
            .warning, "config.command-as-requirement", value.range,
            "this is a shell command without its prefix, and is read as one",
            hint: isInstall ? "write `\(installer): \(rest)`" : "write `cmd: \(requirement.text)`")
    }

    mutating func decodeEnvironment() -> [EnvironmentEntry] {
        guard let value = value("env"), value.kind != .bool(false) else { return [] }
        return (value.list ?? [value]).compactMap { environmentEntry($0) }
    }

    private mutating func environmentEntry(_ value: ManifestValue) -> EnvironmentEntry? {
        switch value.kind {
        case .null: return nil
        case .string(let text): return text.utf8.allSatisfy { $0 <= 0x20 } ? nil : .command(text)
        case .object(let object):
            guard let entry = EnvironmentEntry(object) else {
                report(
                    .error, "config.env-without-type", value.range, "an `env` object must have a `type`",
                    hint: "add `\"type\"` with one of \(NameList.text(EnvironmentEntry.types))")
                return nil
            }
            if case .other(let type, _) = entry {
                report(
                    .warning, "config.unknown-env", object["type"]?.range ?? value.range,
                    "`\(type)` is not a kind of `env` entry that hosts know",
                    hint: NearestName.find(type, in: EnvironmentEntry.types).map { "did you mean `\($0)`?" }
                        ?? "use one of \(NameList.text(EnvironmentEntry.types))")
            }
            return entry
        default:
            wrongType("env", "text, an object or a list of these", value, hint: "write a command in quotes")
            return nil
        }
    }
}
