@testable internal import ImJoyCore

/// Makes plugin files at random: every kind of block and of value, with texts that readers stumble over.
struct GeneratedPlugins {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &generator)]
    }

    private mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &generator) }
    private mutating func chance(_ percent: Int) -> Bool { number(0..<100) < percent }

    // MARK: Values

    private static let pieces = [
        "a", "Zelle", " ", "  ", "\"", "\\", "'", "<", ">", "</script>", "</config>", "<config>", "<!--", "-->",
        "&amp;",
        "{id: 'x'}", "\n", "\t", "\r\n", "é", "日本", "😀", "\u{1}", "\u{7F}", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{A0}",
        ":", ": ", "- ", "# ", "[", "]", "%", "@", "*a", "yes", "null", "1.5", "0x1F",
    ]

    mutating func text() -> String { (0..<number(0..<5)).map { _ in pick(Self.pieces) }.joined() }

    mutating func value(depth: Int) -> ManifestValue {
        switch number(0..<(depth > 0 ? 9 : 6)) {
        case 0: .null
        case 1: ManifestValue(chance(50))
        case 2: ManifestValue(number(-5..<1000))
        case 3: ManifestValue(Double(number(-5000..<5000)) / 8)
        case 4, 5: ManifestValue(text())
        case 6: ManifestValue((0..<number(0..<4)).map { _ in value(depth: depth - 1) })
        default: ManifestValue(object(depth: depth - 1))
        }
    }

    private mutating func object(depth: Int) -> ManifestObject {
        var object = ManifestObject()
        for _ in 0..<number(0..<4) { object[text() + String(number(0..<100))] = value(depth: depth) }
        return object
    }

    /// A good config, with fields that mean nothing among those that do.
    mutating func config() -> ManifestObject {
        var config = ManifestObject()
        let tags = chance(50) ? ["CPU", "GPU"] : []
        config["x_first"] = value(depth: 3)
        config["name"] = ManifestValue("Plugin \(number(0..<100_000))")
        config["type"] = ManifestValue(pick(["native-python", "window", "web-worker", "iframe", "collection"]))
        config["version"] = ManifestValue("\(number(0..<3)).\(number(0..<20)).0")
        config["api_version"] = ManifestValue(pick(["0.1.6", "0.1.7", "0.1.8"]))
        config["description"] = ManifestValue(text())
        if !tags.isEmpty { config["tags"] = ManifestValue(tags.map { ManifestValue($0) }) }
        config["icon"] = ManifestValue(text())
        let labels = ManifestValue((0..<number(0..<3)).map { _ in ManifestValue(text()) })
        config["labels"] = tags.isEmpty ? labels : ["CPU": labels, "GPU": []]
        config["ui"] = "n {id: 'n', type: 'number', min: 0}"
        config["inputs"] = ["image": ["ndarray": ["ndim": ManifestValue(number(1..<4))]]]
        config["defaults"] = ManifestValue(object(depth: 2))
        config["runnable"] = ManifestValue(chance(50))
        for _ in 0..<number(0..<4) { config["x_" + String(number(0..<1000))] = value(depth: 3) }
        return config
    }

    // MARK: Blocks

    private static let content = [
        "a < b && c > d", "<b>x</b>", "<br>", "{\"a\": [1]}", "&lt;", "    indented\n    twice", "\tif x:\n\t\ty",
        "é 😀",
        "", "\n", "<p>text", "# Title", "'</'", "1<2", "\"<notclosed and\"", "end\r\n",
    ]

    mutating func blocks(_ type: String) -> [PluginFile.NewBlock] {
        let isPython = type == "native-python"
        var blocks: [PluginFile.NewBlock] = [
            .init(.script, [("lang", isPython ? "python" : "javascript")], content: "api.export({})")
        ]
        for _ in 0..<number(0..<5) {
            let content = (0..<number(0..<4)).map { _ in pick(Self.content) }.joined(separator: " ")
            switch number(0..<6) {
            case 0: blocks.append(.init(.window, [("lang", "html")], content: content))
            case 1: blocks.append(.init(.style, [("lang", "css"), ("scoped", nil)], content: content))
            case 2: blocks.append(.init(.docs, [("lang", "markdown")], content: content))
            case 3:
                blocks.append(.init(.attachment, [("name", "a & <\(number(0..<100_000))> \"x\"")], content: content))
            case 4: blocks.append(.init(.link, [("rel", "stylesheet"), ("href", "a.css?x=1&y=2")], content: ""))
            default: blocks.append(.init(.script, [("lang", isPython ? "python" : "javascript")], content: content))
            }
        }
        return blocks.shuffled(using: &generator)
    }

    mutating func position(in count: Int) -> Int { number(0..<max(1, count)) }
}
