/// What the three channels of a colour are.
public enum ColourSpace: Sendable, Hashable, CaseIterable {
    /// Red, green and blue of sRGB, 0...1.
    case rgb
    /// Hue, saturation and value, 0...1.
    case hsv
    /// CIE XYZ with the white of daylight (D65).
    case xyz
    /// CIE L*a*b* with the white of daylight (D65): lightness 0...100, green to red, blue to yellow.
    case lab
    /// CIE RGB, with light of 700, 546.1 and 435.8 nm; from and to sRGB without its curve, as in scikit-image.
    case rgbCIE
    /// Brightness and two differences of colour, of PAL.
    case yuv
    /// Brightness and two differences of colour, of NTSC.
    case yiq
    /// Brightness and two differences of colour in -0.5...0.5.
    case yPbPr
    /// The same in the numbers of digital video: 16...235 and 16...240.
    case yCbCr
    /// Brightness and two differences of colour, of SECAM.
    case yDbDr
    /// The stains hematoxylin, eosin and DAB of tissue (Ruifrok and Johnston, 2001).
    case hed

    /// The steps from red, green and blue to this space.
    var stepsFromRGB: [ColourStep] {
        switch self {
        case .rgb: []
        case .hsv: [.rgbToHSV]
        case .xyz: [.decode, .matrix(Self.xyzFromRGB)]
        case .lab: [.decode, .matrix(Self.xyzFromRGB), .xyzToLab]
        case .rgbCIE: [.matrix(Self.xyzFromRGBCIE.inverted().times(Self.xyzFromRGB))]
        case .yCbCr: [.matrix(linear), .add(16, 128, 128)]
        case .yuv, .yiq, .yPbPr, .yDbDr: [.matrix(linear)]
        case .hed: [.absorption, .matrix(Self.rgbFromHED.inverted().transposed()), .notNegative]
        }
    }

    /// The steps from this space to red, green and blue.
    var stepsToRGB: [ColourStep] {
        switch self {
        case .rgb: []
        case .hsv: [.hsvToRGB]
        case .xyz: [.matrix(Self.xyzFromRGB.inverted()), .encode]
        case .lab: [.labToXYZ, .matrix(Self.xyzFromRGB.inverted()), .encode]
        case .rgbCIE: [.matrix(Self.xyzFromRGB.inverted().times(Self.xyzFromRGBCIE))]
        case .yCbCr: [.add(-16, -128, -128), .matrix(linear.inverted())]
        case .yuv, .yiq, .yPbPr, .yDbDr: [.matrix(linear.inverted())]
        case .hed: [.matrix(Self.rgbFromHED.transposed()), .transmission]
        }
    }

    /// The steps from one space to another; by way of red, green and blue where there is no shorter one.
    static func steps(from source: ColourSpace, to target: ColourSpace) -> [ColourStep] {
        switch (source, target) {
        case _ where source == target: []
        case (.xyz, .lab): [.xyzToLab]
        case (.lab, .xyz): [.labToXYZ]
        default: source.stepsToRGB + target.stepsFromRGB
        }
    }

    /// Of spaces that are sums of red, green and blue, the weights of the sums.
    private var linear: ColourMatrix {
        switch self {
        case .yuv:
            ColourMatrix(
                [0.299, 0.587, 0.114], [-0.14714119, -0.28886916, 0.43601035], [0.61497538, -0.51496512, -0.10001026])
        case .yiq:
            ColourMatrix(
                [0.299, 0.587, 0.114], [0.59590059, -0.27455667, -0.32134392], [0.21153661, -0.52273617, 0.31119955])
        case .yPbPr: ColourMatrix([0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312])
        case .yCbCr: ColourMatrix([65.481, 128.553, 24.966], [-37.797, -74.203, 112.0], [112.0, -93.786, -18.214])
        case .yDbDr: ColourMatrix([0.299, 0.587, 0.114], [-0.45, -0.883, 1.333], [-1.333, 1.116, 0.217])
        default: ColourMatrix([1, 0, 0], [0, 1, 0], [0, 0, 1])
        }
    }

    private static let xyzFromRGB = ColourMatrix(
        [0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227])
    private static let xyzFromRGBCIE = ColourMatrix(
        [0.49 / 0.17697, 0.31 / 0.17697, 0.20 / 0.17697], [1, 0.81240 / 0.17697, 0.01063 / 0.17697],
        [0, 0.01 / 0.17697, 0.99 / 0.17697])
    /// What the stains absorb, one in each row.
    private static let rgbFromHED = ColourMatrix([0.65, 0.70, 0.29], [0.07, 0.99, 0.11], [0.27, 0.57, 0.78])
}

/// Three by three numbers.
struct ColourMatrix: Sendable {
    /// Row by row.
    let rows: [[Double]]

    init(_ first: [Double], _ second: [Double], _ third: [Double]) { rows = [first, second, third] }

    private init(_ element: (_ row: Int, _ column: Int) -> Double) {
        rows = (0..<3).map { row in (0..<3).map { element(row, $0) } }
    }

    func transposed() -> ColourMatrix { ColourMatrix { rows[$1][$0] } }

    func times(_ other: ColourMatrix) -> ColourMatrix {
        ColourMatrix { row, column in (0..<3).reduce(0) { $0 + rows[row][$1] * other.rows[$1][column] } }
    }

    /// By cofactors; all matrices of colours have an inverse.
    func inverted() -> ColourMatrix {
        func cofactor(_ row: Int, _ column: Int) -> Double {
            let (a, b, c, d) = ((row + 1) % 3, (row + 2) % 3, (column + 1) % 3, (column + 2) % 3)
            return rows[a][c] * rows[b][d] - rows[a][d] * rows[b][c]
        }
        let determinant = (0..<3).reduce(0) { $0 + rows[0][$1] * cofactor(0, $1) }
        return ColourMatrix { cofactor($1, $0) / determinant }
    }
}
