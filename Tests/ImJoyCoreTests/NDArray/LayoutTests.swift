internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

@Suite struct LayoutTests {
    @Test func `every small layout reads its elements in row-major order`() throws {
        for example in try EveryLayout.all() {
            let expected = (0..<example.array.count).map(Int32.init)
            #expect(example.array.elements == expected, "\(example)")
            #expect(ReferenceArray(example.array).elements == expected, "\(example)")
        }
    }

    @Test func `runs visit every element of three arrays once and in order`() throws {
        for shape in EveryLayout.shapes(upToRank: 3) {
            let layouts = try EveryLayout.examples(shape: shape).map(\.array.layout)
            for (index, a) in layouts.enumerated() where index % 3 == 0 {
                let b = layouts[(index * 7 + 3) % layouts.count]
                let c = layouts[(index * 5 + 1) % layouts.count]
                var visited: [[Int]] = []
                StridedRuns(a, b, c).forEach { run in
                    for i in 0..<run.count {
                        visited.append([
                            run.a.start + i * run.a.step, run.b.start + i * run.b.step, run.c.start + i * run.c.step,
                        ])
                    }
                }
                let expected = try ReferenceArray<Int32>.indices(shape).map { at in
                    [try a.position(of: at), try b.position(of: at), try c.position(of: at)]
                }
                #expect(visited == expected, "shape \(shape)")
            }
        }
    }

    @Test func `contiguous data is a single run`() throws {
        let layout = try Layout(shape: [2, 3, 4])
        var runs = StridedRuns(layout, layout)
        #expect(runs.next()?.count == 24)
        #expect(runs.next() == nil)
    }

    @Test func `slices agree with a list of indices for every start, stop and step`() throws {
        let bounds: [Int?] = [nil] + (-5...5).map { $0 }
        for length in 0...4 {
            let array = NDArray<Int32>.arange(Int32(length))
            for start in bounds {
                for stop in bounds {
                    for step in -5...5 where step != 0 {
                        let part = try array.sliced([AxisSlice.slice(from: start, to: stop, by: step)])
                        #expect(
                            part.elements.map(Int.init) == reference(length, start, stop, step),
                            "\(length): \(String(describing: start)):\(String(describing: stop)):\(step)")
                    }
                }
            }
        }
    }

    /// Python's rule, by walking.
    private func reference(_ length: Int, _ start: Int?, _ stop: Int?, _ step: Int) -> [Int] {
        let wholes = Array(0..<length)
        func bound(_ value: Int?, _ whenMissing: Int) -> Int {
            guard let value else { return whenMissing }
            let place = value < 0 ? value + length : value
            return step > 0 ? min(max(place, 0), length) : min(max(place, -1), length - 1)
        }
        var index = bound(start, step > 0 ? 0 : length - 1)
        let end = bound(stop, step > 0 ? length : -1)
        var picked: [Int] = []
        while step > 0 ? index < end : index > end {
            picked.append(wholes[index])
            index += step
        }
        return picked
    }

    @Test func `every reshape of every small layout keeps the order of the elements`() throws {
        let shapes = EveryLayout.shapes(upToRank: 3)
        for example in try EveryLayout.all() {
            for shape in shapes where shape.reduce(1, *) == example.array.count {
                let reshaped = try example.array.reshaped(to: shape)
                #expect(reshaped.shape == shape)
                #expect(reshaped.elements == example.array.elements, "\(example) to \(shape)")
            }
        }
    }

    @Test func `reshaping shares memory where the strides allow it`() throws {
        let array = NDArray<Int32>.arange(24).with(.rowMajor([2, 3, 4], count: 24))
        #expect(try array.reshaped(to: [6, 4]).storage === array.storage)
        #expect(try array[.all, 0..<2, .all].reshaped(to: [2, 8]).storage === array.storage)
        #expect(try array[.all, .all, .step(2)].reshaped(to: [6, 2]).storage === array.storage)
        #expect(try array.transposed().reshaped(to: [24]).storage !== array.storage)
    }

    @Test func `broadcasting follows the rule for every pair of small shapes`() throws {
        for a in EveryLayout.shapes(upToRank: 3, longest: 2) {
            for b in EveryLayout.shapes(upToRank: 2, longest: 3) {
                let rank = max(a.count, b.count)
                let padded = [a, b].map { [Int](repeating: 1, count: rank - $0.count) + $0 }
                let fits = zip(padded[0], padded[1]).allSatisfy { $0 == $1 || $0 == 1 || $1 == 1 }
                let common = try? Layout.commonShape(a, b)
                #expect(common == (fits ? zip(padded[0], padded[1]).map { $0 == 1 ? $1 : $0 } : nil), "\(a) \(b)")
            }
        }
    }

    @Test func `odd shapes are refused before memory is taken`() {
        for shape in [
            [-1], [2, -3], [Int.max, 2], [Int.max / 8], [Int](repeating: 1, count: 65), [1 << 32, 1 << 32],
        ] {
            #expect(throws: NDArrayError.self) { try Layout(shape: shape) }
            #expect(throws: NDArrayError.self) { try NDArray<UInt8>(sharing: .empty, shape: shape) }
        }
        // No elements, whatever the other lengths multiply to.
        #expect(throws: NDArrayError.self) { try Layout(shape: [0, Int.max, Int.max]) }
        #expect(throws: NDArrayError.self) {
            try Layout(shape: [3, 3], strides: [Int.max, 1], offset: 0, elementCapacity: 9)
        }
        #expect(throws: NDArrayError.self) { try Layout(shape: [3], strides: [-1], offset: 1, elementCapacity: 9) }
    }

    @Test func `layouts that show an element twice are known`() throws {
        let array = NDArray<Int32>.arange(12)
        #expect(!(try array.broadcast(to: [2, 12])).layout.hasDistinctElements)
        let windows = try Layout(shape: [3, 3], strides: [1, 1], offset: 0, elementCapacity: 12)
        #expect(!windows.hasDistinctElements)
        for example in try EveryLayout.all() where example.array.count > 0 {
            #expect(example.array.layout.hasDistinctElements, "\(example)")
        }
    }
}
