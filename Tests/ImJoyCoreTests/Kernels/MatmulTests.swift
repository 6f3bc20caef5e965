internal import ComplexModule
#if canImport(Glibc)
    internal import Glibc
#endif
internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

@Suite struct MatmulTests {
    /// The definition.
    private func product<T: NDNumber>(_ a: NDArray<T>, _ b: NDArray<T>) -> ReferenceArray<T> {
        let (x, y) = (ReferenceArray(a), ReferenceArray(b))
        return ReferenceArray(shape: [a.shape[0], b.shape[1]]) { index in
            (0..<y.shape[0]).reduce(T.zero) { sum, inner in
                T.wrappingSum(sum, T.wrappingProduct(x.at([index[0], inner]), y.at([inner, index[1]])))
            }
        }
    }

    private func matrix<T: NDReal>(_ type: T.Type, _ rows: Int, _ columns: Int) throws -> NDArray<T> {
        try (NDArray<Int32>.arange(Int32(rows * columns)) * 7).flooredRemainder(dividingBy: NDArray(scalar: 11))
            .cast(to: type).reshaped(to: [rows, columns])
    }

    /// A matrix in each way it can lie: packed, transposed, with gaps, backwards, repeated.
    private func views<T: NDReal>(_ type: T.Type, _ rows: Int, _ columns: Int) throws -> [NDArray<T>] {
        [
            try matrix(type, rows, columns),
            try matrix(type, columns, rows).transposed(),
            try matrix(type, rows, columns * 2)[.all, 0..<columns],
            try matrix(type, rows, columns * 2)[.all, .step(2)],
            try matrix(type, rows, columns).flipped(along: 0),
            try matrix(type, 1, columns).broadcast(to: [rows, columns]),
        ]
    }

    @Test(arguments: [(2, 3, 4), (1, 1, 1), (17, 18, 19), (1, 40, 120), (30, 1, 30)])
    func `products are those of the definition, for every layout`(_ size: (m: Int, k: Int, n: Int)) throws {
        func check<T: NDReal>(_ type: T.Type) throws {
            for a in try views(type, size.m, size.k) {
                for b in try views(type, size.k, size.n) {
                    expectEqual(try a.matmul(b), product(a, b), "\(T.self) strides \(a.strides) \(b.strides)")
                }
            }
        }
        try check(Float.self)
        try check(Double.self)
        try check(Int32.self)
        try check(UInt8.self)
    }

    @Test func `complex and half products`() throws {
        let parts = try matrix(Double.self, 20, 20)
        let array = parts.map { Complex($0, 1 - $0) }
        expectEqual(try array.matmul(array.transposed()), product(array, array.transposed()))
        let half = try matrix(Float16.self, 3, 3)
        expectEqual(try half.matmul(half), product(half, half))
    }

    @Test func `vectors and stacks follow NumPy's shapes`() throws {
        let shapes: [(a: [Int], b: [Int], result: [Int])] = [
            ([3], [3], []), ([3], [3, 2], [2]), ([2, 3], [3], [2]), ([4, 2, 3], [3, 5], [4, 2, 5]),
            ([4, 1, 2, 3], [6, 3, 2], [4, 6, 2, 2]), ([3], [5, 3, 2], [5, 2]), ([5, 2, 3], [3], [5, 2]),
            ([0, 3], [3, 2], [0, 2]), ([2, 0], [0, 2], [2, 2]), ([0, 2, 3], [3, 2], [0, 2, 2]),
        ]
        for (a, b, result) in shapes {
            #expect(try NDArray<Float>(ones: a).matmul(NDArray(ones: b)).shape == result, "\(a) \(b)")
            #expect(try NDArray<Int16>(ones: a).matmul(NDArray(ones: b)).shape == result, "\(a) \(b)")
        }
        #expect(try NDArray<Float>(ones: [2, 0]).matmul(NDArray(ones: [0, 2])).elements == [0, 0, 0, 0])
    }

    @Test func `stacks are multiplied matrix by matrix`() throws {
        let a = try NDArray<Double>.arange(24).reshaped(to: [2, 1, 3, 4])
        let b = try NDArray<Double>.arange(36).reshaped(to: [3, 4, 3])
        let stacked = try a.matmul(b)
        #expect(stacked.shape == [2, 3, 3, 3])
        for i in 0..<2 {
            for j in 0..<3 { #expect(stacked[i, j, .all, .all] == (try a[i, 0, .all, .all].matmul(b[j, .all, .all]))) }
        }
    }

    @Test func `shapes that cannot be multiplied are refused`() {
        for (a, b) in [([2, 3], [2, 3]), ([], [3]), ([3], []), ([3], [2]), ([2, 2, 3], [3, 3, 2])] {
            #expect(throws: NDArrayError.self, "\(a) \(b)") { try NDArray<Float>(ones: a).matmul(NDArray(ones: b)) }
        }
        #expect(throws: NDArrayError.self) { try NDArray<Float>(ones: [2, 2]).dot(NDArray(ones: [2])) }
    }

    @Test func `dot and outer`() throws {
        #expect(try NDArray<Int8>([100, 2]).dot(NDArray([2, 3])) == -50)
        #expect(try NDArray<Float>([1, 2]).outer(NDArray([3, 4, 5])).elements == [3, 4, 5, 6, 8, 10])
    }

    @Test func `the library says what it is`() throws {
        #expect(try LinearAlgebra.libraryDescription().contains("OpenBLAS"))
    }

    // In a process of its own each: the library is loaded once and then stays as it is.
    @Test(.timeLimit(.minutes(30)))
    func `choosing the processor's core leaves the environment as it was`() async {
        await #expect(processExitsWith: .success) {
            unsetenv("OPENBLAS_CORETYPE")
            let library = try LinearAlgebra.libraryDescription()
            #expect(!library.isEmpty && getenv("OPENBLAS_CORETYPE") == nil)
        }
    }

    @Test(.timeLimit(.minutes(30)))
    func `a core that the user has chosen is kept`() async {
        await #expect(processExitsWith: .success) {
            setenv("OPENBLAS_CORETYPE", "Nehalem", 1)
            let library = try LinearAlgebra.libraryDescription()
            #expect(library.hasSuffix("kernels for Nehalem"))
            #expect(getenv("OPENBLAS_CORETYPE").map { String(cString: $0) } == "Nehalem")
        }
    }
}
