internal import ImJoyCore

extension Case {
    static var ordering: [Case] {
        [
            Case("percentile_f32", [.s, .m]) { size in
                let a = Inputs.float(1, size.plane)
                return Work(bytes: 4 * a.count, flops: a.count) { .array(try a.percentiles([1, 50, 99])) }
            },
            Case("median_axis0_f32", [.s, .m]) { size in
                let a = Inputs.float(1, size == .s ? [9, 16, 16] : [15, 512, 512])
                return Work(bytes: 4 * a.count, flops: 4 * a.count) { .array(try a.median(along: [0])) }
            },
            Case("histogram_u16") { size in
                let a = Inputs.scene(11, size.picture)
                return Work(bytes: 2 * a.count, flops: a.count) {
                    .array(try a.histogram(bins: 256, in: 0...65536).counts)
                }
            },
            Case("cumsum_axis1_f32", [.s, .m]) { size in
                let a = Inputs.float(1, size.plane)
                return Work(bytes: 8 * a.count, flops: a.count) { .array(try a.cumulativeSum(along: 1)) }
            },
            Case("sort_f32", [.s, .m]) { size in
                let a = Inputs.float(1, [size == .s ? 64 * 64 : 1024 * 1024])
                return Work(bytes: 8 * a.count, flops: a.count * a.count.trailingZeroBitCount) {
                    .array(try a.sorted())
                }
            },
            Case("argsort_f32", [.s, .m]) { size in
                let a = Inputs.float(1, [size == .s ? 64 * 64 : 1024 * 1024])
                return Work(bytes: 12 * a.count, flops: a.count * a.count.trailingZeroBitCount) {
                    .array(try a.argSort())
                }
            },
            Case("unique_u16", [.s, .m]) { size in
                let a = Inputs.scene(11, size.plane)
                return Work(bytes: 2 * a.count, flops: a.count) { .array(a.unique()) }
            },
        ]
    }
}
