internal import CImJoyKernels

/// The passes of Stockham's transforms.
///
/// A pass of radix r reads elements `p + k · groups` for k in 0..<r, and writes their transform, times the twiddle
/// factors, to `r · p + j`. Each "element" is `step` numbers that are treated alike: the lines side by side, and the
/// results of the passes before.
enum FFTPasses {
    /// Radices 2 to 5 have kernels.
    static func run<R: NDLinearReal>(
        _ source: SplitPointer<R>, _ target: SplitPointer<R>, _ step: Int, _ pass: FFTPlan<R>.Pass
    ) {
        let isDone = imjoy_fft_pass(
            R.dtype.kernelType, Int32(pass.radix), source.re, source.im, target.re, target.im, step, pass.groups,
            pass.twiddles.re, pass.twiddles.im)
        if !isDone { any(source, target, step, pass) }
    }

    /// Any small radix, by the definition.
    private static func any<R: NDLinearReal>(
        _ source: SplitPointer<R>, _ target: SplitPointer<R>, _ step: Int, _ pass: FFTPlan<R>.Pass
    ) {
        let radix = pass.radix
        let far = pass.groups &* step
        for group in 0..<pass.groups {
            let x = source.advanced(by: group &* step)
            for output in 0..<radix {
                let y = target.advanced(by: (radix &* group &+ output) &* step)
                y.re.update(from: x.re, count: step)
                y.im.update(from: x.im, count: step)
                var root = 0
                for input in 1..<radix {
                    root &+= output
                    if root >= radix { root &-= radix }
                    let (c, s) = (pass.roots.re[root], pass.roots.im[root])
                    let z = x.advanced(by: input &* far)
                    for q in 0..<step {
                        y.re[q] += z.re[q] * c - z.im[q] * s
                        y.im[q] += z.re[q] * s + z.im[q] * c
                    }
                }
                guard output > 0 else { continue }
                let place = group &* (radix &- 1) &+ output &- 1
                let (c, s) = (pass.twiddles.re[place], pass.twiddles.im[place])
                for q in 0..<step {
                    let (a, b) = (y.re[q], y.im[q])
                    y.re[q] = a * c - b * s
                    y.im[q] = a * s + b * c
                }
            }
        }
    }
}
