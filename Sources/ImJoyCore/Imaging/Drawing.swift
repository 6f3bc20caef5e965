/// Pictures for people: grey images with outlines of the objects found in them.
///
/// ```swift
/// let picture = try Drawing.overlay(cells.pixels, labels: mask.pixels, scale: 2)
/// try Image(picture, axes: "YXS").write(to: "preview.png")
/// ```
public enum Drawing {
    /// The image in grey, with the outline of each labelled object in a colour of its own.
    ///
    /// - Parameters:
    ///   - image: rows and columns of real numbers, shown by ``stretched(_:low:high:)``.
    ///   - labels: whole numbers (or `bool`) of the same shape; 0 and below is background.
    ///   - scale: how many pixels the result has for each one, across and down: grey is interpolated, outlines stay
    ///     one pixel wide.
    ///
    /// An outline is the pixels of an object with another label above, below, left or right. The colour depends on the
    /// label alone, so objects keep theirs from picture to picture. Returns red, green and blue as the last axis.
    /// Throws when the shapes differ, are not two-dimensional, or the types have no such meaning.
    public static func overlay(
        _ image: AnyNDArray, labels: AnyNDArray, scale: Int = 1
    ) throws(NDArrayError) -> NDArray<UInt8> {
        guard image.rank == 2, image.shape == labels.shape else {
            throw NDArrayError(
                .shapeMismatch,
                "an image of shape \(image.shape) and labels of shape \(labels.shape); "
                    + "both must be the same rows and columns"
            )
        }
        guard labels.dtype.isInteger || labels.dtype == .bool else {
            throw NDArrayError(.dtypeMismatch, "labels of dtype \(labels.dtype); they are whole numbers")
        }
        guard (1...16).contains(scale) else {
            throw NDArrayError(.outOfBounds, "scale \(scale); 1 to 16 pixels for one can be drawn")
        }
        let (rows, columns) = (image.shape[0], image.shape[1])
        _ = try Layout(shape: [rows, scale, columns, scale, 3])
        let grey = enlarged(try stretched(image).elements, rows: rows, columns: columns, scale: scale)
        let names = try values(labels)
        let width = columns * scale
        return NDArray(shape: [rows * scale, width, 3]) { target in
            for row in 0..<rows * scale {
                for column in 0..<width {
                    let color = outlineColor(names, rows, columns, scale, row, column)
                    let value = grey[row * width + column]
                    let place = (row * width + column) * 3
                    target.initializeElement(at: place, to: color?.red ?? value)
                    target.initializeElement(at: place + 1, to: color?.green ?? value)
                    target.initializeElement(at: place + 2, to: color?.blue ?? value)
                }
            }
        }
    }

    /// The numbers as shades from 0 to 255: `low` percent of them become black, those above `high` percent white.
    ///
    /// A few hot pixels then no longer darken all others. Percentiles are those of `numpy.percentile` (of every n-th
    /// number in images beyond a million); NaN counts as black, and an image of equal numbers is black. Throws for
    /// complex numbers.
    public static func stretched(
        _ image: AnyNDArray, low: Double = 1, high: Double = 99.8
    ) throws(NDArrayError) -> NDArray<UInt8> {
        let numbers = try values(image)
        let step = max(1, numbers.count / 1_000_000)
        let sorted = stride(from: 0, to: numbers.count, by: step).map { numbers[$0] }.filter(\.isFinite).sorted()
        let (black, white) = (percentile(low, of: sorted), percentile(high, of: sorted))
        let range = white - black
        return NDArray(shape: image.shape) { target in
            for (index, number) in numbers.enumerated() {
                let share = range > 0 ? (number - black) / range : 0
                target.initializeElement(at: index, to: UInt8(casting: (share * 255).rounded(), overflow: .clamp))
            }
        }
    }

    private static func percentile(_ percent: Double, of sorted: [Double]) -> Double {
        guard let last = sorted.last else { return 0 }
        let place = min(max(percent / 100, 0), 1) * Double(sorted.count - 1)
        let index = Int(place)
        guard index + 1 < sorted.count else { return last }
        return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
    }

    private struct Values: NDRealVisitor {
        func visit<T: NDReal>(_ array: NDArray<T>) -> [Double] { array.elements.map(\.asDouble) }
    }

    private static func values(_ array: AnyNDArray) throws(NDArrayError) -> [Double] {
        var visitor = Values()
        return try array.visitReal(&visitor)
    }

    /// Linear interpolation between the centres of pixels.
    private static func enlarged(_ grey: [UInt8], rows: Int, columns: Int, scale: Int) -> [UInt8] {
        guard scale > 1 else { return grey }
        /// The two pixels around a place and the share of the second.
        func neighbours(_ place: Int, _ count: Int) -> (Int, Int, Double) {
            let exact = max(0, (Double(place) + 0.5) / Double(scale) - 0.5)
            let first = min(Int(exact), count - 1)
            return (first, min(first + 1, count - 1), exact - Double(first))
        }
        let across = (0..<columns * scale).map { neighbours($0, columns) }
        var result: [UInt8] = []
        result.reserveCapacity(rows * columns * scale * scale)
        for row in 0..<rows * scale {
            let (top, bottom, down) = neighbours(row, rows)
            for (left, right, share) in across {
                func mix(_ row: Int) -> Double {
                    let (a, b) = (Double(grey[row * columns + left]), Double(grey[row * columns + right]))
                    return a + (b - a) * share
                }
                result.append(UInt8(casting: (mix(top) + (mix(bottom) - mix(top)) * down).rounded(), overflow: .clamp))
            }
        }
        return result
    }

    /// The colour of the outline at a place of the enlarged picture, nil where there is none.
    private static func outlineColor(
        _ labels: [Double], _ rows: Int, _ columns: Int, _ scale: Int, _ row: Int, _ column: Int
    ) -> (red: UInt8, green: UInt8, blue: UInt8)? {
        func label(_ row: Int, _ column: Int) -> Double { labels[row / scale * columns + column / scale] }
        let own = label(row, column)
        guard own > 0 else { return nil }
        let isEdge =
            (row > 0 && label(row - 1, column) != own) || (row + 1 < rows * scale && label(row + 1, column) != own)
            || (column > 0 && label(row, column - 1) != own)
            || (column + 1 < columns * scale && label(row, column + 1) != own)
        return isEdge ? color(of: own) : nil
    }

    /// A bright colour for a label: multiples of the golden ratio spread neighbouring labels round the colour circle.
    private static func color(of label: Double) -> (red: UInt8, green: UInt8, blue: UInt8) {
        let turns = label * 0.618_033_988_749_895
        let hue = (turns - turns.rounded(.down)) * 6
        func channel(_ shift: Double) -> UInt8 {
            let place = (hue + shift).truncatingRemainder(dividingBy: 6)
            let strength = min(max(abs(place - 3) - 1, 0), 1)
            // Nothing is darker than a fifth, so that outlines stand out from black.
            return UInt8(casting: (51 + 204 * strength).rounded(), overflow: .clamp)
        }
        return (channel(0), channel(4), channel(2))
    }
}
