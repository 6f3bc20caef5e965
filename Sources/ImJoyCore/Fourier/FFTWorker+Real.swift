internal import CImJoyKernels

extension FFTWorker {
    /// The first `length / 2 + 1` numbers of the transform of real lines.
    ///
    /// An even number of real values is read as half as many complex ones, even ones real and odd ones imaginary; the
    /// transforms of both are then taken apart by their symmetries.
    func spectrum(_ line: UnsafeMutablePointer<R>, length: Int, _ work: Work) -> SplitPointer<R> {
        let lanes = work.lanes
        guard length % 2 == 0 else {
            work.data.re.update(from: line, count: length * lanes)
            work.data.im.update(repeating: 0, count: length * lanes)
            return plan.forward(work.data, scratch: work.scratch, lanes: lanes)
        }
        let half = length / 2
        for index in 0..<half {
            (work.data.re + index * lanes).update(from: line + 2 * index * lanes, count: lanes)
            (work.data.im + index * lanes).update(from: line + (2 * index + 1) * lanes, count: lanes)
        }
        let mixed = plan.forward(work.data, scratch: work.scratch, lanes: lanes)
        let target = mixed.re == work.data.re ? work.scratch : work.data
        imjoy_fft_real_spectrum(
            R.dtype.kernelType, mixed.re, mixed.im, target.re, target.im, half, lanes, plan.halfRoots.re,
            plan.halfRoots.im)
        return target
    }

    /// The real lines whose half spectrum is in `data`, times their length; they go to `work.line`.
    ///
    /// The imaginary parts of the first number, and of the last one of an even length, have no meaning and are ignored.
    func line(_ data: SplitPointer<R>, length: Int, _ work: Work) {
        let lanes = work.lanes
        data.im.update(repeating: 0, count: lanes)
        guard length % 2 == 0 else {
            for index in stride(from: 1, through: length / 2, by: 1) {
                let (from, to) = (data.advanced(by: index * lanes), data.advanced(by: (length - index) * lanes))
                for l in 0..<lanes {
                    to.re[l] = from.re[l]
                    to.im[l] = -from.im[l]
                }
            }
            let result = plan.forward(data.exchanged, scratch: work.scratch, lanes: lanes).exchanged
            work.line.update(from: result.re, count: length * lanes)
            return
        }
        let half = length / 2
        (data.im + half * lanes).update(repeating: 0, count: lanes)
        // Numbers `index` and `half - index` are made from one another, so both are read before either is written.
        for index in 0...(half / 2) {
            let (a, b) = (data.advanced(by: index * lanes), data.advanced(by: (half - index) * lanes))
            let (cosine, sine) = (plan.halfRoots.re[index], plan.halfRoots.im[index])
            for l in 0..<lanes {
                let (evenRe, evenIm) = (a.re[l] + b.re[l], a.im[l] - b.im[l])
                let (gapRe, gapIm) = (a.re[l] - b.re[l], a.im[l] + b.im[l])
                // Times the conjugated root.
                let (oddRe, oddIm) = (gapRe * cosine + gapIm * sine, gapIm * cosine - gapRe * sine)
                a.re[l] = evenRe - oddIm
                a.im[l] = evenIm + oddRe
                b.re[l] = evenRe + oddIm
                b.im[l] = oddRe - evenIm
            }
        }
        let result = plan.forward(data.exchanged, scratch: work.scratch, lanes: lanes).exchanged
        for index in 0..<half {
            (work.line + 2 * index * lanes).update(from: result.re + index * lanes, count: lanes)
            (work.line + (2 * index + 1) * lanes).update(from: result.im + index * lanes, count: lanes)
        }
    }

    /// Real and imaginary part of e to the power of -2πi · numerator / denominator.
    func root(_ numerator: Int, of denominator: Int) -> (R, R) {
        let (cosine, sine) = UnitRoot.parts(numerator, of: denominator)
        return (R(cosine), R(-sine))
    }
}
