@testable internal import ImJoyCore
internal import SystemPackage
internal import Testing

/// Mistakes that are seldom made: each message has a file that brings it about.
struct RareMistakeTests {
    private func decode(_ text: String, tag: String? = nil) -> PluginManifest.Decoded {
        PluginManifest.decode(PluginFile(parsing: text, name: "p"), tag: tag)
    }

    private static let script = "\n<script lang=\"javascript\">api.export({})</script>"

    private static func file(_ fields: String, name: String = "A") -> String {
        "<config lang=\"json\">{\"name\": \"\(name)\", \"api_version\": \"0.1.8\", \(fields)}</config>" + script
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let code: String
        let text: String
        let line: Int
        let column: Int
        let hint: String

        init(_ code: String, _ text: String, _ line: Int, _ column: Int, _ hint: String) {
            (self.code, self.text, self.line, self.column, self.hint) = (code, text, line, column, hint)
        }

        var testDescription: String { code }
    }

    static let cases = [
        Case(
            "file.empty-tag", file(#""type": "window""#) + "\n<script lang=\"javascript\" tag>1</script>", 3, 27,
            "remove the attribute"),
        Case(
            "file.unnamed-attachment", file(#""type": "window""#) + "\n<attachment>x</attachment>", 3, 1,
            "write `<attachment name=\"…\">`"),
        Case(
            "file.duplicate-attachment",
            file(#""type": "window""#) + "\n<attachment name=\"a\"/>\n<attachment name=\"a\"/>", 4, 13, "rename"),
        Case("config.spaces-round-name", file(#""type": "window""#, name: " A"), 1, 30, "remove the space"),
        Case("config.legacy-mode", file(#""mode": "webworker""#), 1, 59, #"write `"type": "web-worker"`"#),
        Case(
            "file.swallowed-block",
            file(#""type": "window""#) + "\n<script lang=\"javascript\">\n1\n<docs>\nx</docs>\n</script>", 3, 1,
            "`</script>` before that line"),
        Case(
            "file.no-config", "<docs>\nnever closed\n", 1, 1, "add `</docs>` at its end"
        ),
        Case(
            "ui.wrong-options", file(#""type": "window", "ui": "{id: 'a', type: 'choose', options: 'b'}""#), 1, 119,
            "options: ["),
        Case(
            "ui.placeholder-not-an-option",
            file(#""type": "window", "ui": "{id: 'a', type: 'choose', options: ['one', 'two'], placeholder: 'tow'}""#),
            1,
            148, "did you mean `two`?"),
        Case(
            "ui.placeholder-not-an-option",
            file(#""type": "window", "ui": "{id: 'a', type: 'choose', options: [1, 2], placeholder: 5}""#), 1, 140,
            "use one of `1`, `2`"),
        Case(
            "file.attribute-over-lines", "<script lang=\"a\n\">1</script>" + file(#""type": "window""#), 1, 9,
            "close the quote"),
        Case("file.stray-end", "</script>" + file(#""type": "window""#), 1, 1, "`<script>` before it"),
    ]

    @Test(arguments: cases)
    func `a rare mistake is found at its place with a hint that mends it`(_ rare: Case) {
        let found = decode(rare.text).diagnostics
        let all = found.map(\.description).joined(separator: "\n")
        let diagnostic = found.first { $0.code.rawValue == rare.code }
        #expect(diagnostic.map { [$0.line, $0.column] } == [rare.line, rare.column], "\(all)")
        #expect(diagnostic?.hint?.contains(rare.hint) == true, "\(all)")
    }

    @Test(arguments: [
        (#"["CPU", "GPU"]"#, "GUP", "did you mean `GPU`?"), (#"["CPU", "GPU"]"#, "macOS", "choose one of `CPU`, `GPU`"),
        ("[]", "GPU", "leave the tag out"),
    ])
    func `a variant that is not there is refused`(_ tags: String, _ tag: String, _ hint: String) {
        let decoded = decode(Self.file(#""type": "window", "tags": \#(tags)"#), tag: tag)
        #expect(decoded.manifest == nil)
        #expect(decoded.errors.map(\.code) == ["config.unknown-tag"])
        #expect(decoded.errors.first?.hint?.contains(hint) == true, "\(decoded.errors)")
        #expect(decoded.errors.first?.message.contains("`\(tag)`") == true)
        #expect(throws: ManifestError.self) {
            try PluginManifest(PluginFile(parsing: Self.file(#""type": "window", "tags": \#(tags)"#)), tag: tag)
        }
    }

    @Test func `tags that are read again and again are given up`() {
        let text = "<docs>" + String(repeating: "<a c=\"\" c=\"<a d=''", count: 500) + "<</docs>"
        let file = PluginFile(parsing: text)
        #expect(
            file.diagnostics.contains {
                $0.code == "file.too-many-unfinished-tags" && $0.hint == "write `&lt;` for `<`"
            })
        #expect(file.description == text)
    }

    @Test func `conditional comments are skipped`() {
        let text = "<![if IE]><!--[if lt IE 9]><config>{</config><![endif]-->" + Self.file(#""type": "window""#)
        #expect(decode(text).diagnostics.map(\.description) == [])
    }

    // MARK: Places in forms

    @Test(arguments: [
        (#""ui": "\ud83d\ude00 {id: 'a', typ: 'number'}""#, "json", 1, 107),
        ("ui: 'don''t {id: \"a\", typ: \"number\"}'", "yaml", 4, 23),
        ("ui: \"one\n  two {id: 'a', typ: 'number'}\"", "yaml", 5, 17),
        ("ui: |\n  two\n  {id: 'a', typ: 'number'}", "yaml", 6, 13),
    ])
    func `places in a form are those of the file, however its text is written`(
        _ field: String, _ language: String, _ line: Int, _ column: Int
    ) {
        let yaml =
            "<config lang=\"yaml\">\nname: A\ntype: window\n\(field)\napi_version: 0.1.8\n</config>" + Self.script
        let found = decode(language == "json" ? Self.file(#""type": "window", "# + field) : yaml).diagnostics
        #expect(found.map(\.code).contains("ui.unknown-key"))
        #expect(
            found.first { $0.code == "ui.unknown-key" }.map { [$0.line, $0.column] } == [line, column], "\(found)")
    }

    // MARK: JSON

    @Test(arguments: [
        ("{“a”: 1}", "json.smart-quote", 1, #"write `"a"`"#),
        (#"{"x": "a, "b": 1}"#, "json.unclosed-string", 6, "add `\"`"),
        (#"[{"k": "v}, {"j": 1}]"#, "json.unclosed-string", 7, "add `\"`"),
        ("[1}", "json.wrong-closer", 2, "write `]`"),
        (#"{"a": 1]"#, "json.wrong-closer", 7, "write `}`"),
        ("{aVeryLongNameWithoutQuotesThatIsShortenedInMessages: 1}", "json.unquoted-key", 1, "write `\"aVery"),
    ])
    func `a rare mistake in JSON`(_ text: String, _ code: String, _ offset: Int, _ hint: String) {
        var reader = JSONReader(Array(text.utf8))
        _ = reader.read()
        let first = reader.problems.first
        #expect(first?.code.rawValue == code, "\(reader.problems)")
        #expect(first?.range.lowerBound == offset, "\(reader.problems)")
        #expect(first?.hint?.contains(hint) == true, "\(reader.problems)")
    }

    @Test(arguments: [("`a\nb`", "\"a\\nb\""), ("'a\\\r\nb'", "\"ab\"")])
    func `the relaxed form takes texts over several lines`(_ text: String, _ json: String) {
        var reader = JSONReader(Array(text.utf8), mode: .relaxed)
        let value = reader.read()
        #expect(value?.json() == json)
    }

    @Test func `names given twice and numbers in sets`() {
        let object = ManifestObject([.init("a", 1), .init("b", 2), .init("a", 3)])
        #expect(object.keys == ["a", "b"])
        #expect(object["a"] == 3)
        #expect(Set([ManifestNumber(1), ManifestNumber(1.0), ManifestNumber(2)]).count == 2)
        #expect(ManifestDiagnostic.Severity.warning < .error)
    }

    // MARK: YAML

    @Test(arguments: [
        ("a: &x &y 1\n", "yaml.bad-anchor", 1, 7, "remove one"),
        ("a: |x\n  b\n", "yaml.bad-block-text", 1, 5, "next line"),
        ("a: ? b\n", "yaml.misplaced-key", 1, 4, "indentation"),
        ("{a: 1} b\n", "yaml.several-documents", 1, 8, "indentation"),
        ("a: [[1],, 2]\n", "yaml.extra-comma", 1, 9, "remove the comma"),
        ("a: !foo [1]\n", "yaml.unknown-tag", 1, 4, "remove the tag"),
        ("a: [x,, y]\n", "yaml.extra-comma", 1, 7, "remove the comma"),
        ("%YAML 2.0\n---\na: 1\n", "yaml.bad-directive", 1, 1, "remove"),
        ("%YAML 1.1\n%YAML 1.1\n---\na: 1\n", "yaml.bad-directive", 2, 1, "remove"),
        ("%FOO\n---\na: 1\n", "yaml.bad-directive", 1, 1, "remove"),
        ("a: }\n", "yaml.reserved-character", 1, 4, "quotes"),
        ("a: [[1], [2\nb: 3\n", "yaml.unclosed", 1, 10, "add `]`"),
        ("a: !!foo x\n", "yaml.unknown-tag", 1, 4, "remove the tag"),
        ("a = b: c: d\n", "yaml.missing-colon", 1, 1, "colon"),
        ("a: \"b\n  c: d e\n", "yaml.unclosed-quote", 1, 4, "closing quote"),
        ("a: 'b\n  \n", "yaml.unclosed-quote", 1, 4, "closing quote"),
        ("a: [{b: 1], c]\n", "yaml.missing-comma", 1, 10, "add `,` or `}`"),
    ])
    func `a rare mistake in YAML`(_ text: String, _ code: String, _ line: Int, _ column: Int, _ hint: String) {
        var reader = YAMLReader(Array(text.utf8))
        _ = reader.read()
        let found = ManifestDiagnostic.list(reader.problems, in: SourceText(text))
        #expect(found.first?.code.rawValue == code, "\(found)")
        #expect(found.first.map { [$0.line, $0.column] } == [line, column], "\(found)")
        #expect(found.first?.hint?.contains(hint) == true, "\(found)")
    }

    @Test func `more values than are allowed, without an alias`() {
        var reader = YAMLReader(Array(("[" + String(repeating: "1,", count: 100_001) + "]").utf8))
        _ = reader.read()
        #expect(reader.problems.map(\.code) == ["yaml.too-many-values"])
    }

    @Test func `a name can be an anchor, and numbers have signs in their exponents`() {
        var reader = YAMLReader(Array("&k name: A\nother: *k\nn: 1e+5\nm: 0b102\n".utf8))
        let value = reader.read()
        #expect(value == ["name": "A", "other": "name", "n": 100_000, "m": "0b102"])
        #expect(reader.problems.map(\.message) == [])
    }

    @Test func `running out of memory is said`() {
        let failure = YAMLFailure(problem: "", context: "", isOutOfMemory: true)
        let problem = YAMLMistake(failure, [], ScalarOffsets([])).problem
        #expect(problem.code == "yaml.no-memory")
        let unknown = YAMLFailure(problem: "something new", context: "while reading", isOutOfMemory: false)
        let other = YAMLMistake(unknown, [], ScalarOffsets([])).problem
        #expect(other.code == "yaml.syntax")
        #expect(other.message == "something new while reading")
        #expect(other.hint != nil)
    }

    // MARK: References

    @Test func `references that cannot lead anywhere`() throws {
        let manifest = try RepositoryManifest(
            parsing: Array(#"{"plugins": [{"name": "A", "uri": "a.imjoy.html"}, {"name": "B", "uri": "u/r:C"}]}"#.utf8),
            url: "manifest.imjoy.json")
        for name in ["A", "B"] {
            let error = #expect(throws: ReferenceError.self) { try PluginReference(name).located(in: manifest) }
            #expect(error?.code == .badReply)
            #expect(error?.message.contains("`\(name)`") == true, "\(error?.message ?? "")")
        }
        #expect(throws: ReferenceError.self) { try PluginReference("https://x.org/a.imjoy.html").located(in: manifest) }
        let error = #expect(throws: ReferenceError.self) { try PluginReference("A").located(inGist: []) }
        #expect(error?.message == "`A` is not a gist")
        #expect(try RepositoryAddress("u/r@v1").revision == "v1")
        #expect(try RepositoryAddress("https://x.org/m.json").revision == nil)
    }

    // MARK: Small things

    @Test func `what blocks and manifests say about themselves`() throws {
        let file = PluginFile(parsing: "\n<script lang=\"python\" scoped module>\n  a\n</script>")
        let script = file.scripts[0]
        #expect(script.isScoped && script.isModule)
        #expect(script.bodyLocation.description == "2:37")
        #expect(script.lineOffset == 1)
        let manifest = try PluginManifest(PluginFile(parsing: Self.file(#""type": "window""#, name: "My Plugin 2")))
        #expect(manifest.storageKey == "My_Plugin_2")
        #expect(manifest.ui == PluginUI())
        #expect(Requirement("pip: a", for: .nativePython).description == "pip: a")
        #expect(try TextPattern("^[a-\\d]+$").matches("a-5") == true)
    }

    @Test func `a file that cannot be read says so`() {
        for path in ["/", "/nowhere/at.all"] {
            let error = #expect(throws: ManifestError.self) { try PluginFile(contentsOf: FilePath(path)) }
            #expect(error?.code == .unreadable)
            #expect(error?.message.contains(path) == true)
        }
    }
}
