internal import ComplexModule
internal import RealModule

/// How far one image is moved against another.
public struct PhaseCorrelation: Sendable, Hashable {
    /// By how many elements the second image has to be moved along each axis to lie on the first one.
    public var shift: [Double]
    /// How unlike the images are then, 0...1; not meaningful with ``Normalization/phase``.
    public var error: Double
    /// The phase at the best place in radians; 0 for images that are nowhere negative.
    public var phaseDifference: Double

    /// What the frequencies count before the best place is looked for.
    public enum Normalization: Sendable, Hashable {
        /// All the same, which finds edges well.
        case phase
        /// As much as they are there, which is better for much noise.
        case none
    }
}

extension NDArray where Element: NDReal {
    /// How far another image is moved against this one; scikit-image's `phase_cross_correlation`.
    ///
    /// ```swift
    /// let found = try fixed.phaseCorrelation(with: moving, upsampling: 10)
    /// // found.shift == [-2.5, 13.2]: move the second image up and to the right
    /// ```
    /// - Parameters:
    ///   - moving: an image of the same shape. Its content is taken to go on at the other side.
    ///   - upsampling: shifts are found to this part of an element (Guizar-Sicairos and others, 2008).
    ///   - normalization: what the frequencies count.
    ///
    /// Computed in single precision for floats of single and half precision, otherwise in double precision. Throws when
    /// the shapes differ or are empty, an element is NaN or infinite, or the upsampling is not 1 to 10000.
    public func phaseCorrelation(
        with moving: NDArray, upsampling: Int = 1, normalization: PhaseCorrelation.Normalization = .phase
    ) throws(NDArrayError) -> PhaseCorrelation {
        try requireShape(of: moving)
        guard !isEmpty, rank > 0, (1...10000).contains(upsampling) else {
            throw NDArrayError(
                .outOfBounds,
                "shape \(shape), upsampled by \(upsampling); there must be elements, and a factor of 1 to 10000")
        }
        return isComputedInSingle
            ? try cast(to: Float.self).registered(moving.cast(to: Float.self), upsampling, normalization)
            : try cast(to: Double.self).registered(moving.cast(to: Double.self), upsampling, normalization)
    }
}

extension NDArray where Element: NDLinearReal {
    fileprivate func registered(
        _ moving: NDArray, _ upsampling: Int, _ normalization: PhaseCorrelation.Normalization
    ) throws(NDArrayError) -> PhaseCorrelation {
        let (source, target) = (Spectrum(try fftn()), Spectrum(try moving.fftn()))
        var product = source.multiplied(byConjugateOf: target)
        if normalization == .phase { product = product.phases() }
        let peaks = try product.back()
        var place = peaks.brightest()
        var shift = zip(place, shape).map { index, length in
            Double(index > length / 2 ? index - length : index)
        }
        var (sourcePower, targetPower) = (source.power(), target.power())
        var best = peaks.value(at: place)
        if upsampling == 1 {
            sourcePower /= Double(count)
            targetPower /= Double(count)
        } else {
            let factor = Double(upsampling)
            shift = shift.map { ($0 * factor).rounded(.toNearestOrEven) / factor }
            let size = Int((factor * 1.5).rounded(.up))
            let middle = Double(size / 2)
            let finer = try product.sampled(size, upsampling, shift.map { middle - $0 * factor })
            place = finer.brightest()
            best = finer.value(at: place)
            shift = zip(shift, place).map { $0 + (Double($1) - middle) / factor }
        }
        for axis in shape.indices where shape[axis] == 1 { shift[axis] = 0 }
        let (real, imaginary) = (Double(best.real), Double(best.imaginary))
        guard !real.isNaN, !imaginary.isNaN, !sourcePower.isNaN, !targetPower.isNaN else {
            throw NDArrayError(.outOfBounds, "images with NaN or infinite elements; replace them first")
        }
        let likeness = (real * real + imaginary * imaginary) / (sourcePower * targetPower)
        return PhaseCorrelation(
            shift: shift, error: Swift.abs(1 - likeness).squareRoot(),
            phaseDifference: Double.atan2(y: imaginary, x: real))
    }
}
