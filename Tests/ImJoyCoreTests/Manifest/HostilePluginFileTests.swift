internal import ImJoyCore
internal import Testing

/// Texts that cost quadratic time or unbounded depth when they are read carelessly.
///
/// Each is long enough that reading any part of it again for every unit would run into the time limit.
struct HostilePluginFileTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let before: String
        let unit: String
        let count: Int
        let after: String

        init(_ name: String, _ before: String, _ unit: String, _ count: Int, _ after: String = "") {
            (self.name, self.before, self.unit) = (name, before, unit)
            (self.count, self.after) = (count, after)
        }

        init(_ name: String, _ unit: String, _ count: Int) { self.init(name, "", unit, count) }

        var testDescription: String { name }
        var bytes: [UInt8] {
            Array(before.utf8) + Array(repeatElement(Array(unit.utf8), count: count).joined()) + Array(after.utf8)
        }
    }

    private static let ui = #"<config lang="json">{"name": "a", "type": "window", "ui": ""#

    static let cases = [
        Case("unfinished tags in docs", "<docs>", "<a", 100_000),
        Case("nested tags", "<docs>", "<b>", 20_000, "</docs>"),
        Case("unclosed scripts", "<script>", 20_000),
        Case("scripts in docs", "<docs>", "<script>", 20_000, "</docs>"),
        Case("unclosed docs", "<docs>", 20_000), Case("unclosed comments", "<!--", 40_000),
        Case("unclosed conditions", "<![", 40_000), Case("end tags without an end", "<docs>", "</docs", 30_000),
        Case("open quotes", "<a b=\"", 30_000), Case("other open quotes", "<a b='\" c=\"'", 16_000),
        Case("quotes that change phase", "<docs><a", " x=\"<a y='\" z=\"'\"", 10_000, "<</docs>"),
        Case("unfinished configs", "<config \n", 16_000), Case("attributes", "<docs ", "a=1 ", 30_000, ">"),
        Case("blocks on one line", "<style>a</style>", 6_000), Case("ended paragraphs", "</p>", 6_000),
        Case("open lists", "<config>", "[", 100_000, "</config>"),
        Case("open objects", "<config>", "{\"a\":", 20_000, "</config>"),
        Case("one key again and again", "<config>{", "\"a\":1,", 20_000, "}</config>"),
        Case("nonsense", "<config>{", "x:'", 20_000, "</config>"),
        Case("wrong closers", "<config>{\"a\":", "[{]}", 10_000, "</config>"),
        Case("open YAML mappings", "<config lang=yaml>", "{", 40_000, "</config>"),
        Case("one YAML line", "<config lang=yaml>[", "é, ", 6_000, "]</config>"),
        Case("YAML dashes", "<config lang=yaml>\n", "- ", 20_000, "</config>"),
        Case("open fields", ui, "{", 40_000, "\"}</config>"),
        Case("tags before a field", ui, "<b ", 20_000, "{}\"}</config>"),
        Case("fields", ui, "{id: 'a', type: 'number'} ", 2_000, "\"}</config>"),
        Case("fields in elements", ui, "<b>{id: 'a', type: 'numbr'}</i>", 2_000, "\"}</config>"),
    ]

    @Test(.timeLimit(.minutes(30)), arguments: cases)
    func `hostile text is read in time proportional to its size`(_ hostile: Case) {
        let bytes = hostile.bytes
        let file = PluginFile(parsing: bytes)
        let decoded = PluginManifest.decode(file)
        #expect(decoded.diagnostics.count <= 1000)
        #expect(file.source.bytes == bytes)
    }

    // Seconds, unless something looks at every name for every other one, which takes many minutes.
    @Test(.timeLimit(.minutes(5))) func `many names, tags and attachments cost no more than their size`() {
        let names = (0..<20_000).map { "<a\($0)>" }.joined()
        #expect(PluginFile(parsing: names).blocks.count == 20_000)
        let tags = (0..<20_000).map { "\"t\($0)\"" }.joined(separator: ",")
        let map = (0..<20_000).map { "\"u\($0)\":\"window\"" }.joined(separator: ",")
        let text = "<config lang=\"json\">{\"name\":\"a\",\"tags\":[\(tags)],\"type\":{\(map)}}</config>"
        #expect(PluginManifest.decode(PluginFile(parsing: text)).diagnostics.count <= 1000)
    }

    /// Found by fuzzing: the part of the line to be shown began behind its mark.
    @Test(arguments: [1, 2, 500]) func `a line that starts in the middle of UTF-8 is shown`(_ count: Int) {
        let run = [UInt8](repeating: 0x80, count: count)
        let bytes = Array("<config lang=\"json\">{\n".utf8) + run + Array("\"a\": }</config>".utf8)
        let found = PluginManifest.decode(PluginFile(parsing: bytes)).diagnostics
        #expect(found.contains { $0.code == "file.invalid-utf8" && $0.line == 2 && $0.column == 1 }, "\(found)")
        #expect(found.allSatisfy { $0.excerpt.contains("^") })
    }

    /// Found by fuzzing: places were those of a text in which such bytes had become longer.
    @Test func `YAML that is not UTF-8 is refused at its place and cannot be edited`() {
        for indentation in ["", "  "] {
            let start = Array("<config lang=\"yaml\">\n\(indentation)name: A\n\(indentation)type: ".utf8)
            let file = PluginFile(
                parsing: start + [0x86, 0x86, 0x86, 0x86] + Array("x".utf8) + Array("\n</config>".utf8))
            let found = PluginManifest.decode(file).diagnostics
            #expect(found.map(\.code) == ["yaml.invalid-utf8"])
            #expect(found.first.map { [$0.line, $0.offset] } == [3, start.count])
            #expect(throws: ManifestError.self) { try file.setting("x", to: 1) }
        }
    }

    @Test func `a long name does not make every message as long`() {
        let name = String(repeating: "x", count: 100_000)
        let text =
            "<config lang=\"json\">{\"name\": \"A\", \"type\": \"window\", \"tags\": [\"\(name)\"], "
            + "\"icon\": {\"\(name)y\": 1}, \"flags\": {\"\(name)z\": 1}}</config>"
        let found = PluginManifest.decode(PluginFile(parsing: text)).diagnostics
        #expect(found.count >= 4)
        #expect(found.allSatisfy { $0.description.utf8.count < 8_000 })
    }

    @Test func `every prefix of a plugin file is read without harm`() throws {
        let text =
            "\u{FEFF}<!--c--><docs a=b>x<b></docs><config lang=\"yaml\">\n  name: é\n  ui: \"{id: 'a'}\"\n</config><script>1</script>"
        let bytes = Array(text.utf8)
        for count in 0...bytes.count {
            let file = PluginFile(parsing: Array(bytes[..<count]))
            #expect(Array(file.source.bytes) == Array(bytes[..<count]))
            for diagnostic in PluginManifest.decode(file).diagnostics { #expect(diagnostic.offset <= count) }
        }
    }
}
