internal import CImJoyKernels
internal import RealModule

/// Real and imaginary parts in two runs of memory, as the transforms work on them.
///
/// Several lines are transformed side by side: element `k` of line `l` is at `k * lanes + l`, so that the inner loops
/// run along memory.
struct SplitPointer<R> {
    var re: UnsafeMutablePointer<R>
    var im: UnsafeMutablePointer<R>

    /// The same numbers times i, conjugated: exchanges the parts. A forward transform between two exchanges is a
    /// backward one.
    var exchanged: SplitPointer { SplitPointer(re: im, im: re) }

    func advanced(by count: Int) -> SplitPointer { SplitPointer(re: re + count, im: im + count) }
}

/// What a Fourier transform of one length needs: its factors and roots of unity.
///
/// Lengths are split into factors 4, 2, 3, 5 and other small primes; a length with a large prime is made a convolution
/// of a length without one, by Bluestein's method ("A linear filtering approach to the computation of discrete Fourier
/// transform", 1970). The passes are Stockham's: each writes its results in order, so none has to be sorted.
struct FFTPlan<R: NDLinearReal>: Sendable {
    let length: Int
    private(set) var passes: [Pass] = []
    /// The roots of twice the length from 0 to half a turn, for real lines that are transformed as half as many numbers.
    private(set) var halfRoots = Roots()
    private(set) var bluestein: Bluestein?

    struct Pass: Sendable {
        let radix: Int
        /// The length that is left divided by the radix.
        let groups: Int
        /// For each group the factors of outputs 1, 2… of a butterfly.
        let twiddles: Roots
        /// The roots of the radix itself, for radices without a butterfly of their own.
        let roots: Roots
    }

    struct Roots: Sendable {
        var re: [R] = []
        var im: [R] = []

        /// Appends e to the power of -2πi · numerator / denominator.
        mutating func append(_ numerator: Int, of denominator: Int) {
            let (cosine, sine) = UnitRoot.parts(numerator, of: denominator)
            re.append(R(cosine))
            im.append(R(-sine))
        }
    }

    /// A prime above this makes a length one for Bluestein's method.
    static var largestPrime: Int { 41 }

    init(length: Int) {
        self.length = length
        for index in 0...length { halfRoots.append(index, of: 2 * length) }
        let factors = FastLength.factors(of: length)
        if let largest = factors.max(), largest > Self.largestPrime {
            bluestein = Bluestein(length: length)
            return
        }
        var left = length
        for radix in factors {
            let groups = left / radix
            var twiddles = Roots()
            for group in 0..<groups {
                for output in 1..<radix { twiddles.append(group * output, of: left) }
            }
            var roots = Roots()
            if radix > 5 { for index in 0..<radix { roots.append(index, of: radix) } }
            passes.append(Pass(radix: radix, groups: groups, twiddles: twiddles, roots: roots))
            left = groups
        }
    }

    /// Elements of scratch memory, in each part, that ``forward(_:scratch:lanes:)`` uses for one line.
    var scratchLength: Int { bluestein.map { $0.inner.length + $0.inner.scratchLength } ?? length }

    /// About how many bytes the plan holds.
    var byteCount: Int {
        let own = passes.reduce(halfRoots.re.count * 2) { $0 + ($1.twiddles.re.count + $1.roots.re.count) * 2 }
        let others = bluestein.map { ($0.chirp.re.count + $0.spectrum.re.count) * 2 } ?? 0
        return (own + others) * MemoryLayout<R>.stride + (bluestein?.inner.byteCount ?? 0)
    }
}

extension FFTPlan {
    /// The transform of `lanes` lines; the result is either in `data` or in `scratch`, and returned.
    func forward(_ data: SplitPointer<R>, scratch: SplitPointer<R>, lanes: Int) -> SplitPointer<R> {
        if let bluestein { return bluestein.forward(data, scratch: scratch, lanes: lanes) }
        var (source, target, step) = (data, scratch, lanes)
        for pass in passes {
            FFTPasses.run(source, target, step, pass)
            swap(&source, &target)
            step *= pass.radix
        }
        return source
    }

    /// A transform as a convolution with a chirp, which transforms of a length without large primes do.
    final class Bluestein: Sendable {
        let inner: FFTPlan
        let length: Int
        /// e to the power of -πi k² / length.
        let chirp: Roots
        /// The transform of the conjugated chirp, divided by its length.
        let spectrum: Roots

        init(length: Int) {
            self.length = length
            let inner = FFTPlan(length: FastLength.next(2 * length - 1))
            var chirp = Roots()
            var square = 0
            for index in 0..<length {
                // k² modulo 2n, without large numbers.
                chirp.append(square, of: 2 * length)
                square = (square + 2 * index + 1) % (2 * length)
            }
            let scale = 1 / R(inner.length)
            var wave = Roots()
            wave.re = [R](repeating: 0, count: inner.length)
            wave.im = wave.re
            for index in 0..<length {
                for place in [index, (inner.length - index) % inner.length] {
                    wave.re[place] = chirp.re[index] * scale
                    wave.im[place] = -chirp.im[index] * scale
                }
            }
            var scratch = Roots()
            scratch.re = [R](repeating: 0, count: inner.scratchLength)
            scratch.im = scratch.re
            var spectrum = Roots()
            wave.withPointer { data in
                scratch.withPointer { scratch in
                    let result = inner.forward(data, scratch: scratch, lanes: 1)
                    spectrum.re = [R](UnsafeBufferPointer(start: result.re, count: inner.length))
                    spectrum.im = [R](UnsafeBufferPointer(start: result.im, count: inner.length))
                }
            }
            self.inner = inner
            self.chirp = chirp
            self.spectrum = spectrum
        }

        func forward(_ data: SplitPointer<R>, scratch: SplitPointer<R>, lanes: Int) -> SplitPointer<R> {
            let total = inner.length * lanes
            let (work, rest) = (scratch, scratch.advanced(by: total))
            multiply(data, work, length, lanes, by: chirp)
            work.advanced(by: length * lanes).re.update(repeating: 0, count: total - length * lanes)
            work.advanced(by: length * lanes).im.update(repeating: 0, count: total - length * lanes)
            let product = inner.forward(work, scratch: rest, lanes: lanes)
            multiply(product, product, inner.length, lanes, by: spectrum)
            // The other of the two pieces of memory is free again.
            let free = product.re == work.re ? rest : work
            let wave = inner.forward(product.exchanged, scratch: free.exchanged, lanes: lanes).exchanged
            multiply(wave, data, length, lanes, by: chirp)
            return data
        }

        /// Each element of every line times a number of its own.
        private func multiply(
            _ source: SplitPointer<R>, _ target: SplitPointer<R>, _ count: Int, _ lanes: Int, by factors: Roots
        ) {
            imjoy_fft_multiply(
                R.dtype.kernelType, source.re, source.im, target.re, target.im, count, lanes, factors.re, factors.im)
        }
    }
}

extension FFTPlan.Roots {
    mutating func withPointer(_ body: (SplitPointer<R>) -> Void) {
        re.withUnsafeMutableBufferPointer { re in
            im.withUnsafeMutableBufferPointer { im in
                guard let re = re.baseAddress, let im = im.baseAddress else { return }
                body(SplitPointer(re: re, im: im))
            }
        }
    }
}

/// Sines and cosines of parts of a full turn, to the last bit or nearly so.
enum UnitRoot {
    /// Cosine and sine of 2π · numerator / denominator.
    ///
    /// The angle is brought into an eighth of the turn with whole numbers first, where neither it nor its sine can lose
    /// digits.
    static func parts(_ numerator: Int, of denominator: Int) -> (cosine: Double, sine: Double) {
        let turn = 8 * denominator
        var place = (numerator % denominator) * 8
        if place < 0 { place += turn }
        let eighth = place / denominator
        let rest = place % denominator
        func angle(_ part: Int) -> Double { Double(part) / Double(denominator) * (Double.pi / 4) }
        let (near, far) = (angle(rest), angle(denominator - rest))
        switch eighth {
        case 0: return (.cos(near), .sin(near))
        case 1: return (.sin(far), .cos(far))
        case 2: return (-.sin(near), .cos(near))
        case 3: return (-.cos(far), .sin(far))
        case 4: return (-.cos(near), -.sin(near))
        case 5: return (-.sin(far), -.cos(far))
        case 6: return (.sin(near), -.cos(near))
        default: return (.cos(far), -.sin(far))
        }
    }
}
