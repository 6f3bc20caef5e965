internal import ImJoyCore

/// Pictures as text, for terminals of all ages.
enum TerminalPicture {
    private static let escape = "\u{1b}"

    /// Two pixels in each character: the upper one in the colour of `▀`, the lower one behind it.
    static func blocks(_ raster: Raster, isTrueColour: Bool) -> String {
        var text = ""
        for y in stride(from: 0, to: raster.height, by: 2) {
            var (front, back): (Raster.Colour?, Raster.Colour?) = (nil, nil)
            for x in 0..<raster.width {
                let upper = raster[x, y]
                let lower = y + 1 < raster.height ? raster[x, y + 1] : Raster.Colour(0, 0, 0)
                if front != upper { text += colour(upper, 38, isTrueColour) }
                if back != lower { text += colour(lower, 48, isTrueColour) }
                (front, back) = (upper, lower)
                text += "▀"
            }
            text += "\(escape)[0m\n"
        }
        return text
    }

    private static func colour(_ colour: Raster.Colour, _ code: Int, _ isTrueColour: Bool) -> String {
        guard !isTrueColour else { return "\(escape)[\(code);2;\(colour.red);\(colour.green);\(colour.blue)m" }
        return "\(escape)[\(code);5;\(number(of: colour))m"
    }

    /// The nearest of the 256 colours: a ramp of greys, and a cube of six steps.
    static func number(of colour: Raster.Colour) -> Int {
        if colour.isGrey {
            if colour.red < 4 { return 16 }
            if colour.red > 246 { return 231 }
            return 232 + min(23, max(0, (Int(colour.red) - 3) / 10))
        }
        func step(_ value: UInt8) -> Int { value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40 }
        return 16 + 36 * step(colour.red) + 6 * step(colour.green) + step(colour.blue)
    }

    /// Shades of characters, one for two pixels above each other.
    static func characters(_ raster: Raster) -> String {
        let shades = Array(" .:-=+*#%@")
        var text = ""
        for y in stride(from: 0, to: raster.height, by: 2) {
            var line = ""
            for x in 0..<raster.width {
                let upper = raster[x, y].brightness
                let lower = y + 1 < raster.height ? raster[x, y + 1].brightness : upper
                line.append(shades[(upper + lower) * (shades.count - 1) / 510])
            }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text
    }

    /// DEC's sixel: six rows at a time, one colour after the other.
    static func sixels(_ raster: Raster) -> String {
        let isGrey = raster.isGrey
        // Positions of a picture of 4 by 4 thresholds spread what six steps of a colour cannot say.
        let bayer = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]
        func register(_ x: Int, _ y: Int) -> Int {
            let colour = raster[x, y]
            if isGrey { return Int(colour.red) * 100 / 255 }
            let place = y % 4 * 4 + x % 4
            let spread = Double(bayer[place]) / 16
            func step(_ value: UInt8) -> Int { min(5, Int(Double(value) / 51 + spread)) }
            let (red, green) = (step(colour.red), step(colour.green))
            return 36 * red + 6 * green + step(colour.blue)
        }
        var text = "\(escape)P0;1q\"1;1;\(raster.width);\(raster.height)"
        if isGrey {
            for shade in 0...100 { text += "#\(shade);2;\(shade);\(shade);\(shade)" }
        } else {
            for index in 0..<216 {
                let steps = [index / 36, index / 6 % 6, index % 6].map { "\($0 * 20)" }
                text += "#\(index);2;" + steps.joined(separator: ";")
            }
        }
        for top in stride(from: 0, to: raster.height, by: 6) {
            var bands: [Int: [UInt8]] = [:]
            for y in top..<min(top + 6, raster.height) {
                for x in 0..<raster.width {
                    bands[register(x, y), default: Array(repeating: 0, count: raster.width)][x] |= 1 << UInt8(y - top)
                }
            }
            for (index, band) in bands.sorted(by: { $0.key < $1.key }) { text += "#\(index)" + runs(band) + "$" }
            text += "-"
        }
        return text + "\(escape)\\\n"
    }

    /// Bits of a band as characters, equal ones counted.
    private static func runs(_ band: [UInt8]) -> String {
        var text = ""
        var place = 0
        while place < band.count {
            var end = place
            while end < band.count, band[end] == band[place] { end += 1 }
            let character = Character(UnicodeScalar(63 + band[place]))
            text += end - place > 3 ? "!\(end - place)\(character)" : String(repeating: character, count: end - place)
            place = end
        }
        return text
    }

    /// The protocol of kitty, which WezTerm and Ghostty speak, too: a PNG in pieces of base64.
    static func kitty(_ raster: Raster, columns: Int) throws -> String {
        let picture = try NDArray<UInt8>(raster.bytes, shape: [raster.height, raster.width, 3])
        let png = try Image(picture, axes: "YXS").encoded(as: .png)
        let code = Base64.text(png.withUnsafeBytes { Array($0) })
        var text = ""
        var start = code.startIndex
        repeat {
            let end = code.index(start, offsetBy: 4096, limitedBy: code.endIndex) ?? code.endIndex
            let head = start == code.startIndex ? "a=T,f=100,q=2,c=\(columns)," : ""
            text += "\(escape)_G\(head)m=\(end < code.endIndex ? 1 : 0);\(code[start..<end])\(escape)\\"
            start = end
        } while start < code.endIndex
        return text + "\n"
    }
}

/// Bytes as text of 64 characters (RFC 4648).
enum Base64 {
    static func text(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let word = (0..<3).reduce(0) { $0 << 8 | (start + $1 < part.endIndex ? Int(bytes[start + $1]) : 0) }
            for digit in 0..<4 {
                text.append(digit <= part.count ? letters[word >> (18 - 6 * digit) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
