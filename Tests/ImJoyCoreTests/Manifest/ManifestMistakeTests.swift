internal import ImJoyCore
internal import Testing

/// A mistake put into a good file, and what must be said about it.
struct SeededMistake: Sendable, CustomTestStringConvertible {
    /// What to replace in the good file, and by what.
    let old: String
    let new: String
    let code: String
    let line: Int
    let column: Int
    /// Part of the hint, or of the message when there is no better place.
    let hint: String

    init(_ old: String, _ new: String, _ code: String, _ line: Int, _ column: Int, _ hint: String) {
        (self.old, self.new, self.code) = (old, new, code)
        (self.line, self.column, self.hint) = (line, column, hint)
    }

    var testDescription: String { "\(old) → \(new)" }
}

struct ManifestMistakeTests {
    static let json = """
        <config lang="json">
        {
          "name": "Blur",
          "type": "native-python",
          "version": "0.1.0",
          "api_version": "0.1.8",
          "tags": ["CPU", "GPU"],
          "ui": "Radius {id: 'sigma', type: 'number', min: 0} px",
          "flags": ["functional"],
          "requirements": {"CPU": ["numpy"], "GPU": ["pip: cupy"]},
          "runnable": true,
          "defaults": {"w": 20, "h": 10},
          "cmd": null
        }
        </config>
        <script lang="python" tag="CPU">
        print(1)
        </script>
        <docs>
        Blurs.
        </docs>
        """

    static let jsonMistakes: [SeededMistake] = [
        // Syntax.
        SeededMistake(#""Blur","#, #""Blur""#, "json.missing-comma", 3, 17, "add `,`"),
        SeededMistake(#""cmd": null"#, #""cmd": null,"#, "json.trailing-comma", 13, 14, "remove the comma"),
        SeededMistake(#"["CPU", "GPU"]"#, #"["CPU", "GPU",]"#, "json.trailing-comma", 7, 24, "remove the comma"),
        SeededMistake(#""CPU", "GPU"]"#, #""CPU" "GPU"]"#, "json.missing-comma", 7, 17, "add `,`"),
        SeededMistake(#""CPU", "GPU"]"#, #""CPU",, "GPU"]"#, "json.extra-comma", 7, 18, "remove the comma"),
        SeededMistake(#""type": "n"#, #""type" "n"#, "json.missing-colon", 4, 9, "add `:`"),
        SeededMistake(#""type": "n"#, #""type"= "n"#, "json.missing-colon", 4, 9, "write `:`"),
        SeededMistake(#""name": "Blur""#, #"'name': "Blur""#, "json.single-quotes", 3, 3, "write `\"name\"`"),
        SeededMistake(#""Blur""#, "'Blur'", "json.single-quotes", 3, 11, "write `\"Blur\"`"),
        SeededMistake(#""name""#, "name", "json.unquoted-key", 3, 3, "write `\"name\"`"),
        SeededMistake(#""Blur""#, "Blur", "json.unquoted-text", 3, 11, "`\"Blur\"`"),
        SeededMistake(#""Blur""#, #""Blur"#, "json.unclosed-string", 3, 11, "add `\"`"),
        SeededMistake(#""Blur""#, #"Blur""#, "json.unopened-string", 3, 11, "write `\"Blur\"`"),
        SeededMistake(#""name":"#, #""name:"#, "json.unclosed-key", 3, 3, "before the colon"),
        SeededMistake(#""name":"#, #"name":"#, "json.unopened-key", 3, 3, "write `\"name\"`"),
        SeededMistake(#""0.1.0""#, "0.1.0", "json.unquoted-text", 5, 14, "`\"0.1.0\"`"),
        SeededMistake("true", "True", "json.wrong-literal", 11, 15, "write `true`"),
        SeededMistake("null", "None", "json.wrong-literal", 13, 10, "write `null`"),
        SeededMistake("null", "undefined", "json.wrong-literal", 13, 10, "write `null`"),
        SeededMistake("20", "020", "json.bad-number", 12, 21, "write `20`"),
        SeededMistake("20", ".5", "json.bad-number", 12, 21, "write `0.5`"),
        SeededMistake("20", "+20", "json.bad-number", 12, 21, "write `20`"),
        SeededMistake("20", "0x14", "json.bad-number", 12, 21, "write `20`"),
        SeededMistake("20", "NaN", "json.bad-number", 12, 21, "null"),
        SeededMistake(#""runnable""#, "// can run\n  \"runnable\"", "json.comment", 11, 3, "remove the comment"),
        SeededMistake("true,", "true, /* yes */", "json.comment", 11, 21, "remove the comment"),
        SeededMistake("true,", "true, # yes", "json.comment", 11, 21, "remove the comment"),
        SeededMistake("\"Blur\"", "\"Bl\\ur\"", "json.bad-escape", 3, 14, "backslash"),
        SeededMistake("\"Blur\"", "\"Bl\tur\"", "json.control-character", 3, 14, "write `\\t`"),
        SeededMistake("\"Blur\"", "\u{201C}Blur\u{201D}", "json.smart-quote", 3, 11, "straight quotes"),
        SeededMistake("  \"cmd\": null\n}", "  \"cmd\": null\n", "json.unclosed", 13, 14, "add `}`"),
        SeededMistake("\n}\n", "\n}}\n", "json.extra-closer", 14, 2, "remove it"),
        SeededMistake(#""GPU"],"#, #""GPU","#, "json.unclosed", 7, 24, "add `]`"),
        SeededMistake(#""h": 10}"#, #""h": 10]"#, "json.wrong-closer", 12, 32, "write `}`"),
        SeededMistake(#""Blur","#, #""Blur";"#, "json.wrong-separator", 3, 17, "write `,`"),
        SeededMistake(#""Blur","#, #","#, "json.missing-value", 3, 11, "after the colon"),
        SeededMistake("{\n  \"name\"", "\n  \"name\"", "json.missing-opener", 3, 3, "add `{`"),
        SeededMistake("\u{20}\"name\"", "\u{A0}\"name\"", "json.odd-space", 3, 2, "ordinary space"),
        // Fields.
        SeededMistake(#""cmd": null"#, #""name": "Blur""#, "json.duplicate-key", 13, 3, "remove one"),
        SeededMistake(#"  "name": "Blur","# + "\n", "", "config.missing-field", 2, 1, "add `\"name\""),
        SeededMistake(#"  "type": "native-python","# + "\n", "", "config.missing-field", 2, 1, "add `\"type\""),
        SeededMistake(#""Blur""#, #""a/b""#, "config.slash-in-name", 3, 13, "slash"),
        SeededMistake(#""Blur""#, #"5"#, "config.wrong-type", 3, 11, "write `\"5\"`"),
        SeededMistake(
            #""Blur""#, "\"" + String(repeating: "x", count: 49) + "\"", "config.long-name", 3, 11, "shorten"),
        SeededMistake(#"["CPU", "GPU"]"#, "7", "config.wrong-type", 7, 11, "write `[\"7\"]`"),
        SeededMistake(#"["functional"]"#, #"["funtional"]"#, "config.unknown-flag", 9, 13, "`functional`"),
        SeededMistake(#""native-python""#, #""native-pyton""#, "config.unknown-type", 4, 11, "`native-python`"),
        SeededMistake(#""native-python""#, #""pyworker""#, "config.unknown-type", 4, 11, "`native-python`"),
        SeededMistake(#""requirements""#, #""requirments""#, "config.unknown-field", 10, 3, "`requirements`"),
        SeededMistake(#""api_version""#, #""apiVersion""#, "config.unknown-field", 6, 3, "`api_version`"),
        SeededMistake(#""runnable": true"#, #""runnable": "false""#, "config.wrong-type", 11, 15, "write `false`"),
        SeededMistake(#""runnable": true"#, #""runnable": 1"#, "config.wrong-type", 11, 15, "write `true`"),
        SeededMistake(#"{"w": 20, "h": 10}"#, #"[20, 10]"#, "config.wrong-type", 12, 15, "{"),
        SeededMistake(#""version": "0.1.0""#, #""version": 0.1"#, "config.version-number", 5, 14, "write `\"0.1\"`"),
        SeededMistake(#""0.1.0""#, #""v1""#, "config.odd-version", 5, 14, "0.1.0"),
        SeededMistake(#""GPU": ["pip"#, #""GUP": ["pip"#, "config.tag-map-key", 10, 38, "`GPU`"),
        SeededMistake(#"{"CPU": ["numpy"], "#, "{", "config.tag-map-gap", 10, 3, "CPU"),
        SeededMistake(#"["numpy"]"#, #"["pipp: numpy"]"#, "config.unsupported-requirement", 10, 28, "`pip:`"),
        SeededMistake(
            #"["numpy"]"#, #"["pip install numpy"]"#, "config.command-as-requirement", 10, 28, "`pip: numpy`"),
        SeededMistake(#"["numpy"]"#, "[3]", "config.wrong-type", 10, 28, "write `\"3\"`"),
        // The form.
        SeededMistake("'number'", "'numbr'", "ui.unknown-type", 8, 37, "`number`"),
        SeededMistake("id: 'sigma', ", "", "ui.missing-id", 8, 17, "add `id:"),
        SeededMistake("min: 0", "mim: 0", "ui.unknown-key", 8, 47, "`min`"),
        SeededMistake("min: 0}", "min: 0", "json.unclosed", 8, 53, "add `}`"),
        SeededMistake("'sigma', type", "'sigma' type", "json.missing-comma", 8, 29, "add `,`"),
        SeededMistake("min: 0", "min: '0'", "ui.wrong-bound", 8, 52, "without quotes"),
        // Blocks.
        SeededMistake("<config lang", "<Config lang", "file.unknown-block", 1, 2, "`<config>`"),
        SeededMistake(
            "<script lang=\"python\" tag", "<scripts lang=\"python\" tag", "file.unknown-block", 16, 2, "`<script>`"),
        SeededMistake("tag=\"CPU\"", "tag=\"CUP\"", "file.script-tag", 16, 23, "`CPU`"),
        SeededMistake("lang=\"python\"", "lang=\"py\"", "file.unknown-lang", 16, 9, "`lang=\"python\"`"),
        SeededMistake(" lang=\"python\"", "", "file.no-script", 16, 1, "lang=\"python\""),
        SeededMistake("lang=\"json\"", "lang=\"jsn\"", "config.unknown-lang", 1, 9, "lang=\"json\""),
        SeededMistake(" lang=\"json\"", "", "config.no-lang", 1, 1, "lang=\"json\""),
        SeededMistake("</script>\n", "", "file.unclosed-block", 16, 1, "`</script>`"),
        SeededMistake("</config>\n", "", "file.unclosed-block", 1, 1, "`</config>`"),
        SeededMistake("</docs>", "", "file.unclosed-block", 19, 1, "`</docs>`"),
        SeededMistake("lang=\"json\">", "lang=\"json>", "file.unfinished-tag", 1, 1, "close the quote"),
        SeededMistake("<docs>", "<dosc>", "file.unknown-block", 19, 2, "`<docs>`"),
        SeededMistake(
            "<script lang=\"python\" tag=\"CPU\">", "<python>", "file.unknown-block", 16, 2, "lang=\"python\""),
    ]

    @Test(arguments: jsonMistakes)
    func `a mistake is found at its place with a hint that mends it`(_ mistake: SeededMistake) throws {
        try check(mistake, in: Self.json)
    }

    private func check(_ mistake: SeededMistake, in good: String) throws {
        let place = try #require(good.firstRange(of: mistake.old))
        let text = good.replacingCharacters(in: place, with: mistake.new)
        let diagnostics = PluginManifest.decode(PluginFile(parsing: text, name: "p")).diagnostics
        let found = diagnostics.first { $0.code.rawValue == mistake.code }
        let all = diagnostics.map(\.description).joined(separator: "\n")
        #expect(found.map { [$0.line, $0.column] } == [mistake.line, mistake.column], "\(all)")
        #expect(found?.hint?.contains(mistake.hint) == true || found?.message.contains(mistake.hint) == true, "\(all)")
        // One mistake must not drown in its consequences.
        #expect(diagnostics.count <= 3, "\(all)")
    }

    static let yaml = """
        <config lang="yaml">
          name: Blur
          type: window
          version: 0.1.0
          api_version: 0.1.8
          tags: [CPU, GPU]
          requirements:
            CPU:
              - https://example.org/a.js
            GPU: []
          runnable: true
          ui: "Radius {id: 's', type: 'number'}"
        </config>
        <script lang="javascript">
        api.export({})
        </script>
        """

    static let yamlMistakes: [SeededMistake] = [
        SeededMistake("type: window", "\ttype: window", "yaml.tab", 3, 3, "spaces"),
        SeededMistake("  type: window", "   type: window", "yaml.bad-indentation", 3, 4, "same indentation"),
        SeededMistake("type: window", "type:window", "yaml.missing-space", 3, 3, "key: value"),
        SeededMistake("name: Blur", "name: Blur: fast", "yaml.stray-colon", 2, 13, "quotes"),
        SeededMistake("[CPU, GPU]", "[CPU, GPU", "yaml.unclosed", 6, 9, "add `]`"),
        SeededMistake("runnable: true", "runnable: no", "config.wrong-type", 11, 13, "write `false`"),
        SeededMistake("version: 0.1.0", "version: 0.1", "config.version-number", 4, 12, "\"0.1\""),
        SeededMistake("name: Blur", "nme: Blur", "config.unknown-field", 2, 3, "`name`"),
        SeededMistake("name: Blur", "name: a/b", "config.slash-in-name", 2, 10, "slash"),
        SeededMistake("name: Blur", "name: @Blur", "yaml.reserved-character", 2, 9, "quotes"),
        SeededMistake("name: Blur", "name: 'Blur", "yaml.unclosed-quote", 2, 9, "closing quote"),
        SeededMistake("runnable: true", "name: again", "yaml.duplicate-key", 11, 3, "remove one"),
        SeededMistake("tags: [CPU, GPU]", "tags: CPU", "config.wrong-type", 6, 9, "[\"CPU\"]"),
        SeededMistake("GPU: []", "GUP: []", "config.tag-map-key", 10, 5, "`GPU`"),
        SeededMistake("'number'", "'nmber'", "ui.unknown-type", 12, 31, "`number`"),
        SeededMistake("lang=\"yaml\"", "", "config.no-lang", 1, 1, "lang=\"yaml\""),
        SeededMistake("lang=\"yaml\"", "lang=\"yml\"", "config.unknown-lang", 1, 9, "lang=\"yaml\""),
    ]

    @Test(arguments: yamlMistakes)
    func `a mistake in YAML is found at its place with a hint that mends it`(_ mistake: SeededMistake) throws {
        try check(mistake, in: Self.yaml)
    }

    @Test func `the files the mistakes are put into are good`() {
        for text in [Self.json, Self.yaml] {
            #expect(PluginManifest.decode(PluginFile(parsing: text)).diagnostics.map(\.description) == [])
        }
    }

    @Test func `several mistakes are all reported, in file order`() {
        let text = Self.json.replacingFirst("\"Blur\",", with: "\"Blur\"").replacingFirst("true", with: "True")
            .replacingFirst("null", with: "null,").replacingFirst("\"functional\"", with: "\"singleinstance\"")
        let codes = PluginManifest.decode(PluginFile(parsing: text)).diagnostics.map(\.code.rawValue)
        #expect(codes == ["json.missing-comma", "config.unknown-flag", "json.wrong-literal", "json.trailing-comma"])
    }

    @Test func `a byte that is not UTF-8 is named with its place`() {
        var bytes = Array(Self.json.utf8)
        bytes[27 + 8] = 0xFF
        let config = PluginManifest.decode(PluginFile(parsing: bytes)).diagnostics
        #expect(config.map(\.code.rawValue) == ["json.invalid-utf8"])
        #expect(config.first?.severity == .error)
        let docs = PluginManifest.decode(
            PluginFile(parsing: Array(Self.json.utf8.dropLast(8)) + [0xE9] + Array("</docs>".utf8)))
        #expect(docs.diagnostics.map(\.code.rawValue) == ["file.invalid-utf8"])
        #expect(docs.manifest != nil)
        #expect(docs.diagnostics.first?.line == 20)
    }
}

extension String {
    func firstRange(of part: String) -> Range<String.Index>? {
        let (all, part) = (Array(utf8), Array(part.utf8))
        guard part.count <= all.count else { return nil }
        for start in 0...(all.count - part.count) where all[start..<start + part.count].elementsEqual(part) {
            let from = utf8.index(utf8.startIndex, offsetBy: start)
            return from..<utf8.index(from, offsetBy: part.count)
        }
        return nil
    }

    func replacingCharacters(in range: Range<String.Index>, with part: String) -> String {
        String(self[..<range.lowerBound]) + part + String(self[range.upperBound...])
    }

    func replacingFirst(_ old: String, with new: String) -> String {
        firstRange(of: old).map { replacingCharacters(in: $0, with: new) } ?? self
    }
}
