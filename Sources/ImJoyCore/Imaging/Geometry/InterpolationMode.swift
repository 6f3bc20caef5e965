/// What lies beyond the edges of an array when values between its elements are asked for; the modes of the
/// interpolation in `scipy.ndimage`.
///
/// They are not quite those of filters, which ``BoundaryMode`` has: SciPy's `wrap` and `constant` take the middles of
/// the outermost elements for the ends of an array, its `grid-wrap` and `grid-constant` the outer edges of those
/// elements.
public enum InterpolationMode: Sendable, Hashable {
    /// Mirrored at the edge of the last element: `d c b a | a b c d | d c b a`; SciPy's `reflect` and `grid-mirror`.
    case reflect
    /// Mirrored at the middle of the last element: `d c b | a b c d | c b a`.
    case mirror
    /// The last element goes on: `a a a | a b c d | d d d`.
    case nearest
    /// From the other end, where the first and the last element are one and the same: `c d b c | a b c d | b c a b`.
    ///
    /// This is SciPy's `wrap`, which makes sense for a line whose ends are equal; otherwise take ``gridWrap``.
    case wrap
    /// From the other end: `a b c d | a b c d | a b c d`; SciPy's `grid-wrap`.
    case gridWrap
    /// One value everywhere outside, without any transition: beyond the middle of the last element is nothing else.
    case constant(Double = 0)
    /// One value at each place outside, with a transition between it and the last element; SciPy's `grid-constant`.
    case gridConstant(Double = 0)

    /// The mode that goes on as a filter's boundary does.
    public init(_ boundary: BoundaryMode) {
        switch boundary {
        case .reflect: self = .reflect
        case .mirror: self = .mirror
        case .nearest: self = .nearest
        case .wrap: self = .gridWrap
        case .constant(let value): self = .gridConstant(value)
        }
    }

    /// The value outside, for the modes that have one.
    var value: Double {
        switch self {
        case .constant(let value), .gridConstant(let value): value
        default: 0
        }
    }

    /// True when places outside are not sent to one inside, but have a value each.
    var goesOn: Bool {
        switch self {
        case .nearest, .gridConstant: true
        default: false
        }
    }

    /// How many places splines are continued by before their coefficients are computed.
    ///
    /// The coefficients of these modes have no simple form beyond the edges; twelve places away an edge matters no
    /// more.
    var margin: Int {
        switch self {
        case .nearest, .gridConstant: 12
        default: 0
        }
    }

    /// How the coefficients of splines go on.
    var ending: SplineFilter.Ending {
        switch self {
        case .reflect, .nearest: .reflect
        case .gridWrap: .wrap
        case .mirror, .wrap, .constant, .gridConstant: .mirror
        }
    }

    /// The coordinate inside of an axis of `length` elements that one outside stands for.
    ///
    /// -1 or less when there is none. Coordinates outside remain where single places outside have values, and up to one
    /// element beyond the last one for others. Periods are taken off as SciPy does it, so that ties fall alike.
    func inside(_ coordinate: Double, _ length: Int) -> Double {
        let last = Double(length - 1)
        if coordinate >= 0, coordinate <= last { return coordinate }
        switch self {
        case .gridConstant, .nearest: return coordinate
        case .constant: return -1
        default: return length <= 1 && !coordinate.isNaN ? 0 : periodic(coordinate, length)
        }
    }

    private func periodic(_ coordinate: Double, _ length: Int) -> Double {
        let size = Double(length)
        func periods(_ distance: Double, _ period: Double) -> Double {
            period * (distance / period).rounded(.towardZero)
        }
        if coordinate < 0 {
            switch self {
            case .mirror:
                let period = 2 * size - 2
                let rest = coordinate + periods(-coordinate, period)
                return rest <= 1 - size ? rest + period : -rest
            case .reflect:
                let period = 2 * size
                let rest = coordinate < -period ? coordinate + periods(-coordinate, period) : coordinate
                if rest < -size { return rest + period }
                // What is all but zero must not become -1, which is outside.
                return (rest > -1e-15 ? 1e-15 : -rest) - 1
            case .wrap: return coordinate + (size - 1) * ((-coordinate / (size - 1)).rounded(.towardZero) + 1)
            default: return coordinate + size * (((-1 - coordinate) / size).rounded(.towardZero) + 1)
            }
        }
        switch self {
        case .mirror:
            let rest = coordinate - periods(coordinate, 2 * size - 2)
            return rest >= size ? 2 * size - 2 - rest : rest
        case .reflect:
            let rest = coordinate - periods(coordinate, 2 * size)
            return rest >= size ? 2 * size - rest - 1 : rest
        case .wrap: return coordinate - periods(coordinate, size - 1)
        default: return coordinate - periods(coordinate, size)
        }
    }

    /// The element of an axis that a place near its ends stands for; nil for the value outside.
    func place(_ index: Int, _ length: Int) -> Int? {
        if index >= 0, index < length { return index }
        switch self {
        case .gridConstant: return nil
        case .nearest: return index < 0 ? 0 : length - 1
        case .reflect: return index.mirrored(length, repeatsEdge: true)
        case .gridWrap: return index.modulo(length)
        // Only splines reach beyond the edges here, and those are mirrored.
        case .mirror, .wrap, .constant: return index.mirrored(length, repeatsEdge: false)
        }
    }
}
