internal import ImJoyCore

extension Case {
    static var reductions: [Case] {
        [
            reduction("sum_f32") { .number(Double($0.sum())) },
            reduction("sum_axis0_f32") { .array($0.sum(along: 0)) },
            reduction("sum_axis1_f32") { .array($0.sum(along: 1)) },
            Case("mean_u16") { size in
                let a = Inputs.uint16(4, size.plane)
                return Work(bytes: 2 * a.count, flops: a.count) { .number(a.mean()) }
            },
            reduction("std_f32", flops: 3) { .number(Double($0.standardDeviation())) },
            reduction("minmax_f32", flops: 2) {
                let ends = $0.minMax()
                return .array(NDArray<Float>([ends.min, ends.max]))
            },
            reduction("argmax_f32") { .whole($0.argMax()) },
            reduction("argmax_axis0_f32", [.s, .m]) { .array(try $0.argMax(along: 0)) },
        ]
    }

    static var copies: [Case] {
        [
            Case("transpose_copy_f32") { size in
                let a = Inputs.float(1, size.plane)
                return Work(bytes: 8 * a.count) { .array(a.transposed().contiguous()) }
            },
            Case("transpose_copy_u8", [.s, .m]) { size in
                let a = Inputs.uint8(5, size.plane)
                return Work(bytes: 2 * a.count) { .array(a.transposed().contiguous()) }
            },
            Case("strided_copy_f32") { size in
                let a = Inputs.float(1, size.plane)
                return Work(bytes: 4 * a.count) { .array(a[.step(2), .step(-1)].contiguous()) }
            },
            Case("permute3_u16", [.s, .m]) { size in
                let a = Inputs.uint16(4, size.volume)
                return Work(bytes: 4 * a.count) { .array(a.transposed([1, 2, 0]).contiguous()) }
            },
        ]
    }

    static var matrices: [Case] {
        [
            Case("matmul_f32") { size in
                let n = size.matrix
                let (a, b) = (Inputs.float(1, [n, n]), Inputs.float(2, [n, n]))
                return Work(bytes: 12 * n * n, flops: 2 * n * n * n) { .array(try a.matmul(b)) }
            },
            Case("matmul_f64") { size in
                let n = size.matrix
                let (a, b) = (Inputs.double(1, [n, n]), Inputs.double(2, [n, n]))
                return Work(bytes: 24 * n * n, flops: 2 * n * n * n) { .array(try a.matmul(b)) }
            },
            Case("gram_tall_f32", [.m]) { _ in
                let (a, b) = (Inputs.float(1, [262_144, 32]), Inputs.float(2, [262_144, 32]))
                return Work(bytes: 8 * a.count, flops: 64 * a.count) { .array(try a.transposed().matmul(b)) }
            },
            Case("batched_matmul_f32", [.s, .m]) { size in
                let (count, n) = size == .s ? (64, 4) : (64, 128)
                let (a, b) = (Inputs.float(1, [count, n, n]), Inputs.float(2, [count, n, n]))
                return Work(bytes: 12 * a.count, flops: 2 * n * a.count) { .array(try a.matmul(b)) }
            },
            Case("matmul_i32", [.s, .m]) { size in
                let n = size == .s ? 64 : 512
                let a = Inputs.uint8(1, [n, n]).cast(to: Int32.self)
                let b = Inputs.uint8(2, [n, n]).cast(to: Int32.self)
                return Work(bytes: 12 * n * n, flops: 2 * n * n * n) { .array(try a.matmul(b)) }
            },
            Case("gemv_f32", [.s, .m]) { size in
                let n = size == .s ? 64 : 4096
                let (a, x) = (Inputs.float(1, [n, n]), Inputs.float(2, [n]))
                return Work(bytes: 4 * n * n, flops: 2 * n * n) { .array(try a.matmul(x)) }
            },
        ]
    }

    /// A reduction of one float plane.
    private static func reduction(
        _ name: String, _ sizes: [Size] = Size.allCases, flops: Int = 1,
        _ body: @escaping (NDArray<Float>) throws -> Answer
    ) -> Case {
        Case(name, sizes) { size in
            let a = Inputs.float(1, size.plane)
            return Work(bytes: 4 * a.count, flops: flops * a.count) { try body(a) }
        }
    }
}
