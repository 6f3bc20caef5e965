internal import ImJoyCore

/// A size of inputs, as the peers call them.
enum Size: String, CaseIterable {
    /// About 64 x 64: the cost of a call.
    case s
    /// 2048 x 2048.
    case m

    var plane: [Int] { self == .s ? [64, 64] : [2048, 2048] }
    var volume: [Int] { self == .s ? [16, 16, 16] : [64, 256, 256] }
    /// The side of square matrices.
    var matrix: Int { self == .s ? 64 : 1024 }
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

    init(_ name: String, _ sizes: [Size] = Size.allCases, _ work: @escaping (Size) throws -> Work) {
        self.name = name
        self.sizes = sizes
        self.work = work
    }

    static var all: [Case] {
        elementwise + reductions + ordering + copies + indexing + matrices + decompositions + transforms
    }
}
