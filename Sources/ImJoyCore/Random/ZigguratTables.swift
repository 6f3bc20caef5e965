/// The layers of a ziggurat: for each the width, the height of its top and where its rectangle lies under the curve.
///
/// G. Marsaglia and W. W. Tsang, "The ziggurat method for generating random variables", 2000, with 256 layers as
/// J. A. Doornik has them. A stream is only NumPy's when the tables are its tables to the last bit, so the roundings
/// here are those of the program that made them: double precision for the normal distribution, more for the
/// exponential one, and nine decimal digits for the single-precision table of the latter.
struct ZigguratTables: Sendable {
    /// Layer `i` reaches to `width[i]` times the largest mantissa.
    var width: [Double] = []
    /// Mantissas below this lie in the rectangle and need no further look.
    var inside: [UInt64] = []
    /// The height of the curve at the layer's edge.
    var height: [Double] = []
    // The same for single precision.
    var width32: [Float] = []
    var inside32: [UInt32] = []
    var height32: [Float] = []

    static let layers = 256
    /// Where the tail of the normal distribution begins.
    static let normalTail = 3.6541528853610088
    /// Where the tail of the exponential distribution begins.
    static let exponentialTail = 7.69711747013105

    static let normal: ZigguratTables = {
        // The area of a layer, as those tables have it: four units in the last place below the exact one.
        let area = 0.004928673233974652
        func curve(_ x: Double) -> Double { DoubleDouble.exp(DoubleDouble(-0.5 * x * x)).high }
        var edges = [Double](repeating: 0, count: layers)
        var heights = [Double](repeating: 1, count: layers)
        edges[255] = normalTail
        heights[255] = curve(normalTail)
        edges[0] = area / heights[255]
        for layer in (1...254).reversed() {
            let height = area / edges[layer + 1] + heights[layer + 1]
            edges[layer] = (-2 * DoubleDouble.log(DoubleDouble(height)).high).squareRoot()
            heights[layer] = curve(edges[layer])
            // The one place where the exponential function of the time was not the nearest double (0.498 of a unit off).
            if layer == 38 { heights[layer] = heights[layer].nextUp }
        }
        var tables = ZigguratTables()
        for layer in 0..<layers {
            tables.width.append(edges[layer] * 0x1p-52)
            tables.width32.append(Float(edges[layer] * 0x1p-23))
            tables.height.append(heights[layer])
            tables.height32.append(Float(heights[layer]))
            let ratio = layer == 0 ? edges[255] / edges[0] : layer == 1 ? 0 : edges[layer - 1] / edges[layer]
            tables.inside.append(UInt64((ratio * 0x1p52).rounded(.toNearestOrEven)))
            tables.inside32.append(UInt32((ratio * 0x1p23).rounded(.toNearestOrEven)))
        }
        return tables
    }()

    static let exponential: ZigguratTables = {
        let tail = DoubleDouble(exponentialTail, -3.6248703662405964e-16)
        let area = (tail + DoubleDouble(1)) * DoubleDouble.exp(-tail)
        var edges = [DoubleDouble](repeating: tail, count: layers)
        edges[0] = area / DoubleDouble.exp(-tail)
        for layer in (1...254).reversed() {
            edges[layer] = -DoubleDouble.log(area / edges[layer + 1] + DoubleDouble.exp(-edges[layer + 1]))
        }
        var tables = ZigguratTables()
        for layer in 0..<layers {
            let height = layer == 0 ? 1 : DoubleDouble.exp(-edges[layer]).high
            tables.width.append(edges[layer].high * 0x1p-53)
            tables.width32.append(nineDigits(edges[layer].high * 0x1p-23))
            tables.height.append(height)
            tables.height32.append(nineDigits(height))
            let ratio =
                layer == 0
                ? tail / edges[0] : layer == 1 ? DoubleDouble(0) : edges[layer - 1] / edges[layer]
            let scaled = DoubleDouble(ratio.high * 0x1p52, ratio.low * 0x1p52)
            tables.inside.append(UInt64(scaled.floor) * 2)
            tables.inside32.append(UInt32((ratio.high * 0x1p23).rounded(.toNearestOrEven)))
        }
        return tables
    }()

    /// The single-precision number nearest to nine decimal digits of `value`, which is between 0 and 1.
    private static func nineDigits(_ value: Double) -> Float {
        var (scaled, exponent) = (value, 0)
        while scaled < 1e8 {
            scaled *= 10
            exponent += 1
        }
        // From the digits themselves, as a compiler reads them: multiplying back would round twice.
        return Float("\(Int(scaled.rounded(.toNearestOrEven)))e-\(exponent)") ?? Float(value)
    }
}
