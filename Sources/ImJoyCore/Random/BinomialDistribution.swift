internal import RealModule

/// The numbers that drawing from one binomial distribution starts from.
struct BinomialDistribution {
    private let trials: Int
    /// The smaller of the two probabilities.
    private let p: Double
    /// True when successes and failures were exchanged.
    private let isMirrored: Bool

    init(trials: Int, probability: Double) {
        self.trials = trials
        isMirrored = probability > 0.5
        p = isMirrored ? 1 - probability : probability
    }

    func draw(_ bits: inout PCG64) -> Int64 {
        // A certain success takes a number from the stream all the same.
        if trials == 0 || (p == 0 && !isMirrored) { return 0 }
        let count = p * Double(trials) <= 30 ? byInversion(&bits) : byRejection(&bits)
        return Int64(isMirrored ? trials - count : count)
    }

    /// Adds up probabilities until they exceed a number in 0..<1.
    private func byInversion(_ bits: inout PCG64) -> Int {
        let (n, q) = (Double(trials), 1 - p)
        let start = Double.exp(n * Double.log(onePlus: -p))
        let mean = n * p
        let bound = Int(min(n, mean + 10 * (mean * q + 1).squareRoot()))
        var (count, probability, rest) = (0, start, bits.nextUnit())
        while rest > probability {
            count += 1
            if count > bound {
                (count, probability, rest) = (0, start, bits.nextUnit())
            } else {
                rest -= probability
                probability = (Double(trials - count + 1) * p * probability) / (Double(count) * q)
            }
        }
        return count
    }

    /// Kachitvichyanukul's and Schmeiser's BTPE: a triangle, two parallelograms and two exponential tails around the
    /// distribution; what falls outside it is drawn again.
    private func byRejection(_ bits: inout PCG64) -> Int {
        let (n, r) = (Double(trials), p)
        let q = 1 - r
        let fm = n * r + r
        let m = fm.rounded(.down)
        let p1 = (2.195 * (n * r * q).squareRoot() - 4.6 * q).rounded(.down) + 0.5
        let xm = m + 0.5
        let (xl, xr) = (xm - p1, xm + p1)
        let c = 0.134 + 20.5 / (15.3 + m)
        let left = (fm - xl) / (fm - xl * r)
        let lambdaLeft = left * (1 + left / 2)
        let right = (xr - fm) / (xr * q)
        let lambdaRight = right * (1 + right / 2)
        let p2 = p1 * (1 + 2 * c)
        let p3 = p2 + c / lambdaLeft
        let p4 = p3 + c / lambdaRight
        let spread = n * r * q
        while true {
            let u = bits.nextUnit() * p4
            var v = bits.nextUnit()
            if u <= p1 { return Int((xm - p1 * v + u).rounded(.down)) }
            var y: Double
            if u <= p2 {
                let x = xl + (u - p1) / c
                v = v * c + 1 - abs(m - x + 0.5) / p1
                if v > 1 { continue }
                y = x.rounded(.down)
            } else if u <= p3 {
                y = (xl + Double.log(v) / lambdaLeft).rounded(.down)
                if y < 0 || v == 0 { continue }
                v = v * (u - p2) * lambdaLeft
            } else {
                y = (xr - Double.log(v) / lambdaRight).rounded(.down)
                if y > n || v == 0 { continue }
                v = v * (u - p3) * lambdaRight
            }
            if isBelow(v, y, m: m, spread: spread, xm: xm) { return Int(y) }
        }
    }

    /// Whether `v` lies below the probability of `y`, divided by that of the mode `m`.
    private func isBelow(_ v: Double, _ y: Double, m: Double, spread: Double, xm: Double) -> Bool {
        let (n, r, q) = (Double(trials), p, 1 - p)
        let k = abs(y - m)
        if k <= 20 || k >= spread / 2 - 1 {
            // By the recursion from one count to the next.
            let s = r / q
            let a = s * (n + 1)
            var ratio = 1.0
            if m < y {
                for i in Int(m) + 1...Int(y) { ratio *= a / Double(i) - s }
            } else if m > y {
                for i in Int(y) + 1...Int(m) { ratio /= a / Double(i) - s }
            }
            return v <= ratio
        }
        // By two bounds, and where they leave it open by Stirling's formula.
        let rho = (k / spread) * ((k * (k / 3 + 0.625) + 0.16666666666666666) / spread + 0.5)
        let t = -k * k / (2 * spread)
        let logarithm = Double.log(v)
        if logarithm < t - rho { return true }
        if logarithm > t + rho { return false }
        let (x1, f1, z, w) = (y + 1, m + 1, n + 1 - m, n - y + 1)
        func correction(_ value: Double) -> Double {
            let square = value * value
            return (13680 - (462 - (132 - (99 - 140 / square) / square) / square) / square) / value / 166320
        }
        let middle =
            xm * Double.log(f1 / x1) + (n - m + 0.5) * Double.log(z / w) + (y - m) * Double.log(w * r / (x1 * q))
        return logarithm <= middle + correction(f1) + correction(z) + correction(x1) + correction(w)
    }
}
