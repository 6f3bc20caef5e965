internal import ImJoyCore

extension Case {
    static var decompositions: [Case] {
        [
            Case("solve_f64") { size in
                let n = size == .s ? 8 : size == .m ? 512 : 1024
                let (a, b) = (Inputs.wellPosed(n), Inputs.double(2, [n]))
                return Work(bytes: 8 * n * n, flops: 2 * n * n * n / 3) { .array(try a.solve(b)) }
            },
            Case("svd_f64", [.s, .m]) { size in
                let n = size == .s ? 8 : 256
                let a = Inputs.double(1, [n, n])
                return Work(bytes: 32 * n * n, flops: 21 * n * n * n) { .array(try a.svd().s) }
            },
            Case("eigh_f64", [.s, .m]) { size in
                let n = size == .s ? 8 : 256
                let half = Inputs.double(1, [n, n])
                let a = half + half.transposed()
                return Work(bytes: 16 * n * n, flops: 9 * n * n * n) { .array(try a.eigh().values) }
            },
            Case("lstsq_f64", [.s, .m]) { size in
                let (m, n) = size == .s ? (32, 8) : (4096, 64)
                let (a, b) = (Inputs.double(1, [m, n]), Inputs.double(2, [m]))
                return Work(bytes: 8 * m * n, flops: 2 * m * n * n) { .array(try a.leastSquares(b).solution) }
            },
            Case("inv_f64", [.s, .m]) { size in
                let n = size == .s ? 4 : 512
                let a = Inputs.wellPosed(n)
                return Work(bytes: 16 * n * n, flops: 2 * n * n * n) { .array(try a.inverse()) }
            },
        ]
    }

    static var transforms: [Case] {
        func side(_ size: Size) -> Int { size == .s ? 64 : size == .m ? 1024 : 2048 }
        func flops(_ n: Int) -> Int { 10 * n * n * n.trailingZeroBitCount }
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
            Case("fft2_c128", [.s, .m]) { size in
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
