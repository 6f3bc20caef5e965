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
        (offsets, loop) = try Self.walk(from: first, fields, source)
    }

    private static func walk(
        from first: Int, _ fields: Fields, _ source: EncodedImage
    ) throws(ImageError) -> ([Int], String?) {
        let limit = source.limits.pages
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
            if offsets.count.isMultiple(of: 256) { source.forgetPages() }
        }
        guard !offsets.isEmpty else { throw ImageError(.malformed, "the TIFF has no pages") }
        return (offsets, nil)
    }

    private var fields: Fields { Fields(bytes: bytes, byteOrder: byteOrder, isBig: isBig) }

    /// The value of a tag of one small number in the directory at `offset`, nil when it is missing or of another kind.
    func number(_ tag: TIFFTag, at offset: Int) -> Int? {
        guard let entry = fields.entry(tag.rawValue, ofDirectoryAt: offset),
            let type = fields.number(at: entry + 2, size: 2), type == 3 || type == 4
        else { return nil }
        return fields.number(at: entry + (isBig ? 12 : 8), size: type == 3 ? 2 : 4)
    }

    /// How many values a tag has, 0 when it is missing.
    func valueCount(_ tag: TIFFTag, at offset: Int) -> Int {
        guard let entry = fields.entry(tag.rawValue, ofDirectoryAt: offset) else { return 0 }
        return fields.number(at: entry + 4, size: isBig ? 8 : 4) ?? 0
    }

    /// The bytes of a tag's values and the size of one; nil when it is missing or does not lie in the file.
    func values(_ tag: TIFFTag, at offset: Int) -> (bytes: SharedBytes, size: Int)? {
        let sizes = [1: 1, 2: 1, 3: 2, 4: 4, 6: 1, 7: 1, 8: 2, 9: 4, 13: 4, 16: 8, 17: 8, 18: 8]
        guard let entry = fields.entry(tag.rawValue, ofDirectoryAt: offset),
            let size = fields.number(at: entry + 2, size: 2).flatMap({ sizes[$0] }),
            let count = fields.number(at: entry + 4, size: isBig ? 8 : 4), count <= bytes.count / size
        else { return nil }
        let inPlace = isBig ? 8 : 4
        let value = entry + (isBig ? 12 : 8)
        guard let place = count * size <= inPlace ? value : fields.number(at: value, size: inPlace),
            place <= bytes.count - count * size
        else { return nil }
        return (bytes.slice(place..<place + count * size), size)
    }

    /// The whole numbers of a tag, at most `limit`.
    func numbers(_ tag: TIFFTag, at offset: Int, limit: Int = 1 << 16) -> [Int] {
        guard let (bytes, size) = values(tag, at: offset) else { return [] }
        let numbers = Fields(bytes: bytes, byteOrder: byteOrder, isBig: isBig)
        return (0..<min(bytes.count / size, limit)).compactMap { numbers.number(at: $0 * size, size: size) }
    }

    /// Where the directories of the reduced copies of a page lie: those that its SubIFDs tag names, or, when that names
    /// one only, the list that starts there.
    func reducedCopies(ofDirectoryAt offset: Int) -> [Int] {
        let named = numbers(.subIFDs, at: offset, limit: 64)
        guard named.count == 1, let first = named.first else {
            return Array(named.prefix { fields.following($0) != nil })
        }
        var found: [Int] = []
        var next = first
        while found.count < 64, !found.contains(next), let following = fields.following(next) {
            found.append(next)
            next = following
        }
        return found
    }

    /// True when two directories have the same tags with the same values, texts and the places of pixels apart.
    func isAlike(_ one: Int, _ other: Int) -> Bool {
        guard let count = fields.entryCount(ofDirectoryAt: one), count == fields.entryCount(ofDirectoryAt: other) else {
            return false
        }
        let (head, size, inPlace) = isBig ? (8, 20, 8) : (2, 12, 4)
        return bytes.withUnsafeBytes { file in
            // Both directories lie in the file, which the walk has seen to.
            for index in 0..<count {
                let (a, b) = (one + head + index * size, other + head + index * size)
                // Tag, type and count of values.
                guard file[a..<a + size - inPlace].elementsEqual(file[b..<b + size - inPlace]) else { return false }
                guard let tag = fields.number(at: a, size: 2) else { return false }
                if Self.varying.contains(UInt16(tag)) { continue }
                if file[a + size - inPlace..<a + size].elementsEqual(file[b + size - inPlace..<b + size]) { continue }
                // Short values that lie elsewhere, such as resolutions and bits of three samples.
                guard fields.number(at: a + 4, size: inPlace).map({ $0 <= 16 }) == true,
                    let from = fields.number(at: a + size - inPlace, size: inPlace),
                    let to = fields.number(at: b + size - inPlace, size: inPlace), let length = fields.valueSize(at: a),
                    length > inPlace, from <= file.count - length, to <= file.count - length,
                    file[from..<from + length].elementsEqual(file[to..<to + length])
                else { return false }
            }
            return true
        }
    }

    /// Tags that may differ between pages of one kind.
    private static let varying = Set(
        [
            TIFFTag.stripOffsets, .stripByteCounts, .tileOffsets, .tileByteCounts, .subIFDs, .imageDescription,
            .software, .dateTime, .artist, .make, .model, .copyright,
        ].map(\.rawValue))

    /// The exact value of a fraction tag, which libtiff would round to a float.
    func fraction(_ tag: TIFFTag, page: Int) -> Double? {
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

    /// The offset that stands behind the directory at `offset`; nil when no directory with entries lies there.
    func following(_ offset: Int) -> Int? {
        guard offset > 0, let count = entryCount(ofDirectoryAt: offset), count > 0 else { return nil }
        return end(ofDirectoryAt: offset, count: count).next
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

    /// The bytes of an entry's values; nil when they are of no known type or too many.
    func valueSize(at entry: Int) -> Int? {
        let sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8]
        guard let type = number(at: entry + 2, size: 2), type < sizes.count, sizes[type] > 0,
            let count = number(at: entry + 4, size: offsetSize)
        else { return nil }
        let (size, overflow) = count.multipliedReportingOverflow(by: sizes[type])
        return overflow ? nil : size
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
