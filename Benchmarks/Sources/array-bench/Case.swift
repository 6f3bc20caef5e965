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

    static func array<T: NDElement>(_ array: NDArray<T>) -> Answer { .array(AnyNDArray(array)) }
}

/// A call to measure, with its inputs made.
struct Work {
    /// Least memory traffic: each input read once, each output written once.
    var bytes: Int
    /// Least arithmetic, a round figure.
    var flops = 0
    var run: () throws -> Answer
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

    static var all: [Case] {
        elementwise + reductions + ordering + copies + indexing + matrices + decompositions + transforms
    }
}
