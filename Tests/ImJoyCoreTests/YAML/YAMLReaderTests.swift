@testable internal import ImJoyCore
internal import Testing

struct YAMLReaderTests {
    private func read(_ text: String) -> (value: ManifestValue?, problems: [SourceProblem]) {
        var reader = YAMLReader(Array(text.utf8))
        let value = reader.read()
        return (value, reader.problems)
    }

    @Test(arguments: [
        ("yes", "\"yes\""), ("no", "\"no\""), ("on", "\"on\""), ("Off", "\"Off\""), ("true", "true"), ("True", "true"),
        ("TRUE", "true"), ("tRUE", "\"tRUE\""), ("false", "false"), ("~", "null"), ("null", "null"), ("NULL", "null"),
        ("nULL", "\"nULL\""), ("", "null"), ("0", "0"), ("-12", "-12"), ("+7", "7"), ("0x1F", "31"), ("-0x10", "-16"),
        ("0o17", "15"), ("0b101", "5"), ("017", "17"), ("1_000", "1000"), ("1_", "\"1_\""), ("0.1.0", "\"0.1.0\""),
        ("1.5", "1.5"), ("1e3", "1000.0"), (".5", "0.5"), ("5.", "5.0"), ("1.e2", "100.0"), (".inf", "null"),
        ("-.Inf", "null"), (".nan", "null"), (".", "\".\""), ("-", "[null]"), ("2020-01-02", "\"2020-01-02\""),
        ("12:30", "\"12:30\""), ("'1'", "\"1\""), ("\"true\"", "\"true\""), ("0xZ", "\"0xZ\""), ("1e", "\"1e\""),
        ("-abc", "\"-abc\""), ("+", "\"+\""), ("!!str 1", "\"1\""), ("!!int 3", "3"), ("! 12", "\"12\""),
        ("18446744073709551615", "18446744073709551615"),
    ])
    func `plain scalars follow the core schema`(_ text: String, _ json: String) {
        let (value, problems) = read("- " + text)
        #expect(value?[0]?.json() == json)
        #expect(problems.map(\.message) == [])
    }

    @Test func `blocks, flows and texts give one tree`() {
        let (value, problems) = read(
            """
            name: Cell "counter"
            tags: [a, b]
            ui:
              - first
              - {id: x, n: 1}
            text: |
              one
                two
            folded: >-
              a
              b
            quoted: "c
              d e"
            """)
        #expect(problems.isEmpty)
        #expect(
            value == [
                "name": "Cell \"counter\"", "tags": ["a", "b"], "ui": ["first", ["id": "x", "n": 1]],
                "text": "one\n  two\n", "folded": "a b", "quoted": "c d e",
            ])
    }

    @Test func `every value and key knows its place, in bytes`() throws {
        let text = "é: 'x'\nlist:\n  - äö\n  - [1, {k: v}]\n"
        let source = SourceText(text)
        let object = try #require(read(text).value?.object)
        #expect(object.entries.map { source.text(in: $0.keyRange) } == ["é", "list"])
        #expect(source.text(in: object.entries[0].value.range) == "'x'")
        let list = try #require(object["list"]?.list)
        #expect(list.map { source.text(in: $0.range) } == ["äö", "[1, {k: v}]"])
        #expect(list[1][1]?["k"].map { source.text(in: $0.range) } == "v")
    }

    @Test func `aliases and merges are followed`() {
        let (value, problems) = read(
            "base: &b {w: 20, h: 10}\nuse: {<<: *b, h: 5}\nmany: {<<: [*b, {z: 1}]}\nsame: *b\n")
        #expect(problems.isEmpty)
        #expect(value?["use"] == ["w": 20, "h": 5])
        #expect(value?["many"] == ["w": 20, "h": 10, "z": 1])
        #expect(value?["same"] == ["w": 20, "h": 10])
    }

    @Test func `a billion laughs are refused`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let list = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(list)]\n"
        }
        #expect(read(text).problems.map(\.code) == ["yaml.too-many-values"])
    }

    @Test func `nesting is bounded, through aliases too`() {
        #expect(read(String(repeating: "[", count: 100_000)).problems.first?.code == "yaml.too-deep")
        #expect(read(String(repeating: "- ", count: 5000)).problems.first?.code == "yaml.too-deep")
        var text = ""
        for level in 0..<20 {
            let inner = level == 0 ? "x" : "*a\(level - 1)"
            text += "a\(level): &a\(level) "
            text += String(repeating: "[", count: 100) + inner + String(repeating: "]", count: 100) + "\n"
        }
        #expect(read(text).problems.map(\.code) == ["yaml.too-deep"])
    }

    @Test func `an alias cannot stand inside what it names`() {
        #expect(read("a: &a [1, *a]\n").problems.map(\.code) == ["yaml.recursive-alias"])
        #expect(read("a: *nothing\n").problems.map(\.code) == ["yaml.unknown-alias"])
    }

    @Test(arguments: [
        ("name: A\n\ttype: x\n", "yaml.tab", 2, 1), ("a: 1\nb:\n\t- x\n", "yaml.tab", 3, 1),
        ("a: 1\n  b: 2\n", "yaml.bad-indentation", 2, 3), ("a:\n  b: 1\n c: 2\n", "yaml.bad-indentation", 3, 2),
        ("a: b: c\n", "yaml.stray-colon", 1, 5), ("a: [1, 2\nb: 3\n", "yaml.unclosed", 1, 4),
        ("a: 'x\nb: 1\n", "yaml.unclosed-quote", 1, 4), ("a: \"x\nb: 1\n", "yaml.unclosed-quote", 1, 4),
        ("a: @x\n", "yaml.reserved-character", 1, 4), ("a: `x`\n", "yaml.reserved-character", 1, 4),
        ("a: 1\nb\nc: 2\n", "yaml.missing-colon", 2, 1), ("a: 1\nb:2\nc: 3\n", "yaml.missing-space", 2, 1),
        ("a: 1\na: 2\n", "yaml.duplicate-key", 2, 1), ("a: 1\n---\nb: 2\n", "yaml.several-documents", 2, 1),
        ("a: !foo 1\n", "yaml.unknown-tag", 1, 4), ("a: *\n", "yaml.bad-anchor", 1, 4), ("", "yaml.empty", 1, 1),
        ("a: \"\\d\"\n", "yaml.bad-escape", 1, 5), ("a: {b: 1\nc: 2\n", "yaml.unclosed", 1, 4),
        ("a: x\u{7}\n", "yaml.control-character", 1, 5), ("a:\n- b\n  c: 1\n", "yaml.bad-indentation", 3, 3),
        ("a: \"b\" c\n", "yaml.text-after-value", 1, 8), ("- a\nb: 1\n", "yaml.bad-indentation", 2, 1),
        ("? [a]\n: 1\n", "yaml.complex-key", 1, 3), ("a: - b\n", "yaml.misplaced-dash", 1, 4),
        ("a: 1\n<<: 2\n", "yaml.bad-merge", 2, 5), ("a: !!int x\n", "yaml.bad-tag", 1, 4),
    ])
    func `mistakes are named at their place`(_ text: String, _ code: String, _ line: Int, _ column: Int) {
        let (_, problems) = read(text)
        let diagnostics = ManifestDiagnostic.list(problems, in: SourceText(text))
        #expect(diagnostics.map(\.code.rawValue) == [code])
        #expect(diagnostics.first.map { [$0.line, $0.column] } == [line, column])
        #expect(diagnostics.allSatisfy { $0.hint != nil })
    }

    @Test func `every prefix of a document is read without harm`() {
        let text = Array("a: &x {b: [1, 'é', *x]}\n? !!str k\n: |\n  t\n<<: {q: \"\\u00e9\"}\n".utf8)
        for count in 0...text.count {
            var reader = YAMLReader(Array(text[..<count]))
            let value = reader.read()
            #expect(value != nil || !reader.problems.isEmpty)
        }
    }
}
