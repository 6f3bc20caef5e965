internal import RealModule

// Single numbers of each distribution. How many words each takes, and what is done with every bit of them, is what makes
// a stream NumPy's, so each follows its description exactly.
extension PCG64 {
    /// A number in 0..<1 with 53 random bits.
    @inline(__always)
    mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number in 0..<1 with 24 random bits.
    @inline(__always)
    mutating func nextUnitFloat() -> Float { Float(next32() >> 8) * 0x1p-24 }

    mutating func nextNormal(_ tables: ZigguratTables) -> Double {
        while true {
            let word = next()
            let layer = Int(word & 0xff)
            let mantissa = word >> 9 & 0xf_ffff_ffff_ffff
            let magnitude = Double(mantissa) * tables.width[layer]
            let value = word >> 8 & 1 == 1 ? -magnitude : magnitude
            if mantissa < tables.inside[layer] { return value }
            if layer == 0 {
                // The tail, from two exponential numbers.
                while true {
                    let x = -0.27366123732975827203338247596 * Double.log(onePlus: -nextUnit())
                    let y = -Double.log(onePlus: -nextUnit())
                    if y + y > x * x {
                        let distance = ZigguratTables.normalTail + x
                        return mantissa >> 8 & 1 == 1 ? -distance : distance
                    }
                }
            }
            let (low, high) = (tables.height[layer], tables.height[layer - 1])
            if (high - low) * nextUnit() + low < Double.exp(-0.5 * value * value) { return value }
        }
    }

    mutating func nextNormalFloat(_ tables: ZigguratTables) -> Float {
        while true {
            let word = next32()
            let layer = Int(word & 0xff)
            let mantissa = word >> 9
            let magnitude = Float(mantissa) * tables.width32[layer]
            let value = word >> 8 & 1 == 1 ? -magnitude : magnitude
            if mantissa < tables.inside32[layer] { return value }
            if layer == 0 {
                while true {
                    let x = -Float(0.27366123732975827203338247596) * Float.log(onePlus: -nextUnitFloat())
                    let y = -Float.log(onePlus: -nextUnitFloat())
                    if y + y > x * x {
                        let distance = Float(ZigguratTables.normalTail) + x
                        return mantissa >> 8 & 1 == 1 ? -distance : distance
                    }
                }
            }
            let (low, high) = (tables.height32[layer], tables.height32[layer - 1])
            let height = (high - low) * nextUnitFloat() + low
            if Double(height) < Double.exp(-0.5 * Double(value) * Double(value)) { return value }
        }
    }

    mutating func nextExponential(_ tables: ZigguratTables) -> Double {
        while true {
            let word = next() >> 3
            let layer = Int(word & 0xff)
            let mantissa = word >> 8
            let value = Double(mantissa) * tables.width[layer]
            if mantissa < tables.inside[layer] { return value }
            if layer == 0 { return ZigguratTables.exponentialTail - Double.log(onePlus: -nextUnit()) }
            let (low, high) = (tables.height[layer], tables.height[layer - 1])
            if (high - low) * nextUnit() + low < Double.exp(-value) { return value }
        }
    }

    mutating func nextExponentialFloat(_ tables: ZigguratTables) -> Float {
        while true {
            let word = next32() >> 1
            let layer = Int(word & 0xff)
            let mantissa = word >> 8
            let value = Float(mantissa) * tables.width32[layer]
            if mantissa < tables.inside32[layer] { return value }
            if layer == 0 { return Float(ZigguratTables.exponentialTail) - Float.log(onePlus: -nextUnitFloat()) }
            let (low, high) = (tables.height32[layer], tables.height32[layer - 1])
            if (high - low) * nextUnitFloat() + low < Float.exp(-value) { return value }
        }
    }

    /// A number of the gamma distribution with scale 1.
    mutating func nextGamma(_ parameter: Double, _ normal: ZigguratTables, _ exponential: ZigguratTables) -> Double {
        if parameter == 1 { return nextExponential(exponential) }
        if parameter == 0 { return 0 }
        if parameter < 1 {
            while true {
                let u = nextUnit()
                let v = nextExponential(exponential)
                if u <= 1 - parameter {
                    let x = libraryPower(u, 1 / parameter)
                    if x <= v { return x }
                } else {
                    let y = -Double.log((1 - u) / parameter)
                    let x = libraryPower(1 - parameter + parameter * y, 1 / parameter)
                    if x <= v + y { return x }
                }
            }
        }
        let b = parameter - 1.0 / 3.0
        let c = 1 / (9 * b).squareRoot()
        while true {
            var x: Double
            var v: Double
            repeat {
                x = nextNormal(normal)
                v = 1 + c * x
            } while v <= 0
            v = v * v * v
            let u = nextUnit()
            if u < 1 - 0.0331 * (x * x) * (x * x) { return b * v }
            if Double.log(u) < 0.5 * x * x + b * (1 - v + Double.log(v)) { return b * v }
        }
    }

    mutating func nextPoisson(_ mean: Double) -> Int64 {
        if mean == 0 { return 0 }
        if mean < 10 {
            // Counts arrivals until the time is over.
            let end = Double.exp(-mean)
            var (count, product) = (Int64(0), 1.0)
            while true {
                product *= nextUnit()
                if product <= end { return count }
                count += 1
            }
        }
        let logarithm = Double.log(mean)
        let b = 0.931 + 2.53 * mean.squareRoot()
        let a = -0.059 + 0.02483 * b
        let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
        let vr = 0.9277 - 3.6224 / (b - 2)
        while true {
            let u = nextUnit() - 0.5
            let v = nextUnit()
            let us = 0.5 - abs(u)
            let k = ((2 * a / us + b) * u + mean + 0.43).rounded(.down)
            if us >= 0.07, v <= vr { return Int64(k) }
            if k < 0 || (us < 0.013 && v > us) { continue }
            let left = Double.log(v) + Double.log(inverseAlpha) - Double.log(a / (us * us) + b)
            if left <= -mean + k * logarithm - Self.logGamma(k + 1) { return Int64(k) }
        }
    }

    /// The logarithm of the gamma function by Stirling's series; S. Zhang and J. Jin, "Computation of special
    /// functions", 1996.
    private static func logGamma(_ x: Double) -> Double {
        if x == 1 || x == 2 { return 0 }
        let steps = x < 7 ? Int(7 - x) : 0
        var shifted = x + Double(steps)
        let square = (1 / shifted) * (1 / shifted)
        let series = [
            8.333333333333333e-02, -2.777777777777778e-03, 7.936507936507937e-04, -5.952380952380952e-04,
            8.417508417508418e-04, -1.917526917526918e-03, 6.410256410256410e-03, -2.955065359477124e-02,
            1.796443723688307e-01, -1.39243221690590e+00,
        ]
        let sum = series.dropLast().reversed().reduce(series[9]) { $0 * square + $1 }
        var result = sum / shifted + 0.5 * 1.8378770664093453 + (shifted - 0.5) * Double.log(shifted) - shifted
        for _ in 0..<steps {
            result -= Double.log(shifted - 1)
            shifted -= 1
        }
        return result
    }
}
