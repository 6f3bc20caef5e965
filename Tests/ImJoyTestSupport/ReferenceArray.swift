public import ImJoyCore

/// An array as a function of its index: what every optimised walk is compared with.
public struct ReferenceArray<Element: NDElement> {
    public var shape: [Int]
    public var at: ([Int]) -> Element

    public init(shape: [Int], at: @escaping ([Int]) -> Element) {
        self.shape = shape
        self.at = at
    }

    /// The array read element by element.
    public init(_ array: NDArray<Element>) {
        self.init(shape: array.shape) { array[at: $0] }
    }

    /// Every index of `shape`, the last axis fastest.
    public static func indices(_ shape: [Int]) -> [[Int]] {
        shape.reduce([[]]) { indices, length in indices.flatMap { index in (0..<length).map { index + [$0] } } }
    }

    public var elements: [Element] { Self.indices(shape).map(at) }
}
