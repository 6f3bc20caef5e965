/// Names for the axes of an image, outermost first: one capital letter each, as TIFF tools use them.
///
/// `Y` and `X` are rows and columns, `Z` depth, `C` channels, `T` time, `S` the samples of a pixel (red, green, blue),
/// `I` the pages of a file, `Q` an axis nobody named. `"ZCYX"` is a stack of slices with channels; `"YXS"` a colour
/// image.
public struct Axes: Hashable, Sendable {
    /// The letters in order.
    public let letters: String

    /// Axes named by `letters`, upper-cased; nil when one is not an ASCII letter.
    public init?(_ letters: String) {
        guard letters.utf8.allSatisfy({ (0x41...0x5a).contains($0 & 0xdf) }) else { return nil }
        self.letters = letters.uppercased()
    }

    init(unchecked letters: String) { self.letters = letters }

    /// What an array of `rank` axes is taken for when nobody says: `""`, `"X"`, `"YX"`, `"QYX"`, `"QQYX"`, …
    public static func conventional(rank: Int) -> Axes {
        switch rank {
        case ...0: Axes(unchecked: "")
        case 1: Axes(unchecked: "X")
        default: Axes(unchecked: String(repeating: "Q", count: rank - 2) + "YX")
        }
    }

    /// The number of axes.
    public var count: Int { letters.utf8.count }

    /// The position of the axis called `letter`, or nil; the first one when several have the name.
    public func index(of letter: Character) -> Int? {
        letters.firstIndex(of: letter).map { letters.distance(from: letters.startIndex, to: $0) }
    }

    /// True when there is an axis called `letter`.
    public func contains(_ letter: Character) -> Bool { letters.contains(letter) }
}

extension Axes: ExpressibleByStringLiteral {
    /// Traps on a literal that has anything but ASCII letters.
    public init(stringLiteral letters: String) {
        guard let axes = Axes(letters) else {
            preconditionFailure("axes are letters such as \"ZCYX\", not \"\(letters)\"")
        }
        self = axes
    }
}

extension Axes: CustomStringConvertible {
    public var description: String { letters }
}

/// The distance between the centres of neighbouring pixels, in micrometres, along the axes where it is known.
public struct PixelSize: Hashable, Sendable {
    /// The width of a pixel; nil when it is not known.
    public var x: Double?
    /// The height of a pixel; nil when it is not known.
    public var y: Double?
    /// The distance of planes; nil when it is not known.
    public var z: Double?

    /// A size along the axes given; nil means unknown.
    public init(x: Double? = nil, y: Double? = nil, z: Double? = nil) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// Keeps what can be a size: finite and above zero. Nil when nothing is left.
    init?(x: Double?, y: Double?, z: Double?, validating: Void) {
        func valid(_ size: Double?) -> Double? { size.flatMap { $0.isFinite && $0 > 0 ? $0 : nil } }
        self.init(x: valid(x), y: valid(y), z: valid(z))
        if self.x == nil, self.y == nil, self.z == nil { return nil }
    }

    /// Makes sense of pixels per unit length, `unit` being that length in micrometres.
    ///
    /// Cameras, scanners and drawing programs fill these fields with the resolution of a screen or printer, so
    /// anything at or below 1200 dots per inch (pixels of 21 µm and more) says nothing about the sample and gives nil.
    init?(xPerUnit: Double?, yPerUnit: Double?, unit: Double) {
        let coarsest = 25_400.0 / 1200 * 0.999
        func size(_ count: Double?) -> Double? {
            guard let count, count > 0, unit / count < coarsest else { return nil }
            return unit / count
        }
        self.init(x: size(xPerUnit), y: size(yPerUnit), z: nil, validating: ())
        x = x.map(Self.rounded)
        y = y.map(Self.rounded)
    }

    /// Seven digits: resolutions are fractions made from single-precision numbers, which have no more.
    static func rounded(_ size: Double) -> Double {
        guard size > 1e-30, size < 1e30 else { return size }
        var scale = 1.0
        while size * scale < 1e6 { scale *= 10 }
        var shrink = 1.0
        while size / shrink >= 1e7 { shrink *= 10 }
        return (size * scale / shrink).rounded() / scale * shrink
    }
}
