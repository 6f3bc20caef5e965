internal import CImJoyKernels
@testable internal import ImJoyCore
internal import Testing

// SciPy's and scikit-image's answers are in the vectors; here fast paths are compared with the plain meaning of an
// interpolation: every neighbour times its weights, one point after the other.
@Suite struct GeometryTests {
    static let modes: [InterpolationMode] = [
        .reflect, .mirror, .nearest, .wrap, .gridWrap, .constant(3), .gridConstant(-2),
    ]
    static let shapes = [[1], [6], [40], [5, 7], [1, 4], [6, 1], [2, 70], [3, 4, 5], [4, 5, 3], [2, 3, 2, 3]]

    private func noise(_ shape: [Int]) throws -> NDArray<Double> {
        var random = RandomGenerator(seed: UInt64(shape.reduce(1) { $0 * 31 + $1 }))
        return try random.uniform(0..<200, shape: shape).rounded()
    }

    private func places(_ shape: [Int]) -> [[Int]] {
        shape.reduce([[]]) { all, length in all.flatMap { start in (0..<length).map { start + [$0] } } }
    }

    /// A B-spline of some degree, from its truncated powers.
    private func bell(_ degree: Int, _ x: Double) -> Double {
        if degree == 0 { return x > -0.5 && x <= 0.5 ? 1 : 0 }
        let half = Double(degree + 1) / 2
        return ((half + x) * bell(degree - 1, x + 0.5) + (half - x) * bell(degree - 1, x - 0.5)) / Double(degree)
    }

    /// The value at a point between coefficients, by the definition of the modes.
    private func value(
        _ array: NDArray<Double>, _ point: [Double], _ order: Int, _ mode: InterpolationMode
    ) -> Double {
        let inside = point.indices.map { mode.inside(point[$0], array.shape[$0]) }
        if case .constant(let value) = mode, inside.contains(where: { $0 <= -1 }) { return value }
        var sum = 0.0
        for offset in places(point.map { _ in order + 2 }) {
            var (weight, index) = (1.0, [Int]())
            var isOutside = false
            for axis in point.indices {
                let neighbour = Int(inside[axis].rounded(.down)) - order / 2 + offset[axis]
                weight *= bell(order, Double(neighbour) - inside[axis])
                let length = array.shape[axis]
                if let place = mode.place(neighbour, length) { index.append(place) } else { isOutside = true }
            }
            if weight == 0 { continue }
            var element = array
            if !isOutside { for place in index { element = element[place, AxisSlice.ellipsis] } }
            sum += weight * (isOutside ? mode.value : element.item)
        }
        return sum
    }

    @Test(arguments: modes)
    func `resampled axes and mapped points agree with the sum over all neighbours`(_ mode: InterpolationMode) throws {
        for shape in [[1], [6], [4, 5], [2, 3, 3]] {
            let array = try noise(shape)
            for order in shape.count == 3 ? [1] : [1, 2, 3, 4, 5] {
                let distances = shape.indices.map { 0.3 + 1.4 * Double($0) }
                let moved = try array.shifted(by: distances, order: order, mode: mode, prefilters: false)
                let expected = places(shape).map { place in
                    value(array, place.indices.map { Double(place[$0]) - distances[$0] }, order, mode)
                }
                for (found, wanted) in zip(moved.elements, expected) {
                    #expect((found - wanted).magnitude < 1e-9, "\(shape), order \(order)")
                }
            }
        }
    }

    @Test(arguments: modes)
    func `every way to the same points gives the same values`(_ mode: InterpolationMode) throws {
        for shape in Self.shapes {
            let array = try noise(shape)
            let newShape = shape.map { $0 * 3 / 2 + 1 }
            let steps = shape.indices.map { 0.8 - 0.7 * Double($0 % 2) }
            let offsets = shape.indices.map { -0.7 + 0.45 * Double($0) }
            let points = places(newShape)
            let coordinates = try NDArray<Double>(
                shape.indices.flatMap { axis in points.map { offsets[axis] + Double($0[axis]) * steps[axis] } },
                shape: [shape.count] + newShape)
            var matrix = NDArray<Double>(zeros: [shape.count, shape.count])
            for axis in shape.indices { matrix[axis, axis] = steps[axis] }
            for order in [0, 1, 3] {
                let one = try array.sampled(at: coordinates, order: order, mode: mode)
                let two = try array.affineTransformed(
                    by: matrix, offset: offsets, shape: newShape, order: order, mode: mode)
                #expect(one.shape == newShape && (one - two).abs().max() < 1e-9, "\(shape), order \(order)")
                let single = try array.cast(to: Float.self).affineTransformed(
                    by: matrix, offset: offsets, shape: newShape, order: order, mode: mode)
                #expect((single.cast(to: Double.self) - one).abs().max() < 1e-3, "\(shape), order \(order)")
                let whole = try array.cast(to: Int32.self).affineTransformed(
                    by: matrix, offset: offsets, shape: newShape, order: order, mode: mode)
                #expect((whole.cast(to: Double.self) - one).abs().max() <= 0.5 + 1e-9, "\(shape), order \(order)")
            }
        }
    }

    @Test(arguments: modes)
    func `planes of single precision are mapped as those of double precision`(_ mode: InterpolationMode) throws {
        for shape in [[1, 5], [2, 2], [9, 50], [40, 7]] {
            let array = try noise(shape)
            for numbers in [[1.0, 0.2, -0.3, 1], [0, 1, 1, 0], [-1, 0.01, 0, 1], [0.5, 3, 0.2, 0]] {
                let matrix = try NDArray<Double>(numbers, shape: [2, 2])
                let wanted = try array.affineTransformed(
                    by: matrix, offset: [1, -0.5], shape: [45, 67], order: 1, mode: mode)
                let found = try array.cast(to: Float.self).affineTransformed(
                    by: matrix, offset: [1, -0.5], shape: [45, 67], order: 1, mode: mode)
                #expect((found.cast(to: Double.self) - wanted).abs().max() < 1e-3, "\(shape), \(numbers)")
            }
        }
    }

    @Test func `whole distances, right angles and factors of one move elements as they are`() throws {
        let image = try noise([5, 8])
        let bytes = image.cast(to: UInt8.self)
        for order in 0...5 {
            #expect(
                try bytes.shifted(by: [2, -3], order: order, mode: .gridWrap)
                    == bytes.rolled(by: [2, -3], along: [0, 1]))
            #expect(try bytes.rotated(degrees: 90, order: order) == bytes.rotated())
            #expect(try bytes.rotated(degrees: -450, order: order) == bytes.rotated(quarterTurns: 3))
            #expect(try bytes.zoomed(by: [1], order: order) == bytes)
        }
        let stack = try noise([3, 4, 5, 2])
        #expect(try stack.rotated(degrees: 90, axes: (1, -2), order: 1) == stack.rotated(axes: (1, 2)))
        let line = NDArray<Float>.arange(20)
        let back = try line.zoomed(by: [2], order: 3, mode: .mirror).zoomed(by: [0.5], order: 1, mode: .mirror)
        #expect(back.shape == [20] && back[0].magnitude < 1e-5 && (back[19] - 19).magnitude < 1e-5)
    }

    @Test func `integers are rounded away from zero and stay in their range`() throws {
        let bytes = try NDArray<UInt8>([0, 1, 255, 254], shape: [4])
        #expect(try bytes.shifted(by: [0.5], order: 1, mode: .mirror).elements == [1, 1, 128, 255])
        let signed: NDArray<Int8> = [-1, -2, 127, -128]
        #expect(try signed.shifted(by: [0.5], order: 1, mode: .mirror).elements == [-2, -2, 63, -1])
        let steep: NDArray<Int8> = [-128, 127, 127, -128, -128, 127, 127]
        #expect(try steep.zoomed(by: [8], order: 5, mode: .mirror).max() == 127)
        #expect(try bytes.shifted(by: [9], order: 1, mode: .constant(300)).elements == [255, 255, 255, 255])
        let large: NDArray<Int64> = [.max, .min, .max - 1]
        #expect(try large.shifted(by: [1], order: 0, mode: .nearest).elements == [.max, .max, .min])
        // A sixth of whole numbers makes many halves; the sum along axes must not decide about them.
        let image = try noise([20, 30]).cast(to: UInt8.self)
        let zoomed = try image.zoomed(by: [1.5], order: 1, mode: .nearest, aligning: .edges)
        let grid = ZoomAlignment.edges.coordinates(from: 20, to: 30)
        let columns = ZoomAlignment.edges.coordinates(from: 30, to: 45)
        let rows: [Double] = grid.flatMap { Array(repeating: $0, count: 45) }
        let others: [Double] = grid.flatMap { _ in columns }
        let points = try NDArray<Double>(rows + others, shape: [2, 30, 45])
        #expect(try image.sampled(at: points, order: 1, mode: .nearest) == zoomed)
    }

    @Test func `NaN spreads to what is computed from it, and points that are no numbers are outside`() throws {
        var image = NDArray<Float>(ones: [6, 6])
        image[3, 3] = .nan
        #expect(try image.zoomed(by: [2, 1], order: 1, mode: .nearest).isNaN.countTrue() == 8)
        #expect(try image.zoomed(by: [2, 2], order: 0).isNaN.countTrue() == 4)
        let points: NDArray<Double> = [.nan, .infinity, -.infinity, 1e300, -1e300, 0x1p70]
        for mode in Self.modes {
            for order in [0, 1, 3] {
                let values = try NDArray<Double>(ones: [4]).sampled(
                    at: points.reshaped(to: [1, 6]), order: order, mode: mode)
                #expect(values.count == 6 && values[0] == mode.value, "\(mode), order \(order)")
            }
        }
    }

    @Test func `resized images keep their mean, their range and their channels`() throws {
        let image = try noise([12, 16])
        let half = try image.resampled(to: [6, 8], antialiasing: .none)
        #expect((half - (try image.blockMean(of: [2]))).abs().max() < 1e-12)
        let single = try image.cast(to: Float.self).resampled(to: [6, 8], antialiasing: .none).cast(to: Double.self)
        #expect((single - half).abs().max() < 1e-4)
        let smooth = try image.resampled(to: [6, 8])
        let sigma = try image.gaussianFiltered(sigma: 0.5, boundary: .mirror).resampled(
            to: [6, 8], antialiasing: .none)
        #expect((smooth - sigma).abs().max() < 1e-12)
        #expect(try image.resampled(to: [6, 8], antialiasing: .sigmas([0.5])) == smooth)
        let large = try image.resampled(to: [50, 40], order: 3)
        #expect(large.min() >= image.min() && large.max() <= image.max())
        #expect(try image.resampled(to: [50, 40], order: 3, clips: false).max() > image.max())
        let picture = try NDArray.stack([image, image + 300], along: 2)
        let small = try picture.resampled(to: [5, 7])
        #expect(try small[.all, .all, 1] == (image + 300).resampled(to: [5, 7]) && small.shape == [5, 7, 2])
        #expect(try picture.rescaled(by: [0.5, 0.5, 1]).shape == [6, 8, 2])
        #expect(try image.rescaled(by: [0.01]).shape == [1, 1])
        let labels = image.cast(to: Int32.self)
        let coarse = try labels.resampled(to: [5, 5], order: 0)
        #expect(coarse.elements.allSatisfy { labels.elements.contains($0) })
        #expect(try labels.resampled(to: [5, 5], order: 0, antialiasing: .always) != coarse)
        let ones = NDArray<Double>(ones: [3])
        #expect(try ones.resampled(to: [9], boundary: .constant(5)).max() == 1)
        #expect(try ones.resampled(to: [9], boundary: .constant(5), clips: false).max() > 2)
    }

    @Test func `blocks are folded, what is missing in them is the padding`() throws {
        let array = try noise([5, 7])
        let padded = try array.padded([(0, 1), (0, 2)], with: .constant(9))
        var parts: [NDArray<Double>] = []
        for row in [0, 2, 4] {
            for column in [0, 3, 6] { parts.append(padded[row..<row + 2, column..<column + 3]) }
        }
        #expect(try array.blockMax(of: [2, 3], padding: 9).elements == parts.map { $0.max() })
        #expect(try array.blockMin(of: [2, 3], padding: 9).elements == parts.map { $0.min() })
        #expect(try array.blockSum(of: [2, 3], padding: 9).elements == parts.map { $0.sum() })
        #expect(try array.blockMean(of: [2, 3], padding: 9).elements == parts.map { $0.mean() })
        #expect(try array.blockMedian(of: [2, 3], padding: 9).elements == parts.map { $0.median() })
        #expect(try array.cast(to: UInt8.self).blockSum(of: [5, 7]).elements == [UInt64(array.sum())])
        #expect(try array.blocks(of: [1]).shape == [5, 7, 1, 1])
        let bytes = array.cast(to: UInt8.self)
        #expect(try bytes.blockMax(of: [2, 2]).cast(to: Double.self) == array.blockMax(of: [2, 2]))
    }

    @Test func `pyramids end where images do not get smaller`() throws {
        let image = try noise([9, 12])
        let levels = try image.gaussianPyramid()
        #expect(levels.map(\.shape) == [[9, 12], [5, 6], [3, 3], [2, 2], [1, 1]])
        #expect(try levels[1] == image.pyramidReduced() && levels[0] == image)
        #expect(try image.gaussianPyramid(levels: 1).count == 2)
        #expect(try image.pyramidExpanded(by: 1.5).shape == [14, 18])
        let differences = try image.laplacianPyramid()
        #expect(differences.count == 5)
        let whole = try differences[0] + image.gaussianFiltered(sigma: 2.0 / 3)
        #expect((whole - image).abs().max() < 1e-9)
        let colours = try NDArray.stack([image, image], along: 2)
        let reduced = try colours.pyramidReduced(channelAxis: -1)
        #expect((reduced[.all, .all, 0] - levels[1]).abs().max() < 1e-12)
    }

    @Test func `masks have the nearest elements`() throws {
        let bytes = try noise([6, 7]).cast(to: UInt8.self)
        let mask = bytes .> 100
        let map = try NDArray<Double>([0.9, 0.2, -0.1, 1.1], shape: [2, 2])
        #expect(try mask.resampled(to: [9, 20]) == (bytes.resampled(to: [9, 20], order: 0) .> 100))
        #expect(try mask.zoomed(by: [1.7]) == (bytes.zoomed(by: [1.7], order: 0) .> 100))
        #expect(try mask.shifted(by: [1.2, -2]) == (bytes.shifted(by: [1.2, -2], order: 0) .> 100))
        #expect(try mask.rotated(degrees: 33) == (bytes.rotated(degrees: 33, order: 0) .> 100))
        #expect(try mask.affineTransformed(by: map) == (bytes.affineTransformed(by: map, order: 0) .> 100))
    }

    @Test func `kernels give what plain loops give`() throws {
        for count in [0, 1, 7, 31, 32, 33, 100] {
            let row = try noise([2 * count + 2]).elements.map { Float($0) }
            let places = (0..<4 * count).map { Int32($0 * 7 % row.count) }
            let weights = (0..<4 * count).map { Float($0 % 5) / 4 }
            for taps in [2, 3, 4] {
                var found = [Float](repeating: 0, count: count)
                imjoy_weighted_gather(IMJOY_FLOAT32, row, places, weights, taps, &found, count)
                let wanted = (0..<count).map { index in
                    (0..<taps).map { row[Int(places[$0 * count + index])] * weights[$0 * count + index] }.reduce(0, +)
                }
                #expect(zip(found, wanted).allSatisfy { ($0 - $1).magnitude < 1e-3 }, "\(count), \(taps)")
            }
        }
    }

    @Test func `empty arrays stay empty, and bad input is refused`() throws {
        let empty = NDArray<Float>(zeros: [0, 4])
        #expect(try empty.shifted(by: [1]).shape == [0, 4] && empty.zoomed(by: [2]).shape == [0, 8])
        #expect(try empty.resampled(to: [0, 2]).shape == [0, 2] && empty.blockSum(of: [2]).shape == [0, 2])
        #expect(try empty.rotated(degrees: 30, reshapes: false).shape == [0, 4])
        let image = try noise([5, 6])
        #expect(try image.zoomed(by: [0, 1]).shape == [0, 6])
        let eye = NDArray<Double>.eye(2)
        let refusals: [() throws -> Void] = [
            { _ = try image.shifted(by: [1, 2, 3]) }, { _ = try image.shifted(by: [1], order: 6) },
            { _ = try image.shifted(by: [1], order: -1) }, { _ = try image.zoomed(by: [-1]) },
            { _ = try image.zoomed(by: [.nan]) }, { _ = try image.zoomed(by: [1e300]) },
            { _ = try image.zoomed(by: [1e8]) }, { _ = try image.zoomed(by: []) },
            { _ = try image.rotated(degrees: .nan) }, { _ = try image.rotated(degrees: 1, axes: (0, 0)) },
            { _ = try image.rotated(degrees: 1, axes: (0, 2)) }, { _ = try image[0, .all].rotated(degrees: 1) },
            { _ = try image.affineTransformed(by: NDArray.eye(3), offset: [1, 2, 3]) },
            { _ = try image.affineTransformed(by: NDArray(ones: [3, 3])) },
            { _ = try image.affineTransformed(by: NDArray(ones: [3])) },
            { _ = try image.affineTransformed(by: eye, shape: [-1, 2]) },
            { _ = try image.affineTransformed(by: eye, shape: [.max, .max]) },
            { _ = try image.affineTransformed(by: NDArray(ones: [2, 3, 2])) },
            { _ = try image.affineTransformed(by: eye, shape: [3]) },
            { _ = try image.sampled(at: NDArray(ones: [3, 4])) }, { _ = try image.sampled(at: NDArray(scalar: 1)) },
            { _ = try image.resampled(to: [4, 4, 4, 4], order: 9) }, { _ = try image.resampled(to: []) },
            { _ = try image.resampled(to: [-4, 4]) }, { _ = try image.resampled(to: [.max, 4]) },
            { _ = try image.resampled(to: [3, 3], antialiasing: .sigmas([-1])) },
            { _ = try image.resampled(to: [3, 3], antialiasing: .sigmas([1, 2, 3])) },
            { _ = try image.rescaled(by: [1, 2, 3]) }, { _ = try image.blockSum(of: [0]) },
            { _ = try image.blockSum(of: [1, 2, 3]) }, { _ = try image.blockMax(of: [.max]) },
            { _ = try image.pyramidReduced(by: 1) }, { _ = try image.pyramidReduced(channelAxis: 2) },
            { _ = try image.pyramidExpanded(by: .nan) }, { _ = try empty.shifted(by: [1], order: 7) },
            { _ = try empty.resampled(to: [3, 3]) }, { _ = try image.gaussianPyramid(by: .infinity) },
        ]
        for (number, refusal) in refusals.enumerated() {
            #expect(throws: NDArrayError.self, "refusal \(number)") { try refusal() }
        }
    }

    @Test func `infinity stays infinity, and too many neighbours or elements are refused`() throws {
        let bright = NDArray<Float>(repeating: .infinity, shape: [5, 5])
        let shear = try NDArray<Double>([1, 0.25, 0, 1], shape: [2, 2])
        let moved = try bright.affineTransformed(by: shear, offset: [0.3, 0.3], order: 1, mode: .constant(0))
        #expect(moved[0, 0] == .infinity && !moved.isNaN.any())
        let large = try NDArray<Float>([3e38, -3e38, 3e38, -3e38], shape: [2, 2])
        let turn = try NDArray<Double>([1, 1e-9, 0, 1], shape: [2, 2])
        #expect(try large.affineTransformed(by: turn, order: 1)[0, 0] == 3e38)
        let deep = NDArray<Double>(zeros: Array(repeating: 1, count: 32))
        #expect(throws: NDArrayError.self) { try deep.sampled(at: NDArray(zeros: [32, 1]), order: 3) }
        let wide = try NDArray<Double>(zeros: [1]).broadcast(to: [1 << 48])
        #expect(throws: NDArrayError.self) { try wide.shifted(by: [1]) }
        let ones = try NDArray<Bool>(repeating: true, shape: [1]).broadcast(to: [1 << 41])
        #expect(throws: NDArrayError.self) { try StructuringElement.iterated(ones, iterations: 1 << 24) }
    }
}
