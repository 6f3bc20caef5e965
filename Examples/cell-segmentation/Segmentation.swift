import ImJoyCore

/// The settings of the plugin in Examples/cell-counting, with its defaults.
struct NucleusFinder {
    /// The standard deviation of the Gaussian that removes camera noise, in pixels.
    var sigma = 1.0
    /// The diameter of a disc as large as a typical nucleus, in pixels.
    var diameter = 24.0
    /// Smaller objects are dropped, in pixels.
    var smallestArea = 50

    /// The labels of the nuclei: 0 is the background, 1 to the number of nuclei the others.
    func find(in image: NDArray<Double>) throws -> NDArray<Int32> {
        let smooth = try denoised(image)
        let mask = try foreground(of: smooth)
        let parts = try split(mask, by: smooth)
        return try trimmed(parts, by: smooth, in: mask)
    }

    /// The smoothed image, with the common background near zero.
    func denoised(_ image: NDArray<Double>) throws -> NDArray<Double> {
        try (image - image.median()).gaussianFiltered(sigma: sigma)
    }

    /// Everything brighter than the background.
    func foreground(of smooth: NDArray<Double>) throws -> NDArray<Bool> {
        // The square root keeps a few very bright nuclei from setting the threshold for all the others.
        let brightness = (smooth - smooth.min()).sqrt()
        let mask = try brightness .> brightness.otsuThreshold()
        let disk = try StructuringElement.disk(radius: 1)
        return try mask.opened(by: .footprint(disk)).filledHoles()
    }

    /// A number for each nucleus in the mask, also where nuclei touch.
    func split(_ mask: NDArray<Bool>, by smooth: NDArray<Double>) throws -> NDArray<Int32> {
        // Inside a nucleus the brightness is a hill (negative Laplacian), between two it is a valley.
        let scale = diameter / 5
        let cores = try mask & (smooth.gaussianLaplaceFiltered(sigma: scale) .< 0)
        let depth = try cores.distances().gaussianFiltered(sigma: 1)
        let inside = try NDArray.select(where: cores, depth, otherwise: NDArray(scalar: 0))
        let peaks = try inside.localPeaks(minimumDistance: max(1, Int(scale.rounded())), excludedBorder: 0)
        var seeds = NDArray<Int32>(zeros: mask.shape)
        for peak in 0..<peaks.shape[0] {
            seeds[Int(peaks[peak, 0]), Int(peaks[peak, 1])] = Int32(peak) + 1
        }
        return try (0 - depth).watershed(from: seeds, in: mask)
    }

    /// Each nucleus cut at half of its own brightness; what is too small is dropped.
    func trimmed(
        _ parts: NDArray<Int32>, by smooth: NDArray<Double>, in mask: NDArray<Bool>
    ) throws -> NDArray<Int32> {
        // Blur gives a bright nucleus a halo; its real edge is half-way between the background around it and itself.
        let outside = (!mask).cast(to: Double.self)
        let weight = try outside.gaussianFiltered(sigma: 2 * diameter)
        let background =
            try (smooth * outside).gaussianFiltered(sigma: 2 * diameter)
            / NDArray.maximum(weight, NDArray(scalar: 1e-6))
        let heights = smooth - background

        var labels = NDArray<Int32>(zeros: parts.shape)
        var count: Int32 = 0
        for region in try parts.regions() {
            let (rows, columns) = (region.boundingBox[0], region.boundingBox[1])
            let own = parts[rows, columns] .== Int32(region.label)
            let height = heights[rows, columns]
            let half = try height[own].percentile(75) / 2
            let bright = own & (height .> half)
            let pieces = try bright.labelled().labels.regions()
            // Equally large pieces: the first one.
            guard let largest = pieces.max(by: { ($0.count, -$0.label) < ($1.count, -$1.label) }) else { continue }
            let nucleus = try (bright.labelled().labels .== Int32(largest.label)).filledHoles()
            guard nucleus.countNonzero() >= smallestArea else { continue }
            count += 1
            let before = labels[rows, columns]
            labels[rows, columns] = try NDArray.select(where: nucleus, NDArray(scalar: count), otherwise: before)
        }
        return labels
    }
}
