internal import CImJoyKernels
@testable internal import ImJoyCore
internal import Testing

// SciPy's and scikit-image's answers are in the vectors; here every path is compared with the plain meaning.
@Suite struct MorphologyTests {
    static let modes: [BoundaryMode?] = [.reflect, .mirror, .nearest, .wrap, .constant(3), nil]
    /// Single elements, few and many axes, and rows longer and shorter than a vector.
    static let shapes = [[1], [9], [70], [5, 7], [2, 66], [9, 2], [3, 4, 5], [1, 1, 4], [2, 2, 2, 3]]

    private func noise(_ shape: [Int], below limit: Double = 200, seed: UInt64 = 1) throws -> NDArray<Double> {
        var random = RandomGenerator(seed: UInt64(shape.reduce(1) { $0 * 31 + $1 }) + seed)
        return try random.uniform(0..<limit, shape: shape).rounded()
    }

    private func places(_ shape: [Int]) -> [[Int]] {
        shape.reduce([[]]) { all, length in all.flatMap { start in (0..<length).map { start + [$0] } } }
    }

    private func index(_ place: [Int], _ shape: [Int]) -> Int { zip(place, shape).reduce(0) { $0 * $1.1 + $1.0 } }

    /// The smallest or greatest neighbour of each element, looked for one by one.
    private func extremes(
        _ array: NDArray<Double>, _ neighbourhood: Neighbourhood, _ mode: BoundaryMode?, isLargest: Bool,
        weights: [Double]? = nil
    ) -> [Double] {
        let elements = array.elements
        let offsets = neighbourhood.offsets
        let mode = mode ?? .constant(isLargest ? -.infinity : .infinity)
        return places(array.shape).map { place in
            let values = offsets.enumerated().map { number, offset in
                var source: [Int] = []
                for axis in place.indices {
                    guard let inside = mode.place(place[axis] + offset[axis], array.shape[axis]) else {
                        return mode.value + (weights?[number] ?? 0)
                    }
                    source.append(inside)
                }
                return elements[index(source, array.shape)] + (weights?[number] ?? 0)
            }
            return (isLargest ? values.max() : values.min()) ?? .nan
        }
    }

    /// Footprints of every kind: lines, boxes small and large, with gaps, and with runs of many lengths.
    private func footprints(_ rank: Int) throws -> [NDArray<Bool>] {
        var all: [NDArray<Bool>] = [try StructuringElement.neighbours(rank: rank, connectivity: 1)]
        for lengths in [[2, 3, 1, 2], [7, 4, 2, 1], [1, 1, 5, 4], [4, 1, 1, 1]] {
            all.append(NDArray<Bool>(repeating: true, shape: Array(lengths.prefix(rank))))
            let gaps = try noise(Array(lengths.prefix(rank)), below: 4) .> 1
            if gaps.any() { all.append(gaps) }
        }
        if rank == 1 { all.append(NDArray<Bool>(repeating: true, shape: [23])) }
        if rank == 2 { all.append(try StructuringElement.disk(radius: 3)) }
        return all
    }

    @Test(arguments: modes)
    func `erosions and dilations, for every kind of footprint`(_ mode: BoundaryMode?) throws {
        for shape in Self.shapes {
            let array = try noise(shape)
            for (number, footprint) in try footprints(shape.count).enumerated() {
                let origins = footprint.shape.map { [-($0 / 2), 0, ($0 - 1) / 2][number % 3] }
                let neighbourhood = try Neighbourhood(footprint, origins)
                let window = MorphologyWindow.footprint(footprint)
                let low = extremes(array, neighbourhood, mode, isLargest: false)
                #expect(
                    try array.eroded(by: window, origins: origins, boundary: mode).elements == low,
                    "\(shape), \(footprint.shape), \(origins)")
                let high = extremes(array, neighbourhood.reflected, mode, isLargest: true)
                #expect(try array.dilated(by: window, origins: origins, boundary: mode).elements == high)
            }
        }
    }

    @Test func `a footprint with more lengths of runs than are made, and one in strips`() throws {
        let array = try noise([40, 61])
        for footprint in [try StructuringElement.disk(radius: 17), try StructuringElement.diamond(radius: 14)] {
            let neighbourhood = try Neighbourhood(footprint, [])
            let expected = extremes(array[..<4, .all].contiguous(), neighbourhood, .reflect, isLargest: false)
            let found = try array[..<4, .all].contiguous().eroded(by: .footprint(footprint))
            #expect(found.elements == expected)
        }
        let long = try noise([2, 5000])
        let disk = MorphologyWindow.footprint(try StructuringElement.disk(radius: 2))
        let whole = try long.eroded(by: disk)
        for start in stride(from: 0, to: 4900, by: 700) {
            // Away from the ends a part of the array gives a part of the result.
            let part = try long[.all, start..<start + 100].contiguous().eroded(by: disk)
            #expect(part[.all, 2..<98].contiguous() == whole[.all, start + 2..<start + 98].contiguous())
        }
    }

    @Test func `sizes are boxes, and a large one takes one axis after another`() throws {
        for shape in [[30], [12, 9], [5, 9, 7]] {
            let array = try noise(shape)
            for size in [1, 2, 3, 8, 40] {
                let box = NDArray<Bool>(repeating: true, shape: Array(repeating: size, count: shape.count))
                let few = size < 10 || shape.count == 1
                let expected =
                    few
                    ? extremes(array, try Neighbourhood(box, []), .mirror, isLargest: false)
                    : Array(repeating: array.min(), count: array.count)
                #expect(try array.eroded(by: .size(size), boundary: .mirror).elements == expected, "\(shape), \(size)")
            }
        }
    }

    @Test func `every type of numbers, and answers`() throws {
        func check<T: NDReal>(_ type: T.Type) throws {
            let array = try noise([6, 21], below: 100)
            let disk = MorphologyWindow.footprint(try StructuringElement.disk(radius: 2))
            let found = try array.cast(to: type).closed(by: disk, boundary: nil)
            #expect(found.cast(to: Double.self) == (try array.closed(by: disk, boundary: nil)), "\(type)")
        }
        try check(Int8.self)
        try check(UInt8.self)
        try check(Int16.self)
        try check(UInt16.self)
        try check(Int32.self)
        try check(UInt32.self)
        try check(Int64.self)
        try check(UInt64.self)
        try check(Float16.self)
        try check(Float.self)
        let answers = try noise([6, 21], below: 3) .> 1
        let opened = try answers.cast(to: UInt8.self).opened(by: .size(2), boundary: .wrap)
        #expect(try answers.opened(by: .size(2), boundary: .wrap) == (opened .> 0))
        let closed = try answers.cast(to: UInt8.self).closed(by: .size(3), boundary: nil)
        #expect(try answers.closed(by: .size(3), boundary: nil) == (closed .> 0))
    }

    @Test func `weights are subtracted and added`() throws {
        for shape in [[9], [5, 7], [2, 3, 4]] {
            let array = try noise(shape)
            let weights = try noise(Array([3, 2, 2].prefix(shape.count)), below: 9)
            let neighbourhood = try Neighbourhood(NDArray<Bool>(repeating: true, shape: weights.shape), [])
            let low = extremes(array, neighbourhood, .nearest, isLargest: false, weights: (-weights).elements)
            #expect(try array.eroded(by: .weights(weights), boundary: .nearest).elements == low)
            let high = extremes(
                array, neighbourhood.reflected, .nearest, isLargest: true, weights: weights.flipped().elements)
            #expect(try array.dilated(by: .weights(weights), boundary: .nearest).elements == high)
        }
        let bytes: NDArray<UInt8> = [3, 200]
        let five = NDArray<Double>([5])
        #expect(try bytes.eroded(by: .weights(five)).elements == [254, 195])
        #expect(try bytes.whiteTopHat(by: .size(2)).elements == [0, 197])
    }

    @Test func `the kernel finds what a loop finds`() throws {
        for (length, height) in [(1, 1), (5, 2), (64, 3), (300, 7)] {
            let rows = try (0..<height).map { try noise([length], seed: UInt64($0)).cast(to: Float.self).elements }
            for isLargest in [false, true] {
                var found = [Float](repeating: 0, count: length)
                let pointers = rows.map { row in
                    let copy = UnsafeMutablePointer<Float>.allocate(capacity: length)
                    copy.initialize(from: row, count: length)
                    return copy
                }
                defer { for pointer in pointers { pointer.deallocate() } }
                let isDone = imjoy_extreme_of_rows(
                    IMJOY_FLOAT32, isLargest, pointers.map { UnsafeRawPointer($0) }, height, &found, length)
                #expect(isDone)
                let expected = (0..<length).map { column in
                    rows.map { $0[column] }.reduce(rows[0][column]) { isLargest ? max($0, $1) : min($0, $1) }
                }
                #expect(found == expected, "\(length), \(height)")
            }
        }
    }

    /// One pass of a dilation or an erosion of answers, one by one.
    private func pass(
        _ array: NDArray<Bool>, _ neighbourhood: Neighbourhood, isDilation: Bool, border: Bool, mask: NDArray<Bool>?
    ) -> NDArray<Bool> {
        let numbers = array.cast(to: Double.self)
        let found = extremes(numbers, neighbourhood, .constant(border ? 1 : 0), isLargest: isDilation)
        let old = array.elements
        let isFree = mask?.elements ?? Array(repeating: true, count: old.count)
        let elements = found.indices.map { isFree[$0] ? found[$0] > 0 : old[$0] }
        return orTrap { () throws(NDArrayError) in try NDArray(elements, shape: array.shape) }
    }

    @Test(arguments: [1, 3, 40])
    func `answers, again and again, in a mask`(_ iterations: Int) throws {
        for shape in [[11], [5, 8], [2, 3, 4]] {
            let array = try noise(shape, below: 5) .> 3
            for mask in [nil, try noise(shape, below: 4, seed: 9) .> 0] {
                for border in [false, true] {
                    let structures = try [
                        StructuringElement.neighbours(rank: shape.count, connectivity: shape.count),
                        NDArray<Bool>(repeating: true, shape: Array([2, 3, 1].prefix(shape.count))),
                    ]
                    for structure in structures {
                        let neighbourhood = try Neighbourhood(structure, [])
                        var (low, high) = (array, array)
                        for _ in 0..<iterations {
                            low = pass(low, neighbourhood, isDilation: false, border: border, mask: mask)
                            high = pass(high, neighbourhood.reflected, isDilation: true, border: border, mask: mask)
                        }
                        #expect(
                            try array.eroded(by: structure, iterations: iterations, mask: mask, borderValue: border)
                                == low)
                        #expect(
                            try array.dilated(by: structure, iterations: iterations, mask: mask, borderValue: border)
                                == high)
                        if iterations == 40 {
                            #expect(try array.propagated(in: mask, by: structure, borderValue: border) == high)
                        }
                    }
                }
            }
        }
    }

    @Test func `holes, hits and misses`() throws {
        var ring = NDArray<Bool>(repeating: false, shape: [7, 7])
        ring[1..<6, 1..<6] = NDArray<Bool>(repeating: true, shape: [5, 5])
        ring[2..<5, 2..<5] = NDArray<Bool>(repeating: false, shape: [3, 3])
        #expect(try ring.filledHoles().countTrue() == 25)
        #expect(try ring.hitOrMiss().countTrue() == 0)
        let single: NDArray<Bool> = [false, true, false, true, true]
        let alone = try single.hitOrMiss(hits: [false, true, false])
        #expect(alone.elements == [false, true, false, false, false])
        // A step to the side for ever: it comes back to where it was.
        #expect(throws: NDArrayError.self) {
            try NDArray<Bool>([false, true, false, false, false]).dilated(by: [true, false, true], iterations: nil)
        }
        // With nothing to look at, all neighbours are true and none is.
        let none: NDArray<Bool> = [false]
        #expect(try single.eroded(by: none).all())
        #expect(try !single.dilated(by: none).any())
    }

    @Test func `reconstructions stop where nothing rises any more`() throws {
        for shape in [[30], [9, 14], [4, 5, 6]] {
            let mask = try noise(shape, below: 30)
            let seed = NDArray<Double>.minimum(mask, try noise(shape, below: 30, seed: 5) - 12)
            let footprint = try StructuringElement.neighbours(rank: shape.count, connectivity: shape.count)
            var expected = seed
            while true {
                let next = NDArray<Double>.minimum(mask, try expected.dilated(by: .footprint(footprint), boundary: nil))
                if next == expected { break }
                expected = next
            }
            #expect(try seed.reconstructedByDilation(under: mask) == expected)
            #expect(try (-seed).reconstructedByErosion(above: -mask) == -expected)
            let whole = try seed.cast(to: Int16.self).reconstructedByDilation(under: mask.cast(to: Int16.self))
            #expect(whole == expected.cast(to: Int16.self))
        }
    }

    @Test func `plateaus are maxima, but not beside something higher`() throws {
        let line: NDArray<Int32> = [1, 3, 3, 0, 2, 2, 4, 4, 1, 5]
        #expect(try line.localMaxima().argWhere().elements == [1, 2, 6, 7, 9])
        #expect(try line.localMaxima(allowsBorders: false).argWhere().elements == [1, 2, 6, 7])
        #expect(try line.localMinima().argWhere().elements == [0, 3, 8])
        #expect(try line.heightMaxima(3).argWhere().elements == [1, 2, 6, 7, 9])
        #expect(try line.heightMaxima(4).argWhere().elements == [9])
        #expect(try line.cast(to: Float.self).heightMaxima(3).countTrue() == 5)
        #expect(try line.depthMinima(2).argWhere().elements == [0, 3, 8])
        let wide: NDArray<UInt64> = [.max - 1, .max, 0, 1]
        #expect(try wide.localMaxima().elements == [false, true, false, true])
        let corner = try NDArray<Double>([0, 1, 0, 1, 0, 0, 0, 0, 0], shape: [3, 3])
        #expect(try corner.localMaxima(connectivity: 1).countTrue() == 2)
        #expect(!(try NDArray<Float>(ones: [3, 3]).localMaxima().any()))
    }

    @Test func `skeletons are thin, and hulls convex`() throws {
        let bar = NDArray<Bool>(repeating: true, shape: [5, 20])
        let line = try bar.skeletonized()
        #expect(line.countTrue() >= 14 && line == line & bar)
        #expect((0..<20).allSatisfy { column in line[.all, column].countTrue() <= 1 })
        #expect(try bar.thinned().countTrue() <= 20)
        #expect(try bar.thinned(iterations: 1).countTrue() < 100)

        var corners = NDArray<Bool>(repeating: false, shape: [6, 8])
        corners[1, 1] = true
        corners[1, 6] = true
        corners[4, 1] = true
        let hull = try corners.convexHull()
        #expect(hull[1, 3] && hull[2, 2] && !hull[4, 6] && !hull[0, 1])
        #expect(try !corners.convexHull(includesBorders: false)[4, 2])
        corners[1, 6] = false
        #expect(try corners.convexHull().countTrue() == 4)
        #expect(try corners.convexHull(offsetCoordinates: false).countTrue() == 0)
    }

    @Test func `structuring elements`() throws {
        #expect(try StructuringElement.disk(radius: 2).countTrue() == 13)
        #expect(try StructuringElement.disk(radius: 2, strictRadius: false).countTrue() == 21)
        #expect(try StructuringElement.ball(radius: 1).countTrue() == 7)
        #expect(try StructuringElement.diamond(radius: 2).countTrue() == 13)
        #expect(try StructuringElement.octahedron(radius: 1).countTrue() == 7)
        #expect(try StructuringElement.octagon(side: 3, slant: 2).countTrue() == 37)
        #expect(try StructuringElement.cube(width: 2).shape == [2, 2, 2])
        #expect(try StructuringElement.rectangle(rows: 2, columns: 3).all())
        let cross = try StructuringElement.neighbours(rank: 2, connectivity: 1)
        #expect(try StructuringElement.iterated(cross, iterations: 3) == StructuringElement.diamond(radius: 3))
    }

    @Test func `what does not fit is refused`() throws {
        let image = NDArray<Double>(zeros: [4, 5])
        let mask = NDArray<Bool>(repeating: true, shape: [4, 5])
        let refused: [() throws -> Void] = [
            { _ = try image.eroded(by: .size(0)) }, { _ = try image.eroded(by: .sizes([3])) },
            { _ = try image.eroded(by: .size(.max)) }, { _ = try image.dilated(by: .size(3), origins: [2, 0]) },
            { _ = try image.eroded(by: .size(3), origins: [1]) },
            { _ = try image.eroded(by: .footprint(NDArray<Bool>(repeating: false, shape: [3, 3]))) },
            { _ = try image.eroded(by: .footprint([true])) }, { _ = try image.eroded(by: .weights([1])) },
            { _ = try mask.eroded(by: .weights(NDArray<Double>(zeros: [3, 3]))) },
            { _ = try mask.eroded(by: [true]) }, { _ = try mask.eroded(iterations: 0) },
            { _ = try mask.eroded(mask: [true]) }, { _ = try mask.eroded(origins: [2, 0]) },
            { _ = try image.reconstructedByDilation(under: image - 1) },
            { _ = try image.reconstructedByErosion(above: image + 1) },
            { _ = try image.reconstructedByDilation(under: NDArray<Double>(zeros: [5, 4])) },
            { _ = try image.reconstructedByDilation(under: image, footprint: mask) },
            { _ = try image.reconstructedByDilation(under: image, footprint: mask, offset: [4, 0]) },
            { _ = try image.localMaxima(footprint: mask) }, { _ = try image.heightMaxima(0) },
            { _ = try image.heightMaxima(.nan) }, { _ = try mask.thinned(iterations: 0) },
            { _ = try mask.insertingAxis(at: 0).skeletonized() }, { _ = try mask.flattened().convexHull() },
            { _ = try StructuringElement.disk(radius: -1) }, { _ = try StructuringElement.ball(radius: .max) },
            { _ = try StructuringElement.box(shape: [1 << 40, 1 << 40]) },
            { _ = try StructuringElement.neighbours(rank: -1, connectivity: 1) },
            { _ = try StructuringElement.octagon(side: 0, slant: 0) },
        ]
        for (number, call) in refused.enumerated() {
            #expect(throws: NDArrayError.self, "\(number)") { try call() }
        }
    }

    @Test func `empty arrays stay empty`() throws {
        for shape in [[0], [0, 3], [2, 0, 3]] {
            let array = NDArray<Float>(zeros: shape)
            let mask = NDArray<Bool>(repeating: true, shape: shape)
            #expect(try array.opened(by: .size(3)).shape == shape)
            #expect(try mask.eroded(iterations: nil).shape == shape)
            #expect(try mask.filledHoles().shape == shape)
            #expect(try array.localMaxima().shape == shape)
            #expect(try array.heightMinimaShape() == shape)
            #expect(try array.reconstructedByDilation(under: array).shape == shape)
        }
        let empty = NDArray<Bool>(repeating: true, shape: [0, 3])
        #expect(try empty.skeletonized().isEmpty && empty.convexHull().isEmpty)
    }
}

extension NDArray<Float> {
    fileprivate func heightMinimaShape() throws -> [Int] { try depthMinima(1).shape }
}
