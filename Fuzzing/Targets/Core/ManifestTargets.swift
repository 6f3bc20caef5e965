internal import ImJoyCore

extension CoreFuzzTargets {
    /// A plugin file with all that is made of it: blocks, config, form, requirements, schemas.
    static let plugin = FuzzTarget("plugin") { bytes in
        let text = bytes.withUnsafeBytes { Array($0) }
        let file = PluginFile(parsing: text, name: "fuzz")
        ManifestFuzzing.check(file)
        if String(validating: text, as: UTF8.self) != nil {
            precondition(Array(file.description.utf8) == text, "printing changes the file")
        }
        let again = PluginFile(parsing: file.description, name: "fuzz")
        precondition(again.blocks.map(\.content) == file.blocks.map(\.content), "parsing again changes the blocks")
        for plugin in PluginFile.plugins(inMarkdown: String(decoding: text, as: UTF8.self)) {
            ManifestFuzzing.check(plugin)
        }
    }

    /// JSON, and what is written of it.
    static let json = FuzzTarget("json") { bytes in
        do throws(ManifestError) {
            let value = try ManifestValue(parsingJSON: bytes.withUnsafeBytes { Array($0) })
            for style in [ManifestValue.JSONStyle.compact, .pretty] {
                let again = try ManifestValue(parsingJSON: Array(value.json(style).utf8))
                precondition(again == value || ManifestFuzzing.holdsInfinity(value), "\(value) became \(again)")
            }
        } catch {
            precondition(error.diagnostics.contains { $0.severity == .error }, "an error without a diagnostic")
        }
    }

    /// A config in YAML.
    static let yaml = FuzzTarget("yaml") { bytes in
        let text = Array("<config lang=\"yaml\">\n".utf8) + bytes.withUnsafeBytes { Array($0) }
        ManifestFuzzing.check(PluginFile(parsing: text + Array("\n</config>".utf8), name: "fuzz"))
    }

    /// References to plugins and repositories, and links of the app; what is read prints as the same again.
    static let reference = FuzzTarget("reference") { bytes in
        let text = String(decoding: bytes.withUnsafeBytes { Array($0) }, as: UTF8.self)
        if let reference = try? PluginReference(text) {
            precondition((try? PluginReference(reference.description)) == reference, "\(reference)")
        }
        if let address = try? RepositoryAddress(text) {
            precondition((try? RepositoryAddress(address.description)) == address, "\(address)")
            precondition(!address.manifestURLs.isEmpty)
        }
        if let link = try? AppLink(text) {
            precondition((try? AppLink(link.description)) == link, "\(link)")
        }
    }
}

enum ManifestFuzzing {
    /// Decodes a file for its variants and looks at what is said about it.
    static func check(_ file: PluginFile) {
        let decoded = PluginManifest.decode(file)
        check(decoded, file)
        guard let manifest = decoded.manifest else { return }
        for tag in manifest.tags.prefix(3) { check(PluginManifest.decode(file, tag: tag), file) }
        _ = try? manifest.ui.config(op: manifest.name, overrides: manifest.ui.widgets.map { ($0.id ?? "", "1") })
        _ = manifest.inputSchema?.check(.object([.init("name", .string("a.tif"))]))
        guard let edited = try? file.setting("x_fuzz", to: [1, "a"]) else { return }
        precondition(PluginManifest.decode(edited).manifest?.fields["x_fuzz"] == [1, "a"], "an edit is lost")
    }

    private static func check(_ decoded: PluginManifest.Decoded, _ file: PluginFile) {
        precondition(decoded.manifest != nil || !decoded.errors.isEmpty, "no manifest and no error")
        precondition(decoded.diagnostics.count <= 1_000, "\(decoded.diagnostics.count) diagnostics")
        for diagnostic in decoded.diagnostics {
            precondition(diagnostic.line >= 1 && diagnostic.column >= 1 && diagnostic.length >= 1)
            precondition(!diagnostic.message.isEmpty && diagnostic.description.utf8.count < 8_000)
        }
        var end = 0
        for block in file.blocks where file.config?.openingTagRange.isEmpty == false {
            precondition(block.openingTagRange.lowerBound >= end || !block.isClosed, "blocks overlap")
            if block.isClosed { end = max(end, block.range.upperBound) }
            _ = block.location(line: 3, column: 5)
        }
    }

    /// A number too large for a `Double` is written as null.
    static func holdsInfinity(_ value: ManifestValue) -> Bool {
        switch value.kind {
        case .number(let number): !number.double.isFinite
        case .list(let values): values.contains(where: holdsInfinity)
        case .object(let object): object.entries.contains { holdsInfinity($0.value) }
        default: false
        }
    }
}
