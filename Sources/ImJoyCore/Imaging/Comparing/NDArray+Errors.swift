internal import RealModule

/// What the error of an image is divided by, to compare it with those of others.
public enum ErrorNormalization: Sendable, Hashable {
    /// The root of the mean of the squares of the true image.
    case euclidean
    /// The difference of the largest and the smallest element of the true image.
    case minMax
    /// The mean of the true image.
    case mean
}

extension NDArray where Element: NDReal {
    /// The mean of the squares of the differences from another array; scikit-image's `mean_squared_error`.
    ///
    /// ```swift
    /// let error = try image.meanSquaredError(to: reference)
    /// ```
    /// Computed in single precision for floats of single and half precision, added up in double precision. NaN for
    /// empty arrays. Throws when the shapes differ.
    public func meanSquaredError(to other: NDArray) throws(NDArrayError) -> Double {
        try requireShape(of: other)
        return isComputedInSingle
            ? (cast(to: Float.self) - other.cast(to: Float.self)).square().mean(as: Double.self)
            : (cast(to: Double.self) - other.cast(to: Double.self)).square().mean(as: Double.self)
    }

    /// The root of the mean of the squares of the differences of another array from this one, the true image, as a part
    /// of what this one is like; scikit-image's `normalized_root_mse`.
    ///
    /// Throws when the shapes differ. See ``meanSquaredError(to:)``.
    public func normalizedRootMeanSquaredError(
        to other: NDArray, normalization: ErrorNormalization = .euclidean
    ) throws(NDArrayError) -> Double {
        let error = try meanSquaredError(to: other).squareRoot()
        if isEmpty { return .nan }
        switch normalization {
        case .euclidean:
            let squares =
                isComputedInSingle
                ? cast(to: Float.self).square().mean(as: Double.self)
                : cast(to: Double.self).square().mean(as: Double.self)
            return error / squares.squareRoot()
        case .minMax:
            let (low, high) = minMax()
            return error / (high.asDouble - low.asDouble)
        case .mean: return error / cast(to: Double.self).mean()
        }
    }

    /// How far the greatest signal is above the error of another array, in decibels, where this one is the true image;
    /// scikit-image's `peak_signal_noise_ratio`.
    ///
    /// ```swift
    /// let ratio = try reference.peakSignalToNoiseRatio(to: image, dataRange: 4095)
    /// ```
    /// - Parameters:
    ///   - other: an array of the same shape.
    ///   - dataRange: from the smallest to the largest value there can be. When nil, it is that of the type: the
    ///     largest value for arrays that are nowhere negative, where that of floats is 1.
    ///
    /// Infinite when nothing differs. Throws when the shapes differ, and when floats are not -1...1 and no range is
    /// given.
    public func peakSignalToNoiseRatio(
        to other: NDArray, dataRange: Double? = nil
    ) throws(NDArrayError) -> Double {
        try requireShape(of: other)
        if isEmpty { return .nan }
        let range: Double
        if let dataRange {
            range = dataRange
        } else {
            let (low, high) = minMax()
            guard !(high.asDouble > dtype.largestInteger), !(low.asDouble < dtype.smallestIntensity) else {
                throw NDArrayError(
                    .outOfBounds,
                    "intensities from \(low) to \(high) are beyond -1...1; say what the range is (dataRange)")
            }
            range = low >= .zero ? dtype.largestInteger : dtype.largestInteger - dtype.smallestIntensity
        }
        let error = try meanSquaredError(to: other)
        return 10 * Double.log10(range * range / error)
    }

    func requireShape(of other: NDArray) throws(NDArrayError) {
        guard shape == other.shape else {
            throw NDArrayError(
                .shapeMismatch, "shapes \(shape) and \(other.shape); images to compare have the same one")
        }
    }
}
