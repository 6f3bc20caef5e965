internal import CImJoyKernels
@testable internal import ImJoyCore
internal import Testing

/// The C kernels of windows, distances and resampled rows against the plain meaning: every type, every length around
/// the width of a vector.
@Suite struct WindowKernelTests {
    private static let lengths = Array(0...9) + [15, 16, 17, 31, 33, 63, 64, 65, 130, 300]

    private struct Numbers {
        var state: UInt64
        mutating func next() -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33)
        }
    }

    private func row<T: NDReal>(_ type: T.Type, _ count: Int, _ numbers: inout Numbers, nan: Bool = false) -> [T] {
        (0..<count).map { _ in
            let number = numbers.next()
            if nan, number % 97 == 0 { return T(casting: Double.nan, overflow: .wrap) }
            return T(casting: Int64(number % 200) - (T.dtype.isSigned || !T.dtype.isInteger ? 100 : 0), overflow: .wrap)
        }
    }

    private func expectRanks<T: NDReal>(_ type: T.Type, nan: Bool = false) {
        var numbers = Numbers(state: 5)
        for (neighbours, rowCount, width) in [(9, 3, 3), (25, 5, 5), (27, 9, 3)] {
            for step in 1...4 {
                for length in Self.lengths {
                    let rows = (0..<rowCount).map { _ in
                        row(type, length + (width - 1) * step, &numbers, nan: nan)
                    }
                    let storage = rows.map { NDArray($0) }
                    let starts = storage.map { UnsafeRawPointer($0.base + $0.layout.offset) }
                    var expected: [T] = []
                    for index in 0..<length {
                        let all = rows.flatMap { row in (0..<width).map { row[index + $0 * step] } }
                        expected.append(all.first { $0 != $0 } ?? all.sorted()[neighbours / 2])
                    }
                    func same(_ found: [T]) -> Bool {
                        zip(found, expected).allSatisfy { $0 == $1 || ($0 != $0 && $1 != $1) }
                    }
                    // One element more, so that there is always one.
                    var found = [T](repeating: .zero, count: length + 1)
                    let isDone = found.withUnsafeMutableBufferPointer {
                        imjoy_median_of_box(
                            T.dtype.kernelType, starts, neighbours, step, UnsafeMutableRawPointer($0.baseAddress!),
                            length)
                    }
                    #expect(isDone && same(found), "\(T.dtype), \(neighbours) neighbours, step \(step), \(length)")
                    guard step == 1, length > 0 else { continue }
                    let all = starts.flatMap { start in (0..<width).map { start + $0 * MemoryLayout<T>.stride } }
                    var scratch = [T](repeating: .zero, count: neighbours)
                    scratch.withUnsafeMutableBufferPointer { scratch in
                        found.withUnsafeMutableBufferPointer {
                            _ = imjoy_select_rank(
                                T.dtype.kernelType, all, neighbours, neighbours / 2,
                                UnsafeMutableRawPointer(scratch.baseAddress!), UnsafeMutableRawPointer($0.baseAddress!),
                                length)
                        }
                    }
                    #expect(same(found), "\(T.dtype), one by one, \(neighbours) neighbours, \(length)")
                    withExtendedLifetime(storage) {}
                }
            }
        }
    }

    @Test func `the middle of small boxes is that of sorted neighbours, for every type`() {
        expectRanks(UInt8.self)
        expectRanks(Int8.self)
        expectRanks(UInt16.self)
        expectRanks(Int16.self)
        expectRanks(UInt32.self)
        expectRanks(Int32.self)
        expectRanks(UInt64.self)
        expectRanks(Int64.self)
        expectRanks(Float.self, nan: true)
        expectRanks(Double.self, nan: true)
        let none: [UnsafeRawPointer] = []
        var target: UInt8 = 0
        #expect(!imjoy_median_of_box(IMJOY_UINT8, none, 8, 1, &target, 0))
        #expect(!imjoy_median_of_box(IMJOY_FLOAT16, none, 9, 1, &target, 0))
        #expect(!imjoy_median_of_box(IMJOY_UINT8, none, 9, 5, &target, 0))
    }

    @Test(arguments: [(7, 1, 3, false), (11, 1, 11, false), (5, 3, 40, false), (40, 1, 9, true), (6, 4, 50, true)])
    func `ranks from counted bytes are those of sorted ones`(_ width: Int, _ step: Int, _ height: Int, _ isWide: Bool) {
        var numbers = Numbers(state: 9)
        let count = 128
        let stride = (count + (width - 1) * step + 63) / 64 * 64
        let size = isWide ? 2 : 1
        let rows = (0..<height + 4).map { row -> [UInt8] in
            (0..<stride).map { _ in row < height ? UInt8(numbers.next() & 255) : UInt8(90 + numbers.next() % 20) }
        }
        let below = UnsafeMutableRawPointer.allocate(byteCount: 16 * stride * size, alignment: 64)
        let each = UnsafeMutableRawPointer.allocate(byteCount: 257 * stride * size, alignment: 64)
        defer {
            below.deallocate()
            each.deallocate()
        }
        below.initializeMemory(as: UInt8.self, repeating: 0, count: 16 * stride * size)
        each.initializeMemory(as: UInt8.self, repeating: 0, count: 257 * stride * size)
        for row in 0..<height - 1 { imjoy_count_bytes(isWide, rows[row], nil, below, each, stride, stride) }
        for place in [0, width * height / 2, width * height - 1] {
            var starts = [0, 0]
            var found = [UInt8](repeating: 0, count: count)
            for row in 0..<4 where place == width * height / 2 || row == 0 {
                let entering = rows[row + height - 1]
                if row > 0 {
                    imjoy_count_bytes(isWide, entering, rows[row - 1], below, each, stride, stride)
                } else if place == 0 {
                    imjoy_count_bytes(isWide, entering, nil, below, each, stride, stride)
                }
                imjoy_rank_bytes(isWide, below, each, stride, width, step, place, &starts, &found, count)
                let window = place > width * height / 2 ? 3 : row
                let expected = (0..<count).map { column in
                    rows[window..<window + height].flatMap { line in (0..<width).map { line[column + $0 * step] } }
                        .sorted()[place]
                }
                #expect(found == expected, "row \(row), place \(place)")
            }
        }
    }

    @Test func `pairs of bytes are counted as bytes`() {
        var numbers = Numbers(state: 3)
        for length in [0, 1, 7, 8, 9, 1000, 1003] {
            let bytes = (0..<length).map { _ in UInt8(numbers.next() & 255) }
            var counts = [UInt64](repeating: 1, count: 256)
            var tables = [UInt32](repeating: 9, count: 2 << 16)
            imjoy_count_byte_pairs(bytes, length, &tables, &counts)
            #expect((0..<256).allSatisfy { value in counts[value] == UInt64(1 + bytes.count { $0 == value }) })
        }
    }

    @Test func `means of rows are sums, divided`() {
        var numbers = Numbers(state: 4)
        for length in Self.lengths where length > 0 {
            for taps in 1...5 {
                let rows = (0..<taps).map { _ in row(Float.self, length, &numbers) }
                let arrays = rows.map { NDArray($0) }
                var found = [Float](repeating: 0, count: length)
                imjoy_mean_of_rows(
                    IMJOY_FLOAT32, arrays.map { UnsafeRawPointer($0.base + $0.layout.offset) }, taps, 3, &found, length)
                #expect(found == (0..<length).map { index in rows.reduce(0) { $0 + $1[index] } / 3 })
                let doubles = rows.map { NDArray($0.map { Double($0) }) }
                var wide = [Double](repeating: 0, count: length)
                imjoy_mean_of_rows(
                    IMJOY_FLOAT64, doubles.map { UnsafeRawPointer($0.base + $0.layout.offset) }, taps, 1, &wide, length)
                #expect(wide == (0..<length).map { index in rows.reduce(0) { $0 + Double($1[index]) } })
                withExtendedLifetime((arrays, doubles)) {}
            }
        }
    }

    @Test func `pairs of neighbours are gathered near and far, and blended in the order of SciPy`() {
        var numbers = Numbers(state: 6)
        for length in Self.lengths where length > 0 {
            let source = (0..<200).map { _ in Double(numbers.next() % 256) }
            // Near each other, backwards, and anywhere.
            for kind in 0..<3 {
                let first = (0..<length).map { index -> Int32 in
                    switch kind {
                    case 0: Int32(min(index * 2 / 3, 190))
                    case 1: Int32(max(190 - index, 0))
                    default: Int32(numbers.next() % 190)
                    }
                }
                let second = first.map { $0 + Int32(numbers.next() % 2) }
                var (left, right) = ([Double](repeating: 0, count: length), [Double](repeating: 0, count: length))
                imjoy_gather_pairs(source, first, second, &left, &right, length)
                #expect(left == first.map { source[Int($0)] })
                #expect(right == second.map { source[Int($0)] })
            }
            func noise(_ scale: Double) -> [Double] { (0..<length).map { _ in Double(numbers.next() % 256) * scale } }
            let (a, b, c, d) = (noise(1), noise(1), noise(1), noise(1))
            let across = noise(1 / 255.0)
            let rest = across.map { 1 - $0 }
            let down = [1.0 / 3, 2.0 / 3]
            let expected = (0..<length).map { i -> Double in
                ((a[i] * down[0] * across[i] + b[i] * down[0] * rest[i]) + c[i] * down[1] * across[i])
                    + d[i] * down[1] * rest[i]
            }
            var found = [Double](repeating: 0, count: length)
            imjoy_blend_rows(a, b, c, d, down, across, rest, &found, length)
            #expect(found == expected)
            var bytes = [UInt8](repeating: 0, count: length)
            imjoy_blend_rows_8(a, b, c, d, down, across, rest, &bytes, length)
            #expect(bytes == expected.map { UInt8(min($0 + 0.5, 255)) })
        }
    }

    @Test func `squared distances spread as far as they are less, or not at all`() {
        var numbers = Numbers(state: 8)
        for (rows, step) in [(3, 16), (20, 16), (4, 1), (10, 1)] {
            let count = 16 * rows
            let inside = 12 * step..<12 * step + count
            let memory = (0..<count + 24 * step).map { index -> Float in
                let isInside = inside.contains(index)
                return isInside && numbers.next() % 5 == 0 ? Float(numbers.next() % 30) : .infinity
            }
            var found = [Float](repeating: 0, count: count)
            let array = NDArray(memory)
            let isDone = imjoy_spread_squares(array.base + array.layout.offset + 12 * step, count, step, 12, &found)
            withExtendedLifetime(array) {}
            let expected = (0..<count).map { index -> Float in
                var least = Float.infinity
                for distance in -12...12 {
                    let place: Int = 12 * step + index + distance * step
                    least = min(least, memory[place] + Float(distance * distance))
                }
                return least
            }
            #expect(!isDone || found == expected)
            #expect(isDone == expected.allSatisfy { $0 <= 169 })
        }
        let squares: [Float] = [0, 1, 2, 4, 9, 16, 3, 5, 16_777_215]
        var roots = [Double](repeating: 0, count: squares.count)
        imjoy_roots_of_squares(squares, &roots, squares.count)
        #expect(roots == squares.map { Double($0).squareRoot() })
    }
}
