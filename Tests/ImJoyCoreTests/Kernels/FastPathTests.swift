@testable internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

/// Paths that only arrays of certain shapes and sizes take, each beside the plain way to the same numbers.
@Suite struct FastPathTests {
    @Test func `results that no cache holds are those of small arrays, whatever their beginning`() throws {
        // One operand and the result together are larger than the largest cache, and the runs do not begin at a line.
        let count = Caches.largest / 8 + 5000
        let a = try NDArray<Float>.arange(Float(count)).sliced([3..<count])
        let total = NDArray<Float>(repeating: 16_777_216, shape: a.shape)
        #expect(((total - a + a) .== 16_777_216).all())
        #expect((total - a).elements.prefix(3) == [16_777_213, 16_777_212, 16_777_211])
        let scaled = a * 0.5
        #expect(scaled[0] == 1.5 && scaled[count - 4] == Float(count - 1) * 0.5)
        #expect((scaled / 0.5 .== a).all())
        #expect((1 - a)[count - 4] == 1 - Float(count - 1))
        // In half as many elements of twice the size, and rows against a column.
        let column = try NDArray<Double>.arange(Double(4)).reshaped(to: [4, 1])
        let wide = NDArray<Double>(repeating: 1, shape: [4, Caches.largest / 32])
        let sums = wide + column
        #expect((0..<4).allSatisfy { sums[$0, 0] == Double($0 + 1) && sums[$0, wide.shape[1] - 1] == Double($0 + 1) })
    }

    @Test func `running sums and products along every axis are those of a loop`() throws {
        func check<T: NDReal & Equatable>(_ type: T.Type) throws {
            for shape in [[9, 7], [1, 300], [8, 1], [3, 5, 4], [2, 0, 3], [13]] {
                let count = shape.reduce(1, *)
                let array = try NDArray(
                    (0..<count).map { T(casting: Int64($0 % 5 + 1), overflow: .wrap) }, shape: shape)
                for axis in shape.indices {
                    let sums = try array.cumulativeSum(along: axis)
                    let products = try array.cumulativeProduct(along: axis)
                    let others = shape.indices.filter { $0 != axis } + [axis]
                    let lanes = try array.permuted(others).elements
                    let length = Swift.max(shape[axis], 1)
                    var expected = [T.Total](repeating: .zero, count: count)
                    var expectedProducts = expected
                    for index in lanes.indices {
                        let element = try AnyNDArray(NDArray(scalar: lanes[index])).cast(
                            to: T.Total.self, overflow: .wrap)
                        let isFirst = index % length == 0
                        expected[index] =
                            isFirst ? element.item : T.Total.wrappingSum(expected[index - 1], element.item)
                        expectedProducts[index] =
                            isFirst ? element.item : T.Total.wrappingProduct(expectedProducts[index - 1], element.item)
                    }
                    #expect(try sums.permuted(others).elements == expected, "\(type) \(shape) \(axis)")
                    #expect(try products.permuted(others).elements == expectedProducts, "\(type) \(shape) \(axis)")
                }
            }
        }
        try check(Float.self)
        try check(Double.self)
        try check(Int16.self)
        try check(UInt64.self)
    }

    @Test func `the smallest and the largest are found at any place, and NaN wins`() throws {
        func check<T: NDReal>(_ type: T.Type) throws {
            for count in [1, 15, 16, 17, 63, 64, 65, 130, 5000, 70_000] {
                var array = NDArray<T>(repeating: T(casting: Int64(5), overflow: .wrap), shape: [count])
                for place in Set([0, count / 2, count - 1]) {
                    array[place] = T(casting: Int64(9), overflow: .wrap)
                    let (least, most) = array.minMax()
                    #expect(most.asDouble == 9 && least.asDouble == (count == 1 ? 9 : 5), "\(type) \(count) \(place)")
                    #expect(array.argMax() == place && array.max().asDouble == 9)
                    array[place] = T(casting: Int64(2), overflow: .wrap)
                    #expect(array.minMax().min.asDouble == 2 && array.argMin() == place, "\(type) \(count) \(place)")
                    if T.dtype.isFloatingPoint {
                        array[place] = T(casting: Double.nan, overflow: .clamp)
                        let ends = array.minMax()
                        #expect(ends.min.asDouble.isNaN && ends.max.asDouble.isNaN, "\(type) \(count) \(place)")
                        #expect(array.argMin() == place && array.argMax() == place)
                    }
                    array[place] = T(casting: Int64(5), overflow: .wrap)
                }
            }
        }
        try check(Float.self)
        try check(Double.self)
        try check(Float16.self)
        try check(Int8.self)
        try check(UInt16.self)
        try check(Int64.self)
        let plane = try NDArray<Float>.arange(12).reshaped(to: [3, 4])
        #expect(plane.transposed().minMax() == (0, 11))
    }

    @Test func `scaled casts round halves to even, clamp, and turn NaN to zero, in every pair of types`() throws {
        func check<S: NDReal, T: NDInteger>(_ source: S.Type, _ target: T.Type) throws {
            for count in [1, 15, 16, 33, 100] {
                let numbers = (0..<count).map { Double($0 * 7 % 61) - 20 }
                let array = NDArray(numbers.map { S(casting: $0, overflow: .clamp) })
                for (scale, offset) in [(0.5, 0.0), (10, -3), (-1, 0.5)] {
                    let result = array.cast(to: target, scaledBy: scale, adding: offset)
                    let expected = array.elements.map { element -> T in
                        T(casting: (element.asDouble * scale + offset).rounded(.toNearestOrEven), overflow: .clamp)
                    }
                    #expect(result.elements == expected, "\(source) to \(target), \(count), \(scale), \(offset)")
                }
            }
        }
        func checkAll<S: NDReal>(_ source: S.Type) throws {
            try check(source, UInt8.self)
            try check(source, Int8.self)
            try check(source, UInt16.self)
            try check(source, Int16.self)
            try check(source, Int32.self)
            try check(source, UInt64.self)
        }
        try checkAll(Float.self)
        try checkAll(Float16.self)
        try checkAll(Double.self)
        try checkAll(UInt8.self)
        try checkAll(Int8.self)
        try checkAll(UInt16.self)
        try checkAll(Int16.self)
        try checkAll(Int32.self)
        let odd: NDArray<Float> = [.nan, .infinity, -.infinity, 1e30, 0.1]
        #expect(odd.cast(to: UInt8.self, scaledBy: 255).elements == [0, 255, 0, 255, 26])
        #expect(odd[.step(2)].cast(to: Int16.self, scaledBy: 1).elements == [0, -32768, 0])
    }

    @Test func `elements are taken from far and near, and a bad place is named`() throws {
        for count in [10, 200_000] {
            let array = NDArray<Int32>.arange(Int32(count))
            let places = NDArray<Int64>((0..<1000).map { Int64(($0 * 7919) % count) - Int64($0 % 2 * count) })
            let expected = places.elements.map { Int32(($0 + Int64(count)) % Int64(count)) }
            #expect(try array.taking(places, along: 0).elements == expected)
            let pairs = NDArray<UInt8>(repeating: 3, shape: [2, count])
            let ends = try pairs.taking([count - 1, -count], along: 1)
            #expect(ends.shape == [2, 2])
            for place in [count, -count - 1] {
                let bad = NDArray<Int64>([Int64](repeating: 0, count: 700) + [Int64(place)])
                let error = #expect(throws: NDArrayError.self) { try array.taking(bad, along: 0) }
                #expect(error?.message.hasPrefix("index \(place) is outside axis 0") == true)
            }
        }
        #expect(try NDArray<Float>(zeros: [0]).taking([], along: 0).isEmpty)
        #expect(throws: NDArrayError.self) { try NDArray<Float>(zeros: [0]).taking([0], along: 0) }
        #expect(throws: NDArrayError.self) { try NDArray<Float>(zeros: [0, 3]).taking([7], along: 1) }
        #expect(try NDArray<Float>(zeros: [0, 3]).taking([2, 1], along: 1).shape == [0, 2])
    }

    @Test func `products of matrices of every odd size are sums of products`() throws {
        func check<T: NDNumber & Equatable>(_ type: T.Type, _ number: (Int) -> T) throws {
            for (rows, inner, columns) in [
                (1, 1, 1), (4, 4, 4), (3, 5, 2), (4, 1, 8), (8, 64, 32), (9, 65, 33), (17, 200, 70), (64, 3, 100),
                (5, 2000, 9),
            ] {
                let a = try NDArray((0..<rows * inner).map { number($0 % 7) }, shape: [rows, inner])
                let b = try NDArray((0..<inner * columns).map { number($0 % 5) }, shape: [inner, columns])
                let (x, y) = (a.elements, b.elements)
                let expected = (0..<rows * columns).map { place in
                    (0..<inner).reduce(T.zero) {
                        T.wrappingSum(
                            $0, T.wrappingProduct(x[place / columns * inner + $1], y[$1 * columns + place % columns]))
                    }
                }
                let what = "\(type) \(rows) x \(inner) x \(columns)"
                #expect(try a.matmul(b).elements == expected, "\(what)")
                let turned = (
                    a.transposed().contiguous().transposed(), b.transposed().contiguous().transposed()
                )
                #expect(try turned.0.matmul(turned.1).elements == expected, "\(what), column by column")
                let stack = try NDArray.stack([a, a + a]).matmul(b)
                #expect(try stack.sliced([1]) == (a + a).matmul(b), "\(what), in a stack")
                if columns == 1 { #expect(try a.matmul(b.flattened()).elements == expected, "\(what), a vector") }
                let vector = try NDArray((0..<inner).map { number($0 % 3) }, shape: [inner])
                let products = try a.matmul(vector.insertingAxis(at: 1)).flattened()
                #expect(try a.matmul(vector) == products, "\(what), times a vector")
                let copies = try NDArray.stack([vector, vector], along: 1)
                #expect(try a.matmul(copies)[.all, 1] == products, "\(what), times two vectors")
            }
        }
        // Small whole numbers, so that floats are exact in any order.
        try check(Float.self) { Float($0) }
        try check(Double.self) { Double($0) }
        try check(Int32.self) { Int32($0) }
        try check(UInt8.self) { UInt8($0) }
        try check(UInt16.self) { UInt16($0 * 9) }
        try check(Int64.self) { Int64($0) }
    }

    @Test func `long sums of products stay near the exact ones, in any number of rows and columns`() throws {
        let count = 1 << 17
        let values = NDArray<Float>((0..<count).map { 0.9 + 0.01 * Float($0 % 7) })
        let exact = values.elements.reduce(0.0) { $0 + Double($1) * Double($1) }
        func check(_ value: Float, _ what: String) {
            #expect(abs(Double(value) - exact) < 2e-5 * exact, "\(what): \(value) instead of \(exact)")
        }
        check(try values.dot(values), "dot")
        for columns in [1, 3, 8, 33] {
            let table = try values.reshaped(to: [count, 1]).broadcast(to: [count, columns]).contiguous()
            let product = try table.transposed().matmul(table)
            check(product[0, 0], "\(columns) columns")
            check(product[columns - 1, columns - 1], "\(columns) columns")
            check(try table.transposed().contiguous().matmul(values)[columns - 1], "\(columns) rows by a vector")
        }
    }

    @Test func `copies of any order of axes, backwards and by steps are those of single elements`() throws {
        func check<T: NDReal>(_ type: T.Type) throws {
            let array = try NDArray<Int32>.arange(6 * 17 * 20).cast(to: type, overflow: .wrap).reshaped(to: [6, 17, 20])
            for axes in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
                let view = try array.permuted(axes)
                for part in [
                    view, view[.all, .step(-1), .all], view[.step(2), .all, .step(-1)], view[.all, .all, .step(2)],
                ] {
                    let copy = part.contiguous()
                    var isSame = copy.isContiguous && copy.shape == part.shape
                    for i in 0..<part.shape[0] {
                        for j in 0..<part.shape[1] {
                            for k in 0..<part.shape[2] { isSame = isSame && copy[i, j, k] == part[i, j, k] }
                        }
                    }
                    #expect(isSame, "\(type) \(axes) \(part.strides)")
                }
            }
        }
        try check(UInt8.self)
        try check(Int16.self)
        try check(Float.self)
        try check(Double.self)
    }

    @Test func `sums of rows add all of them once`() throws {
        for rows in [1, 2, 7, 8, 9, 63, 64, 65, 130] {
            for columns in [8, 16, 17, 40] {
                let plane = try NDArray<Float>.arange(Float(rows * columns)).reshaped(to: [rows, columns])
                let expected = (0..<columns).map { column in
                    (0..<rows).reduce(Float(0)) { $0 + Float($1 * columns + column) }
                }
                #expect(plane.sum(along: 0).elements == expected, "\(rows) x \(columns)")
                #expect(plane.cast(to: Double.self).sum(along: 0).elements == expected.map(Double.init))
                #expect(plane[.step(-1), .all].sum(along: 0).elements == expected)
            }
        }
    }

    @Test func `a histogram of even bins counts as a search among the edges does`() throws {
        let numbers: [Double] = (0..<3000).map { Double($0 * 37 % 1001) / 100 - 0.5 }
        let values = NDArray<Double>(numbers + [Double.nan, 10, 0, Double.infinity])
        for bins in [1, 3, 7, 100, 1000] {
            let (counts, edges) = try values.histogram(bins: .count(bins), in: 0...9.51)
            let all = edges.elements
            for (bin, count) in counts.elements.enumerated() {
                let (low, high, isLast) = (all[bin], all[bin + 1], bin == bins - 1)
                let expected = values.elements.filter { $0 >= low && ($0 < high || isLast && $0 == high) }.count
                #expect(count == Int64(expected), "bin \(bin) of \(bins)")
            }
        }
    }
}
