internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

/// Every shape of up to three axes with lengths 0 to 3, every order and direction of axes, packed or with gaps, shared or
/// not: each operation beside the obvious loop, and no other array changed.
@Suite struct ExhaustiveLayoutTests {
    private let examples: [EveryLayout.Example]

    init() throws { examples = try EveryLayout.all() }

    /// The obvious loop over two arrays of one shape.
    private func loop<R: NDElement>(
        _ a: NDArray<Int32>, _ b: NDArray<Int32>, _ op: @escaping (Int32, Int32) -> R
    ) -> ReferenceArray<R> {
        ReferenceArray(shape: a.shape) { op(a[at: $0], b[at: $0]) }
    }

    @Test func `functions of one array, in a fresh array and in place`() throws {
        for example in examples {
            let a = example.array
            let before = a.elements
            expectEqual(-a, loop(a, a) { x, _ in 0 - x }, "\(example)")
            expectEqual(a.square(), loop(a, a) { x, _ in x * x }, "\(example)")
            expectEqual(a.clipped(to: 2...5), loop(a, a) { x, _ in min(max(x, 2), 5) }, "\(example)")
            expectEqual(a.cast(to: Float.self), loop(a, a) { x, _ in Float(x) }, "\(example)")
            expectEqual(a .> 3, loop(a, a) { x, _ in x > 3 }, "\(example)")
            var own = a.copied()
            own += 5
            expectEqual(own, loop(a, a) { x, _ in x + 5 }, "\(example)")
            #expect(a.elements == before && (example.sharer?.elements ?? before) == before)
        }
    }

    @Test func `operations on two arrays, in every pair of neighbouring layouts`() throws {
        for shape in EveryLayout.shapes(upToRank: 3) {
            let examples = try EveryLayout.examples(shape: shape)
            for (index, a) in examples.enumerated() {
                let b = examples[(index * 7 + 3) % examples.count].array
                let before = (a.array.elements, b.elements)
                expectEqual(a.array + b, loop(a.array, b) { $0 + $1 }, "\(a)")
                expectEqual(NDArray.maximum(a.array, b), loop(a.array, b) { max($0, $1) }, "\(a)")
                expectEqual(a.array .== b, loop(a.array, b) { $0 == $1 }, "\(a)")
                var written = a.array
                written -= b * 2
                expectEqual(written, loop(a.array, b) { $0 - 2 * $1 }, "\(a)")
                #expect((a.array.elements, b.elements) == before && (a.sharer?.elements ?? before.0) == before.0)
            }
        }
    }

    @Test func `copies and assignments`() throws {
        for example in examples {
            let a = example.array
            let before = a.elements
            expectEqual(a.copied(), ReferenceArray(a), "\(example)")
            expectEqual(a.contiguous(), ReferenceArray(a), "\(example)")
            var target = a
            try target.assign(a + 100)
            expectEqual(target, loop(a, a) { x, _ in x + 100 }, "\(example)")
            for axis in a.shape.indices where a.shape[axis] > 0 {
                // The first half of an axis, written through a view.
                var selectors = [any AxisSelector](repeating: AxisSlice.all, count: a.rank)
                selectors[axis] = 0..<(a.shape[axis] / 2)
                var part = a
                try part.assign(NDArray(scalar: -7), to: selectors)
                let half = a.shape[axis] / 2
                expectEqual(
                    part, ReferenceArray(shape: a.shape) { $0[axis] < half ? -7 : a[at: $0] }, "\(example) axis \(axis)"
                )
            }
            #expect(a.elements == before && (example.sharer?.elements ?? before) == before)
        }
    }

    @Test func `reductions along every axis`() throws {
        for example in examples {
            let a = example.array
            #expect(a.widenedSum() == a.elements.reduce(0) { $0 + Int64($1) })
            for axis in a.shape.indices {
                var shape = a.shape
                let length = shape.remove(at: axis)
                let lane: ([Int]) -> [Int32] = { index in
                    (0..<length).map { place in
                        var index = index
                        index.insert(place, at: axis)
                        return a[at: index]
                    }
                }
                let sums = try a.cast(to: Double.self).sum(along: [axis])
                expectEqual(sums, ReferenceArray(shape: shape) { lane($0).reduce(0) { $0 + Double($1) } }, "\(example)")
                if length > 0 {
                    let largest = try a.max(along: [axis])
                    expectEqual(largest, ReferenceArray(shape: shape) { lane($0).max() ?? 0 }, "\(example)")
                }
            }
        }
    }
}
