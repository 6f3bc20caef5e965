/// What lies beyond the edges of an array when a filter reaches across them; the modes of `scipy.ndimage`.
///
/// NumPy, and ``PaddingMode`` with it, calls ``reflect`` symmetric and ``mirror`` reflect.
public enum BoundaryMode: Sendable, Hashable {
    /// Mirrored at the edge of the last element: `d c b a | a b c d | d c b a`.
    case reflect
    /// Mirrored at the middle of the last element: `d c b | a b c d | c b a`.
    case mirror
    /// The last element goes on: `a a a | a b c d | d d d`.
    case nearest
    /// From the other end: `b c d | a b c d | a b c`.
    case wrap
    /// One value everywhere outside.
    case constant(Double = 0)

    /// The place inside of an axis of `length` elements that an index stands for; nil outside for ``constant(_:)``.
    func place(_ index: Int, _ length: Int) -> Int? {
        if index >= 0, index < length { return index }
        switch self {
        case .reflect: return index.mirrored(length, repeatsEdge: true)
        case .mirror: return index.mirrored(length, repeatsEdge: false)
        case .nearest: return index < 0 ? 0 : length - 1
        case .wrap: return index.modulo(length)
        case .constant: return nil
        }
    }

    /// The number, in row-major order, of the line that lies `offset` lines from another along the first axes of `shape`;
    /// nil for one outside.
    func line(_ number: Int, _ offset: [Int], _ shape: [Int]) -> Int? {
        var (rest, result, factor) = (number, 0, 1)
        for axis in offset.indices.reversed() {
            let (quotient, index) = rest.quotientAndRemainder(dividingBy: shape[axis])
            guard let place = place(index + offset[axis], shape[axis]) else { return nil }
            result += place * factor
            factor *= shape[axis]
            rest = quotient
        }
        return result
    }

    /// The value outside, for ``constant(_:)``.
    var value: Double { if case .constant(let value) = self { value } else { 0 } }
}
