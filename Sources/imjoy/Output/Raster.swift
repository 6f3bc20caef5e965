/// A picture for people: red, green and blue bytes, row by row.
struct Raster {
    let width: Int
    let height: Int
    var bytes: [UInt8]

    init(width: Int, height: Int, filledWith shade: UInt8 = 0) {
        self.width = width
        self.height = height
        bytes = Array(repeating: shade, count: width * height * 3)
    }

    subscript(x: Int, y: Int) -> Colour {
        get {
            let place = (y * width + x) * 3
            return Colour(bytes[place], bytes[place + 1], bytes[place + 2])
        }
        set {
            let place = (y * width + x) * 3
            (bytes[place], bytes[place + 1], bytes[place + 2]) = (newValue.red, newValue.green, newValue.blue)
        }
    }

    /// Whether no pixel has a colour.
    var isGrey: Bool {
        for place in stride(from: 0, to: bytes.count, by: 3) {
            if bytes[place] != bytes[place + 1] || bytes[place] != bytes[place + 2] { return false }
        }
        return true
    }

    /// Puts another picture onto this one.
    mutating func draw(_ other: Raster, x left: Int, y top: Int) {
        for y in 0..<other.height where top + y < height {
            for x in 0..<other.width where left + x < width { self[left + x, top + y] = other[x, y] }
        }
    }

    /// Red, green and blue of one pixel.
    struct Colour: Hashable {
        var red: UInt8
        var green: UInt8
        var blue: UInt8

        init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
            self.red = red
            self.green = green
            self.blue = blue
        }

        /// How bright it is, 0...255, as the eye sees it.
        var brightness: Int { (Int(red) * 54 + Int(green) * 183 + Int(blue) * 19) / 256 }
        var isGrey: Bool { red == green && green == blue }

        /// A bright colour for a label, black for 0; that of neighbouring numbers differs much.
        static func ofLabel(_ label: Double) -> Colour {
            guard label > 0 else { return Colour(0, 0, 0) }
            let turns = label * 0.618_033_988_749_895
            let hue = (turns - turns.rounded(.down)) * 6
            func channel(_ shift: Double) -> UInt8 {
                let place = (hue + shift).truncatingRemainder(dividingBy: 6)
                return UInt8(51 + 204 * min(max((place - 3).magnitude - 1, 0), 1))
            }
            return Colour(channel(0), channel(4), channel(2))
        }
    }
}
