/// Removes the indentation that all lines of a block share.
///
/// A body is changed only when it begins with space. The first line that is not blank chooses the indenting
/// character; the smallest run of it at the start of the lines that are not blank is cut from every line, and CRLF
/// becomes LF.
struct Deindent {
    /// Columns cut from each line; 0 when the body is left as it is.
    let columns: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        guard let first = range.first, Self.isSpace(bytes[first]) else {
            columns = 0
            return
        }
        var indent: UInt8?
        var smallest = Int.max
        var start = range.lowerBound
        while start < range.upperBound, smallest > 0 {
            let end = min(range.upperBound, bytes.firstOffset(of: 0x0A, from: start) ?? range.upperBound)
            var text = start
            while text < end, Self.isSpace(bytes[text]) { text += 1 }
            if text < end {
                let character = indent ?? bytes[start]
                guard character == 0x20 || character == 0x09 else {
                    columns = 0
                    return
                }
                indent = character
                var count = 0
                while bytes[start + count] == character { count += 1 }
                smallest = min(smallest, count)
            }
            start = end + 1
        }
        columns = indent == nil ? 0 : smallest
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// The body without its shared indentation.
    func apply(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt8] {
        guard columns > 0 else { return Array(bytes[range]) }
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        var start = range.lowerBound
        while true {
            let newline = bytes.firstOffset(of: 0x0A, from: start).flatMap { $0 < range.upperBound ? $0 : nil }
            var end = newline ?? range.upperBound
            if newline != nil, end > start, bytes[end - 1] == 0x0D { end -= 1 }
            result.append(contentsOf: bytes[min(start + columns, end)..<end])
            guard let newline else { return result }
            result.append(0x0A)
            start = newline + 1
        }
    }
}
