internal import ImJoyCore

extension Case {
    static var elementwise: [Case] {
        [
            Case("add_f32") { size in
                let (a, b) = (Inputs.float(1, size.plane), Inputs.float(2, size.plane))
                return Work(bytes: 12 * a.count, flops: a.count) { .array(a + b) }
            },
            Case("muladd_f32") { size in
                let (a, b) = (Inputs.float(1, size.plane), Inputs.float(2, size.plane))
                let c = Inputs.float(3, size.plane)
                return Work(bytes: 16 * a.count, flops: 2 * a.count) {
                    .array(try a.multiplied(by: b, adding: c))
                }
            },
            function("exp_f32", flops: 12) { $0.exp() },
            Case("exp_f64", [.s, .m]) { size in
                let a = Inputs.double(1, size.plane)
                return Work(bytes: 16 * a.count, flops: 24 * a.count) { .array(a.exp()) }
            },
            function("log_f32", [.s, .m], flops: 14, input: { $0 + 0.5 }) { $0.log() },
            function("sin_f32", [.s, .m], flops: 16, input: { $0 * 10 }) { $0.sin() },
            function("pow_f32", [.s, .m], flops: 30) { $0.power(0.45) },
            function("sqrt_f32", flops: 1) { $0.sqrt() },
            function("clip_f32", flops: 2) { $0.clipped(to: 0.25...0.75) },
            Case("where_f32") { size in
                let mask = Inputs.bool(9, size.plane)
                let (a, b) = (Inputs.float(1, size.plane), Inputs.float(2, size.plane))
                return Work(bytes: 13 * a.count, flops: a.count) {
                    .array(try NDArray<Float>.select(where: mask, a, otherwise: b))
                }
            },
            Case("add_u8_sat", [.s, .m]) { size in
                let (a, b) = (Inputs.uint8(5, size.plane), Inputs.uint8(6, size.plane))
                return Work(bytes: 3 * a.count, flops: a.count) { .array(try a.adding(b, overflow: .clamp)) }
            },
            Case("greater_f32") { size in
                let (a, b) = (Inputs.float(1, size.plane), Inputs.float(2, size.plane))
                return Work(bytes: 9 * a.count, flops: a.count) { .array(a .> b) }
            },
            Case("floordiv_i32", [.s, .m]) { size in
                let a = Inputs.int32(1, size.plane, bits: 32)
                let b = Inputs.int32(2, size.plane, bits: 8) + 1
                return Work(bytes: 12 * a.count, flops: a.count) { .array(a.flooredQuotient(dividingBy: b)) }
            },
            Case("cast_u16_f32") { size in
                let a = Inputs.uint16(4, size.plane)
                return Work(bytes: 6 * a.count, flops: a.count) { .array(a.cast(to: Float.self)) }
            },
            Case("cast_f32_u8_sat") { size in
                let a = Inputs.float(1, size.plane)
                return Work(bytes: 5 * a.count, flops: 4 * a.count) {
                    .array(a.cast(to: UInt8.self, scaledBy: 300))
                }
            },
            Case("broadcast_f32") { size in
                let (rows, columns) = (size.plane[0], size.plane[1])
                let a = Inputs.float(1, [rows, columns])
                let (row, column) = (Inputs.float(2, [1, columns]), Inputs.float(3, [rows, 1]))
                return Work(bytes: 8 * a.count, flops: 2 * a.count) { .array((a - row) * column) }
            },
            Case("broadcast_outer_f32") { size in
                let (rows, columns) = (size.plane[0], size.plane[1])
                let (row, column) = (Inputs.float(2, [1, columns]), Inputs.float(3, [rows, 1]))
                return Work(bytes: 4 * rows * columns, flops: rows * columns) { .array(row + column) }
            },
        ]
    }

    /// A function of one float plane.
    private static func function(
        _ name: String, _ sizes: [Size] = Size.allCases, flops: Int,
        input: @escaping (NDArray<Float>) -> NDArray<Float> = { $0 },
        _ body: @escaping (NDArray<Float>) -> NDArray<Float>
    ) -> Case {
        Case(name, sizes) { size in
            let a = input(Inputs.float(1, size.plane))
            return Work(bytes: 8 * a.count, flops: flops * a.count) { .array(body(a)) }
        }
    }
}
