/// Finds the plugins of a Markdown document, line by line.
struct MarkdownReader {
    private let source: SourceText
    private var plugins: [PluginFile] = []
    private var line = 1

    /// A comment `<!-- ImJoyPlugin: … -->`.
    private struct Marker {
        var firstLine: Int
        /// The place of the config between the colon and `-->`.
        var config: Range<Int>
    }

    /// The opening line of a fenced code block.
    private struct Fence {
        var mark: UInt8
        var count: Int
        var indentation: Int
        var info: Range<Int>
    }

    init(_ bytes: [UInt8], name: String) { source = SourceText(bytes, name: name) }

    mutating func read() -> [PluginFile] {
        var marker: Marker?
        while line <= source.lineCount {
            if let fence = fence(line) {
                let opening = line
                let end = closingLine(of: fence)
                if let marker { addPlugin(marker, fence, code: opening + 1..<end) }
                marker = nil
                line = end + 1
            } else if isBlank(line) {
                line += 1
            } else {
                // A comment may go over several lines; what follows it on its last line does not count.
                marker = readMarker()
                line += 1
            }
        }
        return plugins
    }

    private func isBlank(_ line: Int) -> Bool {
        source.bytes[source.lineRange(line)].allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    }

    /// The offset of the first byte that is no space, when at most three spaces stand before it.
    private func start(_ line: Int) -> Int? {
        let range = source.lineRange(line)
        guard let first = source.bytes[range].firstIndex(where: { $0 != 0x20 }), first - range.lowerBound <= 3 else {
            return nil
        }
        return first
    }

    // MARK: Comments

    /// Reads the comment that starts on this line, and moves to its last line.
    private mutating func readMarker() -> Marker? {
        guard let start = start(line), source.bytes.matches("<!--", at: start) else { return nil }
        let firstLine = line
        var end = start + 4
        while end < source.bytes.count, !source.bytes.matches("-->", at: end) { end += 1 }
        // A comment that is never closed hides the rest of the document.
        line = source.line(at: min(end, max(0, source.bytes.count - 1))) - source.firstLine + 1
        guard end < source.bytes.count else { return nil }
        var offset = start + 4
        while offset < end, source.bytes[offset] <= 0x20 { offset += 1 }
        guard source.bytes.matches("ImJoyPlugin", at: offset) else { return nil }
        offset += 11
        while offset < end, source.bytes[offset] <= 0x20 { offset += 1 }
        guard offset == end || source.bytes[offset] == UInt8(ascii: ":") || source.bytes[offset] == UInt8(ascii: "{")
        else { return nil }
        if offset < end, source.bytes[offset] == UInt8(ascii: ":") { offset += 1 }
        return Marker(firstLine: firstLine, config: offset..<end)
    }

    // MARK: Fences

    private func fence(_ line: Int) -> Fence? {
        guard let start = start(line) else { return nil }
        let range = source.lineRange(line)
        let mark = source.bytes[start]
        guard mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~") else { return nil }
        var end = start
        while end < range.upperBound, source.bytes[end] == mark { end += 1 }
        let info = end..<range.upperBound
        guard end - start >= 3, mark != UInt8(ascii: "`") || !source.bytes[info].contains(mark) else { return nil }
        return Fence(mark: mark, count: end - start, indentation: start - range.lowerBound, info: info)
    }

    /// The line that closes the fence, or the one after the last.
    private func closingLine(of fence: Fence) -> Int {
        var line = line + 1
        while line <= source.lineCount {
            if let other = self.fence(line), other.mark == fence.mark, other.count >= fence.count,
                source.bytes[other.info].allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D })
            {
                return line
            }
            line += 1
        }
        return line
    }

    // MARK: Plugins

    private mutating func addPlugin(_ marker: Marker, _ fence: Fence, code: Range<Int>) {
        let partStart = source.lineRange(marker.firstLine).lowerBound
        let codeStart = code.lowerBound <= source.lineCount ? source.lineRange(code.lowerBound).lowerBound : nil
        let codeEnd =
            code.upperBound <= source.lineCount ? source.lineRange(code.upperBound).lowerBound : source.bytes.count
        let body = (codeStart ?? codeEnd)..<max(codeStart ?? codeEnd, codeEnd)
        if let first = source.bytes[body].first(where: { $0 > 0x20 }), first == UInt8(ascii: "<") {
            let part = SourceText(Array(source.bytes[body]), name: source.name, firstLine: code.lowerBound)
            plugins.append(PluginFile(parsing: part))
            return
        }
        let part = SourceText(
            Array(source.bytes[partStart..<codeEnd]), name: source.name, firstLine: marker.firstLine)
        let shift = { (range: Range<Int>) in range.lowerBound - partStart..<range.upperBound - partStart }
        let language = language(fence)
        var defaults = OtherForm.defaults(type: language.type)
        defaults["name"] = ManifestValue("Plugin \(plugins.count + 1)")
        if !exports(body) { defaults["passive"] = true }
        plugins.append(
            PluginFile(
                source: part,
                blocks: [
                    OtherForm.block(
                        .config, part, body: shift(marker.config), lang: "json",
                        opening: shift(partStart..<marker.config.lowerBound)),
                    OtherForm.block(
                        .script, part, body: shift(body), lang: language.name,
                        opening: shift(fence.info.lowerBound - fence.count..<fence.info.upperBound)),
                ], configDefaults: defaults))
    }

    /// The language after the fence, and the type of plugin that it stands for.
    private func language(_ fence: Fence) -> (name: String?, type: PluginType?) {
        let info = source.text(in: fence.info).split { $0 == " " || $0 == "\t" || $0 == "{" || $0 == "," }
        switch info.first?.lowercased() {
        case nil, "js", "javascript": return ("javascript", .webWorker)
        case "py", "python": return ("python", .nativePython)
        case "html": return ("html", .window)
        case let other?: return (other, nil)
        }
    }

    /// Whether the code calls `export` of some object.
    private func exports(_ body: Range<Int>) -> Bool {
        var offset = body.lowerBound
        while let dot = source.bytes.firstOffset(of: UInt8(ascii: "."), from: offset), dot < body.upperBound {
            if source.bytes.matches(".export", at: dot) {
                var next = dot + 7
                while next < body.upperBound, source.bytes[next] == 0x20 { next += 1 }
                if next < body.upperBound, source.bytes[next] == UInt8(ascii: "(") { return true }
            }
            offset = dot + 1
        }
        return false
    }
}
