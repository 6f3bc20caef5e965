extension AnyNDArray: CustomStringConvertible {
    /// The elements as NumPy's `str` prints them; see ``NDArray/description``.
    public var description: String {
        var visitor = Printer { $0.description }
        return visit(&visitor)
    }
}

extension AnyNDArray: CustomDebugStringConvertible {
    /// The elements with commas and the dtype as NumPy's `repr` prints them.
    public var debugDescription: String {
        var visitor = Printer { $0.debugDescription }
        return visit(&visitor)
    }
}

private struct Printer: NDArrayVisitor {
    let text: (any CustomStringConvertible & CustomDebugStringConvertible) -> String
    func visit<T: NDElement>(_ array: NDArray<T>) -> String { text(array) }
}

extension AnyNDArray: Equatable {
    /// True when dtype, shape and all elements are equal; NaN equals nothing.
    public static func == (a: AnyNDArray, b: AnyNDArray) -> Bool {
        guard a.dtype == b.dtype else { return false }
        var visitor = Comparison(other: b)
        return a.visit(&visitor)
    }

    private struct Comparison: NDArrayVisitor {
        let other: AnyNDArray
        func visit<T: NDElement>(_ array: NDArray<T>) -> Bool {
            array == NDArray<T>(storage: other.storage, layout: other.layout)
        }
    }
}
