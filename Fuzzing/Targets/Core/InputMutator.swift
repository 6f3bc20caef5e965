/// Damages good files in the same way every time: the seed and the files decide.
///
/// Some of the damage is that of any bytes; some knows where formats keep lengths and sizes, and mends checksums, so that
/// more than the first check of a parser is met.
public struct InputMutator {
    private let files: [[UInt8]]
    private var random: RandomNumbers

    /// Mutations of `files`, of which there must be one.
    public init(files: [[UInt8]], seed: UInt64) {
        self.files = files.filter { !$0.isEmpty }
        random = RandomNumbers(state: seed)
    }

    /// The next input.
    public mutating func next() -> [UInt8] {
        var bytes = files[random.below(files.count)]
        for _ in 0..<1 + random.below(4) {
            guard !bytes.isEmpty else { break }
            change(&bytes)
        }
        if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]), random.below(8) > 0 { PNGSums.mend(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = random.below(bytes.count)
        switch random.below(12) {
        case 0: bytes[place] ^= 1 << UInt8(random.below(8))
        case 1: bytes[place] = UInt8(random.below(256))
        case 2: bytes.removeLast(bytes.count - place)
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(64)))
        case 4:
            bytes.insert(contentsOf: repeatElement(UInt8(random.below(256)), count: 1 + random.below(64)), at: place)
        case 5: splice(&bytes, at: place)
        case 6: repeatPart(&bytes, at: place)
        case 7, 8: overwriteNumber(&bytes, at: place)
        default: changeField(&bytes, at: place)
        }
    }

    /// A part of another file, or of this one.
    private mutating func splice(_ bytes: inout [UInt8], at place: Int) {
        let other = files[random.below(files.count)]
        let start = random.below(other.count)
        let part = other[start..<min(other.count, start + 1 + random.below(256))]
        let end = min(bytes.count, place + (random.below(2) == 0 ? part.count : 0))
        bytes.replaceSubrange(place..<end, with: part)
    }

    /// The same bytes many times: lists that grow, scans without end.
    private mutating func repeatPart(_ bytes: inout [UInt8], at place: Int) {
        let part = bytes[place..<min(bytes.count, place + 1 + random.below(80))]
        let times = min(1 << random.below(9), 16_384 / part.count)
        bytes.insert(contentsOf: Array(repeatElement(part, count: times).joined()), at: place)
    }

    /// A number of 2, 4 or 8 bytes in either order becomes an extreme.
    private mutating func overwriteNumber(_ bytes: inout [UInt8], at place: Int) {
        let size = 2 << random.below(3)
        let place = random.below(2) == 0 ? place & ~1 : place
        let top = UInt64.max >> UInt64(64 - 8 * size)
        let extremes = [
            0, 1, 2, top, top - 1, top >> 1, (top >> 1) + 1, UInt64(bytes.count), UInt64(bytes.count - 1), 65_535,
        ]
        write(extremes[random.below(extremes.count)], size, isBig: random.below(2) == 0, to: &bytes, at: place)
    }

    private func write(_ value: UInt64, _ size: Int, isBig: Bool, to bytes: inout [UInt8], at place: Int) {
        for index in 0..<size where place + index < bytes.count {
            let shift = UInt64(8 * (isBig ? size - 1 - index : index))
            bytes[place + index] = UInt8(truncatingIfNeeded: value >> shift)
        }
    }

    /// A field of the format that the bytes start like; the nearest one behind `place`.
    private mutating func changeField(_ bytes: inout [UInt8], at place: Int) {
        if bytes.starts(with: [0xff, 0xd8]) {
            // A marker: its kind, its length, or what comes first in it.
            guard
                let marker = (place..<max(place, bytes.count - 1)).first(where: {
                    bytes[$0] == 0xff && bytes[$0 + 1] > 0xbf
                })
            else { return }
            write(UInt64(random.below(1 << 16)), 2, isBig: true, to: &bytes, at: marker + 1 + random.below(9))
        } else if bytes.starts(with: [0x89, 0x50]) {
            // The header's fields, or the length of a chunk.
            overwriteNumber(&bytes, at: random.below(2) == 0 ? 16 + random.below(13) : place)
        } else if bytes.starts(with: [0x49, 0x49]) || bytes.starts(with: [0x4d, 0x4d]) {
            changeTag(&bytes)
        } else if let digit = (place..<bytes.count).first(where: { (0x30...0x39).contains(bytes[$0]) }) {
            // A number in a text.
            let end = (digit..<bytes.count).first { !(0x30...0x39).contains(bytes[$0]) } ?? bytes.count
            let numbers = [
                "0", "-1", "1", "2147483648", "9223372036854775807", "99999999999999999999", "1e400", "0.5", "null",
            ]
            bytes.replaceSubrange(digit..<end, with: Array(numbers[random.below(numbers.count)].utf8))
        }
    }

    /// Kind, type, count or value of an entry of a TIFF's first directory.
    private mutating func changeTag(_ bytes: inout [UInt8]) {
        let isBig = bytes[0] == 0x4d
        func number(_ place: Int, _ size: Int) -> Int? {
            guard place >= 0, place <= bytes.count - size else { return nil }
            let value = (0..<size).reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[place + (isBig ? $1 : size - 1 - $1)]) }
            return Int(exactly: value)
        }
        let isBigTIFF = number(2, 2) == 43
        guard let start = number(isBigTIFF ? 8 : 4, isBigTIFF ? 8 : 4), start < bytes.count,
            let count = number(start, isBigTIFF ? 8 : 2), count > 0, count < 4096
        else { return }
        let entry = start + (isBigTIFF ? 8 + 20 * random.below(count) : 2 + 12 * random.below(count))
        let fields = isBigTIFF ? [(0, 2), (2, 2), (4, 8), (12, 8), (12, 2)] : [(0, 2), (2, 2), (4, 4), (8, 4), (8, 2)]
        let (offset, size) = fields[random.below(fields.count)]
        let top = UInt64.max >> UInt64(64 - 8 * size)
        let kinds: [UInt64] = [
            256, 257, 258, 259, 262, 273, 277, 278, 279, 284, 317, 320, 322, 323, 324, 325, 330, 339, 34_665,
        ]
        let values: [UInt64] =
            offset == 0
            ? kinds : offset == 2 ? Array(0...18) : [0, 1, 2, 3, 7, 8, 16, 31, 32, 33, 64, 255, 65_535, top, top >> 1]
        write(values[random.below(values.count)], size, isBig: isBig, to: &bytes, at: entry + offset)
    }
}

/// splitmix64.
struct RandomNumbers {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(max(limit, 1)))
    }
}

/// The checksums of a PNG's chunks.
enum PNGSums {
    private static let table: [UInt32] = (0..<256).map { start in
        (0..<8).reduce(UInt32(start)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1 }
    }

    /// Puts the right sum behind every chunk that is whole.
    static func mend(_ bytes: inout [UInt8]) {
        var place = 8
        while place + 12 <= bytes.count {
            let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - place - 12 else { return }
            let end = place + 8 + length
            let sum = ~bytes[place + 4..<end].reduce(UInt32.max) {
                $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)]
            }
            for index in 0..<4 { bytes[end + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index)) }
            place = end + 4
        }
    }
}
