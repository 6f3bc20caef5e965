/// How alike two images are to the eye, from their means, spreads and common changes in windows (Wang and others,
/// 2004).
public struct StructuralSimilarity: Sendable, Hashable {
    /// Which neighbours are compared, and how they are weighted.
    public enum Window: Sendable, Hashable {
        /// A box of an odd number of elements along each axis.
        case box(Int)
        /// A Gaussian that is cut off at three and a half of its standard deviation.
        case gaussian(sigma: Double)
    }

    /// The neighbours.
    public var window: Window
    /// From the smallest to the largest value there can be; that of the type when nil, which floats must not be.
    public var dataRange: Double?
    /// What keeps quotients of means from becoming arbitrary where images are dark, as a part of the range.
    public var k1: Double
    /// The same for spreads.
    public var k2: Double
    /// Whether spreads are divided by one less than the number of elements.
    public var usesSampleCovariance: Bool

    /// The settings of scikit-image's `structural_similarity`.
    ///
    /// With a Gaussian of sigma 1.5 and without sample covariance it is the measure of the article.
    public init(
        window: Window = .box(7), dataRange: Double? = nil, k1: Double = 0.01, k2: Double = 0.03,
        usesSampleCovariance: Bool = true
    ) {
        self.window = window
        self.dataRange = dataRange
        self.k1 = k1
        self.k2 = k2
        self.usesSampleCovariance = usesSampleCovariance
    }
}

extension NDArray where Element: NDReal {
    /// How alike two images are to the eye: 1 when they are the same; scikit-image's `structural_similarity`.
    ///
    /// ```swift
    /// let likeness = try image.structuralSimilarity(to: reference, StructuralSimilarity(dataRange: 4095))
    /// ```
    /// - Parameters:
    ///   - other: an array of the same shape.
    ///   - settings: the windows and the range of the values.
    ///   - channelAxis: an axis whose elements have nothing to do with each other.
    /// - Returns: the mean of the map without the elements whose window reaches over the edge.
    ///
    /// Throws when the shapes differ, no range is given for floats, and for windows that are even or larger than the
    /// image.
    public func structuralSimilarity(
        to other: NDArray, _ settings: StructuralSimilarity = .init(), channelAxis: Int? = nil
    ) throws(NDArrayError) -> Double {
        try structuralSimilarityMap(to: other, settings, channelAxis: channelAxis).mean
    }

    /// The same with the likeness at each element.
    ///
    /// - Returns: the mean, and an array of the same shape, of `Double` for integers and of its own type for floats.
    ///
    /// See ``structuralSimilarity(to:_:channelAxis:)``.
    public func structuralSimilarityMap(
        to other: NDArray, _ settings: StructuralSimilarity = .init(), channelAxis: Int? = nil
    ) throws(NDArrayError) -> (mean: Double, map: NDArray<Element.Mean>) {
        try requireShape(of: other)
        guard let range = settings.dataRange ?? (dtype.isInteger ? dtype.largestInteger - dtype.smallestIntensity : nil)
        else {
            throw NDArrayError(.outOfBounds, "floats have no range of their own; say what it is (dataRange)")
        }
        let axis = try channelAxis.map { (axis) throws(NDArrayError) in try layout.resolvedAxis(axis) }
        let others = try axis.map { (axis) throws(NDArrayError) in try other.movingAxis(axis, to: 0) } ?? other
        var means: [Double] = []
        let map = try mappingChannels(axis) { (part) throws(NDArrayError) in
            let second = axis == nil ? others : try others.sliced([means.count])
            let measure = try SimilarityMeasure(settings, range, part.shape)
            let (mean, map) =
                isComputedInSingle
                ? try measure.compare(part.cast(to: Float.self), second.cast(to: Float.self)).cast(
                    to: Element.Mean.self)
                : try measure.compare(part.cast(to: Double.self), second.cast(to: Double.self)).cast(
                    to: Element.Mean.self)
            means.append(mean)
            return map
        }
        return (means.reduce(0, +) / Double(means.count), map)
    }
}

/// Compares two images in windows.
private struct SimilarityMeasure {
    private let settings: StructuralSimilarity
    private let size: Int
    /// Spreads times this.
    private let norm: Double
    private let (c1, c2): (Double, Double)

    /// A mean and a map.
    struct Answer<T: NDElement> {
        var mean: Double
        var map: NDArray<T>

        func cast<Target: NDElement>(to type: Target.Type) -> (Double, NDArray<Target>) where T: NDReal {
            (mean, map.cast(to: type))
        }
    }

    init(_ settings: StructuralSimilarity, _ range: Double, _ shape: [Int]) throws(NDArrayError) {
        let size: Int
        switch settings.window {
        case .box(let length): size = length
        case .gaussian(let sigma):
            guard sigma > 0, sigma < 0x1p20 else {
                throw NDArrayError(.outOfBounds, "a window of standard deviation \(sigma); it must be above 0")
            }
            size = 2 * Int(3.5 * sigma + 0.5) + 1
        }
        guard size > 0, size % 2 == 1, shape.allSatisfy({ $0 >= size }), settings.k1 >= 0, settings.k2 >= 0 else {
            throw NDArrayError(
                .outOfBounds,
                "windows of \(size) in shape \(shape), k1 \(settings.k1), k2 \(settings.k2); windows are "
                    + "odd and not larger than the image, k1 and k2 not negative")
        }
        let count = shape.reduce(1.0) { product, _ in product * Double(size) }
        guard count > 1 || !settings.usesSampleCovariance else {
            throw NDArrayError(.outOfBounds, "windows of one element, which have no sample covariance")
        }
        self.settings = settings
        self.size = size
        norm = settings.usesSampleCovariance ? count / (count - 1) : 1
        c1 = settings.k1 * range * (settings.k1 * range)
        c2 = settings.k2 * range * (settings.k2 * range)
    }

    private func smooth<T: NDLinearReal>(_ array: NDArray<T>) throws(NDArrayError) -> NDArray<T> {
        switch settings.window {
        case .box(let size): try array.uniformFiltered(size: size)
        case .gaussian(let sigma):
            try array.blurred(Array(repeating: sigma, count: array.rank), 3.5, .reflect)
        }
    }

    func compare<T: NDLinearReal>(_ a: NDArray<T>, _ b: NDArray<T>) throws(NDArrayError) -> Answer<T> {
        let (ux, uy) = (try smooth(a), try smooth(b))
        let (uxx, uyy, uxy) = (try smooth(a.square()), try smooth(b.square()), try smooth(a * b))
        let map = try NDArray<T>(uninitialised: a.shape) { target in
            ux.withUnsafeElements { ux in
                uy.withUnsafeElements { uy in
                    uxx.withUnsafeElements { uxx in
                        uyy.withUnsafeElements { uyy in
                            uxy.withUnsafeElements { uxy in
                                guard let ux = ux.baseAddress, let uy = uy.baseAddress, let uxx = uxx.baseAddress,
                                    let uyy = uyy.baseAddress, let uxy = uxy.baseAddress
                                else { return }
                                judge(ux, uy, uxx, uyy, uxy, target, a.count)
                            }
                        }
                    }
                }
            }
        }
        let margin = (size - 1) / 2
        let inside = map.shape.map { margin..<$0 - margin }
        return Answer(mean: try map.sliced(inside).mean(as: Double.self), map: map)
    }

    private func judge<T: NDLinearReal>(
        _ ux: UnsafePointer<T>, _ uy: UnsafePointer<T>, _ uxx: UnsafePointer<T>, _ uyy: UnsafePointer<T>,
        _ uxy: UnsafePointer<T>, _ target: UnsafeMutablePointer<T>, _ count: Int
    ) {
        let (norm, c1, c2) = (T(norm), T(c1), T(c2))
        ComputeThreads.split(count, nanoseconds: 1) { range in
            for index in range {
                let (x, y) = (ux[index], uy[index])
                let vx = norm * (uxx[index] - x * x)
                let vy = norm * (uyy[index] - y * y)
                let vxy = norm * (uxy[index] - x * y)
                let above = (2 * x * y + c1) * (2 * vxy + c2)
                target[index] = above / ((x * x + y * y + c1) * (vx + vy + c2))
            }
        }
    }
}
