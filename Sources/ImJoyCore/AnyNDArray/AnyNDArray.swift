/// An array whose element type is known only at run time: what files and peers hand us.
///
/// It shares storage and layout with ``NDArray``; going from one to the other copies nothing.
///
/// ```swift
/// let image = try Image(contentsOf: "cells.tif").pixels       // uint16 this time
/// let typed: NDArray<UInt16> = try image.typed(as: UInt16.self)
/// let anything: NDArray<Float> = image.cast(to: Float.self)   // whatever it was
/// ```
public struct AnyNDArray: Sendable {
    package let storage: NDStorage
    package let layout: Layout
    /// The element type.
    public let dtype: DType

    package init(storage: NDStorage, layout: Layout, dtype: DType) {
        self.storage = storage
        self.layout = layout
        self.dtype = dtype
    }

    /// The same array with its type forgotten.
    public init<Element: NDElement>(_ array: NDArray<Element>) {
        self.init(storage: array.storage, layout: array.layout, dtype: Element.dtype)
    }

    /// An array over bytes that somebody else owns; see ``NDArray/init(sharing:shape:strides:)``.
    public init(sharing bytes: SharedBytes, dtype: DType, shape: [Int], strides: [Int]? = nil) throws(NDArrayError) {
        func make<T: NDElement>(_ type: T.Type) throws(NDArrayError) -> AnyNDArray {
            AnyNDArray(try NDArray<T>(sharing: bytes, shape: shape, strides: strides))
        }
        self = try make(dtype.elementType)
    }

    /// The length of each axis, outermost first.
    public var shape: [Int] { layout.shape }
    /// Elements between neighbours along each axis.
    public var strides: [Int] { layout.strides }
    /// The number of axes.
    public var rank: Int { layout.rank }
    /// The number of elements.
    public var count: Int { layout.count }
    /// The size of the elements in bytes, without gaps.
    public var byteCount: Int { count * dtype.byteCount }
    /// True when the elements lie one after another in row-major order.
    public var isContiguous: Bool { layout.isContiguous }

    /// The same elements as an array of a known type; throws when the type is another one.
    public func typed<T: NDElement>(as type: T.Type = T.self) throws(NDArrayError) -> NDArray<T> {
        guard dtype == T.dtype else {
            throw NDArrayError(
                .dtypeMismatch, "the array has dtype \(dtype), not \(T.dtype); use cast(to:) to convert it")
        }
        return NDArray(storage: storage, layout: layout)
    }

    /// The elements in row-major order as bytes of this machine's order, shared when they already lie so.
    public var bytes: SharedBytes {
        var visitor = BytesVisitor()
        return visit(&visitor)
    }

    private struct BytesVisitor: NDArrayVisitor {
        func visit<T: NDElement>(_ array: NDArray<T>) -> SharedBytes { array.bytes }
    }
}
