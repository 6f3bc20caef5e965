/// The four kinds of cosine and sine transforms, as SciPy numbers them.
public enum TrigonometricType: Int, Sendable, Hashable, CaseIterable {
    /// The transform of type I, which undoes itself.
    case one = 1
    /// The transform of type II, which is meant where no type is named.
    case two
    /// The transform of type III, which undoes type II.
    case three
    /// The transform of type IV, which undoes itself.
    case four

    /// The type that undoes this one.
    public var inverse: TrigonometricType {
        switch self {
        case .two: .three
        case .three: .two
        default: self
        }
    }
}

// Each turns into a Fourier transform of real numbers (or, type 4, of complex ones) by reordering before and a rotation
// after; J. Makhoul, "A fast cosine transform in one and two dimensions", 1980. A sine transform is a cosine transform
// with the order of the numbers or every other sign changed.
extension FFTWorker {
    func transformTrigonometric(_ work: Work) {
        let n = job.length
        let (lanes, line) = (work.lanes, work.line)
        // What makes the matrix orthogonal besides the scale: one or two numbers count for less.
        let (more, less) = (R(2).squareRoot(), R(0.5).squareRoot())
        switch job.kind {
        case .cosine(.one):
            if job.isOrthogonal { scale(line, [0, n - 1], more, lanes) }
            mirror(line, n, lanes, first: 0, sign: 1)
            let result = spectrum(line, length: 2 * (n - 1), work)
            line.update(from: result.re, count: n * lanes)
            if job.isOrthogonal { scale(line, [0, n - 1], less, lanes) }
        case .sine(.one):
            mirror(line, n, lanes, first: 1, sign: -1)
            let result = spectrum(line, length: 2 * (n + 1), work)
            for index in 0..<n * lanes { line[index] = -result.im[index + lanes] }
        case .cosine(.two):
            cosineTwo(work)
            if job.isOrthogonal { scale(line, [0], less, lanes) }
        case .sine(.two):
            negateOdd(line, n, lanes)
            cosineTwo(work)
            reverse(line, n, lanes)
            if job.isOrthogonal { scale(line, [n - 1], less, lanes) }
        case .cosine(.three):
            if job.isOrthogonal { scale(line, [0], more, lanes) }
            cosineThree(work)
        case .sine(.three):
            if job.isOrthogonal { scale(line, [n - 1], more, lanes) }
            reverse(line, n, lanes)
            cosineThree(work)
            negateOdd(line, n, lanes)
        case .cosine(.four): cosineFour(work)
        case .sine(.four):
            reverse(line, n, lanes)
            cosineFour(work)
            negateOdd(line, n, lanes)
        default: break
        }
    }

    private func cosineTwo(_ work: Work) {
        let n = job.length
        let (lanes, line) = (work.lanes, work.line)
        // Even places forwards, odd ones backwards.
        let sorted = line + n * lanes
        for index in 0..<n {
            let place = 2 * index < n ? 2 * index : 2 * (n - index) - 1
            (sorted + index * lanes).update(from: line + place * lanes, count: lanes)
        }
        let result = spectrum(sorted, length: n, work)
        for index in 0...(n / 2) {
            let (cosine, sine) = root(index, of: 4 * n)
            let x = result.advanced(by: index * lanes)
            for l in 0..<lanes {
                line[index * lanes + l] = 2 * (x.re[l] * cosine - x.im[l] * sine)
                if index > 0 { line[(n - index) * lanes + l] = -2 * (x.re[l] * sine + x.im[l] * cosine) }
            }
        }
    }

    private func cosineThree(_ work: Work) {
        let n = job.length
        let (lanes, source) = (work.lanes, work.line)
        for index in 0...(n / 2) {
            let (cosine, sine) = root(index, of: 4 * n)
            let y = work.data.advanced(by: index * lanes)
            for l in 0..<lanes {
                let (a, b) = (source[index * lanes + l], index == 0 ? 0 : source[(n - index) * lanes + l])
                // (a - ib) times the conjugated root.
                y.re[l] = a * cosine - b * sine
                y.im[l] = -a * sine - b * cosine
            }
        }
        line(work.data, length: n, work)
        let sorted = work.line + n * lanes
        sorted.update(from: work.line, count: n * lanes)
        for index in 0..<n {
            let place = 2 * index < n ? 2 * index : 2 * (n - index) - 1
            (work.line + place * lanes).update(from: sorted + index * lanes, count: lanes)
        }
    }

    private func cosineFour(_ work: Work) {
        let n = job.length
        let (lanes, line, data) = (work.lanes, work.line, work.data)
        if n % 2 == 0 {
            for index in 0..<n / 2 {
                let (cosine, sine) = root(index, of: 2 * n)
                for l in 0..<lanes {
                    let (a, b) = (line[2 * index * lanes + l], line[(n - 1 - 2 * index) * lanes + l])
                    data.re[index * lanes + l] = a * cosine - b * sine
                    data.im[index * lanes + l] = a * sine + b * cosine
                }
            }
            let result = plan.forward(data, scratch: work.scratch, lanes: lanes)
            for index in 0..<n / 2 {
                let (cosine, sine) = root(4 * index + 1, of: 8 * n)
                for l in 0..<lanes {
                    let (a, b) = (result.re[index * lanes + l], result.im[index * lanes + l])
                    line[2 * index * lanes + l] = 2 * (a * cosine - b * sine)
                    line[(n - 1 - 2 * index) * lanes + l] = -2 * (a * sine + b * cosine)
                }
            }
        } else {
            // Twice as long, the second half empty.
            for index in 0..<n {
                let (cosine, sine) = root(index, of: 4 * n)
                for l in 0..<lanes {
                    data.re[index * lanes + l] = line[index * lanes + l] * cosine
                    data.im[index * lanes + l] = line[index * lanes + l] * sine
                }
            }
            (data.re + n * lanes).update(repeating: 0, count: n * lanes)
            (data.im + n * lanes).update(repeating: 0, count: n * lanes)
            let result = plan.forward(data, scratch: work.scratch, lanes: lanes)
            for index in 0..<n {
                let (cosine, sine) = root(2 * index + 1, of: 8 * n)
                for l in 0..<lanes {
                    let place = index * lanes + l
                    line[place] = 2 * (result.re[place] * cosine - result.im[place] * sine)
                }
            }
        }
    }

    // MARK: Reordering

    private func scale(_ line: UnsafeMutablePointer<R>, _ places: [Int], _ factor: R, _ lanes: Int) {
        for place in places {
            for l in 0..<lanes { line[place * lanes + l] *= factor }
        }
    }

    private func negateOdd(_ line: UnsafeMutablePointer<R>, _ n: Int, _ lanes: Int) {
        for index in stride(from: 1, to: n, by: 2) {
            for l in 0..<lanes { line[index * lanes + l].negate() }
        }
    }

    private func reverse(_ line: UnsafeMutablePointer<R>, _ n: Int, _ lanes: Int) {
        for index in 0..<n / 2 {
            for l in 0..<lanes {
                let (a, b) = (index * lanes + l, (n - 1 - index) * lanes + l)
                (line[a], line[b]) = (line[b], line[a])
            }
        }
    }

    /// Continues the line by its mirror image: without repeating its ends (`first` 0), or with a zero before it and
    /// one between the two (`first` 1).
    private func mirror(_ line: UnsafeMutablePointer<R>, _ n: Int, _ lanes: Int, first: Int, sign: R) {
        let total = first == 0 ? 2 * (n - 1) : 2 * (n + 1)
        if first == 1 {
            for index in (0..<n * lanes).reversed() { line[index + lanes] = line[index] }
            line.update(repeating: 0, count: lanes)
            (line + (n + 1) * lanes).update(repeating: 0, count: lanes)
        }
        for index in 1..<Swift.max(total / 2, 1) {
            for l in 0..<lanes { line[(total - index) * lanes + l] = sign * line[index * lanes + l] }
        }
    }
}
