internal import CImJoyKernels

/// Matrices as LAPACK takes them: one after another, each column by column, in memory of their own.
///
/// The axes before the last two number the matrices, as in NumPy. Results come back as arrays whose last two axes are
/// a transposed view of such memory, so nothing is copied on the way out.
struct MatrixStack<T: NDLinearElement> {
    /// The lengths of the axes before the last two.
    let batch: [Int]
    let rows: Int
    let columns: Int
    /// Shape `batch + [columns, rows]`, row-major: each matrix lies there column by column.
    private let storage: NDArray<T>

    /// Copies the matrices of `array`, repeated to fill `batch`; rows beyond those of `array` are zero.
    init(_ array: NDArray<T>, batch: [Int]? = nil, rows: Int? = nil) throws(NDArrayError) {
        let rank = array.rank
        let own = array.shape[rank - 2]
        self.batch = batch ?? Array(array.shape.dropLast(2))
        self.rows = Swift.max(rows ?? own, own)
        columns = array.shape[rank - 1]
        let source = try array.broadcast(to: self.batch + [own, columns]).matrixTransposed()
        if self.rows == own {
            storage = try NDArray(uninitialised: source.shape) { CopyKernels.gather(source, into: $0) }
        } else {
            var padded = try NDArray<T>(claimedZeros: self.batch + [columns, self.rows])
            try padded.assign(source, to: [.ellipsis, 0..<own] as [any AxisSelector])
            storage = padded
        }
    }

    /// Matrices whose elements are still to be set.
    init(uninitialised batch: [Int], rows: Int, columns: Int) throws(NDArrayError) {
        self.batch = batch
        self.rows = rows
        self.columns = columns
        storage = try NDArray(uninitialised: batch + [columns, rows]) { _ in }
    }

    /// The number of matrices.
    var count: Int { batch.reduce(1, *) }

    /// The first element of a matrix; the memory is this stack's alone.
    func start(_ index: Int) -> UnsafeMutablePointer<T> {
        storage.mutableBase + storage.layout.offset + index * rows * columns
    }

    /// The matrices as an array of shape `batch + [rows, columns]`, a view of this memory.
    var array: NDArray<T> { storage.matrixTransposed() }

    /// The same, for the first rows only.
    func array(rows: Int) -> NDArray<T> {
        orTrap { () throws(NDArrayError) in
            try array.sliced([.ellipsis, 0..<rows, .all] as [any AxisSelector])
        }
    }

    /// Which matrix an error is about; nothing when there is just one.
    func name(_ index: Int) -> String { batch.isEmpty ? "the matrix" : "matrix \(index) of \(count)" }
}

extension NDArray {
    /// Every matrix of a stack transposed, a view of the same memory: the last two axes exchanged. NumPy's `mT`.
    ///
    /// Traps on arrays of fewer than two axes.
    public func matrixTransposed() -> NDArray {
        precondition(rank >= 2, "matrixTransposed of shape \(shape), which has no matrices")
        let axes = Array(0..<rank - 2) + [rank - 1, rank - 2]
        return orTrap { () throws(NDArrayError) in try permuted(axes) }
    }

    /// Zeros, or a reason why there is no memory for them.
    package init(claimedZeros shape: [Int]) throws(NDArrayError) {
        let count = try Layout.elementCount(of: shape)
        self = try NDArray(uninitialised: shape) { $0.initialize(repeating: .zero, count: count) }
    }
}

/// Sizes of the matrices in an array, checked for what LAPACK can count.
struct MatrixSize {
    var batch: [Int]
    var rows: Int32
    var columns: Int32

    init<T>(_ array: NDArray<T>, _ operation: String, square: Bool = false) throws(NDArrayError) {
        guard array.rank >= 2 else {
            throw NDArrayError(
                .shapeMismatch, "\(operation) needs matrices, and an array of shape \(array.shape) has none")
        }
        batch = Array(array.shape.dropLast(2))
        let (height, width) = (array.shape[array.rank - 2], array.shape[array.rank - 1])
        guard !square || height == width else {
            throw NDArrayError(
                .shapeMismatch, "\(operation) needs square matrices; those of shape \(array.shape) are not")
        }
        rows = try Self.int32(height, operation)
        columns = try Self.int32(width, operation)
    }

    static func int32(_ length: Int, _ operation: String) throws(NDArrayError) -> Int32 {
        guard let short = Int32(exactly: length) else {
            throw NDArrayError(
                .invalidShape, "\(operation) of \(length) rows or columns; LAPACK counts to \(Int32.max)")
        }
        return short
    }
}

extension NDArray where Element: NDLinearElement {
    /// LAPACK may look for ever for the singular values or eigenvalues of NaN.
    ///
    /// - Returns: the largest magnitude.
    @discardableResult
    func requireFinite(_ operation: String) throws(NDArrayError) -> Element.RealPart {
        // What two finite parts are together may not be finite.
        let largest =
            Element.dtype.isComplex
            ? Element.magnitudes(of: self).withUnsafeElements { Self.largest($0.baseAddress, $0.count) }
            : withUnsafeElements { Self.largest($0.baseAddress, $0.count) }
        guard let largest else {
            throw NDArrayError(
                .notConverged, "\(operation) of a matrix with infinite or undefined elements, shape \(shape)")
        }
        return largest
    }

    /// The largest magnitude among real numbers, 0 when there are none; nil when one is infinite or undefined.
    private static func largest(_ start: UnsafeRawPointer?, _ count: Int) -> Element.RealPart? {
        guard let start, count > 0 else { return 0 }
        var (least, most, hasNaN) = (Element.RealPart.zero, Element.RealPart.zero, false)
        let isFound = imjoy_find_extremes(start, Element.RealPart.dtype.kernelType, count, &least, &most, &hasNaN)
        return isFound && !hasNaN && least.isFinite && most.isFinite ? Swift.max(-least, most) : nil
    }
}

extension NDArrayError {
    /// What LAPACK says when an argument is bad: only ever a size whose workspace 32 bits cannot count.
    static func lapack(_ operation: String, _ shape: [Int], info: Int32) -> NDArrayError {
        NDArrayError(
            .invalidShape, "\(operation) of shape \(shape) is beyond what this LAPACK can count (info \(info))")
    }
}
