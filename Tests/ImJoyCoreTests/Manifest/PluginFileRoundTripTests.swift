@testable internal import ImJoyCore
internal import SystemPackage
internal import Testing

/// Parsing, printing and parsing again change nothing, whatever a plugin file holds.
struct PluginFileRoundTripTests {
    private struct Written: Equatable {
        var kind: PluginFile.Block.Kind
        var attributes: [String]
        var body: String

        init(_ block: PluginFile.Block, _ source: SourceText) {
            kind = block.kind
            attributes = block.attributes.map { "\($0.name)=\($0.value ?? "true")" }
            body = source.text(in: block.bodyRange)
        }

        init(_ block: PluginFile.NewBlock) {
            kind = block.kind
            attributes = block.attributes.map { "\($0.name)=\($0.value ?? "true")" }
            body = block.kind == .link ? "" : "\n\(block.content)\n"
        }
    }

    private func fields(_ file: PluginFile) -> ManifestObject? {
        var decoder = ManifestDecoder(file, tag: nil)
        return decoder.readFields()
    }

    private func written(_ file: PluginFile) -> [Written] { file.blocks.map { Written($0, file.source) } }

    @Test(.timeLimit(.minutes(30)), arguments: 0..<150 as Range<UInt64>)
    func `a generated plugin file says what it was made of, before and after printing`(_ seed: UInt64) throws {
        var plugins = GeneratedPlugins(seed: seed)
        let config = plugins.config()
        let blocks = plugins.blocks(config["type"]?.string ?? "")
        let file = try PluginFile(config: config, blocks: blocks, name: "generated")
        #expect(file.blocks.dropFirst().map { Written($0, file.source) } == blocks.map { Written($0) })

        let again = PluginFile(parsing: file.description, name: "generated")
        #expect(again.description == file.description)
        #expect(written(again) == written(file))
        #expect(again.blocks.map(\.content) == file.blocks.map(\.content))
        let (first, second) = (PluginManifest.decode(file), PluginManifest.decode(again))
        #expect(first.errors.map(\.description) == [])
        #expect(first.diagnostics == second.diagnostics)
        let manifest = try #require(second.manifest)
        // Unknown fields survive, in order.
        #expect(manifest.fields.keys == config.keys)
        for entry in config.entries where entry.key != "labels" { #expect(manifest.fields[entry.key] == entry.value) }
        #expect(manifest.labels == (config["labels"]?["CPU"] ?? config["labels"])?.list?.compactMap(\.string))
    }

    @Test(.timeLimit(.minutes(30)), arguments: 1000..<1100 as Range<UInt64>)
    func `a config written as JSON means the same in a block of YAML`(_ seed: UInt64) throws {
        var plugins = GeneratedPlugins(seed: seed)
        let config = plugins.config()
        let text = "<config lang=\"yaml\">\n\(ConfigEditor.text(ManifestValue(config)))\n</config>\n"
        let file = PluginFile(parsing: text)
        var decoder = ManifestDecoder(file, tag: nil)
        let fields = decoder.readFields()
        #expect(fields == config)
        #expect(decoder.problems.map(\.message) == [])
    }

    @Test(.timeLimit(.minutes(30)), arguments: 2000..<2060 as Range<UInt64>)
    func `an edited field is read back, and everything else stays`(_ seed: UInt64) throws {
        var plugins = GeneratedPlugins(seed: seed)
        let config = plugins.config()
        let file = try PluginFile(config: config, blocks: plugins.blocks(config["type"]?.string ?? ""))
        let key = config.keys[plugins.position(in: config.count)]
        let value = plugins.value(depth: 3)
        let edited = try file.setting(key, to: value)
        var expected = config
        expected[key] = value
        #expect(fields(PluginFile(parsing: edited.description)) == expected)
        let removed = try edited.removing(key)
        expected[key] = nil
        #expect(fields(PluginFile(parsing: removed.description)) == expected)
        #expect(Array(written(removed).dropFirst()) == Array(written(file).dropFirst()))
    }

    @Test(.timeLimit(.minutes(30)), arguments: 3000..<3200 as Range<UInt64>)
    func `values written as JSON are read back`(_ seed: UInt64) throws {
        var plugins = GeneratedPlugins(seed: seed)
        let value = plugins.value(depth: 5)
        for style in [ManifestValue.JSONStyle.compact, .pretty] {
            #expect(try ManifestValue(parsingJSON: Array(value.json(style).utf8)) == value)
        }
    }
}

/// What a download that broke off, or an editor in the middle of a line, leaves of a file.
struct TruncatedPluginFileTests {
    @Test(.timeLimit(.minutes(30)), arguments: FixturePlugins.names)
    func `every prefix of a fixture is read, and its problems lie inside`(_ name: String) throws {
        let bytes = try FixturePlugins.load(name).source.bytes
        for count in 0..<bytes.count {
            let file = PluginFile(parsing: Array(bytes[..<count]), name: name)
            #expect(file.source.bytes.count == count)
            let decoded = PluginManifest.decode(file)
            #expect(decoded.diagnostics.allSatisfy { $0.offset <= count && $0.line >= 1 && $0.column >= 1 })
            #expect(decoded.manifest != nil || !decoded.errors.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(30)))
    func `every prefix of a document and of a script is read`() throws {
        for path in ["tutorial.md", "count_spots.py"] {
            let bytes = try BoundedFileReading.bytes(of: FixturePlugins.folder.appending(path), limit: 100_000)
            for count in 0..<bytes.count {
                let text = String(decoding: bytes[..<count], as: UTF8.self)
                let plugins =
                    path.hasSuffix(".md")
                    ? PluginFile.plugins(inMarkdown: text) : [PluginFile(pythonScript: text, name: path)]
                for plugin in plugins {
                    let decoded = PluginManifest.decode(plugin)
                    #expect(decoded.manifest != nil || !decoded.errors.isEmpty)
                }
            }
        }
    }
}
