internal import ImJoyCore

/// One way to spoil a good plugin file, with what has to be said about it.
struct Mistake {
    /// The kind, for messages.
    var kind: String
    var fixture: String
    /// The bytes to replace, and by what.
    var range: Range<Int>
    var text: String
    /// The byte of the spoilt file at which the diagnostic must stand.
    var place: Int
    /// What the hint must hold to name the fix.
    var fix: String

    func apply(_ bytes: [UInt8]) -> [UInt8] {
        Array(bytes[..<range.lowerBound]) + Array(text.utf8) + bytes[range.upperBound...]
    }
}

/// Finds the places of a good plugin file where mistakes can be made.
struct MistakeSites {
    let name: String
    let bytes: [UInt8]
    let manifest: PluginManifest
    let config: PluginFile.Block
    let file: PluginFile
    private(set) var mistakes: [Mistake] = []

    init(_ name: String) throws {
        self.name = name
        file = try FixturePlugins.load(name)
        bytes = file.source.bytes
        manifest = try PluginManifest(file)
        config = try PluginManifest.requireConfig(file)
        if config.lang == "yaml" { addYAML() } else { addJSON() }
        addFields()
        addBlocks()
        addParts()
    }

    mutating func add(_ kind: String, _ range: Range<Int>, _ text: String, at place: Int, fix: String) {
        mistakes.append(Mistake(kind: kind, fixture: name, range: range, text: text, place: place, fix: fix))
    }

    func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    // MARK: JSON

    private struct Token {
        var range: Range<Int>
        var isKey = false
        /// The opening bracket of a closing one.
        var opener: Int?
        /// The innermost open bracket.
        var container: UInt8
    }

    /// Strings whole, all else byte by byte or word by word.
    private func tokens() -> [Token] {
        var result: [Token] = []
        var offset = config.bodyRange.lowerBound
        var open: [Int] = []
        while offset < config.bodyRange.upperBound {
            let start = offset
            let container = open.last.map { bytes[$0] } ?? 0
            switch bytes[offset] {
            case 0...0x20:
                offset += 1
                continue
            case UInt8(ascii: "\""):
                offset += 1
                while bytes[offset] != UInt8(ascii: "\"") { offset += bytes[offset] == UInt8(ascii: "\\") ? 2 : 1 }
                offset += 1
                result.append(
                    Token(range: start..<offset, isKey: bytes[offset] == UInt8(ascii: ":"), container: container))
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                open.append(offset)
                offset += 1
                result.append(Token(range: start..<offset, container: container))
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                offset += 1
                let opener = open.popLast()
                result.append(
                    Token(range: start..<offset, opener: opener, container: open.last.map { bytes[$0] } ?? 0))
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                offset += 1
                result.append(Token(range: start..<offset, container: container))
            default:
                while !",}] \n\r".utf8.contains(bytes[offset]) { offset += 1 }
                result.append(Token(range: start..<offset, container: container))
            }
        }
        return result
    }

    private mutating func addJSON() {
        let tokens = tokens()
        for (index, token) in tokens.enumerated() {
            let (start, end) = (token.range.lowerBound, token.range.upperBound)
            let text = string(token.range)
            switch bytes[start] {
            case UInt8(ascii: ","):
                add("missing comma", token.range, "", at: start, fix: "add `,`")
                add("semicolon", token.range, ";", at: start, fix: "write `,`")
                add("two commas", token.range, ",,", at: end, fix: "remove the comma")
            case UInt8(ascii: ":"):
                add("missing colon", token.range, "", at: start, fix: "add `:`")
                add("equals sign", token.range, "=", at: start, fix: "write `:`")
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if bytes[tokens[index - 1].range.lowerBound] != bytes[token.opener ?? 0] {
                    add("trailing comma", start..<start, ",", at: start, fix: "remove the comma")
                }
                // Without its `}` an object goes on with the next name, and any later place is as good.
                let isClear = text == "]" || token.container == UInt8(ascii: "[")
                if isClear, let opener = token.opener, !bytes[opener..<start].contains(0x0A), index + 1 < tokens.count,
                    bytes[tokens[index + 1].range.lowerBound] == UInt8(ascii: ",")
                {
                    add("missing bracket", token.range, "", at: start, fix: "add `\(text)`")
                }
            case UInt8(ascii: "\"") where !text.contains("\\") && !text.contains("'"):
                let plain = string(start + 1..<end - 1)
                add("single quotes", token.range, "'\(plain)'", at: start, fix: "\"\(plain.prefix(20))")
                if token.isKey {
                    add("key without quotes", token.range, plain, at: start, fix: "write `\"\(plain)\"`")
                } else if plain.utf8.allSatisfy({ $0 < 0x80 }), !plain.isEmpty,
                    !"0123456789[".contains(plain.prefix(1)),
                    !plain.contains(","), !plain.contains("{"), !plain.contains("#"), !plain.contains("["),
                    plain.count < 36
                {
                    add("text without quotes", token.range, plain, at: start, fix: "\"\(plain)\"")
                }
            case UInt8(ascii: "t") where text == "true":
                add("Python's True", token.range, "True", at: start, fix: "write `true`")
            case UInt8(ascii: "f") where text == "false":
                add("Python's False", token.range, "False", at: start, fix: "write `false`")
            case UInt8(ascii: "n") where text == "null":
                add("Python's None", token.range, "None", at: start, fix: "write `null`")
                add("undefined", token.range, "undefined", at: start, fix: "write `null`")
            default: break
            }
        }
        if let first = tokens.first {
            add(
                "comment", first.range.upperBound..<first.range.upperBound, " // note", at: first.range.upperBound + 1,
                fix: "remove")
        }
    }

    // MARK: YAML

    /// Colons in mappings written with braces.
    private mutating func addFlowColons(_ value: ManifestValue) {
        for entry in value.object?.entries ?? [] {
            if bytes[value.range.lowerBound] == UInt8(ascii: "{"), entry.value.object == nil {
                let colon = entry.keyRange.upperBound
                add("missing colon in braces", colon..<colon + 1, "", at: colon, fix: "add `:`")
            }
            addFlowColons(entry.value)
        }
    }

    private mutating func addYAML() {
        for entry in manifest.fields.entries where entry.keyRange.count > 0 { addFlowColons(entry.value) }
        for entry in manifest.fields.entries where entry.keyRange.count > 0 {
            let (start, end) = (entry.keyRange.lowerBound, entry.keyRange.upperBound)
            guard bytes[end] == UInt8(ascii: ":") else { continue }
            add("tab", start..<start, "\t", at: start, fix: "spaces")
            let line = bytes[end...].prefix { $0 != 0x0A }
            guard line.count > 3, line[line.startIndex + 1] == 0x20 else { continue }
            add("missing colon", end..<end + 1, "", at: start, fix: "colon")
            add("missing space", end + 1..<end + 2, "", at: start, fix: "key: value")
            let value = line.startIndex + 2
            let plain = string(value..<line.endIndex)
            if plain.first?.isLetter == true {
                add("reserved character", value..<value, "@", at: value, fix: "quotes")
                add("open quote", value..<value, "'", at: value, fix: "closing quote")
                add("second colon", line.endIndex..<line.endIndex, ": x", at: line.endIndex, fix: "quotes")
            }
            if plain.first == "[", plain.last == "]" {
                add("missing bracket", line.endIndex - 1..<line.endIndex, "", at: value, fix: "add `]`")
            }
        }
    }

    // MARK: Both

    /// A value of the wrong kind for each field, and what the hint must say.
    private static let wrongValues: [String: (String, String)] = [
        "name": ("5", "write `\"5\"`"), "tags": ("7", "[\"7\"]"), "version": ("0.5", "write `\"0.5\"`"),
        "api_version": ("0.1", "write `\"0.1\"`"), "description": ("[]", "quotes"), "flags": ("7", "[\"7\"]"),
        "cmd": ("3", "write `\"3\"`"), "defaults": ("[1]", "{ "), "permissions": ("8", "[\"8\"]"),
        "runnable": ("\"no\"", "write `false`"), "inputs": ("\"image\"", "{ "), "outputs": ("9", "{ "),
        "dependencies": ("\"a/b:C\"", "[\"a/b:C\"]"), "requirements": ("4", "[\"4\"]"), "ui": ("6", "write text"),
        "icon": ("2", "write `\"2\"`"), "env": ("6", "quotes"), "cover": ("1", "[\"1\"]"),
        "type": ("5", "write `\"5\"`"),
        "labels": ("5", "[\"5\"]"), "passive": ("1", "write `true`"),
    ]

    private mutating func addFields() {
        let isYAML = config.lang == "yaml"
        for entry in manifest.fields.entries where entry.keyRange.count > 0 {
            let quote = bytes[entry.keyRange.lowerBound] == UInt8(ascii: "\"") ? 1 : 0
            let word = entry.keyRange.lowerBound + quote..<entry.keyRange.upperBound - quote
            if Self.wrongValues[entry.key] != nil, word.count > 3 {
                addTypos("field", word, at: entry.keyRange.lowerBound, entry.key)
            }
            let isMap = entry.value.object != nil || bytes[entry.value.range.lowerBound] == UInt8(ascii: "|")
            let lines = bytes[entry.keyRange.upperBound..<entry.value.range.lowerBound]
            guard let (text, fix) = Self.wrongValues[entry.key], !lines.contains(0x0A),
                !lines.contains(UInt8(ascii: "{")) || !isYAML, !isMap,
                entry.value.range.lowerBound - entry.keyRange.upperBound <= 3, !bytes[entry.value.range].contains(0x0A)
            else { continue }
            add("wrong type of \(entry.key)", entry.value.range, text, at: entry.value.range.lowerBound, fix: fix)
        }
        if let type = manifest.fields["type"], type.range.count > 4 {
            let quote = isYAML ? 0 : 1
            let word = type.range.lowerBound + quote..<type.range.upperBound - quote
            addTypos("plugin type", word, at: type.range.lowerBound, manifest.type.rawValue)
        }
        for (text, fix) in [("pip:", "`pip:`"), ("conda:", "`conda:`"), ("repo:", "`repo:`")] {
            for value in manifest.fields["requirements"]?.list ?? [] where value.string?.hasPrefix(text) == true {
                let start = value.range.lowerBound
                add("prefix", start + 2..<start + 3, "", at: start, fix: text == "pip:" ? "`pip:`" : fix)
            }
        }
        addTags()
        addForm()
    }

    /// Deletes, doubles and swaps letters of a word.
    private mutating func addTypos(_ kind: String, _ word: Range<Int>, at place: Int, _ name: String) {
        for offset in word.dropFirst().dropLast() where UInt8(ascii: "a")...UInt8(ascii: "z") ~= bytes[offset] {
            add("\(kind): letter left out", offset..<offset + 1, "", at: place, fix: "`\(name)`")
            add("\(kind): letter doubled", offset..<offset, string(offset..<offset + 1), at: place, fix: "`\(name)`")
            let next = bytes[offset + 1]
            if next != bytes[offset], UInt8(ascii: "a")...UInt8(ascii: "z") ~= next {
                add(
                    "\(kind): letters swapped", offset..<offset + 2,
                    string(offset + 1..<offset + 2) + string(offset..<offset + 1),
                    at: place, fix: "`\(name)`")
            }
        }
    }

    /// The fields inside texts such as `sigma {id: 'sigma', type: 'number'}`.
    private mutating func addForm() {
        for offset in config.bodyRange where bytes[offset...].starts(with: "type: '".utf8) {
            add("form: missing colon", offset + 4..<offset + 5, "", at: offset + 4, fix: "add `:`")
            add("form: letter left out", offset + 8..<offset + 9, "", at: offset + 6, fix: "did you mean")
            add("form: key misspelt", offset + 4..<offset + 4, "x", at: offset, fix: "`type`")
            if bytes[offset - 2] == UInt8(ascii: ",") {
                add("form: missing comma", offset - 2..<offset - 1, "", at: offset - 2, fix: "add `,`")
            }
        }
    }

    /// Tags as names in maps.
    private mutating func addTags() {
        var offset = config.bodyRange.lowerBound
        for tag in manifest.tags where tag.utf8.count >= 3 {
            let written = config.lang == "yaml" ? "  \(tag):" : "\"\(tag)\": "
            offset = config.bodyRange.lowerBound
            while offset + written.utf8.count < config.bodyRange.upperBound {
                defer { offset += 1 }
                guard bytes[offset..<offset + written.utf8.count].elementsEqual(written.utf8) else { continue }
                let start = offset + (config.lang == "yaml" ? 2 : 1)
                let last = start + tag.utf8.count
                add(
                    "tag", last..<last, "x", at: config.lang == "yaml" ? start : offset, fix: "`\(tag)`")
            }
        }
    }

    private mutating func addBlocks() {
        for block in file.blocks
        where ["config", "script", "window", "docs", "attachment"].contains(block.tag) && block.isClosed {
            let start = block.openingTagRange.lowerBound
            let end = start + 1 + block.tag.utf8.count
            add(
                "block: letter doubled", end - 1..<end - 1, string(end - 1..<end), at: start + 1,
                fix: "`<\(block.tag)>`")
            let closing = block.bodyRange.upperBound..<block.range.upperBound
            if block.tag == "config" || (block.tag == "script" && block.range == file.blocks.last?.range) {
                add("block left open", closing, "", at: start, fix: "`</\(block.tag)>`")
            }
            if let tag = block.attribute("tag")?.value,
                let place = bytes[block.openingTagRange].indices.first(where: {
                    bytes[$0...].starts(with: "tag=\"".utf8)
                })
            {
                add("tag of a script", place + 5..<place + 5, "x", at: place, fix: "`\(tag)`")
            }
        }
        if let lang = bytes[config.openingTagRange].indices.first(where: { bytes[$0...].starts(with: "lang=\"".utf8) })
        {
            add("config language", lang + 6..<lang + 7, "", at: lang, fix: "lang=\"\(config.lang ?? "")\"")
        }
    }
}

extension PluginManifest {
    struct NoConfig: Error {}

    static func requireConfig(_ file: PluginFile) throws -> PluginFile.Block {
        guard let config = file.config else { throw NoConfig() }
        return config
    }
}
