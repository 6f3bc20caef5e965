/// The dictionary at the start of an `.npy` file: element type, order of the axes and shape.
struct NPYHeader: Hashable {
    var dtype: DType
    var byteOrder: DType.ByteOrder
    var isFortranOrder: Bool
    var shape: [Int]
    /// Where the elements start in the file.
    var dataOffset = 0

    /// `\x93NUMPY`
    static let magic: [UInt8] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
    /// Real headers are a few hundred bytes; NumPy itself refuses more than 10 000.
    static let longest = 1 << 16

    init(dtype: DType, byteOrder: DType.ByteOrder = .native, isFortranOrder: Bool = false, shape: [Int]) {
        self.dtype = dtype
        self.byteOrder = byteOrder
        self.isFortranOrder = isFortranOrder
        self.shape = shape
    }

    /// Reads the header of versions 1 to 3.
    init(_ bytes: SharedBytes) throws(ImageError) {
        var reader = ByteReader(bytes)
        let text: SharedBytes
        do {
            guard [UInt8](try reader.read(NPYHeader.magic.count)) == NPYHeader.magic else {
                throw ImageError(.malformed, "the file does not start with \\x93NUMPY")
            }
            let version = try reader.readByte()
            _ = try reader.readByte()
            guard (1...3).contains(version) else {
                throw ImageError(.unsupported, "npy version \(version); versions 1 to 3 can be read")
            }
            let length =
                version == 1
                ? Int(try reader.readLittleEndian(UInt16.self)) : Int(try reader.readLittleEndian(UInt32.self))
            guard length <= NPYHeader.longest else {
                throw ImageError(.malformed, "a header of \(length) bytes; at most \(NPYHeader.longest) make sense")
            }
            text = try reader.read(length)
        } catch let error as ImageError {
            throw error
        } catch {
            throw ImageError(.truncated, "the file ends inside the header: \(error)")
        }
        var parser = NPYHeaderParser(text)
        self = try parser.header()
        dataOffset = reader.offset
    }

    /// The header in the oldest version that can hold it, padded so that the elements start at a multiple of 64.
    func encoded() -> [UInt8] {
        let lengths = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let text =
            "{'descr': '\(dtype.numPyDescription(byteOrder: byteOrder))', "
            + "'fortran_order': \(isFortranOrder ? "True" : "False"), 'shape': (\(lengths)), }"
        var writer = ByteWriter()
        writer.append(contentsOf: NPYHeader.magic)
        writer.append(contentsOf: [1, 0])
        // At most 64 axes of 20 digits: always within the 16 bits of version 1.
        let total = (writer.count + 2 + text.utf8.count + 1 + 63) / 64 * 64
        writer.appendLittleEndian(UInt16(total - writer.count - 2))
        writer.append(contentsOf: text.utf8)
        writer.append(contentsOf: repeatElement(0x20, count: total - writer.count - 1))
        writer.append(0x0a)
        return writer.bytes
    }
}

/// Reads the Python literal that a header is: a dictionary of a text, a truth value and a tuple of numbers.
private struct NPYHeaderParser {
    private let text: [UInt8]
    private var position = 0

    init(_ bytes: SharedBytes) { text = [UInt8](bytes) }

    mutating func header() throws(ImageError) -> NPYHeader {
        var dtype: (dtype: DType, byteOrder: DType.ByteOrder)?
        var isFortranOrder: Bool?
        var shape: [Int]?
        try expect("{")
        while !take("}") {
            let key = try quoted()
            try expect(":")
            switch key {
            case "descr": dtype = try elementType()
            case "fortran_order": isFortranOrder = try truth()
            case "shape": shape = try tuple()
            default: throw malformed("an unknown key '\(key)'")
            }
            if !take(",") {
                try expect("}")
                break
            }
        }
        guard let dtype, let isFortranOrder, let shape else {
            throw malformed("descr, fortran_order or shape is missing")
        }
        return NPYHeader(
            dtype: dtype.dtype, byteOrder: dtype.byteOrder, isFortranOrder: isFortranOrder, shape: shape)
    }

    private mutating func elementType() throws(ImageError) -> (dtype: DType, byteOrder: DType.ByteOrder) {
        skipSpace()
        guard position < text.count, text[position] != UInt8(ascii: "[") else {
            throw ImageError(.unsupported, "the elements are records of several fields; only plain numbers can be read")
        }
        let code = try quoted()
        if let known = DType.parse(numPy: code) { return known }
        let kind = code.first { $0.isLetter }
        let what =
            switch kind {
            case "O": "Python objects, which would have to be unpickled"
            case "S", "U", "a": "text"
            case "M", "m": "dates"
            case "V": "raw records"
            default: "of an unknown kind"
            }
        throw ImageError(.unsupported, "dtype '\(code)': the elements are \(what); only plain numbers can be read")
    }

    private mutating func truth() throws(ImageError) -> Bool {
        if take("True") { return true }
        if take("False") { return false }
        throw malformed("fortran_order is neither True nor False")
    }

    private mutating func tuple() throws(ImageError) -> [Int] {
        try expect("(")
        var lengths: [Int] = []
        while !take(")") {
            lengths.append(try number())
            guard lengths.count <= Layout.maximumRank else { throw malformed("more than \(Layout.maximumRank) axes") }
            if !take(",") {
                try expect(")")
                break
            }
        }
        return lengths
    }

    private mutating func number() throws(ImageError) -> Int {
        skipSpace()
        let start = position
        while position < text.count, (0x30...0x39).contains(text[position]) { position += 1 }
        guard let value = Int(String(decoding: text[start..<position], as: UTF8.self)) else {
            throw malformed("a length in the shape is no whole number")
        }
        // Python 2 wrote long integers with an L.
        if position < text.count, text[position] == UInt8(ascii: "L") { position += 1 }
        return value
    }

    private mutating func quoted() throws(ImageError) -> String {
        skipSpace()
        guard position < text.count, text[position] == 0x27 || text[position] == 0x22 else {
            throw malformed("a quoted word is missing")
        }
        let quote = text[position]
        guard let end = text[(position + 1)...].firstIndex(of: quote) else { throw malformed("a quote is not closed") }
        defer { position = end + 1 }
        return String(decoding: text[(position + 1)..<end].prefix(64), as: UTF8.self)
    }

    private mutating func skipSpace() {
        while position < text.count, text[position] == 0x20 || (0x09...0x0d).contains(text[position]) { position += 1 }
    }

    private mutating func take(_ word: StaticString) -> Bool {
        skipSpace()
        return word.withUTF8Buffer { wanted in
            guard text[position...].starts(with: wanted) else { return false }
            position += wanted.count
            return true
        }
    }

    private mutating func expect(_ word: StaticString) throws(ImageError) {
        guard take(word) else { throw malformed("'\(word)' is missing") }
    }

    private func malformed(_ what: String) -> ImageError {
        ImageError(.malformed, "the npy header cannot be read: \(what) at byte \(position) of the dictionary")
    }
}
