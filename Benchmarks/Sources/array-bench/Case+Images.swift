internal import ImJoyCore

// Filters, morphology, segmentation, geometry and files: the rows of `make bench-image`.
extension Case {
    static var images: [Case] { filters + morphology + segmentation + geometry + files }

    private static var filters: [Case] {
        [
            picture("gauss2d_f32", flops: 68) { .array(try $0.gaussianFiltered(sigma: 2)) },
            Case("gauss2d_u16", [.s, .m]) { size in
                let a = Inputs.scene(11, size.picture)
                return Work(bytes: 4 * a.count, flops: 68 * a.count) { .array(try a.gaussianFiltered(sigma: 2)) }
            },
            picture("gauss2d_s10_f32", [.m], flops: 324) { .array(try $0.gaussianFiltered(sigma: 10)) },
            Case("gauss3d_f32") { size in
                let a = Inputs.float(1, size.volume)
                return Work(bytes: 8 * a.count, flops: 102 * a.count) { .array(try a.gaussianFiltered(sigma: 2)) }
            },
            Case("median3_u16") { size in
                let a = Inputs.scene(11, size.picture)
                return Work(bytes: 4 * a.count, flops: 38 * a.count) { .array(try median(a, 3)) }
            },
            picture("median3_f32", [.s, .m], flops: 38) { .array(try median($0, 3)) },
            Case("median5_u16", [.s, .m]) { size in
                let a = Inputs.scene(11, size.picture)
                return Work(bytes: 4 * a.count, flops: 198 * a.count) { .array(try median(a, 5)) }
            },
            Case("median11_u8", [.s, .m]) { size in
                let a = Inputs.bytes(11, size.picture)
                return Work(bytes: 2 * a.count, flops: 40 * a.count) { .array(try median(a, 11)) }
            },
            Case("median3d_u16", [.s, .m]) { size in
                let a = Inputs.uint16(4, size == .s ? [8, 16, 16] : [32, 256, 256])
                return Work(bytes: 4 * a.count, flops: 240 * a.count) { .array(try median(a, 3)) }
            },
            // Ours has scikit-image's weights, which add up to 1; the peers' are the whole numbers 1 and 2.
            picture("sobel_f32", flops: 14) { .array(try $0.edges(.sobel) * Float(32).squareRoot()) },
            picture("uniform9_f32", flops: 6) { .array(try $0.uniformFiltered(size: 9)) },
            Case("unsharp_f32", [.s, .m]) { size in
                let a = Inputs.scene(11, size.picture).cast(to: Float.self) / 65535
                return Work(bytes: 8 * a.count, flops: 72 * a.count) {
                    .array(try a.unsharpMasked(radius: 2, amount: 1, scale: .kept))
                }
            },
            Case("convolve7x7_f32", [.s, .m]) { size in
                let a = Inputs.scene(11, size.picture).cast(to: Float.self)
                let weights = Inputs.float(21, [7, 7])
                let kernel = (weights / weights.sum()).cast(to: Double.self)
                return Work(bytes: 8 * a.count, flops: 98 * a.count) {
                    .array(try a.correlated(with: kernel, boundary: .reflect))
                }
            },
            picture("laplace_log_f32", [.s, .m], flops: 136) { .array(try $0.gaussianLaplaceFiltered(sigma: 2)) },
        ]
    }

    private static var morphology: [Case] {
        [
            Case("dilate3_u8") { size in
                let a = Inputs.bytes(11, size.picture)
                return Work(bytes: 2 * a.count, flops: 4 * a.count) { .array(try a.dilated(by: .size(3))) }
            },
            Case("erode_disk5_u16", [.s, .m]) { size in
                let (a, disk) = (Inputs.scene(11, size.part), try StructuringElement.disk(radius: 5))
                return Work(bytes: 4 * a.count, flops: disk.countTrue() * a.count) {
                    .array(try a.eroded(by: .footprint(disk)))
                }
            },
            Case("binary_open3", [.s, .m]) { size in
                let (mask, box) = (bright(size), NDArray<Bool>(repeating: true, shape: [3, 3]))
                return Work(bytes: 2 * mask.count, flops: 16 * mask.count) { .array(try mask.opened(by: box)) }
            },
            Case("tophat_disk7_u16", [.s, .m]) { size in
                let (a, disk) = (Inputs.scene(11, size.part), try StructuringElement.disk(radius: 7))
                return Work(bytes: 4 * a.count, flops: 2 * disk.countTrue() * a.count) {
                    .array(try a.whiteTopHat(by: .footprint(disk)))
                }
            },
            Case("rolling_ball_f32", [.s, .m]) { size in
                let a = Inputs.scene(11, size == .s ? [64, 64] : [512, 512]).cast(to: Float.self)
                let radius = size == .s ? 10.0 : 25
                return Work(bytes: 8 * a.count, flops: Int(6.28 * radius * radius) * a.count) {
                    .array(try a.rollingBallBackground(radius: radius))
                }
            },
        ]
    }

    private static var segmentation: [Case] {
        [
            Case("otsu_u16") { size in
                let a = Inputs.scene(11, size.picture)
                return Work(bytes: 6 * a.count, flops: a.count) { .array(a .> UInt16(try a.otsuThreshold())) }
            },
            Case("otsu_u8", [.s, .m]) { size in
                let a = Inputs.bytes(11, size.picture)
                return Work(bytes: 3 * a.count, flops: a.count) { .array(a .> UInt8(try a.otsuThreshold())) }
            },
            labels("label_discs", flops: 4, connectivity: 2) { bright($0) },
            labels("label_noise", [.s, .m], flops: 4, connectivity: 2) { Inputs.float(31, $0.picture) .> 0.55 },
            labels("label3d", [.s, .m], flops: 13, connectivity: 3) { Inputs.float(31, $0.volume) .> 0.8 },
            Case("edt2d", [.s, .m]) { size in
                let mask = bright(size)
                return Work(bytes: 5 * mask.count, flops: 10 * mask.count) { .array(try mask.distances()) }
            },
            Case("edt3d", [.s, .m]) { size in
                let mask = Inputs.float(31, size == .s ? [16, 16, 16] : [32, 256, 256]) .> 0.02
                return Work(bytes: 9 * mask.count, flops: 15 * mask.count) { .array(try mask.distances()) }
            },
            Case("watershed", [.s, .m]) { size in
                let a = Inputs.scene(11, size.part)
                let (mask, inverted, markers) = (a .> 1500, 65535 - a, Inputs.markers(11, size.part))
                return Work(bytes: 12 * a.count, flops: 20 * a.count) {
                    .array(try inverted.watershed(from: markers, in: mask))
                }
            },
            Case("regionprops", [.s, .m]) { size in
                let a = Inputs.scene(11, size.picture)
                let labels = try (a .> 1500).labelled().labels
                var work = Work(bytes: 6 * a.count, flops: 8 * a.count) {
                    .regions(try labels.regions(in: a, measuring: []))
                }
                work.summary = \.table
                return work
            },
        ]
    }

    private static var geometry: [Case] {
        [
            picture("resize_half_f32", flops: 4, outputs: 0.25) { a in
                .array(try a.resampled(to: a.shape.map { $0 / 2 }, antialiasing: .none))
            },
            Case("resize_up15_u8", [.s, .m]) { size in
                let a = Inputs.bytes(11, size.picture)
                let shape = a.shape.map { $0 * 3 / 2 }
                let count = shape.reduce(1, *)
                return Work(bytes: a.count + count, flops: 8 * count) { .array(try a.resampled(to: shape)) }
            },
            Case("zoom_cubic_f32", [.s, .m]) { size in
                let a = Inputs.scene(11, size.part).cast(to: Float.self)
                return Work(bytes: 13 * a.count, flops: 72 * a.count) {
                    .array(try a.zoomed(by: [1.5], order: 3, mode: .mirror))
                }
            },
            picture("rotate15_f32", [.s, .m], flops: 14) { a in
                let (c, s) = (0.9659258262890683, 0.25881904510252074)
                let (y, x) = (Double(a.shape[0] - 1) / 2, Double(a.shape[1] - 1) / 2)
                let turn = try NDArray<Double>([c, s, -s, c], shape: [2, 2])
                let offset = [y - c * y - s * x, x + s * y - c * x]
                return .array(try a.affineTransformed(by: turn, offset: offset, order: 1, mode: .constant(0)))
            },
            Case("affine3d_cubic_f32", [.s, .m]) { size in
                let a = Inputs.float(1, size == .s ? [8, 16, 16] : [32, 128, 128])
                let matrix = try NDArray<Double>([1.02, 0, 0, 0, 0.98, 0, 0, 0, 1.01], shape: [3, 3])
                return Work(bytes: 8 * a.count, flops: 250 * a.count) {
                    .array(try a.affineTransformed(by: matrix, order: 3, mode: .mirror))
                }
            },
            Case("mip_u16") { size in
                let shape = [size == .s ? 16 : 64] + (size == .s ? [64, 64] : size == .m ? [512, 512] : [1024, 1024])
                let a = Inputs.uint16(4, shape)
                return Work(bytes: 2 * a.count, flops: a.count) { .array(try a.max(along: [0])) }
            },
            Case("rgb_to_gray_u8", [.s, .m]) { size in
                let a = Inputs.uint8(5, size.picture + [3])
                return Work(bytes: a.count / 3 * 4, flops: 5 * a.count / 3) { .array(try a.rgbToGray8()) }
            },
        ]
    }

    /// Work on a picture of floats, whose result has `outputs` times as many elements.
    private static func picture(
        _ name: String, _ sizes: [Size] = Size.allCases, flops: Int, outputs: Double = 1,
        _ body: @escaping (NDArray<Float>) throws -> Answer
    ) -> Case {
        Case(name, sizes) { size in
            let a = Inputs.scene(11, size.picture).cast(to: Float.self)
            return Work(bytes: Int(4 * (1 + outputs) * Double(a.count)), flops: flops * a.count) { try body(a) }
        }
    }

    /// Labels, whose numbering differs from library to library: their number and their sizes in ascending order do not.
    private static func labels(
        _ name: String, _ sizes: [Size] = Size.allCases, flops: Int, connectivity: Int,
        _ mask: @escaping (Size) -> NDArray<Bool>
    ) -> Case {
        Case(name, sizes) { size in
            let mask = mask(size)
            var work = Work(bytes: 5 * mask.count, flops: flops * mask.count) {
                .array(try mask.labelled(connectivity: connectivity).labels)
            }
            work.summary = { answer in
                guard case .array(let labels) = answer else { return answer }
                let all = try labels.cast(to: Int64.self, overflow: .wrap).flattened().binCounts()
                let counts = all.elements.dropFirst().sorted()
                return .list([.whole(counts.count), .array(NDArray(counts))])
            }
            return work
        }
    }

    private static func median<T: NDReal>(_ a: NDArray<T>, _ size: Int) throws -> NDArray<T> {
        try a.medianFiltered(in: .size(size), boundary: .nearest)
    }

    private static func bright(_ size: Size) -> NDArray<Bool> { Inputs.scene(11, size.picture) .> 1500 }
}
