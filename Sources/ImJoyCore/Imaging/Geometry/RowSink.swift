internal import CImJoyKernels

/// Writes rows of computed numbers as the elements of an array, rounded as SciPy does: halves go away from zero, and
/// what is too large or too small for an integer becomes the nearest there is.
struct RowSink<Working: NDLinearReal> {
    let target: UnsafeMutableRawPointer
    private let size: Int
    private let isInteger: Bool
    private let isUnsigned: Bool
    /// Nil when the elements are the working type.
    private let cast: imjoy_unary_kernel?

    /// - Parameter target: room for elements of `dtype`, which is not `float16` or complex.
    init(_ target: UnsafeMutableRawPointer, _ dtype: DType) {
        self.target = target
        size = dtype.byteCount
        isInteger = dtype.isInteger
        isUnsigned = dtype.isInteger && !dtype.isSigned
        cast =
            dtype == Working.dtype
            ? nil : imjoy_find_cast(Working.dtype.kernelType, dtype.kernelType, false)
    }

    /// True when the elements are bytes without a sign.
    var isByte: Bool { size == 1 && isUnsigned }

    /// True when rows may be computed where they belong.
    var isDirect: Bool { cast == nil }

    /// Where the row that begins at an element belongs, when ``isDirect``.
    func place(_ start: Int) -> UnsafeMutablePointer<Working> {
        (target + start * size).assumingMemoryBound(to: Working.self)
    }

    /// Writes a row, which is changed.
    ///
    /// - Parameter exact: the number of an element of the row, computed in the order that SciPy does; asked for where
    ///   rounding may depend on it.
    func put(
        _ row: UnsafeMutablePointer<Working>, at start: Int, count: Int, exact: ((_ index: Int) -> Double)? = nil
    ) {
        guard let cast else { return }
        if isInteger { round(row, count, exact) }
        cast(row, target + start * size, count)
    }

    private func round(_ row: UnsafeMutablePointer<Working>, _ count: Int, _ exact: ((Int) -> Double)?) {
        if let exact {
            var index = 0
            while true {
                index += imjoy_find_half(Working.dtype.kernelType, row + index, count - index)
                if index >= count { break }
                row[index] = Working(exact(index))
                index += 1
            }
        }
        imjoy_add_half(Working.dtype.kernelType, row, count)
    }
}

extension NDElement {
    /// The element that a number becomes in a result of an interpolation.
    static func interpolated(_ value: Double) -> Self where Self: NDReal {
        var value = value
        guard dtype.isInteger else { return Self(casting: value, overflow: .clamp) }
        value = value > 0 ? value + 0.5 : value - 0.5
        return Self(casting: value, overflow: .clamp)
    }
}
