internal import CImJoyKernels
internal import Synchronization

/// One transform along one axis of an array: where the lines lie, and what becomes of each.
///
/// Layouts count real numbers, so a complex element is two of them.
struct FFTJob {
    enum Kind: Hashable {
        case complex(backward: Bool)
        /// Real numbers to half of their spectrum, `length / 2 + 1` numbers.
        case realForward
        /// Half a spectrum to `length` real numbers.
        case realBackward
        case cosine(TrigonometricType)
        case sine(TrigonometricType)
    }

    var kind: Kind
    var source: UnsafeRawPointer
    var sourceLayout: Layout
    var isSourceComplex: Bool
    var target: UnsafeMutableRawPointer
    var targetLayout: Layout
    var axis: Int
    /// The length of the transform in the sense of NumPy's `n`.
    var length: Int
    /// Every result is multiplied by this.
    var scale: Double
    /// For cosine and sine transforms: makes the matrix of the transform orthogonal.
    var isOrthogonal = false

    /// Runs the transform in the precision of the array.
    ///
    /// The two calls name their types, so that the optimizer makes each its own code.
    func run(_ dtype: DType) throws(NDArrayError) {
        if dtype == .float32 || dtype == .complex64 {
            try FFTWorker<Float>(self).run()
        } else {
            try FFTWorker<Double>(self).run()
        }
    }
}

/// Carries out a job: takes a few lines at a time out of the array, transforms them side by side, and puts them back.
struct FFTWorker<R: NDLinearReal> {
    let job: FFTJob
    /// The transform that does the work, of the length the kind asks for.
    let plan: FFTPlan<R>
    /// Elements of each work array for one line.
    let workLength: Int
    let sourceStep: Int
    let targetStep: Int
    let source: UnsafePointer<R>
    let target: UnsafeMutablePointer<R>

    /// Lines side by side fill a vector register; more only fill the cache.
    static var mostLanes: Int { 16 }
    /// Numbers in the work arrays that still stay in the second cache.
    static var cacheSize: Int { 1 << 16 }

    init(_ job: FFTJob) {
        self.job = job
        let planLength = Self.planLength(job.kind, job.length)
        plan = FFTPlanCache.plan(planLength, of: R.self)
        // The transform itself, and half a spectrum with its last number.
        workLength = Swift.max(planLength, job.length / 2 + 1) + 1
        sourceStep = job.sourceLayout.strides[job.axis]
        targetStep = job.targetLayout.strides[job.axis]
        source = job.source.assumingMemoryBound(to: R.self)
        target = job.target.assumingMemoryBound(to: R.self)
    }

    /// How long the complex transform is that a job needs.
    private static func planLength(_ kind: FFTJob.Kind, _ length: Int) -> Int {
        switch kind {
        case .complex: length
        case .realForward, .realBackward, .cosine(.two), .cosine(.three), .sine(.two), .sine(.three):
            halved(length)
        case .cosine(.one): length - 1
        case .sine(.one): length + 1
        case .cosine(.four), .sine(.four): length % 2 == 0 ? length / 2 : 2 * length
        }
    }

    /// Real numbers of an even count are transformed as half as many complex ones.
    static func halved(_ length: Int) -> Int { length % 2 == 0 ? length / 2 : length }

    /// The memory that the lines pass through.
    struct Work {
        var lanes: Int
        var data: SplitPointer<R>
        var scratch: SplitPointer<R>
        /// Real lines of a cosine or sine transform.
        var line: UnsafeMutablePointer<R>
    }

    func run() throws(NDArrayError) {
        let most = Swift.max(1, Swift.min(Self.mostLanes, Self.cacheSize / Swift.max(plan.length, 1)))
        let scratchLength = Swift.max(plan.scratchLength, workLength)
        let lineLength = lineLength
        let (perLine, overflow) = (2 * workLength + lineLength).addingReportingOverflow(2 * scratchLength)
        let (total, second) = perLine.multipliedReportingOverflow(by: most * MemoryLayout<R>.stride)
        guard !overflow, !second else {
            throw NDArrayError(
                .outOfMemory,
                "a Fourier transform of \(job.length) elements needs more memory than can be addressed; transform shorter lines"
            )
        }
        // Memory for the first piece is asked for here, where asking for too much is an error.
        let memory = try NDStorage(claimedByteCount: total)
        let pieces = pieces(most: most)
        let cost = Double(most * job.length) * Double(Int.bitWidth - job.length.leadingZeroBitCount) * 0.3
        let isFirst = Atomic(true)
        let isShort = Atomic(false)
        ComputeThreads.split(pieces.count, grain: 1, nanoseconds: cost) { range in
            let isMine = isFirst.exchange(false, ordering: .relaxed)
            guard let memory = isMine ? memory : try? NDStorage(claimedByteCount: total) else {
                isShort.store(true, ordering: .relaxed)
                return
            }
            defer { withExtendedLifetime(memory) {} }
            let base = memory.base.bindMemory(to: R.self, capacity: perLine * most)
            let size = workLength * most
            let scratch = base + 2 * size
            let line = scratch + 2 * scratchLength * most
            for piece in pieces[range] {
                let work = Work(
                    lanes: piece.lanes, data: SplitPointer(re: base, im: base + size),
                    scratch: SplitPointer(re: scratch, im: scratch + scratchLength * most), line: line)
                transform(
                    work, from: source + piece.source.start, piece.source.step, to: target + piece.target.start,
                    piece.target.step)
            }
        }
        if isShort.load(ordering: .relaxed) {
            throw NDArrayError(
                .outOfMemory,
                "no memory for \(total) bytes in which another thread transforms lines of \(job.length) elements; free memory, or set ComputeThreads.count to 1"
            )
        }
    }

    /// Lines that are transformed side by side: where the first one is, and the step to the next.
    private struct Piece {
        var lanes: Int
        var source: (start: Int, step: Int)
        var target: (start: Int, step: Int)
    }

    private func pieces(most: Int) -> [Piece] {
        var pieces: [Piece] = []
        var lines = StridedRuns(job.sourceLayout.without(job.axis), job.targetLayout.without(job.axis))
        while let run = lines.next() {
            for first in stride(from: 0, to: run.count, by: most) {
                pieces.append(
                    Piece(
                        lanes: Swift.min(most, run.count - first),
                        source: (run.a.start + first * run.a.step, run.a.step),
                        target: (run.b.start + first * run.b.step, run.b.step)))
            }
        }
        return pieces
    }

    private func transform(
        _ work: Work, from source: UnsafePointer<R>, _ sourceLane: Int, to target: UnsafeMutablePointer<R>,
        _ targetLane: Int
    ) {
        switch job.kind {
        case .complex(let backward):
            let data = backward ? work.data.exchanged : work.data
            read(source, sourceLane, work, into: work.data, count: job.length)
            let result = plan.forward(data, scratch: work.scratch, lanes: work.lanes)
            write(backward ? result.exchanged : result, work, to: target, targetLane, count: job.length)
        case .realForward:
            read(source, sourceLane, work, into: work.line, count: job.length)
            let result = spectrum(work.line, length: job.length, work)
            write(result, work, to: target, targetLane, count: job.length / 2 + 1)
        case .realBackward:
            read(source, sourceLane, work, into: work.data, count: job.length / 2 + 1)
            line(work.data, length: job.length, work)
            write(work.line, work, to: target, targetLane, count: job.length)
        case .cosine, .sine:
            read(source, sourceLane, work, into: work.line, count: job.length)
            transformTrigonometric(work)
            write(work.line, work, to: target, targetLane, count: job.length)
        }
    }

    /// Real numbers a line may need: those of the type 1 transforms are the mirrored line.
    private var lineLength: Int {
        switch job.kind {
        case .complex: 0
        case .cosine, .sine: 2 * (job.length + 1)
        default: job.length + 1
        }
    }
}

// MARK: Between the array and the work memory

extension FFTWorker {
    /// Takes complex or real numbers in; those beyond the end of the lines are zero.
    private func read(
        _ source: UnsafePointer<R>, _ lane: Int, _ work: Work, into target: SplitPointer<R>, count: Int
    ) {
        let present = Swift.min(count, job.sourceLayout.shape[job.axis])
        imjoy_fft_load(
            R.dtype.kernelType, source, lane, sourceStep, present, work.lanes, target.re,
            job.isSourceComplex ? target.im : nil)
        if !job.isSourceComplex { target.im.update(repeating: 0, count: present * work.lanes) }
        let missing = (count - present) * work.lanes
        (target.re + present * work.lanes).update(repeating: 0, count: missing)
        (target.im + present * work.lanes).update(repeating: 0, count: missing)
    }

    /// Takes real numbers in.
    private func read(
        _ source: UnsafePointer<R>, _ lane: Int, _ work: Work, into target: UnsafeMutablePointer<R>, count: Int
    ) {
        let present = Swift.min(count, job.sourceLayout.shape[job.axis])
        imjoy_fft_load(R.dtype.kernelType, source, lane, sourceStep, present, work.lanes, target, nil)
        (target + present * work.lanes).update(repeating: 0, count: (count - present) * work.lanes)
    }

    private func write(
        _ result: SplitPointer<R>, _ work: Work, to target: UnsafeMutablePointer<R>, _ lane: Int, count: Int
    ) {
        imjoy_fft_store(
            R.dtype.kernelType, result.re, result.im, target, lane, targetStep, count, work.lanes, job.scale)
    }

    private func write(
        _ result: UnsafeMutablePointer<R>, _ work: Work, to target: UnsafeMutablePointer<R>, _ lane: Int, count: Int
    ) {
        imjoy_fft_store(R.dtype.kernelType, result, nil, target, lane, targetStep, count, work.lanes, job.scale)
    }
}

extension Layout {
    /// The other axes alone.
    func without(_ axis: Int) -> Layout {
        var (others, steps) = (shape, strides)
        let length = others.remove(at: axis)
        steps.remove(at: axis)
        // The count of an empty axis says nothing of the others.
        let rest = length == 0 ? others.reduce(1, *) : count / length
        return Layout(unchecked: others, strides: steps, offset: offset, count: rest)
    }
}
