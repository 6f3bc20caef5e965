@testable internal import ImJoyCore
internal import Testing

/// Filters on larger arrays than in `FilterTests`: strips, short last axes, counted bytes, blended pixels.
@Suite struct WindowTests {
    private func noise(_ shape: [Int], seed: UInt64 = 1) throws -> NDArray<Double> {
        var random = RandomGenerator(seed: seed)
        return try random.uniform(0..<256, shape: shape).floor()
    }

    /// The neighbours of some elements only: debug builds are slow.
    private func expectRanks<T: NDReal>(
        _ found: NDArray<T>, _ array: NDArray<T>, _ window: [Int], _ origins: [Int], _ mode: BoundaryMode, place: Int
    ) {
        let places = stride(from: 0, to: array.count, by: Swift.max(array.count / 150, 1) | 1)
        let elements = array.elements
        let strides = Layout.rowMajorStrides(array.shape)
        let all = found.elements
        for index in places {
            var neighbours: [T] = []
            let centre = array.shape.indices.map { index / strides[$0] % array.shape[$0] }
            for offset in 0..<window.reduce(1, *) {
                var (rest, sum, isInside) = (offset, 0, true)
                for axis in window.indices.reversed() {
                    let wanted = centre[axis] + rest % window[axis] - window[axis] / 2 - origins[axis]
                    rest /= window[axis]
                    if let inside = mode.place(wanted, array.shape[axis]) {
                        sum += inside * strides[axis]
                    } else {
                        isInside = false
                    }
                }
                neighbours.append(isInside ? elements[sum] : T(casting: mode.value, overflow: .wrap))
            }
            neighbours.sort()
            #expect(all[index] == neighbours[place], "\(T.dtype) \(array.shape), \(window), \(mode), element \(index)")
        }
    }

    @Test(arguments: [BoundaryMode.reflect, .mirror, .nearest, .wrap, .constant(7)])
    func `ranks in boxes of many sizes`(_ mode: BoundaryMode) throws {
        let cases: [(shape: [Int], window: [Int], origins: [Int])] = [
            ([21, 530], [3, 3], [0, 0]), ([12, 30], [5, 5], [1, -2]), ([5, 9, 40], [3, 3, 3], [0, 0, 0]),
            ([400], [9], [2]), ([20, 30, 3], [3, 3, 1], [0, 0, 0]), ([20, 30, 3], [3, 3, 3], [0, 1, 0]),
            ([6, 10, 2], [1, 5, 2], [0, 0, 0]), ([30, 300], [11, 11], [0, 0]), ([17, 40, 3], [7, 9, 1], [3, 0, 0]),
            ([6, 12, 70], [3, 5, 4], [0, -1, 1]), ([20, 70], [17, 16], [0, 0]), ([3, 40], [9, 3], [0, 0]),
        ]
        for (shape, window, origins) in cases {
            let array = try noise(shape)
            let count = window.reduce(1, *)
            let sizes = FilterWindowShape.sizes(window)
            let bytes = array.cast(to: UInt8.self)
            let median = try bytes.medianFiltered(in: sizes, origins: origins, boundary: mode)
            expectRanks(median, bytes, window, origins, mode, place: count / 2)
            let low = try bytes.rankFiltered(count / 5, in: sizes, origins: origins, boundary: mode)
            expectRanks(low, bytes, window, origins, mode, place: count / 5)
            let signed = (array - 128).cast(to: Int8.self)
            let middle = try signed.medianFiltered(in: sizes, origins: origins, boundary: mode)
            expectRanks(middle, signed, window, origins, mode, place: count / 2)
            let words = (array * 251 - 30000).cast(to: Int16.self)
            let quarter = try words.rankFiltered(count / 4, in: sizes, origins: origins, boundary: mode)
            expectRanks(quarter, words, window, origins, mode, place: count / 4)
            let wide = (array * 97).cast(to: UInt16.self)
            let centre = try wide.medianFiltered(in: sizes, origins: origins, boundary: mode)
            expectRanks(centre, wide, window, origins, mode, place: count / 2)
            let single = array.cast(to: Float.self)
            let floats = try single.medianFiltered(in: sizes, origins: origins, boundary: mode)
            expectRanks(floats, single, window, origins, mode, place: count / 2)
            #expect(floats.cast(to: UInt8.self) == median)
        }
    }

    @Test func `one NaN spreads as far as the window, whatever finds the middle`() throws {
        var array = try noise([30, 80])
        array[15, 40] = .nan
        for size in [3, 5, 9] {
            let found = try array.medianFiltered(in: .size(size))
            let isUndefined = found .!= found
            #expect(isUndefined.countTrue() == size * size)
            let middle: NDArray<Bool> = isUndefined[
                15 - size / 2..<16 + size / 2, 40 - size / 2..<41 + size / 2]
            #expect(middle.all())
        }
    }

    @Test func `results do not depend on the number of threads`() throws {
        let image = try noise([300, 700]).cast(to: UInt8.self)
        let before = ComputeThreads.count
        defer { ComputeThreads.count = before }
        ComputeThreads.count = 1
        let one = try (
            image.medianFiltered(in: .size(9)), image.medianFiltered(in: .size(3)), image.resampled(to: [450, 1000])
        )
        ComputeThreads.count = 3
        #expect(try image.medianFiltered(in: .size(9)) == one.0)
        #expect(try image.medianFiltered(in: .size(3)) == one.1)
        #expect(try image.resampled(to: [450, 1000]) == one.2)
    }

    @Test(arguments: [BoundaryMode.reflect, .mirror, .nearest, .wrap, .constant(7)])
    func `means of boxes are those of one axis after the other`(_ mode: BoundaryMode) throws {
        for shape in [[1, 1], [5, 9], [40, 70], [3, 700]] {
            let array = try noise(shape)
            for sizes in [[3, 3], [2, 5], [9, 9], [4, 16]] {
                var expected = array
                for axis in 0..<2 {
                    let weights = Array(repeating: 1 / Double(sizes[axis]), count: sizes[axis])
                    expected = try expected.correlated(along: axis, weights: weights, boundary: mode)
                }
                let found = try array.uniformFiltered(sizes: sizes, boundary: mode)
                #expect((found - expected).abs().max() < 1e-10)
                let single = try array.cast(to: Float.self).uniformFiltered(sizes: sizes, boundary: mode)
                #expect((single.cast(to: Double.self) - expected).abs().max() < 1e-3)
            }
        }
    }

    @Test func `bytes are resampled as doubles are, and rounded`() throws {
        for (shape, newShape) in [([31, 900], [47, 1350]), ([40, 50], [17, 60]), ([7, 5], [20, 3])] {
            let array = try noise(shape)
            for mode in [BoundaryMode.mirror, .reflect, .nearest, .wrap, .constant(300), .constant(9)] {
                let exact = try array.resampled(to: newShape, boundary: mode, antialiasing: .none)
                let bytes = try array.cast(to: UInt8.self).resampled(to: newShape, boundary: mode, antialiasing: .none)
                let wide = try array.cast(to: Int32.self).resampled(to: newShape, boundary: mode, antialiasing: .none)
                let limited = exact.clipped(to: 0...255)
                #expect((bytes.cast(to: Double.self) - limited).abs().max() <= 0.5 + 1e-9)
                #expect((wide.cast(to: Double.self) - exact).abs().max() <= 0.5 + 1e-9)
                #expect(bytes == wide.clipped(to: 0...255).cast(to: UInt8.self))
            }
        }
    }

    @Test(arguments: [BoundaryMode.reflect, .mirror, .nearest, .wrap, .constant(0), .constant(7)])
    func `many weights give the same in every way`(_ mode: BoundaryMode) throws {
        // Products of two lines, and weights that only a Fourier transform is quicker for.
        let line = try noise([9, 1]) + 1
        let products = try line * line.reshaped(to: [1, 9])
        let irregular = try noise([45, 45])
        let cases = [
            ([20, 31], products, [0, 3]), ([20, 31], products - 7, [0, 0]), ([60, 60], irregular, [3, 0]),
        ]
        for (shape, weights, origins) in cases {
            let array = try noise(shape)
            let found = try array.correlated(with: weights, origins: origins, boundary: mode)
            // Integers are added up one by one.
            let exact = try array.cast(to: Int64.self).correlated(with: weights, origins: origins, boundary: mode)
            #expect((found - exact.cast(to: Double.self)).abs().max() < 1e-6)
            let single = try array.cast(to: Float.self).correlated(with: weights, origins: origins, boundary: mode)
            let bound = weights.abs().sum() * 256 * 1e-6
            #expect((single.cast(to: Double.self) - found).abs().max() < bound)
        }
        var broken = try noise([30, 40])
        broken[3, 4] = .nan
        let spread = try broken.correlated(with: products, boundary: mode)
        #expect((spread .!= spread).countTrue() <= 4 * 81)
    }

    @Test func `short and long distances are exact in every direction`() throws {
        let cases = [([20, 70], 0.02), ([6, 20, 17], 0.02), ([90, 3], 0.1), ([9, 200], 0.001), ([4, 5, 40], 0.3)]
        for (shape, share) in cases {
            var random = RandomGenerator(seed: UInt64(shape[0]))
            var mask = try random.uniform(0..<1, shape: shape) .> share
            mask.withMutableFirst { $0 = false }
            let found = try mask.distances()
            let strides = Layout.rowMajorStrides(shape)
            func place(_ index: Int) -> [Int] { shape.indices.map { index / strides[$0] % shape[$0] } }
            let flags = mask.elements
            let closed = flags.indices.filter { !flags[$0] }.map(place)
            let distances = found.elements
            for index in Swift.stride(from: 0, to: mask.count, by: 7) {
                let own = place(index)
                let least = closed.map { other in zip(own, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
                    .min()
                #expect(distances[index] == Double(least ?? 0).squareRoot(), "\(shape), element \(index)")
            }
        }
    }
}

extension NDArray {
    /// Changes the first element.
    fileprivate mutating func withMutableFirst(_ change: (inout Element) -> Void) {
        var element = elements[0]
        change(&element)
        self[at: Array(repeating: 0, count: rank)] = element
    }
}
