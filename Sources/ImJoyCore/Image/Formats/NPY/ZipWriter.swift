/// Writes a zip archive: each file with a header before it, and a table of contents at the end.
///
/// Dates are the earliest that zip has, so that equal arrays give equal files.
struct ZipWriter {
    private var entries: [Entry] = []
    private var position = 0
    /// Numbers above this go to the 64-bit fields.
    private let largest: Int

    private struct Entry {
        var name: [UInt8]
        var isASCII: Bool
        var method: UInt16
        var checksum: UInt32
        var packedSize: Int
        var size: Int
        var offset: Int
    }

    init(largest: Int) { self.largest = largest }

    /// Appends a file of several parts, deflated at `level` unless that is nil.
    mutating func append(
        _ name: String, _ parts: [SharedBytes], level: Int?, to sink: inout ImageSink
    ) throws(ImageError) {
        var checksum: UInt32 = 0
        for part in parts { checksum = part.withUnsafeBytes { Deflate.checksum(of: $0, continuing: checksum) } }
        let packed = if let level { try Deflate.packed(parts, level: level) } else { parts }
        let entry = Entry(
            name: Array(name.utf8), isASCII: name.utf8.allSatisfy { $0 < 0x80 }, method: level == nil ? 0 : 8,
            checksum: checksum, packedSize: packed.reduce(0) { $0 + $1.count },
            size: parts.reduce(0) { $0 + $1.count }, offset: position)
        try write(localHeader(entry), &sink)
        for part in packed {
            try sink.append(part)
            position += part.count
        }
        entries.append(entry)
    }

    /// Writes the table of contents.
    mutating func finish(_ sink: inout ImageSink) throws(ImageError) {
        let start = position
        for entry in entries { try write(tableEntry(entry), &sink) }
        let size = position - start
        let isLarge = start > largest || size > largest || entries.count > min(largest, 0xfffe)
        if isLarge {
            let record = position
            var writer = ByteWriter()
            writer.appendLittleEndian(0x0606_4b50 as UInt32)
            writer.appendLittleEndian(44 as UInt64)
            writer.appendLittleEndian(45 as UInt16)
            writer.appendLittleEndian(45 as UInt16)
            writer.append(contentsOf: repeatElement(0, count: 8))
            for number in [entries.count, entries.count, size, start] { writer.appendLittleEndian(UInt64(number)) }
            // Where the record above is.
            writer.appendLittleEndian(0x0706_4b50 as UInt32)
            writer.appendLittleEndian(0 as UInt32)
            writer.appendLittleEndian(UInt64(record))
            writer.appendLittleEndian(1 as UInt32)
            try write(writer, &sink)
        }
        var writer = ByteWriter()
        writer.appendLittleEndian(0x0605_4b50 as UInt32)
        writer.append(contentsOf: repeatElement(0, count: 4))
        for _ in 0..<2 { writer.appendLittleEndian(isLarge ? 0xffff : UInt16(entries.count)) }
        for number in [size, start] { writer.appendLittleEndian(isLarge ? 0xffff_ffff : UInt32(number)) }
        writer.appendLittleEndian(0 as UInt16)
        try write(writer, &sink)
    }

    private mutating func write(_ part: ByteWriter, _ sink: inout ImageSink) throws(ImageError) {
        try sink.append(SharedBytes(copying: part.bytes))
        position += part.count
    }

    private func localHeader(_ entry: Entry) -> ByteWriter {
        let isLarge = entry.size > largest || entry.packedSize > largest
        var extra = ByteWriter()
        if isLarge {
            extra.appendLittleEndian(1 as UInt16)
            extra.appendLittleEndian(16 as UInt16)
            extra.appendLittleEndian(UInt64(entry.size))
            extra.appendLittleEndian(UInt64(entry.packedSize))
        }
        var writer = ByteWriter()
        writer.appendLittleEndian(0x0403_4b50 as UInt32)
        common(entry, isLarge: isLarge, &writer)
        for size in [entry.packedSize, entry.size] {
            writer.appendLittleEndian(isLarge ? 0xffff_ffff : UInt32(size))
        }
        writer.appendLittleEndian(UInt16(entry.name.count))
        writer.appendLittleEndian(UInt16(extra.count))
        writer.append(contentsOf: entry.name)
        writer.append(contentsOf: extra.bytes)
        return writer
    }

    private func tableEntry(_ entry: Entry) -> ByteWriter {
        // Only the numbers that do not fit below go to the extra field, in this order.
        let numbers = [entry.size, entry.packedSize, entry.offset]
        let large = numbers.filter { $0 > largest }
        var extra = ByteWriter()
        if !large.isEmpty {
            extra.appendLittleEndian(1 as UInt16)
            extra.appendLittleEndian(UInt16(8 * large.count))
            for number in large { extra.appendLittleEndian(UInt64(number)) }
        }
        func short(_ number: Int) -> UInt32 { number > largest ? 0xffff_ffff : UInt32(number) }
        var writer = ByteWriter()
        writer.appendLittleEndian(0x0201_4b50 as UInt32)
        writer.appendLittleEndian(45 as UInt16)
        common(entry, isLarge: !large.isEmpty, &writer)
        writer.appendLittleEndian(short(entry.packedSize))
        writer.appendLittleEndian(short(entry.size))
        writer.appendLittleEndian(UInt16(entry.name.count))
        writer.appendLittleEndian(UInt16(extra.count))
        writer.append(contentsOf: repeatElement(0, count: 10))
        writer.appendLittleEndian(short(entry.offset))
        writer.append(contentsOf: entry.name)
        writer.append(contentsOf: extra.bytes)
        return writer
    }

    /// What the header before a file and its entry in the table have in common.
    private func common(_ entry: Entry, isLarge: Bool, _ writer: inout ByteWriter) {
        writer.appendLittleEndian(isLarge ? 45 : 20 as UInt16)
        // Bit 11: the name is UTF-8.
        writer.appendLittleEndian(entry.isASCII ? 0 : 0x800 as UInt16)
        writer.appendLittleEndian(entry.method)
        // The first of January 1980, midnight.
        writer.appendLittleEndian(0 as UInt16)
        writer.appendLittleEndian(0x21 as UInt16)
        writer.appendLittleEndian(entry.checksum)
    }
}
