internal import ComplexModule
internal import Testing

@testable internal import ImJoyCore

/// Lengths on both sides of where other methods begin, and one with a last piece that is not full.
private let lengths = [0, 1, 2, 3, 100, 511, 512, 513, 2048, 5000, 70000]

private func integers<T: FixedWidthInteger>(_ type: T.Type, _ count: Int, _ range: ClosedRange<T>) -> [T] {
    var numbers = SeededGenerator(seed: UInt64(count))
    return (0..<count).map { _ in T.random(in: range, using: &numbers) }
}

/// Numbers of all sizes, and all that are special, some of them often.
private func floats<T: BinaryFloatingPoint>(_ type: T.Type, _ count: Int) -> [T]
where T.RawSignificand: FixedWidthInteger {
    var numbers = SeededGenerator(seed: UInt64(count))
    let special: [T] = [
        0, -0.0, .infinity, -.infinity, .nan, -.nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 1,
    ]
    return (0..<count).map { _ in
        Int.random(in: 0..<4, using: &numbers) == 0
            ? special.randomElement(using: &numbers) ?? 0 : T.random(in: -100...100, using: &numbers)
    }
}

@Suite struct `Sorting by digits` {
    /// NaN last, both zeros equal, and equal ones as they came.
    private func expected<T: NDElement & BinaryFloatingPoint>(_ values: [T]) -> [Int] {
        values.indices.sorted { a, b in
            let (x, y) = (values[a], values[b])
            if x.isNaN || y.isNaN { return x.isNaN == y.isNaN ? a < b : y.isNaN }
            return x == y ? a < b : x < y
        }
    }

    private func check<T: NDReal & BinaryFloatingPoint>(_ values: [T], bits: (T) -> UInt64) throws {
        let array = NDArray(values)
        let order = expected(values)
        #expect(try array.argSort().elements == order.map { Int64($0) }, "\(T.self), \(values.count)")
        #expect(try array.sorted().elements.map(bits) == order.map { bits(values[$0]) }, "\(T.self), \(values.count)")
        var seen: [T] = []
        for index in order where seen.last.map({ $0 != values[index] && !($0.isNaN && values[index].isNaN) }) ?? true {
            seen.append(values[index])
        }
        #expect(array.unique().elements.map(bits) == seen.map(bits), "\(T.self), \(values.count)")
    }

    @Test(arguments: lengths) func `orders floats as comparing does`(_ count: Int) throws {
        try check(floats(Float.self, count)) { UInt64($0.bitPattern) }
        try check(floats(Double.self, count)) { $0.bitPattern }
        try check(floats(Float16.self, count)) { UInt64($0.bitPattern) }
    }

    private func check<T: NDInteger>(_ values: [T]) throws {
        let array = NDArray(values)
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        #expect(try array.argSort().elements == order.map { Int64($0) }, "\(T.self), \(values.count)")
        #expect(try array.sorted().elements == values.sorted(), "\(T.self), \(values.count)")
        #expect(array.unique().elements == Set(values).sorted(), "\(T.self), \(values.count)")
    }

    @Test(arguments: lengths) func `orders integers as comparing does`(_ count: Int) throws {
        func checkAll<T: NDInteger>(_ type: T.Type) throws {
            try check(integers(type, count, .min ... .max))
            try check(integers(type, count, 1...3))
        }
        try checkAll(Int8.self)
        try checkAll(UInt8.self)
        try checkAll(Int16.self)
        try checkAll(UInt16.self)
        try checkAll(Int32.self)
        try checkAll(UInt32.self)
        try checkAll(Int64.self)
        try checkAll(UInt64.self)
    }

    @Test func `follows every axis`() throws {
        let array = try NDArray(integers(Int32.self, 3 * 600 * 4, -50...50), shape: [3, 600, 4])
        for axis in 0..<3 {
            let sorted = try array.sorted(along: axis)
            #expect(try array.taking(alongAxis: axis, array.argSort(along: axis)) == sorted)
            let lanes = try array.movingAxis(axis, to: -1).contiguous().elements.chunked(array.shape[axis])
            let sortedLanes = try sorted.movingAxis(axis, to: -1).contiguous().elements.chunked(array.shape[axis])
            #expect(sortedLanes == lanes.map { $0.sorted() })
        }
    }
}

extension Array {
    fileprivate func chunked(_ count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<$0 + count]) }
    }
}

@Suite struct `Selecting by digits` {
    @Test func `averages two middles that are equal`() throws {
        // Their sum is too large for a double, as in NumPy.
        let large = NDArray<Double>(repeating: .greatestFiniteMagnitude, shape: [4, 64])
        #expect(try large.median(along: [0]).elements.allSatisfy { $0 == .infinity })
        #expect(large.median() == .infinity)
        let zeros = NDArray<Float>(repeating: -0.0, shape: [3, 64])
        #expect(try zeros.median(along: [0]).elements.allSatisfy { $0.sign == .plus })
    }

    @Test func `narrows down what lies close together`() throws {
        for (offset, step) in [(0.5, 1e-7), (1e15, 1.0), (-3, 1e-12)] {
            let values = (0..<10000).map { offset + step * Double(($0 * 7919) % 10000) }
            let sorted = values.sorted()
            #expect(try NDArray(values).percentile(25, method: .lower) == sorted[2499])
            #expect(NDArray(values).median() == (sorted[4999] + sorted[5000]) / 2)
        }
    }

    @Test(arguments: lengths.filter { $0 > 0 }) func `finds what sorting finds`(_ count: Int) throws {
        let values = floats(Float.self, count).map { $0.isNaN ? 3 : $0 }
        let sorted = try NDArray(values).sorted().elements
        for percent in [0.0, 1, 33, 50, 99, 100] {
            let place = percent / 100 * Double(count - 1)
            let found = try NDArray(values).percentile(percent, method: .lower)
            #expect(found == sorted[Int(place.rounded(.down))], "\(percent) of \(count)")
        }
        let middle = [sorted[(count - 1) / 2], sorted[count / 2]]
        #expect(NDArray(values).median() == (middle[0] == middle[1] ? middle[0] : (middle[0] + middle[1]) / 2))
        // One NaN is enough, unless it is left out.
        let withNaN = NDArray(values + [.nan])
        #expect(withNaN.median().isNaN)
        #expect(try withNaN.nanMedian().item == NDArray(values).median())
    }

    @Test(arguments: lengths.filter { $0 > 0 }) func `finds places among integers`(_ count: Int) throws {
        func check<T: NDInteger>(_ values: [T]) throws {
            let sorted = values.sorted()
            for percent in [0.0, 50, 100] {
                let place = Int((percent / 100 * Double(count - 1)).rounded(.down))
                #expect(try NDArray(values).percentile(percent, method: .lower) == sorted[place].asDouble)
            }
        }
        try check(integers(UInt8.self, count, .min ... .max))
        try check(integers(Int16.self, count, .min ... .max))
        try check(integers(UInt16.self, count, 7...7))
        try check(integers(Int32.self, count, .min ... .max))
        try check(integers(UInt64.self, count, 1...1 << 40))
    }

    @Test(arguments: 3...26) func `finds the median of planes`(_ planes: Int) throws {
        func check<T: NDReal>(_ array: NDArray<T>) throws {
            #expect(try (array.mediansOfPlanes(along: 1, keepingAxis: false) != nil) == (planes <= 25))
            let lanes = try array.movingAxis(1, to: -1).contiguous()
            let medians = lanes.elements.chunked(planes).map { lane -> T.Mean in
                // Each lane by itself is selected from.
                NDArray(lane).median()
            }
            for found in [try array.median(along: [1]), try lanes.median(along: [-1])] {
                #expect(found.shape == [2, 13, 101])
                #expect(zip(found.elements, medians).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "\(T.self)")
            }
        }
        let shape = [2, planes, 13, 101]
        let count = shape.reduce(1, *)
        var values = floats(Float.self, count)
        // With many of them each median would be NaN.
        for (index, value) in values.enumerated() where value.isNaN && index % 50 != 0 { values[index] = 2 }
        try check(NDArray(values, shape: shape))
        try check(NDArray(values.map { Double($0) }, shape: shape))
        try check(NDArray(integers(UInt8.self, count, .min ... .max), shape: shape))
        try check(NDArray(integers(Int16.self, count, .min ... .max), shape: shape))
        try check(NDArray(integers(UInt64.self, count, 0...1 << 50), shape: shape))
        #expect(try NDArray(values, shape: shape).median(along: [1], keepingAxes: true).shape == [2, 1, 13, 101])
    }
}

@Suite struct `Counting and selecting by masks` {
    @Test func `counts small integers as other numbers`() throws {
        func check<T: NDInteger>(_ values: [T], _ range: ClosedRange<Double>) throws {
            let array = NDArray(values)
            #expect(array.occurrences() != nil)
            for bins in [1, 7, 256] {
                let (counts, edges) = try array.histogram(bins: .count(bins), in: range)
                let (slow, _) = try array.cast(to: Double.self).histogram(bins: .count(bins), in: range)
                #expect(counts.elements == slow.elements, "\(T.self), \(bins) bins")
                #expect(try array.histogram(edges: edges).elements == slow.elements)
            }
        }
        try check(integers(UInt8.self, 40000, .min ... .max), 0...256)
        try check(integers(Int8.self, 40000, .min ... .max), -100...100)
        try check(integers(UInt16.self, 70000, .min ... .max), 0...65536)
        try check(integers(Int16.self, 70000, .min ... .max), -32768...32767)
    }

    @Test(arguments: lengths) func `takes what a mask names`(_ count: Int) throws {
        func check<T: NDElement & Equatable>(_ values: [T]) throws {
            for density in [0, 1, 50, 100] {
                let flags = integers(UInt8.self, count, 0...99).map { $0 < density }
                let kept = zip(values, flags).filter(\.1).map(\.0)
                #expect(NDArray(values)[NDArray(flags)].elements == kept, "\(T.self), \(count), \(density) %")
                #expect(try NDArray(values).compressed(where: NDArray(flags)).elements == kept)
                #expect(NDArray(flags).flatNonzero().elements == flags.indices.filter { flags[$0] }.map { Int64($0) })
            }
        }
        try check(integers(UInt8.self, count, .min ... .max))
        try check(integers(Int16.self, count, .min ... .max))
        try check(integers(UInt32.self, count, .min ... .max))
        try check(integers(Int64.self, count, .min ... .max))
        try check(integers(Int64.self, count, -9...9).map { Complex<Double>(Double($0), 1) })
    }

    @Test func `adds and subtracts without wrapping around`() throws {
        let image: NDArray<UInt8> = [0, 100, 200, 255]
        #expect(try image.adding([100], overflow: .clamp).elements == [100, 200, 255, 255])
        #expect(try image.subtracting([150], overflow: .clamp).elements == [0, 0, 50, 105])
        #expect(try image.adding([100], overflow: .wrap).elements == [100, 200, 44, 99])
        let signed: NDArray<Int16> = [-32768, 0, 32767]
        #expect(try signed.adding([-1], overflow: .clamp).elements == [-32768, -1, 32766])
        #expect(try signed.subtracting([-1], overflow: .clamp).elements == [-32767, 1, 32767])
    }
}
