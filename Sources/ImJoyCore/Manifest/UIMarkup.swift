/// Form markup as one text that knows where in the plugin file each part came from.
struct UIMarkup {
    private struct Segment {
        /// Where the part starts in `bytes`.
        var start: Int
        /// What it was made from.
        var value: ManifestValue
        /// Bytes cut from the start of the value's text; nil when the part is not the value's own text.
        var skipped: Int?
        /// A line break that was added after the value.
        var isBreak = false
    }

    private(set) var bytes: [UInt8] = []
    private var segments: [Segment] = []
    private let source: SourceText?

    /// Markup that stands for itself.
    init(_ markup: String) {
        bytes = Array(markup.utf8)
        source = nil
    }

    /// The accepted forms as one markup; nil when the value has none of them.
    ///
    /// Null, false and empty text give an empty form. A string is trimmed. Of a list each string makes a line, and
    /// so does each entry of an object, as `key: value`.
    init?(_ value: ManifestValue, source: SourceText) {
        self.source = source
        switch value.kind {
        case .null, .bool(false): break
        case .string(let text):
            let all = Array(text.utf8)
            let skipped = all.prefix { $0 <= 0x20 }.count
            var trimmed = all[skipped...]
            while let last = trimmed.last, last <= 0x20 { trimmed.removeLast() }
            append(Array(trimmed), value, skipped: skipped)
        case .list(let elements):
            for element in elements { append(line: element) }
        default: return nil
        }
    }

    private mutating func append(line element: ManifestValue) {
        switch element.kind {
        case .string(let text):
            append(Array(text.utf8), element, skipped: 0)
            appendBreak(element)
        case .object(let object):
            for entry in object.entries {
                append(Array((entry.key + ": ").utf8), ManifestValue(.null, range: entry.keyRange), skipped: nil)
                if let text = entry.value.string {
                    append(Array(text.utf8), entry.value, skipped: 0)
                } else {
                    append(Array(entry.value.json().utf8), entry.value, skipped: nil)
                }
                appendBreak(entry.value)
            }
        default: append(Array((element.json() + "<br>").utf8), element, skipped: nil)
        }
    }

    private mutating func appendBreak(_ value: ManifestValue) {
        segments.append(Segment(start: bytes.count, value: value, skipped: nil, isBreak: true))
        bytes += Array("<br>".utf8)
    }

    private mutating func append(_ part: [UInt8], _ value: ManifestValue, skipped: Int?) {
        guard !part.isEmpty else { return }
        segments.append(Segment(start: bytes.count, value: value, skipped: skipped))
        bytes += part
    }

    /// The range of the file that a range of the markup came from.
    func fileRange(_ range: Range<Int>) -> Range<Int> {
        guard let source else { return range }
        let start = fileOffset(range.lowerBound, source)
        let last = fileOffset(max(range.lowerBound, range.upperBound - 1), source)
        return start..<max(start, last) + 1
    }

    /// The end of the text that a field which starts at `offset` can be part of: entries of a list do not share one.
    func end(_ offset: Int) -> Int {
        guard let place = segment(offset), place + 1 < segments.count else { return bytes.count }
        return segments[place + 1].start
    }

    /// The index of the segment that holds the byte at `offset`.
    private func segment(_ offset: Int) -> Int? {
        var low = 0
        var high = segments.count
        guard high > 0 else { return nil }
        while high - low > 1 {
            let middle = (low + high) / 2
            if segments[middle].start <= offset { low = middle } else { high = middle }
        }
        return low
    }

    private func fileOffset(_ offset: Int, _ source: SourceText) -> Int {
        guard let segment = segment(offset).map({ segments[$0] }) else { return 0 }
        let range = segment.value.range
        guard let skipped = segment.skipped else {
            return segment.isBreak ? max(range.lowerBound, range.upperBound - 1) : range.lowerBound
        }
        return StringPlaces.offset(
            of: offset - segment.start + skipped, in: segment.value.range, of: source.bytes)
    }
}

/// Finds the place in a file of a byte of a string that was read from it.
enum StringPlaces {
    /// The offset of byte `target` of the text that the literal at `range` stands for.
    static func offset(of target: Int, in range: Range<Int>, of bytes: [UInt8]) -> Int {
        let range = range.clamped(to: 0..<bytes.count)
        guard let first = range.first else { return range.lowerBound }
        switch bytes[first] {
        case UInt8(ascii: "|"), UInt8(ascii: ">"): return blockOffset(target, range, bytes)
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return walk(target, range.dropFirst(), bytes, quote: bytes[first])
        default: return walk(target, range, bytes, quote: 0)
        }
    }

    private static func walk(_ target: Int, _ range: Range<Int>, _ bytes: [UInt8], quote: UInt8) -> Int {
        var offset = range.lowerBound
        var decoded = 0
        while decoded < target, offset < range.upperBound {
            if bytes[offset] == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                let (length, size) = escape(offset, range.upperBound, bytes)
                if decoded + size > target { return offset }
                offset += length
                decoded += size
            } else if bytes[offset] == UInt8(ascii: "'"), quote == UInt8(ascii: "'") {
                offset += 2
                decoded += 1
            } else if bytes[offset] == 0x0A {
                // A YAML line break in flowing text stands for one space, indentation included.
                while offset < range.upperBound, bytes[offset] <= 0x20 { offset += 1 }
                decoded += 1
            } else {
                offset += 1
                decoded += 1
            }
        }
        return min(offset, max(range.lowerBound, range.upperBound - 1))
    }

    /// How long an escape is in the file, and how many bytes of UTF-8 it stands for.
    private static func escape(_ offset: Int, _ end: Int, _ bytes: [UInt8]) -> (Int, Int) {
        guard offset + 5 < end, bytes[offset + 1] == UInt8(ascii: "u") else { return (2, 1) }
        var code: UInt32 = 0
        for digit in bytes[offset + 2..<offset + 6] { code = code << 4 + (digit.hexValue ?? 0) }
        if (0xD800...0xDBFF).contains(code), offset + 11 < end, bytes[offset + 6] == UInt8(ascii: "\\") {
            return (12, 4)
        }
        return (6, code < 0x80 ? 1 : code < 0x800 ? 2 : 3)
    }

    private static func blockOffset(_ target: Int, _ range: Range<Int>, _ bytes: [UInt8]) -> Int {
        guard let header = bytes.firstOffset(of: 0x0A, from: range.lowerBound), header + 1 < range.upperBound else {
            return range.lowerBound
        }
        var offset = header + 1
        let indentation = bytes[offset..<range.upperBound].prefix { $0 == 0x20 }.count
        var decoded = 0
        var column = 0
        while offset < range.upperBound {
            if column < indentation, bytes[offset] == 0x20 {
                offset += 1
                column += 1
                continue
            }
            if decoded >= target { break }
            column = bytes[offset] == 0x0A ? 0 : indentation
            offset += 1
            decoded += 1
        }
        return min(offset, range.upperBound - 1)
    }
}
