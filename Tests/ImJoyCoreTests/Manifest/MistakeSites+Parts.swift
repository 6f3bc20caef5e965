@testable internal import ImJoyCore

/// Mistakes in the fields of forms, in requirements and environments, in schemas, and in the blocks of YAML.
extension MistakeSites {
    /// The kinds of this file, whose draw has a test of its own.
    static let partPrefixes = ["field of a form", "requirement", "environment", "schema", "YAML"]

    mutating func addParts() {
        addFormFields()
        addRequirements()
        addEnvironment()
        addSchemas()
        if config.lang == "yaml" {
            addYAMLLines()
            addYAMLValues()
        }
    }

    private func places(of text: String, in range: Range<Int>? = nil) -> [Int] {
        let range = range ?? config.bodyRange
        let wanted = Array(text.utf8)
        guard range.count >= wanted.count else { return [] }
        return (range.lowerBound...range.upperBound - wanted.count).filter {
            bytes[$0..<$0 + wanted.count].elementsEqual(wanted)
        }
    }

    private func end(of byte: Character, from offset: Int) -> Int? {
        byte.asciiValue.flatMap { bytes.firstOffset(of: $0, from: offset) }
    }

    // MARK: Forms

    /// Fields written in single quotes on one line, such as `{id: 'n', type: 'number', min: 0}`.
    private mutating func addFormFields() {
        for start in places(of: "{id: '") {
            guard let close = end(of: "}", from: start), let quote = end(of: "'", from: start + 6),
                let line = end(of: "\n", from: start), close < line
            else { continue }
            let id = start + 5
            add("field of a form: no id", start + 1..<quote + 3, "", at: start, fix: "add `id:")
            add("field of a form: reserved id", id + 1..<quote, "type", at: start, fix: "another id")
            add("field of a form: id as a word", id..<quote + 1, string(id + 1..<quote), at: id, fix: "quotes")
            add("field of a form: open brace", close..<close + 1, "", at: close, fix: "add `}`")
            add("field of a form: two commas", quote + 1..<quote + 2, ",,", at: quote + 2, fix: "remove")
            add(
                "field of a form: twins", close + 1..<close + 1, string(start..<close + 1), at: close + 1, fix: "rename"
            )
            let field = start..<close
            for place in places(of: ", type: '", in: field) {
                guard let last = end(of: "'", from: place + 9) else { continue }
                add("field of a form: no type", place..<last + 1, "", at: start, fix: "add `type:")
                add("field of a form: unknown type", last..<last, "zz", at: place + 8, fix: "`")
                if string(place + 9..<last) == "number" {
                    add("field of a form: bound as text", close..<close, ", max: 'x'", at: close + 7, fix: "without")
                    add(
                        "field of a form: text as a number", last + 1..<close, ", placeholder: 'many'",
                        at: last + 16, fix: "write `placeholder: 1`")
                    add(
                        "field of a form: choice without options", place + 9..<last, "choose", at: start, fix: "options"
                    )
                }
            }
            for place in places(of: ", placeholder: ", in: field) {
                add("field of a form: key misspelt", place + 4..<place + 5, "", at: place + 2, fix: "`placeholder`")
            }
            for place in places(of: ", min: ", in: field) {
                add("field of a form: no colon", place + 5..<place + 6, "", at: place + 5, fix: "add `:`")
            }
        }
    }

    // MARK: Requirements

    /// Strings of a value, those of tag maps too.
    private func texts(_ value: ManifestValue) -> [ManifestValue] {
        switch value.kind {
        case .string: value.range.isEmpty ? [] : [value]
        case .list(let values): values.flatMap(texts)
        case .object(let object): object["type"] == nil ? object.entries.flatMap { texts($0.value) } : []
        default: []
        }
    }

    private mutating func addRequirements() {
        let isPython = manifest.type == .nativePython
        for value in manifest.fields["requirements"].map(texts) ?? [] where manifest.type.language != nil {
            let (range, start) = (value.range, value.range.lowerBound)
            let isList = manifest.fields["requirements"]?.list != nil
            if isList { add("requirement: a number", range, "5", at: start, fix: "write `\"5\"`") }
            add("requirement: unknown prefix", range, "\"apt:curl\"", at: start, fix: isPython ? "`pip:`" : "`")
            if isPython {
                add("requirement: a command", range, "\"pip install numpy\"", at: start, fix: "`pip: numpy`")
                add("requirement: another command", range, "\"git clone x\"", at: start, fix: "`cmd: git clone x`")
                add("requirement: nothing", range, "\"pip:\"", at: start, fix: "name what is required")
                add("requirement: prefix in capitals", range, "\"PIP: numpy\"", at: start, fix: "`pip:`")
                add("requirement: misspelt prefix", range, "\"cnda: h5py\"", at: start, fix: "`conda:`")
            } else if manifest.type.language == "javascript" {
                add("requirement: no address", range, "\"lib/stats\"", at: start, fix: "https://")
                add("requirement: nothing", range, "\"js:\"", at: start, fix: "name what is required")
                add("requirement: misspelt prefix", range, "\"cach:https://x.org\"", at: start, fix: "`cache:`")
            }
        }
        for value in manifest.fields["dependencies"]?.list ?? [] where value.string != nil {
            let start = value.range.lowerBound
            add(
                "requirement: dependency without name", value.range, "\"lab/plugins\"", at: start, fix: "USER/REPO:NAME"
            )
            add("requirement: dependency by file", value.range, "\"file:///a.html\"", at: start, fix: "USER/REPO:NAME")
        }
    }

    private mutating func addEnvironment() {
        for value in manifest.fields["env"]?.list ?? [] where !value.range.isEmpty {
            let start = value.range.lowerBound
            add("environment: a number", value.range, "3", at: start, fix: "command in quotes")
            add("environment: no type", value.range, "{\"options\": {}}", at: start, fix: "`gputil`")
            add(
                "environment: unknown type", value.range, "{\"type\": \"gputl\"}", at: start + 9, fix: "`gputil`")
        }
    }

    // MARK: Schemas

    /// Objects that are schemas inside one, with the place of each.
    private func schemas(_ value: ManifestValue) -> [ManifestValue] {
        guard let object = value.object else { return [] }
        let isFull = object["type"]?.string != nil
        let inner = isFull ? object["properties"]?.object ?? ManifestObject() : object
        return (isFull ? [value] : []) + inner.entries.flatMap { schemas($0.value) }
            + (isFull || object["ndarray"] == nil ? [] : [value])
    }

    private mutating func addSchemas() {
        for key in ["inputs", "outputs"] {
            for schema in manifest.fields[key].map(schemas) ?? [] where bytes[schema.range.lowerBound] == 0x7B {
                let inside = schema.range.lowerBound + 1
                let mistakes = [
                    ("minimum", "\"1\"", "a number without quotes"), ("pattern", "\"(\"", "simpler pattern"),
                    ("enum", "5", "`[ … ]`"), ("not", "5", "{ "), ("anyOf", "{}", "`[ … ]`"),
                    ("maxLength", "-1", "a whole number"), ("items", "\"number\"", "{ "),
                ]
                for (name, text, fix) in mistakes where schema[name] == nil {
                    add(
                        "schema: \(name)", inside..<inside, "\"\(name)\": \(text), ", at: inside + name.utf8.count + 4,
                        fix: fix)
                }
                add("schema: misspelt keyword", inside..<inside, "\"minimun\": 1, ", at: inside, fix: "`minimum`")
                for entry in schema.object?.entries ?? [] {
                    let value = entry.value.range
                    switch entry.key {
                    case "type" where bytes[value.lowerBound] == UInt8(ascii: "\""):
                        add(
                            "schema: type", value.upperBound - 2..<value.upperBound - 1, "", at: value.lowerBound,
                            fix: "`")
                    case "ndarray" where entry.value.object != nil:
                        add("schema: ndarray", value, "2", at: value.lowerBound, fix: "`true`")
                        let wrong = "{\"dtype\": \"unit8\"}"
                        add("schema: dtype", value, wrong, at: value.lowerBound + 10, fix: "`uint8`")
                        add("schema: shape", value, "{\"shape\": 2}", at: value.lowerBound + 10, fix: "null")
                        add("schema: ndim", value, "{\"ndim\": \"2\"}", at: value.lowerBound + 9, fix: "without quotes")
                    default: continue
                    }
                }
            }
        }
    }

    // MARK: YAML

    private mutating func addYAMLLines() {
        let lines =
            file.source.line(at: config.bodyRange.lowerBound) + 1..<file.source.line(at: config.bodyRange.upperBound)
        for number in lines {
            let line = file.source.lineRange(number)
            let start = bytes[line].firstIndex { $0 != 0x20 } ?? line.upperBound
            let text = string(start..<line.upperBound)
            if text.hasPrefix("- "), bytes[line.lowerBound - 1] == 0x0A {
                add("YAML: tab before a dash", start..<start, "\t", at: start, fix: "spaces")
            }
            let isEntry = manifest.fields.entries.contains { $0.keyRange.lowerBound == start }
            guard isEntry, let colon = end(of: ":", from: start), colon < line.upperBound else { continue }
            let name = string(start..<colon)
            if number > lines.lowerBound {
                add("YAML: name twice", start..<start, "name: x\n" + indentation(line, start), at: start, fix: "remove")
            }
            // A value on the line keeps what follows from being part of it.
            guard colon + 2 < line.upperBound, bytes[colon + 2] != UInt8(ascii: ">"),
                bytes[colon + 2] != UInt8(ascii: "|")
            else { continue }
            add("YAML: equals sign", colon..<colon + 1, " =", at: start, fix: "colon")
            add("YAML: backslash", colon + 2..<line.upperBound, "\"\\q\"", at: colon + 3, fix: "backslash")
            add("YAML: text after a quote", colon + 2..<line.upperBound, "'a' b", at: colon + 6, fix: "quotes")
            add("YAML: a percent sign", colon + 2..<line.upperBound, "%a", at: colon + 2, fix: "quotes")
            add("YAML: an alias of nothing", colon + 2..<line.upperBound, "*a", at: colon + 2, fix: "quotes")
            add("YAML: a tag", colon + 2..<line.upperBound, "!a b", at: colon + 2, fix: "remove the tag")
            add("YAML: open brace", colon + 2..<line.upperBound, "{a: 1", at: colon + 2, fix: "add `}`")
            add("YAML: open double quote", colon + 2..<line.upperBound, "\"a", at: colon + 2, fix: "closing quote")
            if name == "runnable" || name == "passive" {
                add("YAML: yes", colon + 2..<line.upperBound, "yes", at: colon + 2, fix: "write `true`")
            }
        }
    }

    private func indentation(_ line: Range<Int>, _ start: Int) -> String { string(line.lowerBound..<start) }

    private mutating func addYAMLValues() {
        for key in ["version", "api_version"] {
            guard let value = manifest.fields[key] else { continue }
            add("YAML: \(key) as a number", value.range, "0.2", at: value.range.lowerBound, fix: "write `\"0.2\"`")
        }
        for key in ["name", "type", "description"] {
            guard let value = manifest.fields[key], !bytes[value.range].contains(0x0A) else { continue }
            add("YAML: \(key) as a list", value.range, "[a]", at: value.range.lowerBound, fix: "quotes")
        }
        for value in manifest.fields["requirements"].map(texts) ?? [] {
            add("YAML: a mapping for a text", value.range, "a: b", at: value.range.lowerBound, fix: "\"…\"")
        }
    }
}
