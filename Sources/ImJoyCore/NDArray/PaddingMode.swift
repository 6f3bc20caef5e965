/// What an array is surrounded with: the modes of NumPy's `pad`.
///
/// One axis is padded after the other, so corners come from what the axes before them were padded with.
public enum PaddingMode<Element: NDElement>: Sendable {
    /// One value everywhere.
    case constant(Element = .zero)
    /// For each axis one value before the array and one after it.
    case constants([(before: Element, after: Element)])
    /// The elements at the edge.
    case edge
    /// Numbers at equal distances from the edge to this number at the outermost place; cut off downwards in integers.
    case linearRamp(to: Element = .zero)
    /// The largest of the nearest `count` elements of each lane, or of all.
    case maximum(of: Int? = nil)
    /// Their mean, rounded in integers.
    case mean(of: Int? = nil)
    /// Their median, rounded in integers.
    case median(of: Int? = nil)
    /// Their smallest.
    case minimum(of: Int? = nil)
    /// The array mirrored at its outermost elements, which are not repeated: `3 2 | 1 2 3 | 2 1`.
    ///
    /// Odd reflections are turned over too: twice the edge less the mirrored element, so a slope goes on.
    case reflect(isOdd: Bool = false)
    /// The array mirrored at its edges, so that the outermost elements come twice: `2 1 | 1 2 3 | 3 2`.
    case symmetric(isOdd: Bool = false)
    /// The array again and again: `2 3 | 1 2 3 | 1 2`.
    case wrap
    /// Anything; zeros in fact.
    case empty

    /// The same mode for another element type.
    func map<Other>(_ convert: (Element) -> Other) -> PaddingMode<Other> {
        switch self {
        case .constant(let value): .constant(convert(value))
        case .constants(let values): .constants(values.map { (convert($0.before), convert($0.after)) })
        case .edge: .edge
        case .linearRamp(let end): .linearRamp(to: convert(end))
        case .maximum(let count): .maximum(of: count)
        case .mean(let count): .mean(of: count)
        case .median(let count): .median(of: count)
        case .minimum(let count): .minimum(of: count)
        case .reflect(let isOdd): .reflect(isOdd: isOdd)
        case .symmetric(let isOdd): .symmetric(isOdd: isOdd)
        case .wrap: .wrap
        case .empty: .empty
        }
    }
}
