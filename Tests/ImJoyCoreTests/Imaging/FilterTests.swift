@testable internal import ImJoyCore
internal import Testing

// SciPy's answers are in the vectors; here every path is compared with the plain meaning of a filter.
@Suite struct FilterTests {
    static let modes: [BoundaryMode] = [.reflect, .mirror, .nearest, .wrap, .constant(3)]
    /// Short and long lines, rows that are copied and rows that are not, few and many axes, and single elements.
    static let shapes = [[1], [5], [150], [7, 9], [3, 100], [80, 3], [4, 5, 6], [2, 3, 70], [1, 1, 4]]

    private func noise(_ shape: [Int]) throws -> NDArray<Double> {
        var random = RandomGenerator(seed: UInt64(shape.reduce(1) { $0 * 31 + $1 }))
        return try random.uniform(0..<200, shape: shape).rounded()
    }

    /// The neighbours of each element, in the order of the footprint.
    private func neighbours(
        _ array: NDArray<Double>, _ footprint: [Int], _ origins: [Int], _ mode: BoundaryMode
    ) -> [[Double]] {
        func places(_ shape: [Int]) -> [[Int]] {
            shape.reduce([[]]) { all, length in all.flatMap { start in (0..<length).map { start + [$0] } } }
        }
        let elements = array.elements
        return places(array.shape).map { place in
            places(footprint).map { offset in
                var index = 0
                for axis in array.shape.indices {
                    let length = array.shape[axis]
                    let wanted = place[axis] + offset[axis] - footprint[axis] / 2 - origins[axis]
                    guard let inside = mode.place(wanted, length) else { return mode.value }
                    index = index * length + inside
                }
                return elements[index]
            }
        }
    }

    @Test(arguments: modes)
    func `weights along an axis, for every shape and origin`(_ mode: BoundaryMode) throws {
        let lines: [([Double], Int)] = [([1, -2, 4], 0), ([0.5, 2, 3, 1], -2), ([1, 0, 0, 0, 0, 0, 9], 3), ([2], 0)]
        for shape in Self.shapes {
            let array = try noise(shape)
            for axis in shape.indices {
                for (weights, origin) in lines {
                    var size = Array(repeating: 1, count: shape.count)
                    size[axis] = weights.count
                    var origins = Array(repeating: 0, count: shape.count)
                    origins[axis] = origin
                    let expected = neighbours(array, size, origins, mode).map {
                        zip($0, weights).reduce(0) { $0 + $1.0 * $1.1 }
                    }
                    let found = try array.correlated(along: axis, weights: weights, origin: origin, boundary: mode)
                    #expect(found.elements == expected, "\(shape), axis \(axis), \(weights)")
                    let single = try array.cast(to: Float.self).correlated(
                        along: axis - shape.count, weights: weights, origin: origin, boundary: mode)
                    #expect(single.cast(to: Double.self).elements == expected)
                }
            }
        }
    }

    @Test(arguments: modes)
    func `weights in a box, turned over or not`(_ mode: BoundaryMode) throws {
        for shape in Self.shapes {
            let array = try noise(shape)
            for lengths in [[3, 2, 2], [2, 3, 1], [1, 1, 4]] {
                let size = Array(lengths.prefix(shape.count))
                let weights = try noise(size) - 90
                let zero = Array(repeating: 0, count: shape.count)
                let expected = neighbours(array, size, zero, mode).map {
                    zip($0, weights.elements).reduce(0) { $0 + $1.0 * $1.1 }
                }
                #expect(try array.correlated(with: weights, boundary: mode).elements == expected, "\(shape), \(size)")
                let moved = size.map { $0.isMultiple(of: 2) ? 1 : 0 }
                let turned = try array.convolved(with: weights.flipped(), origins: moved.map { -$0 }, boundary: mode)
                #expect(turned.elements == expected)
            }
        }
    }

    @Test(arguments: modes)
    func `ranks in windows of every kind`(_ mode: BoundaryMode) throws {
        for shape in Self.shapes {
            let array = try noise(shape)
            let whole = array.cast(to: UInt8.self)
            // The last ones have more neighbours than are sorted by a network.
            for lengths in [[3, 3, 3], [2, 4, 1], [67, 1, 1], [7, 10, 1]] {
                let size = Array(lengths.prefix(shape.count))
                let zero = Array(repeating: 0, count: shape.count)
                let sorted = neighbours(array, size, zero, mode).map { $0.sorted() }
                let count = size.reduce(1, *)
                func expect(_ found: NDArray<Double>, _ place: Int) {
                    #expect(found.elements == sorted.map { $0[place] }, "\(shape), \(size), rank \(place)")
                }
                expect(try array.medianFiltered(in: .sizes(size), boundary: mode), count / 2)
                expect(try whole.medianFiltered(in: .sizes(size), boundary: mode).cast(to: Double.self), count / 2)
                expect(try array.minimumFiltered(in: .sizes(size), boundary: mode), 0)
                expect(try array.maximumFiltered(in: .sizes(size), boundary: mode), count - 1)
                expect(try array.rankFiltered(-1 - count / 3, in: .sizes(size), boundary: mode), count - 1 - count / 3)
                expect(try array.percentileFiltered(25, in: .sizes(size), boundary: mode), count / 4)
                expect(try array.percentileFiltered(-0.001, in: .sizes(size), boundary: mode), count - 1)
                let half = array.cast(to: Float16.self)
                expect(try half.medianFiltered(in: .sizes(size), boundary: mode).cast(to: Double.self), count / 2)
            }
        }
        let cross = try NDArray<Bool>([false, true, false, true, true, true, false, true, false], shape: [3, 3])
        let image = try noise([6, 70])
        let expected = neighbours(image, [3, 3], [0, 0], mode).map { all in
            zip(all, cross.elements).filter { $0.1 }.map { $0.0 }.sorted()[2]
        }
        #expect(try image.medianFiltered(in: .footprint(cross), boundary: mode).elements == expected)
        let view = image[.step(-1), .step(2)]
        #expect(try view.medianFiltered(in: .size(1)) == view)
    }

    @Test func `means of whole numbers are cut off, not one less`() throws {
        let constant = NDArray<UInt16>(repeating: 5, shape: [9, 80])
        for size in 1...7 { #expect(try constant.uniformFiltered(size: size) == constant) }
        let steps: NDArray<Int16> = [-7, -7, -7, 1, 2, 2]
        #expect(try steps.uniformFiltered(size: 3).elements == [-7, -7, -4, -1, 1, 2])
    }

    @Test func `a Gaussian keeps constants and straight lines, and its derivatives find slopes and bends`() throws {
        let line = NDArray<Double>.arange(100)
        let middle: Range<Int> = 30..<70
        #expect(try (line.gaussianFiltered(sigma: 3)[middle] - line[middle]).abs().max() < 1e-12)
        #expect(try (line.gaussianFiltered(sigma: 2, orders: [1])[middle] - 1).abs().max() < 1e-3)
        let parabola = line.square()
        #expect(try (parabola.gaussianFiltered(sigma: 3, orders: [2], truncate: 8)[middle] - 2).abs().max() < 1e-3)
        let impulse = try NDArray<Double>.eye(1).padded(30)
        let bell = try impulse.gaussianFiltered(sigma: 3)
        #expect(abs(bell.sum() - 1) < 1e-12 && abs(bell[30, 30] - 1 / (18 * Double.pi)) < 1e-4)
        #expect(bell.transposed() == bell && bell.flipped() == bell)
        let image = try noise([40, 70])
        #expect(try image.gaussianFiltered(sigmas: [0, 0]) == image)
        let single = try image.cast(to: Float.self).gaussianFiltered(sigma: 1.5).cast(to: Double.self)
        #expect(try (single - image.gaussianFiltered(sigma: 1.5)).abs().max() < 1e-4)
        let spot = try image.gaussianLaplaceFiltered(sigma: 2)
        let bends = try image.gaussianFiltered(sigma: 2, orders: [2, 0])
        let others = try image.gaussianFiltered(sigma: 2, orders: [0, 2])
        #expect((spot - bends - others).abs().max() < 1e-12)
    }

    @Test func `a spline through its coefficients gives the elements back`() throws {
        let array = try noise([7, 40])
        for mode in [BoundaryMode.mirror, .reflect, .wrap] {
            let coefficients = try array.splineFiltered(degree: 3, boundary: mode)
            let kernel = [1.0 / 6, 4.0 / 6, 1.0 / 6]
            let values = try coefficients.correlated(along: 0, weights: kernel, boundary: mode)
                .correlated(along: 1, weights: kernel, boundary: mode)
            #expect((values - array).abs().max() < 1e-9, "\(mode)")
            let quintic = try array.splineFiltered(degree: 5, boundary: mode)
            let wide = [1.0 / 120, 26.0 / 120, 66.0 / 120, 26.0 / 120, 1.0 / 120]
            let back = try quintic.correlated(along: 0, weights: wide, boundary: mode)
                .correlated(along: 1, weights: wide, boundary: mode)
            #expect((back - array).abs().max() < 1e-8, "\(mode)")
        }
        #expect(try array.splineFiltered(degree: 1) == array)
        #expect(throws: NDArrayError.self) { try array.splineFiltered(degree: 6) }
    }

    @Test func `integers wrap around as SciPy's do, and NaN spreads through windows of every size`() throws {
        let saddle = try NDArray<UInt8>([0, 100, 0, 0, 50, 0, 0, 100, 0], shape: [3, 3])
        #expect(try saddle.laplaceFiltered()[1, 1] == 0)
        let well = try NDArray<UInt8>([0, 255, 0, 255, 0, 255, 0, 255, 0], shape: [3, 3])
        #expect(try well.laplaceFiltered()[1, 1] == 252)
        var image = NDArray<Float>(zeros: [20, 20])
        image[10, 10] = .nan
        for size in [3, 9] {
            let median = try image.medianFiltered(in: .size(size))
            #expect(median.isNaN.countTrue() == size * size && median[10 - size / 2, 10].isNaN)
        }
        #expect(try NDArray<Float>(ones: [40]).gaussianFiltered(sigma: 2, orders: [1]).abs().max() == 0)
        #expect(try NDArray<Double>(ones: [20]).uniformFiltered(size: 10) == NDArray(ones: [20]))
        #expect(try image[0, .all].gaussianFiltered(sigma: 1e-200).max() == 0)
    }

    @Test func `colours side by side are filtered by themselves`() throws {
        let image = try noise([30, 20, 3])
        let weights = try noise([3, 3, 1])
        let sums = try image.correlated(with: weights, boundary: .reflect)
        let medians = try image.medianFiltered(in: .sizes([3, 3, 1]))
        for channel in 0..<3 {
            let plane = image[.all, .all, channel]
            let flat = try weights.reshaped(to: [3, 3])
            #expect(try sums[.all, .all, channel] == plane.correlated(with: flat, boundary: .reflect))
            #expect(try medians[.all, .all, channel] == plane.medianFiltered(in: .size(3)))
        }
    }

    @Test func `empty arrays stay empty, single elements have no axes to filter`() throws {
        let empty = NDArray<Float>(zeros: [0, 4])
        #expect(try empty.gaussianFiltered(sigma: 1) == empty)
        #expect(try empty.medianFiltered(in: .size(3)) == empty)
        #expect(try empty.correlated(with: NDArray(ones: [3, 3]), boundary: .wrap) == empty)
        let single = NDArray<Double>(scalar: 7)
        #expect(try single.laplaceFiltered() == single)
        #expect(try single.gaussianFiltered(sigma: 1) == single && single.maximumFiltered(in: .size(3)) == single)
    }

    @Test func `bad windows, weights, origins and sigmas are refused`() throws {
        let image = try noise([5, 6])
        let refusals: [() throws -> Void] = [
            { _ = try image.gaussianFiltered(sigma: -1) }, { _ = try image.gaussianFiltered(sigma: .nan) },
            { _ = try image.gaussianFiltered(sigma: 1e12) }, { _ = try image.gaussianFiltered(sigmas: [1]) },
            { _ = try image.gaussianFiltered(sigma: 1, orders: [1]) },
            { _ = try image.gaussianFiltered(sigma: 1, orders: [-1, 0]) },
            { _ = try image.uniformFiltered(size: 0) }, { _ = try image.uniformFiltered(sizes: [1, 2, 3]) },
            { _ = try image.correlated(along: 2, weights: [1]) }, { _ = try image.correlated(along: 0, weights: []) },
            { _ = try image.correlated(along: 0, weights: [1, 2, 1], origin: 2) },
            { _ = try image.correlated(with: NDArray([1, 2]), boundary: .wrap) },
            { _ = try image.convolved(with: NDArray(ones: [2, 2]), origins: [1], boundary: .wrap) },
            { _ = try image.correlated(with: NDArray(ones: [2, 2]), origins: [2, 0], boundary: .wrap) },
            { _ = try image.medianFiltered(in: .size(0)) }, { _ = try image.medianFiltered(in: .sizes([3])) },
            { _ = try image.rankFiltered(9, in: .size(3)) }, { _ = try image.percentileFiltered(101, in: .size(3)) },
            { _ = try image.medianFiltered(in: .footprint(NDArray(repeating: false, shape: [3, 3]))) },
            { _ = try image.uniformFiltered(size: .max) }, { _ = try image.medianFiltered(in: .size(1 << 20)) },
            { _ = try image.maximumFiltered(in: .size(.max)) },
            { _ = try image.correlated(along: 0, weights: [1, 2, 1], origin: .max) },
            { _ = try image.medianFiltered(in: .size(3), origins: [.min, 0]) },
            { _ = try image.convolved(with: NDArray(ones: [2, 2]), origins: [.min, 0], boundary: .wrap) },
            { _ = try image.percentileFiltered(.nan, in: .size(3)) },
        ]
        for (number, refusal) in refusals.enumerated() {
            #expect(throws: NDArrayError.self, "refusal \(number)") { try refusal() }
        }
    }
}
