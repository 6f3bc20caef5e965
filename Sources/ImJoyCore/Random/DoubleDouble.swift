internal import RealModule

/// A number as the sum of two doubles: about 106 bits.
///
/// For tables that must come out the same to the last bit on every machine; libraries differ in theirs.
struct DoubleDouble {
    var high: Double
    var low: Double

    init(_ high: Double, _ low: Double = 0) {
        // The sum of two numbers of any size, and what it leaves out.
        let sum = high + low
        let back = sum - high
        self.high = sum
        self.low = (high - (sum - back)) + (low - back)
    }

    static func + (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let sum = DoubleDouble(a.high, b.high)
        let rest = DoubleDouble(a.low, b.low)
        let joined = DoubleDouble(sum.high, sum.low + rest.high)
        return DoubleDouble(joined.high, joined.low + rest.low)
    }

    static prefix func - (a: DoubleDouble) -> DoubleDouble { DoubleDouble(-a.high, -a.low) }

    static func - (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble { a + -b }

    static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let product = a.high * b.high
        let error = (-product).addingProduct(a.high, b.high)
        return DoubleDouble(product, error.addingProduct(a.high, b.low).addingProduct(a.low, b.high))
    }

    static func / (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let first = a.high / b.high
        let rest = a - b * DoubleDouble(first)
        let second = rest.high / b.high
        let last = rest - b * DoubleDouble(second)
        return DoubleDouble(first, second) + DoubleDouble(last.high / b.high)
    }

    /// The largest whole number that is not greater.
    var floor: Double {
        let whole = high.rounded(.down)
        return whole == high && low < 0 ? whole - 1 : whole
    }

    /// e to the power of `x`: Taylor's series of x / 1024, squared ten times.
    static func exp(_ x: DoubleDouble) -> DoubleDouble {
        let scale = 0x1p-10
        let small = DoubleDouble(x.high * scale, x.low * scale)
        // One less than the power, which squaring keeps exact where the power itself would lose digits.
        var sum = small
        var term = small
        for index in 2...12 {
            term = term * small / DoubleDouble(Double(index))
            sum = sum + term
        }
        for _ in 0..<10 { sum = sum + sum + sum * sum }
        return sum + DoubleDouble(1)
    }

    /// The natural logarithm, by two of Newton's steps from the library's.
    static func log(_ x: DoubleDouble) -> DoubleDouble {
        var result = DoubleDouble(Double.log(x.high))
        for _ in 0..<2 { result = result + x * exp(-result) - DoubleDouble(1) }
        return result
    }
}
