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
}

struct Sum<T: NDNumber>: Fold {
    @inline(__always) var empty: T { 0 }
    @inline(__always) func convert(_ element: T) -> T { element }
    @inline(__always) func join(_ a: T, _ b: T) -> T { T.wrappingSum(a, b) }
}

struct Product<T: NDNumber>: Fold {
    @inline(__always) var empty: T { 1 }
    @inline(__always) func convert(_ element: T) -> T { element }
    @inline(__always) func join(_ a: T, _ b: T) -> T { T.wrappingProduct(a, b) }
}

struct Minimum<T: NDReal>: Fold {
    @inline(__always) var empty: T { 0 }
    @inline(__always) func convert(_ element: T) -> T { element }
    @inline(__always) func join(_ a: T, _ b: T) -> T { ElementwiseKernels.smaller(a, b) }
}

struct Maximum<T: NDReal>: Fold {
    @inline(__always) var empty: T { 0 }
    @inline(__always) func convert(_ element: T) -> T { element }
    @inline(__always) func join(_ a: T, _ b: T) -> T { ElementwiseKernels.larger(a, b) }
}

/// A fold of elements that are first brought to a wider type.
struct Widened<T: NDReal, Inner: Fold>: Fold where Inner.Element == Inner.Result, Inner.Element: NDReal {
    var inner: Inner
    @inline(__always) var empty: Inner.Result { inner.empty }
    @inline(__always) func convert(_ element: T) -> Inner.Result {
        element.cast(to: Inner.Element.self, overflow: .wrap)
    }
    @inline(__always) func join(_ a: Inner.Result, _ b: Inner.Result) -> Inner.Result { inner.join(a, b) }
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
}
