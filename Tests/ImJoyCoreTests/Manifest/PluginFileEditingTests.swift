internal import ImJoyCore
internal import Testing

struct PluginFileEditingTests {
    private static let json = """
        <!-- mine -->
        <config lang="json">
        {
          "name": "Blur",   "type": "window",
          "api_version": "0.1.8",

          "tags": ["a",  "b"],
          "x": {"y": 1}
        }
        </config>
        <script lang="javascript">api.export({})</script>

        """

    private static let yaml = """
        <config lang="yaml">
          # the plugin
          name: Blur   # short
          type: window
          api_version: 0.1.8
          description: >-
            two
            lines
          tags:
            - a
            - b

          defaults: {w: 1}  # size
          empty:
        </config>
        <script lang="javascript">api.export({})</script>

        """

    @Test(
        arguments: [
            ("name", ManifestValue("Sharpen"), #""name": "Blur""#, #""name": "Sharpen""#),
            ("tags", ["c"], #"["a",  "b"]"#, #"["c"]"#), ("x", .null, #"{"y": 1}"#, "null"),
            ("version", "0.2.0", #"{"y": 1}"#, "{\"y\": 1},\n  \"version\": \"0.2.0\""),
            (
                "description", "a <b>bold</b> \"word\"", #"{"y": 1}"#,
                #"{"y": 1},"# + "\n" + #"  "description": "a \u003cb>bold\u003c/b> \"word\"""#
            ),
        ] as [(String, ManifestValue, String, String)])
    func `a field of JSON changes in its place`(
        _ field: String, _ value: ManifestValue, _ old: String, _ new: String
    ) throws {
        let edited = try PluginFile(parsing: Self.json).setting(field, to: value)
        #expect(edited.description == Self.json.replacingFirst(old, with: new))
        #expect(try PluginManifest(edited).fields[field] == value)
    }

    @Test(
        arguments: [
            ("name", ManifestValue("Sharpen"), "name: Blur ", "name: \"Sharpen\" "),
            ("description", "one: line", "description: >-\n    two\n    lines", "description: \"one: line\""),
            ("tags", ["c", "d"], "tags:\n    - a\n    - b\n", "tags: [\"c\",\"d\"]\n"),
            ("defaults", ["w": 2], "{w: 1}", "{\"w\":2}"), ("empty", true, "empty:", "empty: true"),
            ("api_version", "0.1.9", "0.1.8", "\"0.1.9\""),
            ("version", "1", "  empty:\n", "  empty:\n  version: \"1\"\n"),
            ("no", "x", "  empty:\n", "  empty:\n  no: \"x\"\n"),
            ("null", "x", "  empty:\n", "  empty:\n  \"null\": \"x\"\n"),
        ] as [(String, ManifestValue, String, String)])
    func `a field of YAML changes in its place`(
        _ field: String, _ value: ManifestValue, _ old: String, _ new: String
    ) throws {
        let edited = try PluginFile(parsing: Self.yaml).setting(field, to: value)
        #expect(edited.description == Self.yaml.replacingFirst(old, with: new))
        #expect(try PluginManifest(edited).fields[field] == value)
    }

    @Test(arguments: [
        (json, "name", #""name": "Blur",   "#, ""), (json, "x", ",\n  \"x\": {\"y\": 1}", ""),
        (json, "tags", "\"tags\": [\"a\",  \"b\"],\n  ", ""), (json, "gone", "", ""),
        (yaml, "name", "  name: Blur   # short\n", ""), (yaml, "tags", "  tags:\n    - a\n    - b\n", ""),
        (yaml, "description", "  description: >-\n    two\n    lines\n", ""), (yaml, "empty", "  empty:\n", ""),
    ])
    func `a field is removed and nothing else`(_ text: String, _ field: String, _ old: String, _ new: String) throws {
        let edited = try PluginFile(parsing: text).removing(field)
        #expect(edited.description == text.replacingFirst(old, with: new))
    }

    @Test(arguments: FixturePlugins.names)
    func `setting every field to what it is changes no meaning`(_ name: String) throws {
        let file = try FixturePlugins.load(name)
        let before = try PluginManifest(file)
        for entry in before.fields.entries where before.tags.isEmpty && entry.keyRange.count > 0 {
            let edited = try file.setting(entry.key, to: entry.value)
            #expect(try PluginManifest(edited).fields == before.fields)
            let other = try file.setting(entry.key, to: ["changed"]).setting(entry.key, to: entry.value)
            #expect(try PluginManifest(other).fields == before.fields)
        }
        let added = try file.setting("x_new", to: ["a": [1, 2.5, true]])
        #expect(try PluginManifest(added).fields["x_new"]?.json() == #"{"a":[1,2.5,true]}"#)
        #expect(try added.removing("x_new").description == file.description)
    }

    @Test func `an empty config, one line and braces in YAML take a first field`() throws {
        let empty = PluginFile(parsing: "<config lang=\"json\">{}</config>")
        #expect(try empty.setting("name", to: "A").description == "<config lang=\"json\">{\"name\": \"A\"}</config>")
        let line = PluginFile(parsing: "<config lang=\"json\">{\"a\": 1}</config>")
        #expect(try line.setting("b", to: 2).description == "<config lang=\"json\">{\"a\": 1, \"b\": 2}</config>")
        #expect(try line.removing("a").description == "<config lang=\"json\">{}</config>")
        let braces = PluginFile(parsing: "<config lang=\"yaml\">{a: 1}</config>")
        #expect(try braces.setting("b", to: [2]).description == "<config lang=\"yaml\">{a: 1, b: [2]}</config>")
        #expect(try braces.removing("a").description == "<config lang=\"yaml\">{}</config>")
        let crlf = PluginFile(parsing: "\u{FEFF}<config lang=\"json\">\r\n{\r\n  \"a\": 1\r\n}\r\n</config>\r\n")
        #expect(try crlf.setting("a", to: 2).description.contains("\r\n  \"a\": 2\r\n"))
        #expect(try crlf.setting("b", to: 2).description.contains("\"a\": 1,\r\n  \"b\": 2\r\n"))
    }

    @Test(arguments: [
        "", "<config>{", "<config lang=\"json\">{\"a\" 1}</config>", "<config lang=\"json\">[1]</config>",
        "<config lang=\"json\">{}", "<config lang=\"yaml\">\na: &x [1]\nb: *x\n</config>",
    ])
    func `a config that cannot be edited safely is refused`(_ text: String) {
        #expect(throws: ManifestError.self) { try PluginFile(parsing: text).setting("a", to: "new") }
    }

    // MARK: Making

    @Test func `a file is made of a config and blocks and reads back`() throws {
        let config: ManifestObject = ManifestObject([
            .init("name", "A <b>"), .init("description", "\"</config>\" <script>"), .init("type", "window"),
            .init("api_version", "0.1.8"),
        ])
        let file = try PluginFile(
            config: config,
            blocks: [
                .init(.link, [("rel", "stylesheet"), ("href", "a.css?x=1&y=\"2\"")], content: ""),
                .init(.script, [("lang", "javascript"), ("async", nil)], content: "if (a < b) api.export({})"),
                .init(.docs, [("lang", "markdown")], content: "# A & <b>"),
                .init(.attachment, [("name", "x")], content: "  indented"),
            ])
        #expect(file.diagnostics.map(\.description) == [])
        #expect(try PluginManifest(file).fields == config)
        #expect(file.links.first?["href"] == "a.css?x=1&y=\"2\"")
        #expect(file.scripts.first?.content == "\nif (a < b) api.export({})\n")
        #expect(PluginFile(parsing: file.description).description == file.description)
        let refused = [
            PluginFile.NewBlock(.script, content: "var a = '</script>'"), .init(.docs, content: "</docs>"),
            .init(.script, [("lang", "a\nb=\"c"), ("a b", "c")], content: ""),
        ]
        for block in refused { #expect(throws: ManifestError.self) { try PluginFile(config: config, blocks: [block]) } }
    }
}
