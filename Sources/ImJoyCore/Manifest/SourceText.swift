#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The bytes of a text file with a table of its lines.
///
/// Positions are byte offsets; lines and columns are computed from them when they are asked for.
/// A byte-order mark at the start belongs to no line, so column 1 of line 1 is what an editor shows there.
public struct SourceText: Sendable {
    /// The name used in messages, usually the path as the user wrote it.
    public let name: String
    /// The text as UTF-8; bytes that are not valid UTF-8 are kept as they were.
    public let bytes: [UInt8]
    /// The number of the first line: not 1 when the text is part of a larger one, whose lines are counted.
    public let firstLine: Int
    let lineStarts: [Int]

    /// Makes a source from bytes.
    public init(_ bytes: [UInt8], name: String = "<text>") {
        self.init(bytes, name: name, firstLine: 1)
    }

    init(_ bytes: [UInt8], name: String, firstLine: Int) {
        self.name = name
        self.firstLine = firstLine
        self.bytes = bytes
        let hasMark = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
        var starts = [hasMark ? 3 : 0]
        starts.reserveCapacity(bytes.count / 40 + 1)
        var next = 0
        while let newline = bytes.firstOffset(of: UInt8(ascii: "\n"), from: next) {
            starts.append(newline + 1)
            next = newline + 1
        }
        lineStarts = starts
    }

    /// Makes a source from a string.
    public init(_ text: String, name: String = "<text>") {
        self.init(Array(text.utf8), name: name)
    }

    /// The number of lines; an empty text has one.
    public var lineCount: Int { lineStarts.count }

    /// The offset of the first byte after a byte-order mark.
    var start: Int { lineStarts[0] }

    /// The number of the line that holds the byte at `offset`.
    public func line(at offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + firstLine
    }

    /// The line and column of the byte at `offset`, which is clamped to the text.
    ///
    /// Columns count Unicode scalars from 1.
    public func location(at offset: Int) -> TextLocation {
        let offset = max(0, min(offset, bytes.count))
        let line = line(at: offset)
        let start = min(lineStarts[line - firstLine], offset)
        return TextLocation(line: line, column: scalarCount(start..<offset) + 1, offset: offset)
    }

    /// The bytes of a line without its line end; empty for a line that does not exist.
    func lineRange(_ number: Int) -> Range<Int> {
        let line = number - firstLine + 1
        guard line >= 1, line <= lineStarts.count else { return bytes.count..<bytes.count }
        let start = lineStarts[line - 1]
        var end = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return start..<max(start, end)
    }

    /// The offset of a line and a 1-based column, clamped to the line.
    func offset(line: Int, column: Int) -> Int {
        let range = lineRange(line)
        var offset = range.lowerBound
        var left = column - 1
        while left > 0, offset < range.upperBound {
            offset += 1
            while offset < range.upperBound, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
            left -= 1
        }
        return offset
    }

    /// The text of a byte range; ill-formed bytes become U+FFFD.
    public func text(in range: Range<Int>) -> String {
        String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
    }

    func scalarCount(_ range: Range<Int>) -> Int {
        var count = 0
        for byte in bytes[range] where byte & 0xC0 != 0x80 { count += 1 }
        return count
    }
}

/// A place in a text: 1-based line, 1-based column in Unicode scalars, and 0-based byte offset.
public struct TextLocation: Sendable, Hashable, CustomStringConvertible {
    /// The line, counted from 1.
    public var line: Int
    /// The column in Unicode scalars, counted from 1.
    public var column: Int
    /// The byte offset, counted from 0.
    public var offset: Int

    /// Makes a location.
    public init(line: Int, column: Int, offset: Int) {
        self.line = line
        self.column = column
        self.offset = offset
    }

    public var description: String { "\(line):\(column)" }
}

extension [UInt8] {
    /// The offset of the first `byte` at or after `start`.
    func firstOffset(of byte: UInt8, from start: Int) -> Int? {
        guard start < count else { return nil }
        return withUnsafeBytes { buffer -> Int? in
            guard let base = buffer.baseAddress, let hit = memchr(base + start, Int32(byte), buffer.count - start)
            else {
                return nil
            }
            return base.distance(to: UnsafeRawPointer(hit))
        }
    }

    /// Whether the bytes at `offset` spell `word`.
    func matches(_ word: StaticString, at offset: Int) -> Bool {
        let length = word.utf8CodeUnitCount
        guard offset >= 0, count - offset >= length else { return false }
        for index in 0..<length where self[offset + index] != word.utf8Start[index] { return false }
        return true
    }
}
