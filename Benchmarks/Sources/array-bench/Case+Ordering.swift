internal import ImJoyCore

extension Case {
    static var ordering: [Case] {
        [
            Case("percentile_f32") { size in
                let a = Inputs.float(1, size.plane)
                return Work(bytes: 4 * a.count, flops: a.count) { .array(try a.percentiles([1, 50, 99])) }
            },
            Case("median_axis0_f32") { size in
                let a = Inputs.float(1, size == .s ? [9, 16, 16] : [15, 512, 512])
                return Work(bytes: 4 * a.count, flops: 4 * a.count) { .array(try a.median(along: [0])) }
            },
            Case("histogram_u16") { size in
                let a = Inputs.scene(11, size.plane)
                return Work(bytes: 2 * a.count, flops: a.count) {
                    .array(try a.histogram(bins: 256, in: 0...65536).counts)
                }
            },
            Case("cumsum_axis1_f32") { size in
                let a = Inputs.float(1, size.plane)
                return Work(bytes: 8 * a.count, flops: a.count) { .array(try a.cumulativeSum(along: 1)) }
            },
            Case("sort_f32") { size in
                let a = Inputs.float(1, [size == .s ? 64 * 64 : 1024 * 1024])
                return Work(bytes: 8 * a.count, flops: a.count * a.count.bitWidthOfValue) { .array(try a.sorted()) }
            },
            Case("argsort_f32") { size in
                let a = Inputs.float(1, [size == .s ? 64 * 64 : 1024 * 1024])
                return Work(bytes: 12 * a.count, flops: a.count * a.count.bitWidthOfValue) { .array(try a.argSort()) }
            },
            Case("unique_u16") { size in
                let a = Inputs.scene(11, size.plane)
                return Work(bytes: 2 * a.count, flops: a.count) { .array(a.unique()) }
            },
        ]
    }

    static var indexing: [Case] {
        [
            Case("take_rows_f32") { size in
                let a = Inputs.float(1, size.plane)
                let rows = Inputs.index(7, size.plane[0], below: size.plane[0])
                return Work(bytes: 8 * a.count) { .array(try a.taking(rows, along: 0)) }
            },
            Case("gather_f32") { size in
                let a = Inputs.float(1, [size.plane.reduce(1, *)])
                let places = Inputs.index(7, a.count, below: a.count)
                return Work(bytes: 16 * a.count) { .array(try a.taking(places, along: 0)) }
            },
            Case("boolean_index_f32") { size in
                let (a, mask) = (Inputs.float(1, size.plane), Inputs.bool(9, size.plane))
                return Work(bytes: 7 * a.count) { .array(a[mask]) }
            },
            Case("concat_axis1_f32") { size in
                let (a, b) = (Inputs.float(1, size.plane), Inputs.float(2, size.plane))
                return Work(bytes: 16 * a.count) { .array(try NDArray.concatenate([a, b], along: 1)) }
            },
            Case("stack_planes_u16") { size in
                let (count, side) = size == .s ? (8, 64) : (32, 512)
                let planes = (0..<count).map { Inputs.uint16(UInt64(40 + $0), [side, side]) }
                return Work(bytes: 4 * count * side * side) { .array(try NDArray.stack(planes)) }
            },
            Case("pad_reflect_f32") { size in
                let a = Inputs.float(1, size.plane)
                return Work(bytes: 8 * a.count) { .array(try a.padded(8, with: .symmetric())) }
            },
        ]
    }

    static var decompositions: [Case] {
        [
            Case("solve_f64") { size in
                let n = size == .s ? 8 : 512
                let (a, b) = (Inputs.wellPosed(n), Inputs.double(2, [n]))
                return Work(bytes: 8 * n * n, flops: 2 * n * n * n / 3) { .array(try a.solve(b)) }
            },
            Case("svd_f64") { size in
                let n = size == .s ? 8 : 256
                let a = Inputs.double(1, [n, n])
                return Work(bytes: 32 * n * n, flops: 21 * n * n * n) { .array(try a.svd().s) }
            },
            Case("eigh_f64") { size in
                let n = size == .s ? 8 : 256
                let half = Inputs.double(1, [n, n])
                let a = half + half.transposed()
                return Work(bytes: 16 * n * n, flops: 9 * n * n * n) { .array(try a.eigh().values) }
            },
            Case("lstsq_f64") { size in
                let (m, n) = size == .s ? (32, 8) : (4096, 64)
                let (a, b) = (Inputs.double(1, [m, n]), Inputs.double(2, [m]))
                return Work(bytes: 8 * m * n, flops: 2 * m * n * n) { .array(try a.leastSquares(b).solution) }
            },
            Case("inv_f64") { size in
                let n = size == .s ? 4 : 512
                let a = Inputs.wellPosed(n)
                return Work(bytes: 16 * n * n, flops: 2 * n * n * n) { .array(try a.inverse()) }
            },
        ]
    }
}

extension Case {
    static var transforms: [Case] {
        func side(_ size: Size) -> Int { size == .s ? 64 : 1024 }
        func flops(_ n: Int) -> Int { 10 * n * n * n.bitWidthOfValue }
        return [
            Case("fft2_c64") { size in
                let n = side(size)
                let a = Inputs.complex([n, n])
                return Work(bytes: 16 * a.count, flops: flops(n)) { .array(try a.fft2()) }
            },
            Case("rfft2_f32") { size in
                let n = side(size)
                let a = Inputs.float(1, [n, n])
                return Work(bytes: 8 * a.count, flops: flops(n) / 2) { .array(try a.rfft2()) }
            },
            Case("fft2_c128") { size in
                let n = side(size)
                let a = Inputs.doubleComplex([n, n])
                return Work(bytes: 32 * a.count, flops: flops(n)) { .array(try a.fft2()) }
            },
            Case("fft2_prime_c64", [.m]) { _ in
                let a = Inputs.complex([509, 509])
                return Work(bytes: 16 * a.count, flops: flops(512)) { .array(try a.fft2()) }
            },
        ]
    }
}

extension Int {
    /// The binary logarithm of a power of two.
    fileprivate var bitWidthOfValue: Int { trailingZeroBitCount }
}
