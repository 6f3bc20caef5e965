internal import ImJoyCore

/// What `imjoy inspect` tells about a plugin.
enum PluginSummary {
    // MARK: Text

    static func lines(_ file: PluginFile, _ manifest: PluginManifest) -> [String] {
        var lines = ["\(manifest.name)\(manifest.version.map { " \($0)" } ?? "")"]
        if let description = manifest.description { lines.append(description) }
        func field(_ name: String, _ value: String) {
            if !value.isEmpty {
                lines.append("  \(name):\(String(repeating: " ", count: max(1, 14 - name.count)))\(value)")
            }
        }
        field("type", manifest.type.rawValue)
        field("api version", manifest.apiVersion.text)
        field("tags", manifest.tags.map { $0 == manifest.tag ? "\($0) (chosen)" : $0 }.joined(separator: ", "))
        field("flags", manifest.flags.joined(separator: ", "))
        field("blocks", blocks(file))
        let indent = "\n" + String(repeating: " ", count: 17)
        if let request = EnvironmentNeeds(manifest) {
            for (label, texts) in request.fields { field(label, texts.joined(separator: indent)) }
        } else {
            field("installs", manifest.requirements.map(\.text).joined(separator: indent))
            field("environment", manifest.environment.map(text).joined(separator: indent))
        }
        field("interpreter", manifest.command ?? "")
        field("plugins", manifest.dependencies.joined(separator: ", "))
        field("permissions", manifest.permissions.joined(separator: ", "))
        let widgets = manifest.ui.widgets.filter { $0.id != nil }
        if !widgets.isEmpty { lines.append("  settings:") }
        for widget in widgets { lines.append("    " + setting(widget)) }
        return lines
    }

    private static func blocks(_ file: PluginFile) -> String {
        PluginFile.Block.Kind.allCases.compactMap { kind in
            let count = file.blocks.count { $0.kind == kind }
            return count == 0 ? nil : count == 1 ? kind.rawValue : "\(count) \(kind.rawValue)"
        }.joined(separator: ", ")
    }

    private static func text(_ entry: EnvironmentEntry) -> String {
        switch entry {
        case .command(let command): "runs `\(command)`"
        case .gputil: "picks a free graphics processor"
        case .variables(let variables): variables.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        case .binder(let spec, _, _): "Binder image \(spec ?? "of the engine")"
        case .other(let type, _): "unknown entry `\(type)`"
        }
    }

    private static func setting(_ widget: UIWidget) -> String {
        var text = "\(widget.id ?? "") (\(widget.kind.rawValue)"
        if !widget.options.isEmpty { text += ": " + widget.options.map(\.label).joined(separator: ", ") }
        switch (widget.minimum, widget.maximum) {
        case (let low?, let high?): text += ", \(TextOutput.shortened(low)) to \(TextOutput.shortened(high))"
        case (let low?, nil): text += ", at least \(TextOutput.shortened(low))"
        case (nil, let high?): text += ", at most \(TextOutput.shortened(high))"
        case (nil, nil): break
        }
        text += ")"
        if let value = widget.defaultValue { text += " = \(value.string ?? value.json())" }
        return widget.label.isEmpty ? text : "\(text)  \(widget.label)"
    }

    // MARK: JSON

    static func json(_ file: PluginFile, _ decoded: PluginManifest.Decoded) -> ManifestValue {
        var summary = ManifestObject()
        summary["file"] = ManifestValue(file.name)
        if let manifest = decoded.manifest {
            summary["name"] = ManifestValue(manifest.name)
            summary["type"] = ManifestValue(manifest.type.rawValue)
            summary["version"] = manifest.version.map { ManifestValue($0.text) } ?? .null
            summary["api_version"] = ManifestValue(manifest.apiVersion.text)
            summary["description"] = manifest.description.map { ManifestValue($0) } ?? .null
            summary["tags"] = list(manifest.tags)
            summary["tag"] = manifest.tag.map { ManifestValue($0) } ?? .null
            summary["flags"] = list(manifest.flags)
            summary["requirements"] = list(manifest.requirements.map(\.text))
            summary["environment"] = list(manifest.environment.map(text))
            if let needs = EnvironmentNeeds(manifest) { summary["needs"] = needs.json }
            summary["dependencies"] = list(manifest.dependencies)
            summary["permissions"] = list(manifest.permissions)
            summary["settings"] = ManifestValue(
                manifest.ui.widgets.filter { $0.id != nil }.map { widget in
                    [
                        "id": ManifestValue(widget.id ?? ""), "type": ManifestValue(widget.kind.rawValue),
                        "label": ManifestValue(widget.label), "default": widget.defaultValue ?? .null,
                        "options": ManifestValue(widget.options.map(\.value)),
                    ]
                })
            summary["config"] = ManifestValue(manifest.fields)
        }
        summary["problems"] = ManifestValue(
            decoded.diagnostics.map { problem in
                [
                    "severity": ManifestValue(problem.severity.rawValue), "code": ManifestValue(problem.code.rawValue),
                    "line": ManifestValue(problem.line), "column": ManifestValue(problem.column),
                    "message": ManifestValue(problem.message), "hint": problem.hint.map { ManifestValue($0) } ?? .null,
                ]
            })
        return ManifestValue(summary)
    }

    private static func list(_ texts: [String]) -> ManifestValue { ManifestValue(texts.map { ManifestValue($0) }) }
}
