internal import ImJoyCore
internal import Testing

struct DataSchemaTests {
    private func schema(_ json: String) throws -> DataSchema {
        try DataSchema(try ManifestValue(parsingJSON: Array(json.utf8)))
    }

    private func value(_ json: String) throws -> DataValue {
        DataValue(try ManifestValue(parsingJSON: Array(json.utf8)))
    }

    @Test(arguments: [
        (#"{"a": {"type": "number"}}"#, #"{"type":"object","properties":{"a":{"type":"number"}},"required":["a"]}"#),
        (#"{"a": {}, "required": []}"#, #"{"type":"object","properties":{"a":{}},"required":[]}"#),
        (
            #"{"type": "object", "properties": {"a": {}, "b": {}}}"#,
            #"{"type":"object","properties":{"a":{},"b":{}},"required":["a","b"]}"#
        ),
        (
            #"{"type": "object", "properties": {"a": {}}, "required": []}"#,
            #"{"type":"object","properties":{"a":{}},"required":[]}"#
        ),
        (#"{"type": "array", "items": {"type": "string"}}"#, #"{"type":"array","items":{"type":"string"}}"#),
        (#"{"type": {"enum": ["x"]}}"#, #"{"type":"object","properties":{"type":{"enum":["x"]}},"required":["type"]}"#),
        (#"{"type": "number", "minimum": 1}"#, #"{"type":"number","minimum":1}"#),
        ("{}", #"{"type":"object","properties":{}}"#),
    ])
    func `a property map becomes a schema`(_ json: String, _ full: String) throws {
        #expect(try schema(json).schema.json() == full)
    }

    @Test(arguments: [
        (#"{"type": "object", "properties": {}}"#, "{}", "[]", ""),
        (#"{"a": {"type": "integer"}}"#, #"{"a": 2.0}"#, #"{"a": 2.5}"#, "a: expected integer"),
        (#"{"a": {"type": ["string", "null"]}}"#, #"{"a": null}"#, #"{"a": 1}"#, "string or null"),
        (#"{"a": {"type": "boolean"}}"#, #"{"a": false}"#, #"{"a": 0}"#, "expected boolean, found a number"),
        (#"{"a": {}}"#, #"{"a": 1, "b": 2}"#, #"{"b": 2}"#, "`a` is missing"),
        (#"{"a": {"enum": ["x", 2]}}"#, #"{"a": 2}"#, #"{"a": "y"}"#, #"expected one of "x", 2"#),
        (#"{"a": {"const": {"k": [1]}}}"#, #"{"a": {"k": [1]}}"#, #"{"a": {"k": [2]}}"#, "expected {"),
        (#"{"a": {"pattern": "\\.tiff?$"}}"#, #"{"a": "x.tif"}"#, #"{"a": "x.tif.gz"}"#, "does not match the pattern"),
        (#"{"a": {"minimum": 1, "maximum": 3}}"#, #"{"a": 3}"#, #"{"a": 3.5}"#, "at most"),
        (#"{"a": {"minimum": 1, "exclusiveMinimum": true}}"#, #"{"a": 1.1}"#, #"{"a": 1}"#, "is not above"),
        (#"{"a": {"exclusiveMaximum": 1}}"#, #"{"a": 0}"#, #"{"a": 1}"#, "is not below"),
        (#"{"a": {"minimum": 1}}"#, #"{"a": 1}"#, #"{"a": 0}"#, "is not at least"),
        (#"{"a": {"minLength": 2, "maxLength": 3}}"#, #"{"a": "äöü"}"#, #"{"a": "x"}"#, "at least 2 characters"),
        (#"{"a": {"maxLength": 1}}"#, #"{"a": ""}"#, #"{"a": "xy"}"#, "at most 1 characters"),
        (#"{"a": {"minItems": 1}}"#, #"{"a": [1]}"#, #"{"a": []}"#, "at least 1 entries"),
        (#"{"a": {"maxItems": 1}}"#, #"{"a": [1]}"#, #"{"a": [1, 2]}"#, "at most 1 entries"),
        (#"{"a": {"items": {"type": "number"}}}"#, #"{"a": [1, 2]}"#, #"{"a": [1, "x"]}"#, "a[1]: expected number"),
        (#"{"a": {"items": [{"type": "number"}, true]}}"#, #"{"a": [1, "x", null]}"#, #"{"a": ["x"]}"#, "a[0]:"),
        (#"{"a": {"items": [{}], "additionalItems": false}}"#, #"{"a": [1]}"#, #"{"a": [1, 2]}"#, "a[1]: nothing"),
        (
            #"{"a": {"properties": {"b": {"items": {"required": ["c"]}}}}}"#, #"{"a": {"b": [{"c": 1}]}}"#,
            #"{"a": {"b": [{}]}}"#, "a.b[0]: `c` is missing"
        ),
        (
            #"{"a": {"anyOf": [{"type": "string"}, {"minimum": 5, "type": "number"}]}}"#, #"{"a": 6}"#, #"{"a": 4}"#,
            "none of 2"
        ),
        (#"{"a": {"oneOf": [{"type": "number"}, {"type": "integer"}]}}"#, #"{"a": 1.5}"#, #"{"a": 1}"#, "fits 2 of 2"),
        (#"{"a": {"allOf": [{"minimum": 1}, {"maximum": 2}]}}"#, #"{"a": 1}"#, #"{"a": 3}"#, "at most"),
        (#"{"a": {"not": {"type": "null"}}}"#, #"{"a": 1}"#, #"{"a": null}"#, "not allowed"),
        (
            #"{"type": "object", "properties": {"a": {}}, "additionalProperties": false}"#, #"{"a": 1}"#,
            #"{"a": 1, "b": 2}"#,
            "`b` is not expected"
        ),
        (#"{"a": {"additionalProperties": {"type": "number"}}}"#, #"{"a": {"x": 1}}"#, #"{"a": {"x": "1"}}"#, "a.x:"),
        (#"{"a": false, "required": []}"#, "{}", #"{"a": 1}"#, "nothing is allowed"),
        (#"{"a": {"format": "email", "x-own": 5, "$schema": "u"}}"#, #"{"a": "no"}"#, "{}", "missing"),
    ])
    func `a keyword accepts and refuses`(_ json: String, _ good: String, _ bad: String, _ message: String) throws {
        let schema = try schema(json)
        #expect(schema.check(try value(good)).map(\.description) == [])
        let found = schema.check(try value(bad)).map(\.description)
        #expect(found.count == 1 && found[0].contains(message), "\(found)")
        #expect(schema.matches(try value(bad)) == false)
    }

    static let file = DataValue.file(name: "Cells.TIF", type: "image/tiff", size: 100)

    @Test(arguments: [
        ("true", true, ""), (#"{"mime": "image/.*"}"#, true, ""), (#"{"mime": ["text/plain", "tiff$"]}"#, true, ""),
        (#"{"mime": "text/.*"}"#, false, "a file of type `image/tiff`"), (#"{"ext": ".tif"}"#, true, ""),
        (#"{"ext": ["png", "tif"]}"#, true, ""), (#"{"ext": [".png"]}"#, false, "does not end with"),
        (#"{"size": 100}"#, true, ""), (#"{"size": [1, 100]}"#, true, ""),
        (#"{"size": [1, 2]}"#, false, "sizes allowed"),
        (#"{"minSize": 100, "maxSize": 100}"#, true, ""), (#"{"minSize": 101}"#, false, "less than"),
        (#"{"maxSize": 99}"#, false, "more than"),
    ])
    func `the keyword file`(_ keyword: String, _ accepts: Bool, _ message: String) throws {
        let schema = try schema(#"{"f": {"file": \#(keyword)}}"#)
        let found = schema.check(.object([.init("f", Self.file)]))
        #expect(found.isEmpty == accepts)
        #expect(accepts || found.map(\.description).joined().contains(message))
        #expect(
            schema.check(.object([.init("f", .string("x"))])).map(\.description) == ["f: expected a file, found text"])
    }

    @Test func `a file is an object with a name, a type and a size`() throws {
        let importer = try schema(#"{"name": {"type": "string", "pattern": ".*\\.(tif|TIF|tiff)$"}}"#)
        #expect(importer.matches(Self.file))
        #expect(!importer.matches(.file(name: "a.png", type: "", size: 0)))
        #expect(
            try schema(#"{"type": "object", "properties": {"size": {"maximum": 100}}, "additionalProperties": false}"#)
                .matches(Self.file))
    }

    @Test(arguments: [
        ("true", true, ""), (#"{"ndim": 2}"#, true, ""), (#"{"ndim": [2, 3]}"#, true, ""),
        (#"{"ndim": 3}"#, false, "3 dimensions"), (#"{"shape": [null, 10]}"#, true, ""),
        (#"{"shape": [20, 10]}"#, true, ""), (#"{"shape": [null]}"#, false, "shape [any]"),
        (#"{"shape": [20, 11]}"#, false, "found [20, 10]"), (#"{"dtype": "uint8"}"#, true, ""),
        (#"{"dtype": ["uint16", "uint8"]}"#, true, ""), (#"{"dtype": "float32"}"#, false, "float32, found uint8"),
    ])
    func `the keyword ndarray`(_ keyword: String, _ accepts: Bool, _ message: String) throws {
        let schema = try schema(#"{"image": {"ndarray": \#(keyword)}}"#)
        let found = schema.check(.object([.init("image", .array(shape: [20, 10], dtype: "uint8"))]))
        #expect(found.isEmpty == accepts)
        #expect(accepts || found.map(\.description).joined().contains(message))
        #expect(!schema.matches(.object([.init("image", .list([]))])))
    }

    @Test func `an array describes itself`() throws {
        let image = DataValue(AnyNDArray(NDArray<UInt16>(zeros: [4, 5])))
        #expect(image == .array(shape: [4, 5], dtype: "uint16"))
        #expect(try schema(#"{"image": {"ndarray": {"dtype": "uint16"}}}"#).matches(.object([.init("image", image)])))
    }

    @Test(arguments: [
        (#"{"a": 5}"#, "properties.a", "must be an object"),
        (#"{"a": {"type": "strnig"}}"#, "properties.a.type", "not a type"),
        (#"{"a": {"type": 5}}"#, "properties.a.type", "name of a type"),
        (#"{"a": {"pattern": "("}}"#, "properties.a.pattern", "not closed"),
        (#"{"a": {"pattern": 5}}"#, "properties.a.pattern", "must be text"),
        (#"{"a": {"minimum": "1"}}"#, "properties.a.minimum", "must be a number"),
        (#"{"a": {"minItems": -1}}"#, "properties.a.minItems", "whole number"),
        (#"{"a": {"enum": "x"}}"#, "properties.a.enum", "list of values"),
        (#"{"a": {"anyOf": {}}}"#, "properties.a.anyOf", "list of schemas"),
        (#"{"a": {"anyOf": [5]}}"#, "properties.a.anyOf.0", "must be an object"),
        (#"{"a": {"required": "x"}}"#, "properties.a.required", "list of names"),
        (#"{"a": {"properties": []}}"#, "properties.a.properties", "must be an object"),
        (#"{"a": {"file": "x"}}"#, "properties.a.file", "true or an object"),
        (#"{"a": {"ndarray": 5}}"#, "properties.a.ndarray", "true or an object"),
        (#"{"a": {"ndarray": {"dtype": "flaot32"}}}"#, "properties.a.ndarray", "not a dtype"),
        (#"{"a": {"ndarray": {"ndim": "2"}}}"#, "properties.a.ndarray.ndim", "a number of axes"),
        (#"{"a": {"file": {"ext": 5}}}"#, "properties.a.file.ext", "a suffix"),
        (#"{"a": {"file": {"mime": [5]}}}"#, "properties.a.file.mime", "a pattern"),
        (#"{"a": {"file": {"maxSize": "1"}}}"#, "properties.a.file.maxSize", "a number of bytes"),
        (#"{"a": {"ndarray": {"shape": ["x"]}}}"#, "properties.a.ndarray.shape", "null for any"),
    ])
    func `a schema that makes no sense is refused`(_ json: String, _ path: String, _ message: String) throws {
        let error = #expect(throws: DataSchema.Failure.self) { try schema(json) }
        #expect(error?.problems.map(\.path) == [path])
        #expect(error?.problems.first?.message.contains(message) == true, "\(error?.description ?? "")")
        #expect(error?.problems.first?.hint.isEmpty == false)
    }

    @Test func `a bad schema is a warning at its place`() throws {
        let decoded = PluginManifest.decode(
            PluginFile(
                parsing: """
                    <config lang="json">
                    {"name": "P", "type": "window", "api_version": "0.1.8",
                     "inputs": {"a": {"type": "strng"}}, "outputs": {"b": {"pattern": "(?=x)"}}}
                    </config>
                    <script lang="javascript">api.export({})</script>
                    """))
        #expect(decoded.warnings.map(\.code.rawValue) == ["config.bad-schema", "config.bad-schema"])
        #expect(decoded.warnings.map { [$0.line, $0.column] } == [[3, 27], [3, 67]])
        #expect(decoded.warnings[0].hint == "did you mean `string`?")
        #expect(decoded.manifest?.inputSchema == nil)
        let good = try PluginManifest(try FixturePlugins.load("nuclei-counter"))
        #expect(good.inputSchema?.matches(.object([.init("image", .array(shape: [5, 5], dtype: "uint8"))])) == true)
        #expect(good.outputSchema == nil)
    }

    @Test func `a value too large to check is refused in good time`() throws {
        let choices = (0..<300).map { #"{"const": \#($0)}"# }.joined(separator: ",")
        let schema = try schema(#"{"type": "array", "items": {"anyOf": [\#(choices)]}}"#)
        let found = schema.check(.list(Array(repeating: .number(299), count: 10_000)))
        #expect(found.last?.message == "the value is too large to be checked")
    }

    @Test func `a deep schema is refused`() throws {
        let deep = String(repeating: #"{"not":"#, count: 115) + "{}" + String(repeating: "}", count: 115)
        #expect(throws: DataSchema.Failure.self) { try schema(#"{"a": \#(deep)}"#) }
    }
}

struct TextPatternTests {
    @Test(arguments: [
        ("abc", "xabcx", true), ("abc", "abx", false), ("^abc$", "abc", true), ("^abc$", "abcd", false),
        ("", "x", true),
        ("a.c", "abc", true), ("a.c", "a\nc", false), ("a|bc|d", "xbcx", true), ("^(a|b)+$", "abba", true),
        ("^(a|b)+$", "abca", false), ("^a?$", "", true), ("^a*b$", "aaab", true), ("^a{2,3}$", "aaa", true),
        ("^a{2,3}$", "aaaa", false), ("^a{2}$", "aa", true), ("^a{2,}$", "aaaaa", true), ("^a{2,}$", "a", false),
        ("^a{,3}$", "a{,3}", true), ("x{", "x{", true), ("^a{0}$", "", true), ("^a+?b*?$", "aab", true),
        ("[a-c]x", "bx", true), ("[^a-c]x", "bx", false), ("[^a-c]x", "dx", true), ("[a-]", "-", true),
        ("[]a]", "a", false), ("[\\]]", "]", true), ("^[\\w.-]+@\\w+$", "a.b-c@d", true), ("[\\d-x]", "-", true),
        ("[^\\W]", "_", true), ("[\\D]", "5", false), ("\\d\\D\\w\\W\\s\\S", "5ab- x", true), ("\\S", " ", false),
        ("\\bcat\\b", "a cat.", true), ("\\bcat\\b", "concat", false), ("\\Bcat", "concat", true),
        ("\\x41\\u0042\\u{43}", "ABC", true), ("\\t\\n\\r\\f\\v\\0", "\t\n\r\u{C}\u{B}\u{0}", true),
        ("\\.\\/\\$", "./$", true),
        ("[\\b]", "\u{8}", true), ("(?:ab)+c", "ababc", true), ("(?<name>a)b", "ab", true), ("ä+", "xää", true),
        ("^.$", "😀", true),
        (".*\\.(tif|tiff|TIF)$", "my file.tiff", true), ("(a*)*b", "aaa", false), ("(|a)+$", "aa", true),
        ("a||b", "", true),
        ("()", "", true), ("[a-c-e]", "-", true), ("[\\s\\S]", "\n", true),
    ])
    func `a pattern matches as in JavaScript`(_ pattern: String, _ text: String, _ isMatch: Bool) throws {
        #expect(try TextPattern(pattern).matches(text) == isMatch)
    }

    @Test(arguments: [
        ("(", 0), ("a)", 1), ("[a", 0), ("*a", 0), ("a**", 2), ("a{3,2}", 1), ("a{1001}", 1), ("\\", 0), ("(?=a)", 0),
        ("(?!a)", 0),
        ("(?<=a)b", 0), ("(?i)a", 0), ("(a)\\1", 3), ("[z-a]", 1), ("\\x4", 0), ("\\u{110000}", 0), ("\\p{L}", 0),
        ("^*", 1),
        ("(((a{1000}){1000}){1000})", 0), ("(?<n", 0),
    ])
    func `a pattern that cannot be used is refused at its place`(_ pattern: String, _ offset: Int) {
        let failure = #expect(throws: TextPattern.Failure.self) { try TextPattern(pattern) }
        #expect(failure?.offset == offset)
        #expect(failure?.message.isEmpty == false)
    }

    @Test func `patterns that make others hang are quick`() throws {
        let text = String(repeating: "a", count: 3000) + "!"
        for pattern in [
            "^(a+)+$", "^(a|a)*$", "^(a*)*b$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y", "^(a?){30}a{30}$",
        ] {
            #expect(try TextPattern(pattern).matches(text) == false)
        }
        #expect(throws: TextPattern.Failure.self) { try TextPattern(String(repeating: "(", count: 5000)) }
        #expect(throws: TextPattern.Failure.self) { try TextPattern(String(repeating: "(", count: 500)) }
        #expect(try TextPattern("(a|b|c){500}x").matches(String(repeating: "abc", count: 50_000)) == nil)
    }

    @Test func `patterns are equal when their text is`() throws {
        #expect(try TextPattern("a+") == TextPattern("a+"))
        #expect(try Set([TextPattern("a"), TextPattern("b"), TextPattern("a")]).count == 2)
    }
}
