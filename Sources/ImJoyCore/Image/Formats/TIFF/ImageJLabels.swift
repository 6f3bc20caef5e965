/// The labels of planes and the notes that ImageJ keeps in two tags of the first page.
struct ImageJLabels {
    var labels: [String] = []
    /// Free text.
    var info: String?

    init() {}

    /// Reads what the directory at `offset` has; anything odd is as good as nothing.
    init(_ chain: TIFFDirectoryChain, at offset: Int) {
        let counts = chain.numbers(.imageJByteCounts, at: offset)
        guard counts.count > 1, case let (bytes, 1)? = chain.values(.imageJMetadata, at: offset), counts[0] >= 12,
            counts.allSatisfy({ $0 >= 0 && $0 <= bytes.count }), counts.reduce(0, +) <= bytes.count
        else { return }
        func number(_ place: Int) -> Int {
            (0..<4).reduce(0) { $0 << 8 | Int(bytes[place + (chain.byteOrder == .big ? $1 : 3 - $1)]) }
        }
        guard number(0) == Self.magic else { return }
        var part = 1
        var place = counts[0]
        for kind in stride(from: 4, to: counts[0] - 7, by: 8) {
            for _ in 0..<min(number(kind + 4), counts.count - part) {
                let text = bytes.slice(place..<place + counts[part])
                switch number(kind) {
                case Self.label: labels.append(Self.text(text, chain.byteOrder))
                case Self.note: info = Self.text(text, chain.byteOrder)
                default: break
                }
                place += counts[part]
                part += 1
            }
        }
    }

    // "IJIJ", "labl" and "info" as numbers.
    private static let magic = 0x494a_494a
    private static let label = 0x6c61_626c
    private static let note = 0x696e_666f

    private static func text(_ bytes: SharedBytes, _ order: DType.ByteOrder) -> String {
        let units = (0..<bytes.count / 2).map { index in
            let (first, second) = (UInt16(bytes[2 * index]), UInt16(bytes[2 * index + 1]))
            return order == .big ? first << 8 | second : second << 8 | first
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// The names of the channels, when all planes of a channel have one label and channels have different ones.
    func channelNames(_ series: TIFFSeries) -> [String] {
        let planes = series.planes.count
        guard labels.count >= planes, let axis = Array(series.axes).firstIndex(of: "C"), series.shape[axis] > 1 else {
            return []
        }
        let channels = series.shape[axis]
        let outer = series.shape[...axis].reduce(1, *)
        guard planes.isMultiple(of: outer) else { return [] }
        let inner = planes / outer
        let names = (0..<channels).map { labels[$0 * inner] }
        guard Set(names).count == channels, !names.contains(""),
            (0..<planes).allSatisfy({ labels[$0] == names[$0 / inner % channels] })
        else { return [] }
        return names
    }

    /// The values of the two tags: how long each part is, and the parts.
    func encoded(_ order: DType.ByteOrder) -> (counts: [Int], bytes: [UInt8])? {
        var kinds: [(Int, Int)] = []
        if info != nil { kinds.append((Self.note, 1)) }
        if !labels.isEmpty { kinds.append((Self.label, labels.count)) }
        guard !kinds.isEmpty else { return nil }
        var fields = TIFFFields(byteOrder: order)
        fields.append(Self.magic, size: 4)
        for (kind, count) in kinds {
            fields.append(kind, size: 4)
            fields.append(count, size: 4)
        }
        var counts = [fields.bytes.count]
        for text in (info.map { [$0] } ?? []) + labels {
            for unit in text.utf16 { fields.append(Int(unit), size: 2) }
            counts.append(2 * text.utf16.count)
        }
        return (counts, fields.bytes)
    }
}
