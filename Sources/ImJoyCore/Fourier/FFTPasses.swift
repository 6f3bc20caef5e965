/// The passes of Stockham's transforms.
///
/// A pass of radix r reads elements `p + k · groups` for k in 0..<r, and writes their transform, times the twiddle
/// factors, to `r · p + j`. Each "element" is `step` numbers that are treated alike: the lines side by side, and the
/// results of the passes before.
enum FFTPasses {
    static func two<R: NDLinearReal>(
        _ source: SplitPointer<R>, _ target: SplitPointer<R>, _ step: Int, _ pass: FFTPlan<R>.Pass
    ) {
        let far = pass.groups &* step
        for group in 0..<pass.groups {
            let (c, s) = (pass.twiddles.re[group], pass.twiddles.im[group])
            let x = source.advanced(by: group &* step)
            let y = target.advanced(by: 2 &* group &* step)
            for q in 0..<step {
                let (a, b) = (x.re[q], x.im[q])
                let (d, e) = (x.re[q &+ far], x.im[q &+ far])
                y.re[q] = a + d
                y.im[q] = b + e
                y.re[q &+ step] = (a - d) * c - (b - e) * s
                y.im[q &+ step] = (a - d) * s + (b - e) * c
            }
        }
    }

    static func three<R: NDLinearReal>(
        _ source: SplitPointer<R>, _ target: SplitPointer<R>, _ step: Int, _ pass: FFTPlan<R>.Pass
    ) {
        let far = pass.groups &* step
        let half = R(0.5)
        // The sine of a third of a turn.
        let sine = R(0.866025403784438646763723170752936183)
        for group in 0..<pass.groups {
            let place = 2 &* group
            let (c1, s1) = (pass.twiddles.re[place], pass.twiddles.im[place])
            let (c2, s2) = (pass.twiddles.re[place &+ 1], pass.twiddles.im[place &+ 1])
            let x = source.advanced(by: group &* step)
            let y = target.advanced(by: 3 &* group &* step)
            for q in 0..<step {
                let (sumRe, sumIm) = (x.re[q &+ far] + x.re[q &+ 2 &* far], x.im[q &+ far] + x.im[q &+ 2 &* far])
                let turnRe = sine * (x.im[q &+ far] - x.im[q &+ 2 &* far])
                let turnIm = sine * (x.re[q &+ 2 &* far] - x.re[q &+ far])
                let (baseRe, baseIm) = (x.re[q] - half * sumRe, x.im[q] - half * sumIm)
                y.re[q] = x.re[q] + sumRe
                y.im[q] = x.im[q] + sumIm
                let (a, b) = (baseRe + turnRe, baseIm + turnIm)
                y.re[q &+ step] = a * c1 - b * s1
                y.im[q &+ step] = a * s1 + b * c1
                let (d, e) = (baseRe - turnRe, baseIm - turnIm)
                y.re[q &+ 2 &* step] = d * c2 - e * s2
                y.im[q &+ 2 &* step] = d * s2 + e * c2
            }
        }
    }

    static func four<R: NDLinearReal>(
        _ source: SplitPointer<R>, _ target: SplitPointer<R>, _ step: Int, _ pass: FFTPlan<R>.Pass
    ) {
        let far = pass.groups &* step
        for group in 0..<pass.groups {
            let place = 3 &* group
            let (c1, s1) = (pass.twiddles.re[place], pass.twiddles.im[place])
            let (c2, s2) = (pass.twiddles.re[place &+ 1], pass.twiddles.im[place &+ 1])
            let (c3, s3) = (pass.twiddles.re[place &+ 2], pass.twiddles.im[place &+ 2])
            let x = source.advanced(by: group &* step)
            let y = target.advanced(by: 4 &* group &* step)
            for q in 0..<step {
                let (q1, q2, q3) = (q &+ far, q &+ 2 &* far, q &+ 3 &* far)
                let (evenRe, evenIm) = (x.re[q] + x.re[q2], x.im[q] + x.im[q2])
                let (gapRe, gapIm) = (x.re[q] - x.re[q2], x.im[q] - x.im[q2])
                let (oddRe, oddIm) = (x.re[q1] + x.re[q3], x.im[q1] + x.im[q3])
                // Times -i.
                let (turnRe, turnIm) = (x.im[q1] - x.im[q3], x.re[q3] - x.re[q1])
                y.re[q] = evenRe + oddRe
                y.im[q] = evenIm + oddIm
                let (a, b) = (gapRe + turnRe, gapIm + turnIm)
                y.re[q &+ step] = a * c1 - b * s1
                y.im[q &+ step] = a * s1 + b * c1
                let (d, e) = (evenRe - oddRe, evenIm - oddIm)
                y.re[q &+ 2 &* step] = d * c2 - e * s2
                y.im[q &+ 2 &* step] = d * s2 + e * c2
                let (f, g) = (gapRe - turnRe, gapIm - turnIm)
                y.re[q &+ 3 &* step] = f * c3 - g * s3
                y.im[q &+ 3 &* step] = f * s3 + g * c3
            }
        }
    }

    static func five<R: NDLinearReal>(
        _ source: SplitPointer<R>, _ target: SplitPointer<R>, _ step: Int, _ pass: FFTPlan<R>.Pass
    ) {
        let far = pass.groups &* step
        // Cosines and sines of one and two fifths of a turn.
        let (u1, u2) = (R(0.309016994374947424102293417182819059), R(-0.809016994374947424102293417182819059))
        let (v1, v2) = (R(0.951056516295153572116439333379382143), R(0.587785252292473129168705954639072769))
        for group in 0..<pass.groups {
            let place = 4 &* group
            let (c1, s1) = (pass.twiddles.re[place], pass.twiddles.im[place])
            let (c2, s2) = (pass.twiddles.re[place &+ 1], pass.twiddles.im[place &+ 1])
            let (c3, s3) = (pass.twiddles.re[place &+ 2], pass.twiddles.im[place &+ 2])
            let (c4, s4) = (pass.twiddles.re[place &+ 3], pass.twiddles.im[place &+ 3])
            let x = source.advanced(by: group &* step)
            let y = target.advanced(by: 5 &* group &* step)
            for q in 0..<step {
                let (q1, q2, q3, q4) = (q &+ far, q &+ 2 &* far, q &+ 3 &* far, q &+ 4 &* far)
                let (sum1Re, sum1Im) = (x.re[q1] + x.re[q4], x.im[q1] + x.im[q4])
                let (gap1Re, gap1Im) = (x.re[q1] - x.re[q4], x.im[q1] - x.im[q4])
                let (sum2Re, sum2Im) = (x.re[q2] + x.re[q3], x.im[q2] + x.im[q3])
                let (gap2Re, gap2Im) = (x.re[q2] - x.re[q3], x.im[q2] - x.im[q3])
                y.re[q] = x.re[q] + sum1Re + sum2Re
                y.im[q] = x.im[q] + sum1Im + sum2Im
                let (base1Re, base1Im) = (
                    x.re[q] + u1 * sum1Re + u2 * sum2Re, x.im[q] + u1 * sum1Im + u2 * sum2Im
                )
                let (base2Re, base2Im) = (
                    x.re[q] + u2 * sum1Re + u1 * sum2Re, x.im[q] + u2 * sum1Im + u1 * sum2Im
                )
                let (turn1Re, turn1Im) = (v1 * gap1Im + v2 * gap2Im, -(v1 * gap1Re + v2 * gap2Re))
                let (turn2Re, turn2Im) = (v2 * gap1Im - v1 * gap2Im, v1 * gap2Re - v2 * gap1Re)
                let (aRe, aIm) = (base1Re + turn1Re, base1Im + turn1Im)
                y.re[q &+ step] = aRe * c1 - aIm * s1
                y.im[q &+ step] = aRe * s1 + aIm * c1
                let (bRe, bIm) = (base2Re + turn2Re, base2Im + turn2Im)
                y.re[q &+ 2 &* step] = bRe * c2 - bIm * s2
                y.im[q &+ 2 &* step] = bRe * s2 + bIm * c2
                let (dRe, dIm) = (base2Re - turn2Re, base2Im - turn2Im)
                y.re[q &+ 3 &* step] = dRe * c3 - dIm * s3
                y.im[q &+ 3 &* step] = dRe * s3 + dIm * c3
                let (eRe, eIm) = (base1Re - turn1Re, base1Im - turn1Im)
                y.re[q &+ 4 &* step] = eRe * c4 - eIm * s4
                y.im[q &+ 4 &* step] = eRe * s4 + eIm * c4
            }
        }
    }

    /// Any small radix, by the definition.
    static func any<R: NDLinearReal>(
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
