/// Reads single pieces of markup: comments, declarations, start tags and end tags.
struct MarkupReader {
    struct Attribute {
        var name: Range<Int>
        /// Without quotes.
        var value: Range<Int>?
    }

    struct StartTag {
        var start: Int
        var name: Range<Int>
        /// Only when asked for.
        var attributes: [Attribute]
        var end: Int
        var isSelfClosing: Bool
    }

    enum Piece {
        /// A comment or declaration.
        case skip(to: Int)
        case endTag(name: Range<Int>, end: Int)
        case startTag(StartTag)
    }

    static let rawNames: Set<String> = ["script", "style", "textarea"]

    private let bytes: [UInt8]
    private let lastBracket: Int
    private var comments = TextFinder("-->")
    private var conditions = TextFinder("]>")
    /// Bytes that tags which turned out to be none may still cost; keeps hostile input linear.
    private var budget: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        lastBracket = bytes.lastIndex(of: UInt8(ascii: ">")) ?? -1
        budget = 16 * bytes.count + 4096
    }

    /// Whether so many tags turned out to be none that the rest are taken as text.
    var isExhausted: Bool { budget <= 0 }

    /// The piece that starts with the `<` at `place`, or nil when that is text.
    mutating func read(at place: Int, collecting: Bool) -> Piece? {
        guard place + 1 < bytes.count, place < lastBracket else { return nil }
        switch bytes[place + 1] {
        case UInt8(ascii: "!"):
            if bytes.matches("<!--", at: place) {
                return comments.next(in: bytes, from: place + 4).map { .skip(to: $0 + 3) }
            }
            if bytes.matches("<![", at: place) {
                return conditions.next(in: bytes, from: place + 3).map { .skip(to: $0 + 2) }
            }
            guard isDoctype(place) else { return nil }
            return bytes.firstOffset(of: UInt8(ascii: ">"), from: place).map { .skip(to: $0 + 1) }
        case UInt8(ascii: "/"):
            guard let name = name(at: place + 2),
                let end = bytes.firstOffset(of: UInt8(ascii: ">"), from: name.upperBound)
            else { return nil }
            return .endTag(name: name, end: end + 1)
        default: return startTag(at: place, collecting).map { .startTag($0) }
        }
    }

    private func isDoctype(_ place: Int) -> Bool {
        guard bytes.count - place > 9 else { return false }
        return bytes[place + 2..<place + 9].map(\.lowercasedASCII).elementsEqual("doctype".utf8)
    }

    /// The element name at `offset`.
    func name(at offset: Int) -> Range<Int>? {
        guard offset < bytes.count, bytes[offset].isLetter || bytes[offset] == UInt8(ascii: "_") else { return nil }
        var end = offset + 1
        while end < bytes.count, isNameByte(bytes[end]) { end += 1 }
        return offset..<end
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || byte >= 0x80 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
    }

    private mutating func startTag(at place: Int, _ collecting: Bool) -> StartTag? {
        guard budget > 0, let name = name(at: place + 1) else { return nil }
        var tag = StartTag(start: place, name: name, attributes: [], end: 0, isSelfClosing: false)
        var position = name.upperBound
        while true {
            position = skipSpace(position)
            guard position < bytes.count else { break }
            let byte = bytes[position]
            if byte == UInt8(ascii: ">") {
                tag.end = position + 1
                return tag
            }
            if byte == UInt8(ascii: "/") {
                guard position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: ">") else { break }
                tag.end = position + 2
                tag.isSelfClosing = true
                return tag
            }
            let start = position
            while position < bytes.count, isAttributeByte(bytes[position]) { position += 1 }
            guard position > start else { break }
            var attribute = Attribute(name: start..<position)
            let equals = skipSpace(position)
            if equals < bytes.count, bytes[equals] == UInt8(ascii: "=") {
                guard let (value, end) = value(at: skipSpace(equals + 1)) else { break }
                attribute.value = value
                position = end
            }
            if collecting { tag.attributes.append(attribute) }
        }
        budget -= position - place
        return nil
    }

    private func skipSpace(_ offset: Int) -> Int {
        var offset = offset
        while offset < bytes.count, bytes[offset] == 0x20 || (0x09...0x0D).contains(bytes[offset]) { offset += 1 }
        return offset
    }

    private func isAttributeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x09...0x0D, UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "/"), UInt8(ascii: "="):
            false
        default: true
        }
    }

    /// The attribute value at `offset` and the place after it.
    private mutating func value(at offset: Int) -> (Range<Int>, Int)? {
        guard offset < bytes.count else { return nil }
        let first = bytes[offset]
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            guard let close = bytes.firstOffset(of: first, from: offset + 1) else {
                budget -= bytes.count - offset
                return nil
            }
            var end = close + 1
            while end < bytes.count, bytes[end] == first { end += 1 }
            return (offset + 1..<close, end)
        }
        var end = offset
        while end < bytes.count, isUnquotedByte(bytes[end]) { end += 1 }
        return end > offset ? (offset..<end, end) : nil
    }

    private func isUnquotedByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || (isAttributeByte(byte) && byte != UInt8(ascii: "`"))
    }

    /// A number that stands for an element name in any case.
    func key(_ name: Range<Int>) -> UInt64 {
        // FNV-1a. A collision, which only a crafted file has, confuses nothing but where its own block ends.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for offset in name { hash = (hash ^ UInt64(bytes[offset].lowercasedASCII)) &* 0x100_0000_01B3 }
        return hash
    }

    /// The place of the last end tag of each name.
    func lastEndTags() -> [UInt64: Int] {
        var places: [UInt64: Int] = [:]
        var position = 0
        while let place = bytes.firstOffset(of: UInt8(ascii: "<"), from: position), place < lastBracket {
            position = place + 1
            if bytes[position] == UInt8(ascii: "/"), let name = name(at: position + 1) {
                places[key(name)] = place
                position = name.upperBound
            }
        }
        return places
    }

    /// The lowercase name when it is one of ``rawNames``.
    func rawName(_ name: Range<Int>) -> String? {
        guard (5...8).contains(name.count),
            [UInt8(ascii: "s"), UInt8(ascii: "t")].contains(
                bytes[name.lowerBound].lowercasedASCII)
        else { return nil }
        let text = String(decoding: bytes[name].map(\.lowercasedASCII), as: UTF8.self)
        return Self.rawNames.contains(text) ? text : nil
    }
}

/// Finds a text again and again, ever further on, without looking at any byte twice.
struct TextFinder {
    private let text: StaticString
    private var searchedFrom = 0
    /// The first hit at or after `searchedFrom`; -1 before any search, nil when there is none.
    private var hit: Int? = -1

    init(_ text: StaticString) { self.text = text }

    mutating func next(in bytes: [UInt8], from start: Int) -> Int? {
        if start >= searchedFrom, hit != -1 {
            guard let hit else { return nil }
            if hit >= start { return hit }
        }
        searchedFrom = start
        hit = nil
        var position = start
        while let place = bytes.firstOffset(of: text.utf8Start.pointee, from: position) {
            if bytes.matches(text, at: place) {
                hit = place
                break
            }
            position = place + 1
        }
        return hit
    }
}

/// Finds the end tags of one element name, ever further on, without looking at any byte twice.
struct EndTagFinder {
    private let name: [UInt8]
    private let bytes: [UInt8]
    private var searchedFrom = 0
    private var hit: Range<Int>?
    private var hasSearched = false

    /// `name` is lowercase.
    init(_ name: String, _ bytes: [UInt8]) {
        self.name = Array(name.utf8)
        self.bytes = bytes
    }

    /// The first end tag at or after `start`.
    mutating func next(from start: Int) -> Range<Int>? {
        if hasSearched, start >= searchedFrom {
            guard let hit else { return nil }
            if hit.lowerBound >= start { return hit }
        }
        hasSearched = true
        searchedFrom = start
        hit = nil
        var position = start
        while let place = bytes.firstOffset(of: UInt8(ascii: "<"), from: position) {
            position = place + 1
            let after = place + 2 + name.count
            guard after < bytes.count, bytes[place + 1] == UInt8(ascii: "/"), matchesName(at: place + 2),
                isBoundary(bytes[after])
            else { continue }
            // Without a `>` further on there is no end tag of any name.
            guard let end = bytes.firstOffset(of: UInt8(ascii: ">"), from: after) else { break }
            hit = place..<end + 1
            break
        }
        return hit
    }

    private func matchesName(at offset: Int) -> Bool {
        for (index, byte) in name.enumerated() where bytes[offset + index].lowercasedASCII != byte { return false }
        return true
    }

    private func isBoundary(_ byte: UInt8) -> Bool {
        !(byte.isLetter || byte.isDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte >= 0x80)
    }
}

/// Decodes the four entities that attribute values may hold.
enum EntityDecoding {
    static func decode(_ text: String) -> String {
        let entities: [(StaticString, UInt8)] = [
            ("&lt;", UInt8(ascii: "<")), ("&gt;", UInt8(ascii: ">")), ("&quot;", UInt8(ascii: "\"")),
            ("&amp;", UInt8(ascii: "&")),
        ]
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var offset = 0
        while offset < bytes.count {
            if bytes[offset] == UInt8(ascii: "&"),
                let entity = entities.first(where: { bytes.matches($0.0, at: offset) })
            {
                result.append(entity.1)
                offset += entity.0.utf8CodeUnitCount
            } else {
                result.append(bytes[offset])
                offset += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension UInt8 {
    var lowercasedASCII: UInt8 { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self }
}
