/// What may stand between the brackets of an array: `a[.all, 3..., 0]`, `a[.ellipsis, .step(2)]`, `a[.newAxis]`.
///
/// - An `Int` picks one index and drops the axis; negative numbers count from the end.
/// - A range keeps the axis; its bounds must lie inside.
/// - ``AxisSelector/slice(from:to:by:)`` has NumPy's rules: any bound or none, negative steps, clamping.
/// - Arrays of integers pick many indices and arrays of `Bool` those where they are true, both as NumPy's advanced
///   indexing does: `a[[0, 2, 2]]`, `a[rows, columns]`, `a[.all, mask]`. They copy where the others give views.
public protocol AxisSelector: Sendable {
    /// The selector as a value.
    var axisSlice: AxisSlice { get }
}

/// A selector as a value; made through the static members of ``AxisSelector``.
public struct AxisSlice: AxisSelector, Hashable {
    enum Kind: Hashable {
        case index(Int)
        case range(from: Int?, to: Int?)
        case slice(from: Int?, to: Int?, step: Int)
        case ellipsis
        case newAxis
        case indices(NDArray<Int64>)
        case mask(NDArray<Bool>)

        /// True for those that copy.
        var isAdvanced: Bool {
            switch self {
            case .indices, .mask: true
            default: false
            }
        }

        /// The number of axes it speaks of.
        var axisCount: Int {
            switch self {
            case .ellipsis, .newAxis: 0
            case .mask(let mask): mask.rank
            default: 1
            }
        }
    }
    var kind: Kind

    public var axisSlice: AxisSlice { self }
}

extension AxisSelector where Self == AxisSlice {
    /// The whole axis.
    public static var all: AxisSlice { AxisSlice(kind: .range(from: nil, to: nil)) }
    /// As many whole axes as are not named otherwise; once at most.
    public static var ellipsis: AxisSlice { AxisSlice(kind: .ellipsis) }
    /// A new axis of length 1 at this place.
    public static var newAxis: AxisSlice { AxisSlice(kind: .newAxis) }
    /// Every `count`th index; a negative step starts at the end. Zero is refused.
    public static func step(_ count: Int) -> AxisSlice { AxisSlice(kind: .slice(from: nil, to: nil, step: count)) }
    /// NumPy's `start:stop:step`: negative bounds count from the end, bounds outside are moved to the edge.
    public static func slice(from: Int? = nil, to: Int? = nil, by step: Int = 1) -> AxisSlice {
        AxisSlice(kind: .slice(from: from, to: to, step: step))
    }
}

extension Int: AxisSelector {
    public var axisSlice: AxisSlice { AxisSlice(kind: .index(self)) }
}
extension Range<Int>: AxisSelector {
    public var axisSlice: AxisSlice { AxisSlice(kind: .range(from: lowerBound, to: upperBound)) }
}
extension ClosedRange<Int>: AxisSelector {
    public var axisSlice: AxisSlice {
        // A range that ends at Int.max lies outside every axis and is refused with the others.
        AxisSlice(kind: .range(from: lowerBound, to: upperBound == .max ? .max : upperBound + 1))
    }
}
extension PartialRangeFrom<Int>: AxisSelector {
    public var axisSlice: AxisSlice { AxisSlice(kind: .range(from: lowerBound, to: nil)) }
}
extension PartialRangeUpTo<Int>: AxisSelector {
    public var axisSlice: AxisSlice { AxisSlice(kind: .range(from: nil, to: upperBound)) }
}
extension PartialRangeThrough<Int>: AxisSelector {
    public var axisSlice: AxisSlice {
        AxisSlice(kind: .range(from: nil, to: upperBound == .max ? .max : upperBound + 1))
    }
}
extension [Int]: AxisSelector {
    public var axisSlice: AxisSlice { AxisSlice(kind: .indices(indexArray)) }
}

/// An element type whose arrays may stand between brackets: integers, which are indices, and `Bool`, which is a mask.
public protocol NDIndexElement: NDElement {
    /// What an array of this type selects.
    static func axisSlice(_ array: NDArray<Self>) -> AxisSlice
}

extension Bool: NDIndexElement {
    public static func axisSlice(_ array: NDArray<Bool>) -> AxisSlice { AxisSlice(kind: .mask(array)) }
}

extension NDIndexElement where Self: NDInteger {
    public static func axisSlice(_ array: NDArray<Self>) -> AxisSlice {
        AxisSlice(kind: .indices(array.indexArray))
    }
}
extension Int8: NDIndexElement {}
extension Int16: NDIndexElement {}
extension Int32: NDIndexElement {}
extension Int64: NDIndexElement {}
extension UInt8: NDIndexElement {}
extension UInt16: NDIndexElement {}
extension UInt32: NDIndexElement {}
extension UInt64: NDIndexElement {}

extension NDArray: AxisSelector where Element: NDIndexElement {
    public var axisSlice: AxisSlice { Element.axisSlice(self) }
}
