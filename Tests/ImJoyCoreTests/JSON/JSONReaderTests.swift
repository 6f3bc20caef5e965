@testable internal import ImJoyCore
internal import Testing

extension [UInt8] {
    /// Bytes of a text in which `‹ff›` stands for the byte 0xFF.
    init(marked text: String) {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "‹"), let close = rest[open...].firstIndex(of: "›") {
            bytes += Array(rest[..<open].utf8)
            bytes.append(UInt8(rest[rest.index(after: open)..<close], radix: 16) ?? 0)
            rest = rest[rest.index(after: close)...]
        }
        self = bytes + Array(rest.utf8)
    }
}

struct JSONReaderTests {
    private func errors(_ bytes: [UInt8]) -> [SourceProblem] {
        var reader = JSONReader(bytes)
        _ = reader.read()
        return reader.problems.filter { $0.severity == .error }
    }

    @Test(arguments: JSONConformanceCases.accepted)
    func `accepts what RFC 8259 allows`(_ text: String) {
        #expect(errors([UInt8](marked: text)).isEmpty)
    }

    @Test(arguments: JSONConformanceCases.rejected)
    func `rejects what RFC 8259 does not allow`(_ text: String) {
        let bytes = [UInt8](marked: text)
        let problems = errors(bytes)
        #expect(!problems.isEmpty)
        for problem in problems {
            #expect(problem.hint != nil)
            #expect(problem.range.lowerBound <= bytes.count)
        }
    }

    @Test(arguments: JSONConformanceCases.free)
    func `survives what RFC 8259 leaves open`(_ text: String) {
        var reader = JSONReader([UInt8](marked: text))
        _ = reader.read()
        #expect(reader.position <= [UInt8](marked: text).count)
    }

    @Test func `the tables are as large as the public suite`() {
        #expect(JSONConformanceCases.accepted.count >= 95)
        #expect(JSONConformanceCases.rejected.count >= 188)
        #expect(JSONConformanceCases.free.count >= 35)
    }

    @Test func `deep nesting is accepted up to the limit and refused beyond`() {
        let deep = { (count: Int) in
            [UInt8](repeating: UInt8(ascii: "["), count: count) + [UInt8](repeating: UInt8(ascii: "]"), count: count)
        }
        #expect(errors(deep(128)).isEmpty)
        #expect(errors(deep(129)).map(\.code) == ["json.too-deep"])
        #expect(errors([UInt8](repeating: UInt8(ascii: "["), count: 100_000)).map(\.code) == ["json.too-deep"])
        #expect(
            errors(Array(String(repeating: "{\"\":", count: 50_000).utf8)).map(\.code) == ["json.too-deep"])
    }

    @Test(arguments: [
        ("0", 0.0), ("-0", -0.0), ("123", 123), ("1e3", 1000), ("-1.5E-2", -0.015),
        ("9007199254740992", 9007199254740992),
    ])
    func `numbers have their value`(_ text: String, _ value: Double) throws {
        var reader = JSONReader(Array(text.utf8))
        let read = reader.read()
        let number = try #require(read?.number)
        #expect(number.double == value)
        #expect(number.text == text)
    }

    @Test func `integers are exact up to 64 bits`() throws {
        var reader = JSONReader(
            Array("[9223372036854775807,-9223372036854775808,18446744073709551615,18446744073709551616]".utf8))
        let read = reader.read()
        let list = try #require(read?.list)
        #expect(
            list.compactMap(\.number?.value) == [
                .integer(.max), .integer(.min), .unsigned(.max), .floating(18446744073709551616),
            ])
    }

    @Test func `escapes and surrogate pairs are decoded`() {
        var reader = JSONReader(Array(#""a\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00é""#.utf8))
        let read = reader.read()
        #expect(read?.string == "a\"\\/\u{8}\u{C}\n\r\té😀é")
        var lone = JSONReader(Array(#""\ud800x""#.utf8))
        let half = lone.read()
        #expect(half?.string == "\u{FFFD}x")
        #expect(lone.problems.map(\.code) == ["json.lone-surrogate"])
    }

    @Test func `every value and key knows its place`() throws {
        let text = "{ \"a\" : [1, \"x\"],\n  \"b\": null }"
        var reader = JSONReader(Array(text.utf8))
        let read = reader.read()
        let value = try #require(read)
        let object = try #require(value.object)
        let source = SourceText(text)
        #expect(value.range == 0..<text.utf8.count)
        #expect(object.entries.map { source.text(in: $0.keyRange) } == ["\"a\"", "\"b\""])
        #expect(object.entries.map { source.text(in: $0.value.range) } == ["[1, \"x\"]", "null"])
        #expect(object["a"]?[1].map { source.text(in: $0.range) } == "\"x\"")
        #expect(source.location(at: object.entries[1].keyRange.lowerBound).description == "2:3")
    }

    @Test func `a repeated key is reported and its last value used`() {
        var reader = JSONReader(Array("{\"a\":1,\"b\":2,\"a\":3}".utf8))
        let value = reader.read()
        #expect(value == ["a": 3, "b": 2])
        #expect(reader.problems.map(\.code) == ["json.duplicate-key"])
        #expect(reader.problems.map(\.range) == [13..<16])
        let many = (0..<40).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        var large = JSONReader(Array("{\(many),\"k3\":0,\"k39\":0}".utf8))
        let all = large.read()
        #expect(all?.object?.count == 40)
        #expect(large.problems.count == 2)
    }

    @Test(arguments: [
        ("{id: 'x', type: 'number',}", #"{"id":"x","type":"number"}"#),
        ("{ id : 'x', /* c */ n: .5, m: +1, h: 0xFF } // end", #"{"id":"x","n":0.5,"m":1,"h":255}"#),
        (#"{"a": 'it\'s', b: "http://x"}"#, #"{"a":"it's","b":"http://x"}"#),
        ("[1,2,]", "[1,2]"), ("{$a_1: [], é: {}}", #"{"$a_1":[],"é":{}}"#), ("'\\x41\\\nb'", #""Ab""#),
        ("{id: 'k', options: [{label: 'a b', value: 1}]}", #"{"id":"k","options":[{"label":"a b","value":1}]}"#),
    ])
    func `the relaxed form allows JSON5's liberties`(_ text: String, _ json: String) {
        var reader = JSONReader(Array(text.utf8), mode: .relaxed)
        let read = reader.read()
        #expect(read?.json() == json)
        #expect(reader.problems.map(\.message) == [])
    }

    @Test func `problems are bounded and reading stops`() {
        let text = "[" + String(repeating: "x,", count: 5000) + "]"
        var reader = JSONReader(Array(text.utf8))
        _ = reader.read()
        #expect(reader.problems.count == 100)
        #expect(!reader.isReliable)
    }

    @Test(arguments: JSONConformanceCases.rejected + JSONConformanceCases.accepted)
    func `every prefix of every case is read without harm`(_ text: String) {
        let bytes = [UInt8](marked: text)
        for count in 0..<min(bytes.count, 60) {
            for mode in [JSONReader.Mode.strict, .relaxed] {
                var reader = JSONReader(Array(bytes[..<count]), mode: mode)
                _ = reader.read()
                #expect(reader.position <= count)
            }
        }
    }
}

struct JSONWriterTests {
    @Test func `compact and pretty text read back as the same value`() {
        let value: ManifestValue = [
            "name": "A \"quoted\"\n\u{1}é😀", "list": [1, 2.5, .null, true, [], [:]], "nested": ["k": -1e-7],
        ]
        for style in [ManifestValue.JSONStyle.compact, .pretty] {
            var reader = JSONReader(Array(value.json(style).utf8))
            let read = reader.read()
            #expect(read == value)
            #expect(reader.problems.isEmpty)
        }
        let small: ManifestValue = ["a": [1], "b": [:]]
        #expect(small.json(.pretty) == "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}")
        let unsorted: ManifestValue = ["b": 1, "a": 2]
        #expect(unsorted.json() == #"{"b":1,"a":2}"#)
    }

    @Test(
        arguments: [0.1, 1e23, Double.leastNonzeroMagnitude, 1.7976931348623157e308, -0.0, 123456789.125, 1.0 / 3]
            as [Double])
    func `doubles read back bit for bit`(_ value: Double) {
        var reader = JSONReader(Array(ManifestValue(value).json().utf8))
        let read = reader.read()
        #expect(read?.double?.bitPattern == value.bitPattern)
        #expect(reader.problems.isEmpty)
    }

    @Test func `numbers that JSON lacks become null`() {
        #expect(ManifestValue([ManifestValue(Double.nan), ManifestValue(Double.infinity)]).json() == "[null,null]")
    }
}

struct JSONBracketRepairTests {
    static let good = """
        {
          "name": "a",
          "tags": ["x", "y"],
          "ui": [
            "text",
            {"k": {"id": "i", "n": 1}}
          ],
          "defaults": {"w": 20, "h": {"min": 10}},
          "deep": {
            "a": [1, 2],
            "b": {"c": 3}
          },
          "last": 1
        }
        """

    @Test func `any lost bracket but the outermost is found on its line, alone`() throws {
        let bytes = Array(Self.good.utf8)
        let source = SourceText(Self.good)
        let brackets = bytes.indices.dropFirst().dropLast().filter { "{}[]".utf8.contains(bytes[$0]) }
        #expect(brackets.count == 18)
        for offset in brackets {
            var broken = bytes
            let bracket = broken.remove(at: offset)
            let text = SourceText(broken)
            let result = JSONBracketRepair.read(text, 0..<broken.count)
            let found = ManifestDiagnostic.list(result.problems, in: text)
            let place = source.location(at: offset)
            let what =
                "\(Character(Unicode.Scalar(bracket))) at \(place): \(found.map(\.description).joined(separator: "\n"))"
            #expect(found.count == 1, "\(what)")
            // A closing bracket on a line of its own belongs to the end of the line before.
            #expect(found.first.map { (place.line - 1...place.line).contains($0.line) } == true, "\(what)")
            #expect(found.first?.hint == "add `\(Character(Unicode.Scalar(bracket)))`", "\(what)")
        }
    }

    @Test func `a text that is whole is read once and as it is`() {
        let result = JSONBracketRepair.read(SourceText(Self.good), 0..<Self.good.utf8.count)
        #expect(result.problems.isEmpty)
        #expect(result.value?.range == 0..<Self.good.utf8.count)
    }
}
