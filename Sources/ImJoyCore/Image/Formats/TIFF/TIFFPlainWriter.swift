/// Writes unpacked pages: the first directory, then the pixels of all pages in one run, then the other directories.
///
/// ImageJ reads a stack as one run from the first page's offset, whatever the other directories say, and tifffile
/// does so when it can. libtiff would put a directory between any two pages.
struct TIFFPlainWriter {
    private let writer: TIFFWriter
    private let pageBytes: Int

    init(_ writer: TIFFWriter) {
        self.writer = writer
        pageBytes = writer.image.pixels.byteCount / writer.plan.pageCount
    }

    func write(to sink: inout ImageSink) throws(ImageError) {
        let (isBig, order) = (writer.isBig, writer.options.byteOrder)
        let headerSize = isBig ? 16 : 8
        // The size of a directory does not depend on the offsets in it.
        let firstSize = directory(page: 0, pixels: 0).byteCount
        let pixels = (headerSize + firstSize + 63) / 64 * 64
        let following = pixels + (writer.image.pixels.byteCount + 1) / 2 * 2

        var start = TIFFFields(byteOrder: order)
        start.append(contentsOf: TIFFFields.header(order, isBig: isBig, directory: headerSize))
        let next = writer.plan.pageCount > 1 ? following : 0
        start.append(contentsOf: directory(page: 0, pixels: pixels).encoded(at: headerSize, next: next))
        start.append(contentsOf: [UInt8](repeating: 0, count: pixels - start.bytes.count))
        try sink.append(SharedBytes(copying: start.bytes))

        if order == .native, writer.image.pixels.isContiguous {
            // One call for all pages.
            try sink.append(writer.image.pixels.bytes)
        } else {
            var output = sink
            try writer.plan.forEachPage(of: writer.image) { (_, bytes) throws(ImageError) in
                try output.append(order == .native ? bytes : swapped(bytes))
            }
            sink = output
        }
        if !writer.image.pixels.byteCount.isMultiple(of: 2) { try sink.append(SharedBytes(copying: [0])) }

        var rest: [UInt8] = []
        var offset = following
        for page in 1..<max(writer.plan.pageCount, 1) {
            let directory = directory(page: page, pixels: pixels + page * pageBytes)
            let size = directory.byteCount
            let isLast = page == writer.plan.pageCount - 1
            rest += directory.encoded(at: offset, next: isLast ? 0 : offset + size)
            offset += size
        }
        try sink.append(SharedBytes(copying: rest))
    }

    private func swapped(_ bytes: SharedBytes) -> SharedBytes {
        bytes.withUnsafeBytes { source in
            SharedBytes(count: source.count) { target in
                ByteOrderLoops.copy(source, to: target, swapping: writer.image.dtype.swapUnit)
            }
        }
    }

    /// One strip per plane.
    private func directory(page: Int, pixels: Int) -> TIFFDirectory {
        let plan = writer.plan
        var directory = writer.directory(page: page, level: 0, width: plan.width, height: plan.height)
        let strips = plan.isPlanar ? plan.samples : 1
        let stripBytes = pageBytes / strips
        let offsetSize = writer.isBig ? 8 : 4
        directory.add(.rowsPerStrip, numbers: [plan.height], size: 4)
        directory.add(.stripOffsets, numbers: (0..<strips).map { pixels + $0 * stripBytes }, size: offsetSize)
        directory.add(.stripByteCounts, numbers: [Int](repeating: stripBytes, count: strips), size: offsetSize)
        return directory
    }
}

/// A directory being put together.
struct TIFFDirectory {
    private struct Entry {
        var tag: UInt16
        var type: Int
        var count: Int
        var value: [UInt8]
    }
    private var entries: [Entry] = []
    private let byteOrder: DType.ByteOrder
    private let isBig: Bool

    init(byteOrder: DType.ByteOrder, isBig: Bool) {
        self.byteOrder = byteOrder
        self.isBig = isBig
    }

    /// Adds whole numbers of 2, 4 or 8 bytes.
    mutating func add(_ tag: TIFFTag, numbers: [Int], size: Int) {
        var fields = TIFFFields(byteOrder: byteOrder)
        for number in numbers { fields.append(number, size: size) }
        entries.append(
            Entry(
                tag: tag.rawValue, type: size == 2 ? 3 : size == 4 ? 4 : 16, count: numbers.count, value: fields.bytes))
    }

    /// Adds bytes as they are.
    mutating func add(_ tag: TIFFTag, bytes: [UInt8]) {
        entries.append(Entry(tag: tag.rawValue, type: 1, count: bytes.count, value: bytes))
    }

    mutating func add(_ tag: TIFFTag, text: String) {
        let bytes = Array(text.utf8.filter { $0 != 0 }) + [0]
        entries.append(Entry(tag: tag.rawValue, type: 2, count: bytes.count, value: bytes))
    }

    /// Adds a positive number as a fraction of two numbers of 32 bits.
    mutating func add(_ tag: TIFFTag, fraction value: Double) {
        var denominator = 1.0
        while denominator < 1e9, value * denominator * 10 < 4e9 { denominator *= 10 }
        var numerator = (value * denominator).rounded()
        if numerator < 1e3, value > 0 {
            // Too small for digits behind the point: one over its inverse is nearer.
            numerator = 1
            denominator = (1 / value).rounded()
        }
        var fields = TIFFFields(byteOrder: byteOrder)
        fields.append(Int(UInt32(clamping: Int64(min(numerator, 4e9)))), size: 4)
        fields.append(Int(UInt32(clamping: Int64(min(max(denominator, 1), 4e9)))), size: 4)
        entries.append(Entry(tag: tag.rawValue, type: 5, count: 1, value: fields.bytes))
    }

    /// The size, which does not depend on the numbers.
    var byteCount: Int {
        let place = isBig ? 8 : 4
        let values = entries.reduce(0) { $1.value.count <= place ? $0 : $0 + ($1.value.count + 1) / 2 * 2 }
        return (isBig ? 8 : 2) + entries.count * (isBig ? 20 : 12) + place + values
    }

    /// The bytes of the directory when it starts at `offset` of the file; longer values follow the entries.
    func encoded(at offset: Int, next: Int) -> [UInt8] {
        let place = isBig ? 8 : 4
        var table = TIFFFields(byteOrder: byteOrder)
        var values: [UInt8] = []
        let valuesOffset = offset + (isBig ? 8 : 2) + entries.count * (isBig ? 20 : 12) + place
        table.append(entries.count, size: isBig ? 8 : 2)
        for entry in entries.sorted(by: { $0.tag < $1.tag }) {
            table.append(Int(entry.tag), size: 2)
            table.append(entry.type, size: 2)
            table.append(entry.count, size: place)
            if entry.value.count <= place {
                table.append(contentsOf: entry.value + [UInt8](repeating: 0, count: place - entry.value.count))
            } else {
                table.append(valuesOffset + values.count, size: place)
                values += entry.value
                // Values start at even offsets.
                if !values.count.isMultiple(of: 2) { values.append(0) }
            }
        }
        table.append(next, size: place)
        return table.bytes + values
    }
}

/// Numbers of a chosen byte order, one after another.
struct TIFFFields {
    private(set) var bytes: [UInt8] = []
    private let byteOrder: DType.ByteOrder

    init(byteOrder: DType.ByteOrder) { self.byteOrder = byteOrder }

    mutating func append(_ number: Int, size: Int) {
        for index in 0..<size {
            let shift = 8 * (byteOrder == .little ? index : size - 1 - index)
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func append(contentsOf more: [UInt8]) { bytes += more }

    /// The first bytes of a file whose first directory is at `directory`.
    static func header(_ order: DType.ByteOrder, isBig: Bool, directory: Int) -> [UInt8] {
        var fields = TIFFFields(byteOrder: order)
        fields.append(contentsOf: order == .little ? [0x49, 0x49] : [0x4d, 0x4d])
        fields.append(isBig ? 43 : 42, size: 2)
        if isBig {
            fields.append(8, size: 2)
            fields.append(0, size: 2)
        }
        fields.append(directory, size: isBig ? 8 : 4)
        return fields.bytes
    }
}
