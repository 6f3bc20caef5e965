/// What the markers before the first scan of a JPEG say beside the picture.
///
/// Nothing here is needed for the pixels, so what is damaged is passed over.
struct JPEGMarkers {
    /// The comments, one line after the other.
    var comment: String?
    /// How a viewer should turn the picture, 1 to 8 as Exif counts; pixels are delivered as stored.
    var orientation: Int?
    /// Dots along an inch (25 400 µm) or a centimetre, as the JFIF header says.
    var density: (x: Int, y: Int, unit: Double)?
    /// The program that made the file, by Exif.
    var software: String?

    /// Comments of all kinds together are kept up to this length.
    private static let mostText = 1 << 16

    init(_ bytes: SharedBytes) {
        bytes.withUnsafeBytes { buffer in
            var comments: [UInt8] = []
            JPEGMarkers.forEachSegment(buffer) { marker, segment in
                switch marker {
                case 0xfe where comments.count + segment.count <= JPEGMarkers.mostText:
                    if !comments.isEmpty { comments.append(UInt8(ascii: "\n")) }
                    comments += segment.prefix { $0 != 0 }
                case 0xe0 where density == nil: density = JPEGMarkers.density(segment)
                case 0xe1 where orientation == nil && software == nil: readExif(segment)
                default: break
                }
            }
            if !comments.isEmpty { comment = String(decoding: comments, as: UTF8.self) }
        }
    }

    /// Calls `body` with each marker up to the first scan that has a length, and the bytes behind the length.
    private static func forEachSegment(
        _ bytes: UnsafeRawBufferPointer, _ body: (UInt8, Slice<UnsafeRawBufferPointer>) -> Void
    ) {
        var place = 2
        while place + 4 <= bytes.count {
            guard bytes[place] == 0xff else { return }
            let marker = bytes[place + 1]
            if marker == 0xff {
                place += 1
                continue
            }
            // The start of a scan, the end of the picture.
            if marker == 0xda || marker == 0xd9 { return }
            // Markers that stand alone.
            if marker == 0x01 || (0xd0...0xd8).contains(marker) {
                place += 2
                continue
            }
            let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
            guard length >= 2, place + 2 + length <= bytes.count else { return }
            body(marker, bytes[place + 4..<place + 2 + length])
            place += 2 + length
        }
    }

    private static func density(_ segment: Slice<UnsafeRawBufferPointer>) -> (x: Int, y: Int, unit: Double)? {
        let bytes = UnsafeRawBufferPointer(rebasing: segment)
        guard bytes.count >= 12, bytes.starts(with: Array("JFIF\0".utf8)) else { return nil }
        let x = Int(bytes[8]) << 8 | Int(bytes[9])
        let y = Int(bytes[10]) << 8 | Int(bytes[11])
        switch bytes[7] {
        case 1: return (x, y, 25_400)
        case 2: return (x, y, 10_000)
        default: return nil
        }
    }

    /// Takes orientation and software from the first directory of the TIFF inside.
    private mutating func readExif(_ segment: Slice<UnsafeRawBufferPointer>) {
        guard segment.count > 14, segment.starts(with: Array("Exif\0\0".utf8)) else { return }
        let bytes = UnsafeRawBufferPointer(rebasing: segment.dropFirst(6))
        let isBig = bytes[0] == 0x4d
        func number(_ place: Int, _ count: Int) -> Int? {
            guard place >= 0, place <= bytes.count - count else { return nil }
            return (0..<count).reduce(0) { $0 << 8 | Int(bytes[place + (isBig ? $1 : count - 1 - $1)]) }
        }
        guard let start = number(4, 4), let count = number(start, 2) else { return }
        for entry in 0..<count {
            let place = start + 2 + 12 * entry
            guard let tag = number(place, 2), let kind = number(place + 2, 2), let length = number(place + 4, 4),
                let value = number(place + 8, 4)
            else { return }
            if tag == 0x112, kind == 3, let turned = number(place + 8, 2), (1...8).contains(turned) {
                orientation = turned
            }
            if tag == 0x131, kind == 2, length > 4, length < 256, value <= bytes.count - length {
                let text = bytes[value..<value + length].prefix { $0 != 0 }
                if !text.isEmpty { software = String(decoding: text, as: UTF8.self) }
            }
        }
    }
}
