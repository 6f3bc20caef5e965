public import ImJoyCore

/// Small arrays in every way they can lie in memory: each shape up to three axes, each order and direction of axes,
/// packed or with gaps, alone or sharing memory with another array.
public enum EveryLayout {
    public struct Example: Sendable, CustomStringConvertible {
        /// Elements 0, 1, 2… in row-major order, whatever the memory looks like.
        public var array: NDArray<Int32>
        /// Another array that holds the same memory, when there is one.
        public var sharer: NDArray<Int32>?
        public var description: String { "shape \(array.shape), strides \(array.strides), shared \(sharer != nil)" }
    }

    /// Every shape of up to `rank` axes with lengths 0 to `longest`.
    public static func shapes(upToRank rank: Int, longest: Int = 3) -> [[Int]] {
        var shapes: [[Int]] = [[]]
        var last = shapes
        for _ in 0..<rank {
            last = last.flatMap { shape in (0...longest).map { shape + [$0] } }
            shapes += last
        }
        return shapes
    }

    /// The layouts of one shape.
    public static func examples(shape: [Int]) throws -> [Example] {
        var examples: [Example] = []
        for order in orders(shape.count) {
            for signs in 0..<(1 << shape.count) {
                for step in [1, 2] {
                    for isShared in [false, true] {
                        let array = try make(shape, order: order, signs: signs, step: step)
                        examples.append(Example(array: array, sharer: isShared ? array : nil))
                    }
                }
            }
        }
        return examples
    }

    /// The layouts of all small shapes; about two thousand.
    public static func all(upToRank rank: Int = 3, longest: Int = 3) throws -> [Example] {
        try shapes(upToRank: rank, longest: longest).flatMap { try examples(shape: $0) }
    }

    /// Memory order `order`, axes with a set bit in `signs` backwards, `step` places per element along the last axis.
    private static func make(_ shape: [Int], order: [Int], signs: Int, step: Int) throws -> NDArray<Int32> {
        var memory = order.map { shape[$0] }
        if let last = memory.indices.last { memory[last] *= step }
        var selectors: [any AxisSelector] = memory.map { _ in AxisSlice.all }
        if let last = selectors.indices.last { selectors[last] = AxisSlice.step(step) }
        var back = [Int](repeating: 0, count: order.count)
        for (place, axis) in order.enumerated() { back[axis] = place }
        var layout = try Layout(shape: memory).slicing(selectors).permuted(back)
        for axis in shape.indices where signs & (1 << axis) != 0 { layout = try layout.flipped(along: axis) }
        var elements = [Int32](repeating: -1, count: memory.reduce(1, *))
        for (number, index) in ReferenceArray<Int32>.indices(shape).enumerated() {
            elements[try layout.position(of: index)] = Int32(number)
        }
        return try NDArray(elements, shape: memory).with(layout)
    }

    private static func orders(_ count: Int) -> [[Int]] {
        if count == 0 { return [[]] }
        return orders(count - 1).flatMap { order in
            (0...order.count).map { place in
                var longer = order
                longer.insert(count - 1, at: place)
                return longer
            }
        }
    }
}
