internal import CImJoyKernels

/// Computes values at any coordinates, one after another.
struct PointSampler<Source: NDLinearReal> {
    let shape: [Int]
    let mode: InterpolationMode
    let order: Int
    /// How many places were added before each axis.
    let margin: Int
    /// Its memory must outlive the sampler.
    let source: UnsafePointer<Source>
    let strides: [Int]
    private let spline: SplineWeights

    init(_ source: UnsafePointer<Source>, shape: [Int], mode: InterpolationMode, order: Int, margin: Int) {
        (self.source, self.shape, self.mode, self.order, self.margin) = (source, shape, mode, order, margin)
        strides = Layout.rowMajorStrides(shape)
        spline = SplineWeights(order: order)
    }

    /// Room for what is computed on the way, one for each thread.
    struct Scratch {
        fileprivate let offsets: UnsafeMutablePointer<Int>
        fileprivate let weights: UnsafeMutablePointer<Double>
        let coordinates: UnsafeMutablePointer<Double>
        private let rank: Int

        init(rank: Int, order: Int) {
            self.rank = rank
            let count = rank * (order + 1)
            offsets = .allocate(capacity: count)
            offsets.initialize(repeating: 0, count: count)
            weights = .allocate(capacity: count)
            weights.initialize(repeating: 0, count: count)
            coordinates = .allocate(capacity: rank)
            coordinates.initialize(repeating: 0, count: rank)
        }

        func free() {
            offsets.deallocate()
            weights.deallocate()
            coordinates.deallocate()
        }
    }

    /// The mark of a neighbour that is the value outside.
    private static var beyond: Int { Int.min }

    /// Finds the neighbours of the coordinates in `scratch` and their weights; false when there is but the value
    /// outside.
    @inline(__always)
    private func find(_ scratch: Scratch, _ isInside: inout Bool) -> Bool {
        let width = order + 1
        for axis in shape.indices {
            let length = shape[axis]
            guard let place = spline.place(of: scratch.coordinates[axis] + Double(margin), length, mode) else {
                return false
            }
            let start = spline.start(place)
            let offsets = scratch.offsets + axis * width
            spline.weights(place, start, scratch.weights + axis * width)
            if start >= 0, start + order < length {
                for tap in 0..<width { offsets[tap] = (start + tap) * strides[axis] }
            } else {
                for tap in 0..<width {
                    let element = mode.place(start + tap, length)
                    offsets[tap] = element.map { $0 * strides[axis] } ?? Self.beyond
                    if element == nil { isInside = false }
                }
            }
        }
        return true
    }

    /// The value at the coordinates in `scratch`.
    @inline(__always)
    func value(_ scratch: Scratch) -> Double {
        var isInside = true
        guard find(scratch, &isInside) else { return mode.value }
        let (offsets, weights, width) = (scratch.offsets, scratch.weights, order + 1)
        guard isInside, shape.count == 2 || shape.count == 3 else {
            return sum(scratch)
        }
        // Weighted in the order that SciPy does for neighbours of whole numbers, whose halves are rounded.
        if shape.count == 2 {
            var sum = 0.0
            for row in 0..<width {
                let start = source + offsets[row]
                let weight = weights[row]
                for column in 0..<width {
                    sum += Double(start[offsets[width + column]]) * weight * weights[width + column]
                }
            }
            return sum
        }
        if order == 1 {
            var sum = 0.0
            for plane in 0..<2 {
                for row in 0..<2 {
                    let start = source + offsets[plane] + offsets[2 + row]
                    for column in 0..<2 {
                        let element = Double(start[offsets[4 + column]])
                        sum += element * weights[plane] * weights[2 + row] * weights[4 + column]
                    }
                }
            }
            return sum
        }
        var sum = 0.0
        for plane in 0..<width {
            var inner = 0.0
            for row in 0..<width {
                let start = source + offsets[plane] + offsets[width + row]
                var line = 0.0
                for tap in 2 * width..<3 * width { line += Double(start[offsets[tap]]) * weights[tap] }
                inner += line * weights[width + row]
            }
            sum += inner * weights[plane]
        }
        return sum
    }

    /// Any number of axes, and places that have the value outside.
    @inline(never)
    private func sum(_ scratch: Scratch) -> Double {
        let width = order + 1
        let rank = shape.count
        var sum = 0.0
        withUnsafeTemporaryAllocation(of: Int.self, capacity: rank) { taps in
            taps.initialize(repeating: 0)
            while true {
                var offset = 0
                var isBeyond = false
                for axis in 0..<rank {
                    let step = scratch.offsets[axis * width + taps[axis]]
                    if step == Self.beyond { isBeyond = true } else { offset += step }
                }
                var product = isBeyond ? mode.value : Double(source[offset])
                for axis in 0..<rank { product *= scratch.weights[axis * width + taps[axis]] }
                sum += product
                var axis = rank - 1
                while axis >= 0 {
                    taps[axis] += 1
                    if taps[axis] < width { break }
                    taps[axis] = 0
                    axis -= 1
                }
                if axis < 0 { return }
            }
        }
        return sum
    }

    /// The place of the nearest element in memory, for order 0; nil for the value outside.
    @inline(__always)
    func nearest(_ scratch: Scratch) -> Int? {
        var offset = 0
        for axis in shape.indices {
            guard let place = spline.place(of: scratch.coordinates[axis], shape[axis], mode),
                let element = mode.place(spline.start(place), shape[axis])
            else { return nil }
            offset += element * strides[axis]
        }
        return offset
    }
}
