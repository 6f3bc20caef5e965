/// A strided, copy-on-write array of any number of axes and one known element type.
///
/// ```swift
/// var image = NDArray<Float>(repeating: 0, shape: [512, 512])
/// image[100, 200] = 1                       // integers alone name an element
/// let row = image[100, .all]                // anything else names a view, which copies nothing
/// let small = image[.step(2), .step(2)]     // every second pixel
/// let bright = (small * 2 + 1).sum()        // operators broadcast
/// ```
///
/// ## Values and views
///
/// An array is a value: a copy never changes when another one is written to. Copies, slices, transposes and reshapes
/// share memory until one of them is written, and only then is the written one copied. Memory that is not ours (a
/// mapped file, a network frame) is never written: the first write makes a copy.
///
/// ## Shapes
///
/// Axes are numbered from 0, outermost first, and may be counted from the end with negative numbers. Elements lie in
/// row-major order unless the array is a view. An empty shape is a single element.
///
/// ## Mistakes
///
/// Operators and subscripts stop the program with a sentence when shapes cannot go together, as Swift's own arrays do:
/// they are for shapes your code made. Named functions such as ``reshaped(to:)`` throw ``NDArrayError``, and are the
/// ones for shapes that came from a file or a peer.
///
/// Arrays can cross tasks freely. Two tasks that write "the same" array write two copies.
public struct NDArray<Element: NDElement>: Sendable {
    @usableFromInline package private(set) var storage: NDStorage
    @usableFromInline package private(set) var layout: Layout

    /// Takes a storage over; the layout must lie inside it.
    package init(storage: NDStorage, layout: Layout) {
        self.storage = storage
        self.layout = layout
    }

    /// The length of each axis, outermost first; empty for a single element.
    public var shape: [Int] { layout.shape }
    /// Elements between neighbours along each axis; negative for axes that run backwards, 0 for repeated ones.
    public var strides: [Int] { layout.strides }
    /// The number of axes.
    public var rank: Int { layout.rank }
    /// The number of elements.
    public var count: Int { layout.count }
    /// True when there are no elements.
    public var isEmpty: Bool { layout.count == 0 }
    /// True when the elements lie one after another in row-major order.
    public var isContiguous: Bool { layout.isContiguous }
    /// The run-time name of the element type.
    public var dtype: DType { Element.dtype }

    /// The first element of the storage; add the layout's offset.
    @inlinable package var base: UnsafePointer<Element> {
        UnsafePointer(storage.base.assumingMemoryBound(to: Element.self))
    }

    /// This array in row-major order: itself when it already is, otherwise a copy.
    public func contiguous() -> NDArray { isContiguous ? self : copied() }

    /// A copy in a storage of its own, in row-major order.
    package func copied() -> NDArray {
        let target = NDStorage(byteCount: count * MemoryLayout<Element>.stride)
        let destination = target.base.bindMemory(to: Element.self, capacity: count)
        CopyKernels.gather(self, into: destination)
        return NDArray(storage: target, layout: .rowMajor(shape, count: count))
    }

    /// Makes sure that this value alone holds its memory, so that it may be written.
    @usableFromInline package mutating func makeUnique() {
        if !isReusable() { self = copied() }
    }

    /// True when the memory is ours and nobody else's, so that it may be written.
    package mutating func isReusable() -> Bool {
        isKnownUniquelyReferenced(&storage) && storage.isOurs && layout.hasDistinctElements
    }

    /// The memory for writing; call ``makeUnique()`` first.
    @inlinable package var mutableBase: UnsafeMutablePointer<Element> {
        storage.base.assumingMemoryBound(to: Element.self)
    }

    /// The same memory with another layout.
    package func with(_ layout: Layout) -> NDArray { NDArray(storage: storage, layout: layout) }
}

extension Layout {
    /// A fresh row-major layout of a shape that was checked before.
    package static func rowMajor(_ shape: [Int], count: Int) -> Layout {
        Layout(unchecked: shape, strides: rowMajorStrides(shape), offset: 0, count: count)
    }

    /// False for views where one element of memory stands for many, as in broadcast ones: they must not be written.
    ///
    /// The test is that a step along an axis leaves behind everything that the axes with smaller steps reach. Odd
    /// layouts that fail it although no elements coincide are merely copied before they are written.
    package var hasDistinctElements: Bool {
        if isContiguous { return true }
        for axis in shape.indices where shape[axis] > 1 {
            var reach = 0
            for other in shape.indices where other != axis && shape[other] > 1 {
                let (step, otherStep) = (strides[axis].magnitude, strides[other].magnitude)
                if otherStep < step || (otherStep == step && other > axis) {
                    reach += (shape[other] - 1) * Int(otherStep)
                }
            }
            if reach >= strides[axis].magnitude { return false }
        }
        return true
    }
}
