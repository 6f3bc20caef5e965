internal import RealModule

/// One label of an image of labels: where it is, how large, how it is shaped and how bright; see
/// ``NDArray/regions(measuring:spacing:)``.
///
/// Coordinates are in elements times the spacing, areas in its square (or cube). Names are those of scikit-image's
/// `regionprops`, where they differ as noted.
public struct Region: Sendable, Hashable {
    /// The label.
    public let label: Int
    /// How many elements it has; `num_pixels`.
    public let count: Int
    /// The smallest box around it, in elements; `bbox`.
    public let boundingBox: [Range<Int>]
    /// The mean of its coordinates; `centroid`.
    public let centroid: [Double]
    /// How far neighbours along each axis are apart.
    public let spacing: [Double]
    /// How bright it is, when there was an image.
    public internal(set) var intensity: RegionIntensity?
    /// What its outline is like, for two axes when it was asked for.
    public internal(set) var outline: RegionOutline?
    /// The means of the products of coordinates less their means, for each pair of axes, when asked for: the matrix of
    /// variances along and between the axes.
    public internal(set) var covariance: [[Double]]?

    /// The area, or volume.
    public var area: Double { Double(count) * elementArea }
    /// That of the bounding box; `area_bbox`.
    public var boundingBoxArea: Double { Double(boundingBox.reduce(1) { $0 * $1.count }) * elementArea }
    /// The part of the bounding box that belongs to the label.
    public var extent: Double { area / boundingBoxArea }
    /// The diameter of a circle (or ball) of the same area; `equivalent_diameter_area`.
    public var equivalentDiameter: Double {
        let rank = Double(spacing.count)
        return Double.pow(2 * rank * area / .pi, 1 / rank)
    }
    private var elementArea: Double { spacing.reduce(1, *) }

    /// The eigenvalues of the inertia tensor, the greatest first, for two and three axes; `inertia_tensor_eigvals`.
    public var inertiaEigenvalues: [Double]? {
        guard let covariance else { return nil }
        if covariance.count == 2 {
            let (a, b, c) = (covariance[0][0], covariance[0][1], covariance[1][1])
            let (middle, half) = ((a + c) / 2, Double.hypot((a - c) / 2, b))
            return [middle + half, Swift.max(middle - half, 0)]
        }
        guard covariance.count == 3 else { return nil }
        let sum = (0..<3).reduce(0.0) { $0 + covariance[$1][$1] }
        return SmallSymmetric.eigenvalues(covariance).map { Swift.max(sum - $0, 0) }.sorted(by: >)
    }

    /// The longest axis of the ellipse (or ellipsoid) with the same covariance; `axis_major_length`.
    public var majorAxisLength: Double? {
        guard let values = inertiaEigenvalues else { return nil }
        if values.count == 2 { return 4 * values[0].squareRoot() }
        return Swift.max(0, 10 * (values[0] + values[1] - values[2])).squareRoot()
    }

    /// The shortest axis of the ellipse (or ellipsoid) with the same covariance; `axis_minor_length`.
    public var minorAxisLength: Double? {
        guard let values = inertiaEigenvalues else { return nil }
        if values.count == 2 { return 4 * values[1].squareRoot() }
        return Swift.max(0, 10 * (values[1] + values[2] - values[0])).squareRoot()
    }

    /// How far the ellipse with the same covariance is from a circle: 0 for a circle, up to 1; for two axes.
    public var eccentricity: Double? {
        guard let values = inertiaEigenvalues, values.count == 2 else { return nil }
        return values[0] == 0 ? 0 : Swift.max(1 - values[1] / values[0], 0).squareRoot()
    }

    /// The angle between the first axis and the longest axis of the ellipse, from -π/2 to π/2 counter-clockwise; for
    /// two axes.
    public var orientation: Double? {
        guard let covariance, covariance.count == 2 else { return nil }
        // The inertia tensor has the other variance in each place of its diagonal, and the negative product beside it.
        let (a, b, c) = (covariance[1][1], -covariance[0][1], covariance[0][0])
        if a - c == 0 { return b < 0 ? .pi / 4 : -.pi / 4 }
        return 0.5 * Double.atan2(y: -2 * b, x: c - a)
    }

    /// The area over that of the smallest convex region around it, for two axes; `solidity`.
    public var solidity: Double? { outline.map { area / $0.convexArea } }
}

/// How bright a label is.
public struct RegionIntensity: Sendable, Hashable {
    /// The mean of its elements; `intensity_mean`.
    public let mean: Double
    /// The smallest of its elements; `intensity_min`.
    public let minimum: Double
    /// The greatest of its elements; `intensity_max`.
    public let maximum: Double
    /// The standard deviation of its elements; `intensity_std`.
    public let standardDeviation: Double
    /// The sum of its elements.
    public let sum: Double
}

/// What the outline of a label in two axes is like.
public struct RegionOutline: Sendable, Hashable {
    /// The length of the outline through the middles of its elements; `perimeter`.
    public let perimeter: Double
    /// The length of the outline by the formula of Crofton in four directions; `perimeter_crofton`.
    public let croftonPerimeter: Double
    /// Parts less holes, with neighbours that share a corner; `euler_number`.
    public let eulerNumber: Int
    /// The area of the smallest convex region around all elements; `area_convex`.
    public let convexArea: Double
    /// The area with all holes filled; `area_filled`.
    public let filledArea: Double
    /// The longest distance between two points of the convex outline; `feret_diameter_max`.
    public let feretDiameter: Double
}

/// What regions are measured for besides place and size; see ``NDArray/regions(measuring:spacing:)``.
public struct RegionMeasures: OptionSet, Sendable, Hashable {
    /// The bits of the set.
    public let rawValue: Int
    /// A set of these bits.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Covariance, and what follows from it: axis lengths, eccentricity and orientation.
    public static let ellipse = RegionMeasures(rawValue: 1)
    /// ``RegionOutline``, for two axes.
    public static let outline = RegionMeasures(rawValue: 2)
    /// Everything.
    public static let all: RegionMeasures = [.ellipse, .outline]
}

/// Symmetric matrices of three rows.
enum SmallSymmetric {
    /// The eigenvalues, by rotations that make the elements beside the diagonal smaller (Jacobi, 1846).
    static func eigenvalues(_ matrix: [[Double]]) -> [Double] {
        var a = matrix
        for _ in 0..<30 {
            let rest = a[0][1].magnitude + a[0][2].magnitude + a[1][2].magnitude
            if rest == 0 { break }
            for (p, q) in [(0, 1), (0, 2), (1, 2)] where a[p][q] != 0 {
                let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
                let t = (theta < 0 ? -1 : 1) / (theta.magnitude + (theta * theta + 1).squareRoot())
                let c = 1 / (t * t + 1).squareRoot()
                let s = t * c
                for k in 0..<3 { (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]) }
                for k in 0..<3 { (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]) }
            }
        }
        return [a[0][0], a[1][1], a[2][2]]
    }
}
