internal import ImJoyCore

extension Case {
    static var indexing: [Case] {
        [
            Case("take_rows_f32") { size in
                let a = Inputs.float(1, size.plane)
                let rows = Inputs.index(7, size.plane[0], below: size.plane[0])
                return Work(bytes: 8 * a.count) { .array(try a.taking(rows, along: 0)) }
            },
            Case("gather_f32", [.s, .m]) { size in
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
            Case("stack_planes_u16", [.s, .m]) { size in
                let (count, side) = size == .s ? (8, 64) : (32, 512)
                let planes = (0..<count).map { Inputs.uint16(UInt64(40 + $0), [side, side]) }
                return Work(bytes: 4 * count * side * side) { .array(try NDArray.stack(planes)) }
            },
            Case("pad_reflect_f32", [.s, .m]) { size in
                let a = Inputs.float(1, size.plane)
                return Work(bytes: 8 * a.count) { .array(try a.padded(8, with: .symmetric())) }
            },
        ]
    }
}
