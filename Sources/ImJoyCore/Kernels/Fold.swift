internal import CImJoyKernels

/// What a reduction does with its elements.
///
/// Types instead of closures, because a loop over a generic type is compiled anew for each, operation and all, while a
/// closure may stay a call per element.
protocol Fold {
    associatedtype Element
    associatedtype Result
    /// The result of folding nothing; never asked for where that has no meaning.
    var empty: Result { get }
    func convert(_ element: Element) -> Result
    func join(_ a: Result, _ b: Result) -> Result

    /// The fold of elements that lie one after another, at least one, or nil where there is no C kernel for it.
    func foldRun(_ start: UnsafePointer<Element>, _ count: Int) -> Result?
    /// Joins a row of results to another, or returns false where there is no C kernel for it.
    func joinRow(_ row: UnsafePointer<Result>, to partial: UnsafeMutablePointer<Result>, _ count: Int) -> Bool
    /// Converts a row of elements, or returns false where there is no C kernel for it.
    func convertRow(_ row: UnsafePointer<Element>, to target: UnsafeMutablePointer<Result>, _ count: Int) -> Bool
}

extension Fold {
    func foldRun(_ start: UnsafePointer<Element>, _ count: Int) -> Result? { nil }
    func joinRow(_ row: UnsafePointer<Result>, to partial: UnsafeMutablePointer<Result>, _ count: Int) -> Bool { false }
    func convertRow(_ row: UnsafePointer<Element>, to target: UnsafeMutablePointer<Result>, _ count: Int) -> Bool {
        false
    }
}

extension Fold where Result: NDElement {
    /// Joins rows by the C kernel of an elementwise operation.
    func joinRow(
        _ row: UnsafePointer<Result>, to partial: UnsafeMutablePointer<Result>, _ count: Int,
        by operation: imjoy_operation
    ) -> Bool {
        guard let kernel = imjoy_find_operation(operation, Result.dtype.kernelType, IMJOY_BOTH_RUNS) else {
            return false
        }
        kernel(partial, row, partial, count)
        return true
    }
}

struct Sum<T: NDNumber>: Fold {
    @inline(__always) var empty: T { 0 }
    @inline(__always) func convert(_ element: T) -> T { element }
    @inline(__always) func join(_ a: T, _ b: T) -> T { T.wrappingSum(a, b) }

    func joinRow(_ row: UnsafePointer<T>, to partial: UnsafeMutablePointer<T>, _ count: Int) -> Bool {
        joinRow(row, to: partial, count, by: IMJOY_ADD)
    }

    func foldRun(_ start: UnsafePointer<T>, _ count: Int) -> T? {
        switch T.dtype {
        case .float32: imjoy_sum_float32(UnsafeRawPointer(start).assumingMemoryBound(to: Float.self), count) as? T
        case .float64: imjoy_sum_float64(UnsafeRawPointer(start).assumingMemoryBound(to: Double.self), count) as? T
        case let dtype where dtype.isInteger:
            // The low bits of a wider sum are those of the sum in the type itself.
            withUnsafeBytes(of: imjoy_sum_integers(start, dtype.kernelType, count).littleEndian) {
                $0.loadUnaligned(as: T.self)
            }
        default: nil
        }
    }
}

struct Product<T: NDNumber>: Fold {
    @inline(__always) var empty: T { 1 }
    @inline(__always) func convert(_ element: T) -> T { element }
    @inline(__always) func join(_ a: T, _ b: T) -> T { T.wrappingProduct(a, b) }

    func joinRow(_ row: UnsafePointer<T>, to partial: UnsafeMutablePointer<T>, _ count: Int) -> Bool {
        joinRow(row, to: partial, count, by: IMJOY_MULTIPLY)
    }
}

struct Minimum<T: NDReal>: Fold {
    @inline(__always) var empty: T { 0 }
    @inline(__always) func convert(_ element: T) -> T { element }
    @inline(__always) func join(_ a: T, _ b: T) -> T { ElementwiseKernels.smaller(a, b) }

    func joinRow(_ row: UnsafePointer<T>, to partial: UnsafeMutablePointer<T>, _ count: Int) -> Bool {
        joinRow(row, to: partial, count, by: IMJOY_MINIMUM)
    }

    func foldRun(_ start: UnsafePointer<T>, _ count: Int) -> T? { extremes(start, count)?.smallest }
}

struct Maximum<T: NDReal>: Fold {
    @inline(__always) var empty: T { 0 }
    @inline(__always) func convert(_ element: T) -> T { element }
    @inline(__always) func join(_ a: T, _ b: T) -> T { ElementwiseKernels.larger(a, b) }

    func joinRow(_ row: UnsafePointer<T>, to partial: UnsafeMutablePointer<T>, _ count: Int) -> Bool {
        joinRow(row, to: partial, count, by: IMJOY_MAXIMUM)
    }

    func foldRun(_ start: UnsafePointer<T>, _ count: Int) -> T? { extremes(start, count)?.largest }
}

/// The smallest and largest of elements that lie one after another, or nil where there is no C kernel for it.
private func extremes<T: NDReal>(_ start: UnsafePointer<T>, _ count: Int) -> (smallest: T, largest: T)? {
    withUnsafeTemporaryAllocation(of: T.self, capacity: 2) { ends in
        guard let first = ends.baseAddress,
            imjoy_extremes(start, T.dtype.kernelType, count, first, first + 1)
        else { return nil }
        return (first[0], first[1])
    }
}

/// A fold of elements that are first brought to a wider type.
struct Widened<T: NDReal, Inner: Fold>: Fold where Inner.Element == Inner.Result, Inner.Element: NDReal {
    var inner: Inner
    @inline(__always) var empty: Inner.Result { inner.empty }
    @inline(__always) func convert(_ element: T) -> Inner.Result {
        element.cast(to: Inner.Element.self, overflow: .wrap)
    }
    @inline(__always) func join(_ a: Inner.Result, _ b: Inner.Result) -> Inner.Result { inner.join(a, b) }

    func foldRun(_ start: UnsafePointer<T>, _ count: Int) -> Inner.Result? {
        let bytes = UnsafeRawPointer(start)
        if Inner.self == Sum<Int64>.self, T.dtype.isInteger {
            return imjoy_sum_integers(start, T.dtype.kernelType, count) as? Inner.Result
        }
        guard Inner.self == Sum<Double>.self else { return nil }
        switch T.dtype {
        case .float32:
            return imjoy_sum_float32_as_double(bytes.assumingMemoryBound(to: Float.self), count) as? Inner.Result
        case .float64: return imjoy_sum_float64(bytes.assumingMemoryBound(to: Double.self), count) as? Inner.Result
        // Exact: no memory holds enough of them to reach the 64th bit.
        case let dtype where dtype.isInteger && dtype.byteCount <= 4:
            return Double(imjoy_sum_integers(start, dtype.kernelType, count)) as? Inner.Result
        default: return nil
        }
    }

    func joinRow(
        _ row: UnsafePointer<Inner.Result>, to partial: UnsafeMutablePointer<Inner.Result>, _ count: Int
    ) -> Bool { inner.joinRow(row, to: partial, count) }

    func convertRow(_ row: UnsafePointer<T>, to target: UnsafeMutablePointer<Inner.Result>, _ count: Int) -> Bool {
        VectorKernels.convert(row, to: target, count)
    }
}

/// The sum of squared distances from a number.
struct SquaredDistance<T: NDReal>: Fold {
    var centre: Double
    @inline(__always) var empty: Double { 0 }
    @inline(__always)
    func convert(_ element: T) -> Double {
        let distance = element.asDouble - centre
        return distance * distance
    }
    @inline(__always) func join(_ a: Double, _ b: Double) -> Double { a + b }

    func foldRun(_ start: UnsafePointer<T>, _ count: Int) -> Double? {
        let bytes = UnsafeRawPointer(start)
        return switch T.dtype {
        case .float32: imjoy_squared_distances_float32(bytes.assumingMemoryBound(to: Float.self), count, centre)
        case .float64: imjoy_squared_distances_float64(bytes.assumingMemoryBound(to: Double.self), count, centre)
        default: nil
        }
    }
}
