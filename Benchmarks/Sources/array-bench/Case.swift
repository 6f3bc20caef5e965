internal import ImJoyCore

/// A size of inputs, as the peers call them.
enum Size: String, CaseIterable {
    /// About 64 x 64: the cost of a call.
    case s
    /// 2048 x 2048.
    case m
    /// 8192 x 4096: beyond every cache.
    case l

    var plane: [Int] { choose([64, 64], [2048, 2048], [8192, 4096]) }
    /// A picture as of a microscope.
    var picture: [Int] { choose([64, 64], [2048, 2048], [4096, 4096]) }
    /// A smaller one for what takes long.
    var part: [Int] { choose([64, 64], [1024, 1024], [1024, 1024]) }
    var volume: [Int] { choose([16, 16, 16], [64, 256, 256], [128, 512, 512]) }
    /// The side of square matrices.
    var matrix: Int { choose(64, 1024, 2048) }

    private func choose<T>(_ small: T, _ medium: T, _ large: T) -> T {
        switch self {
        case .s: small
        case .m: medium
        case .l: large
        }
    }
}

/// What a measured call returns.
enum Answer {
    case array(AnyNDArray)
    case number(Double)
    case whole(Int)
    case regions([Region])
    case list([Answer])
    case columns([String: Answer])

    static func array<T: NDElement>(_ array: NDArray<T>) -> Answer { .array(AnyNDArray(array)) }

    /// What scikit-image makes of regions: a column for each of their numbers.
    var table: Answer {
        guard case .regions(let regions) = self else { return self }
        func whole(_ value: (Region) -> Int) -> Answer { .array(NDArray<Int64>(regions.map { Int64(value($0)) })) }
        func real(_ value: (Region) -> Double?) -> Answer { .array(NDArray(regions.map { value($0) ?? .nan })) }
        return .columns([
            "label": whole(\.label), "area": real(\.area),
            "bbox-0": whole { $0.boundingBox[0].lowerBound }, "bbox-1": whole { $0.boundingBox[1].lowerBound },
            "bbox-2": whole { $0.boundingBox[0].upperBound }, "bbox-3": whole { $0.boundingBox[1].upperBound },
            "centroid-0": real { $0.centroid[0] }, "centroid-1": real { $0.centroid[1] },
            "intensity_mean": real { $0.intensity?.mean }, "intensity_max": real { $0.intensity?.maximum },
            "intensity_min": real { $0.intensity?.minimum },
        ])
    }
}

/// A call to measure, with its inputs made.
struct Work {
    /// Least memory traffic: each input read once, each output written once.
    var bytes: Int
    /// Least arithmetic, a round figure.
    var flops = 0
    /// What is compared, where peers number or order the same result in other ways; not measured.
    var summary: (Answer) throws -> Answer = { $0 }
    var run: () throws -> Answer

    init(bytes: Int, flops: Int = 0, run: @escaping () throws -> Answer) {
        self.bytes = bytes
        self.flops = flops
        self.run = run
    }
}

/// One benchmark; the name is that of the peers' case that does the same work.
struct Case {
    var name: String
    var sizes = Size.allCases
    var work: (Size) throws -> Work

    /// Whether the arithmetic is in double precision.
    var isDouble: Bool { name.hasSuffix("f64") || name.hasSuffix("c128") }

    init(_ name: String, _ sizes: [Size] = Size.allCases, _ work: @escaping (Size) throws -> Work) {
        self.name = name
        self.sizes = sizes
        self.work = work
    }

    static var arrays: [Case] {
        elementwise + reductions + ordering + copies + indexing + matrices + decompositions + transforms
    }
}
