/// The header of a TIFF and where its directories lie, found without libtiff so that loops, lost pages and
/// truncation are told apart, and no chain is walked twice.
struct TIFFDirectoryChain {
    let byteOrder: DType.ByteOrder
    let isBig: Bool
    /// The offset of each page's directory.
    let offsets: [Int]
    /// What a reader should know when the list of pages ran back into itself; it is read up to there.
    let loop: String?
    private let bytes: SharedBytes

    /// Walks through a file that has the signature of one.
    init(_ source: EncodedImage) throws(ImageError) {
        bytes = source.bytes
        guard bytes.count >= 8 else { throw ImageError(.truncated, "\(bytes.count) bytes, a TIFF header takes 8") }
        byteOrder = bytes[0] == UInt8(ascii: "M") ? .big : .little
        let start = Fields(bytes: bytes, byteOrder: byteOrder, isBig: false)
        isBig = start.number(at: 2, size: 2) == 43
        let fields = Fields(bytes: bytes, byteOrder: byteOrder, isBig: isBig)
        guard let first = fields.number(at: isBig ? 8 : 4, size: isBig ? 8 : 4) else {
            throw ImageError(.truncated, "\(bytes.count) bytes, a BigTIFF header takes 16")
        }
        (offsets, loop) = try Self.walk(from: first, fields, limit: source.limits.pages)
    }

    private static func walk(from first: Int, _ fields: Fields, limit: Int) throws(ImageError) -> ([Int], String?) {
        var offsets: [Int] = []
        var seen: Set<Int> = []
        var next = first
        var valueBytes = 0
        while next != 0 {
            let page = offsets.count
            guard page < limit else { throw ImageError(.tooLarge, "more than \(limit) pages, which is the limit") }
            guard seen.insert(next).inserted else {
                let loop =
                    "the list of pages runs in a loop: after page \(page - 1) the directory at byte \(next) comes again"
                return (offsets, loop)
            }
            guard let count = fields.entryCount(ofDirectoryAt: next) else {
                throw ImageError(
                    .truncated,
                    "the directory should start at byte \(next), but the file has \(fields.bytes.count) bytes",
                    page: page)
            }
            guard count > 0 else {
                throw ImageError(.malformed, "the directory at byte \(next) has no entries", page: page)
            }
            let (end, following) = fields.end(ofDirectoryAt: next, count: count)
            guard let following else {
                throw ImageError(
                    .truncated,
                    "the directory of \(count) tags at byte \(next) ends at byte \(end), "
                        + "but the file has \(fields.bytes.count)",
                    page: page)
            }
            // Values that many pages point to are copied for each of them.
            valueBytes += fields.valueBytes(ofDirectoryAt: next, count: count)
            guard valueBytes <= 16 * fields.bytes.count else {
                throw ImageError(
                    .malformed, "the tags up to here name \(valueBytes) bytes of a file of \(fields.bytes.count)",
                    page: page)
            }
            offsets.append(next)
            next = following
        }
        guard !offsets.isEmpty else { throw ImageError(.malformed, "the TIFF has no pages") }
        return (offsets, nil)
    }

    /// The value of a tag of one small number, nil when it is missing or of another kind.
    func number(_ tag: TIFFTag, page: Int) -> Int? {
        let fields = Fields(bytes: bytes, byteOrder: byteOrder, isBig: isBig)
        guard let entry = fields.entry(tag.rawValue, ofDirectoryAt: offsets[page]),
            let type = fields.number(at: entry + 2, size: 2), type == 3 || type == 4
        else { return nil }
        return fields.number(at: entry + (isBig ? 12 : 8), size: type == 3 ? 2 : 4)
    }

    /// How many values a tag has, 0 when it is missing.
    func valueCount(_ tag: TIFFTag, page: Int) -> Int {
        let fields = Fields(bytes: bytes, byteOrder: byteOrder, isBig: isBig)
        guard let entry = fields.entry(tag.rawValue, ofDirectoryAt: offsets[page]) else { return 0 }
        return fields.number(at: entry + 4, size: isBig ? 8 : 4) ?? 0
    }

    /// The exact value of a fraction tag, which libtiff would round to a float.
    func fraction(_ tag: TIFFTag, page: Int) -> Double? {
        let fields = Fields(bytes: bytes, byteOrder: byteOrder, isBig: isBig)
        guard let entry = fields.entry(tag.rawValue, ofDirectoryAt: offsets[page]),
            fields.number(at: entry + 2, size: 2) == 5, fields.number(at: entry + 4, size: isBig ? 8 : 4) == 1
        else { return nil }
        // Eight bytes: in place in a BigTIFF, elsewhere in a classic one.
        guard let place = isBig ? entry + 12 : fields.number(at: entry + 8, size: 4),
            let numerator = fields.number(at: place, size: 4), let denominator = fields.number(at: place + 4, size: 4),
            denominator != 0
        else { return nil }
        return Double(numerator) / Double(denominator)
    }
}

/// Numbers of a TIFF at checked offsets.
private struct Fields {
    var bytes: SharedBytes
    var byteOrder: DType.ByteOrder
    var isBig: Bool

    private var countSize: Int { isBig ? 8 : 2 }
    private var entrySize: Int { isBig ? 20 : 12 }
    private var offsetSize: Int { isBig ? 8 : 4 }

    /// An unsigned number of `size` bytes, nil when it does not lie in the file or is beyond 63 bits.
    func number(at offset: Int, size: Int) -> Int? {
        guard offset >= 0, size <= bytes.count, offset <= bytes.count - size else { return nil }
        var value: UInt64 = 0
        for index in 0..<size {
            value = value << 8 | UInt64(bytes[offset + (byteOrder == .big ? index : size - 1 - index)])
        }
        return Int(exactly: value)
    }

    func entryCount(ofDirectoryAt offset: Int) -> Int? { number(at: offset, size: countSize) }

    /// Where the entries end, and the offset of the next directory that stands there.
    func end(ofDirectoryAt offset: Int, count: Int) -> (end: Int, next: Int?) {
        let (size, overflow) = count.multipliedReportingOverflow(by: entrySize)
        let (end, overflow2) = (offset + countSize).addingReportingOverflow(size)
        if overflow || overflow2 || end > Int.max - offsetSize { return (.max, nil) }
        return (end + offsetSize, number(at: end, size: offsetSize))
    }

    /// The size of what the entries point to, each at most the whole file.
    func valueBytes(ofDirectoryAt offset: Int, count: Int) -> Int {
        var total = 0
        for index in 0..<count {
            let place = offset + countSize + index * entrySize
            let values = number(at: place + 4, size: offsetSize) ?? .max
            let (size, overflow) = values.multipliedReportingOverflow(by: 8)
            if overflow || size > 8 * offsetSize { total += min(overflow ? .max : size, bytes.count) }
        }
        return total
    }

    func entry(_ tag: UInt16, ofDirectoryAt offset: Int) -> Int? {
        guard let count = entryCount(ofDirectoryAt: offset) else { return nil }
        for index in 0..<count {
            let place = offset + countSize + index * entrySize
            if number(at: place, size: 2) == Int(tag) { return place }
        }
        return nil
    }
}
