/// The structuring elements of morphology: small arrays of answers that say which neighbours of an element count.
///
/// ```swift
/// let opened = try image.opened(by: .footprint(StructuringElement.disk(radius: 2)))
/// let faces = try StructuringElement.neighbours(rank: 3, connectivity: 1)
/// ```
/// All of them throw on negative sizes, and on more than 2^24 elements.
public enum StructuringElement {
    /// The element itself and those that differ from it by one place along at most `connectivity` axes; SciPy's
    /// `generate_binary_structure`.
    ///
    /// A connectivity of 1 takes the neighbours that share a face, one of `rank` all 3 to the power of `rank`. Numbers below
    /// 1 stand for 1.
    public static func neighbours(rank: Int, connectivity: Int) throws(NDArrayError) -> NDArray<Bool> {
        guard (0...15).contains(rank) else {
            throw NDArrayError(.outOfBounds, "neighbours along \(rank) axes; there may be 0 to 15")
        }
        return try element(Array(repeating: 3, count: rank)) { place in
            place.count { $0 != 1 } <= Swift.max(connectivity, 1)
        }
    }

    /// A structuring element dilated by itself until it stands for `iterations` dilations with it; SciPy's
    /// `iterate_structure`.
    ///
    /// Below 2 iterations it is left as it is.
    public static func iterated(_ structure: NDArray<Bool>, iterations: Int) throws(NDArrayError) -> NDArray<Bool> {
        guard iterations > 1, !structure.isEmpty else { return structure }
        let times = iterations - 1
        guard iterations <= mostElements else { throw tooLarge("\(iterations) iterations of \(structure.shape)") }
        try check(structure.shape)
        let lengths = structure.shape.map { $0 + times * ($0 - 1) }
        try check(lengths)
        let widths = zip(lengths, structure.shape).map { length, own in
            (before: times * (own / 2), after: length - own - times * (own / 2))
        }
        return try structure.padded(widths, with: .constant(false)).dilated(by: structure, iterations: times)
    }

    /// The pixels whose centres are at most `radius` from the middle; scikit-image's `disk`.
    ///
    /// Without a `strictRadius` it is half a pixel more, as in scikit-image's `strict_radius=False`.
    public static func disk(radius: Int, strictRadius: Bool = true) throws(NDArrayError) -> NDArray<Bool> {
        try round(radius, rank: 2, strictRadius)
    }

    /// The voxels whose centres are at most `radius` from the middle; scikit-image's `ball`.
    ///
    /// Without a `strictRadius` it is half a voxel more.
    public static func ball(radius: Int, strictRadius: Bool = true) throws(NDArrayError) -> NDArray<Bool> {
        try round(radius, rank: 3, strictRadius)
    }

    /// A square turned by 45 degrees: all pixels to which at most `radius` steps along the axes lead; scikit-image's
    /// `diamond`.
    public static func diamond(radius: Int) throws(NDArrayError) -> NDArray<Bool> { try steps(radius, rank: 2) }

    /// All voxels to which at most `radius` steps along the axes lead; scikit-image's `octahedron`.
    public static func octahedron(radius: Int) throws(NDArrayError) -> NDArray<Bool> { try steps(radius, rank: 3) }

    /// A full box with any number of axes; scikit-image's `footprint_rectangle`.
    public static func box(shape: [Int]) throws(NDArrayError) -> NDArray<Bool> { try element(shape) { _ in true } }

    /// A full square; scikit-image's `square`.
    public static func square(width: Int) throws(NDArrayError) -> NDArray<Bool> { try box(shape: [width, width]) }

    /// A full rectangle; scikit-image's `rectangle`.
    public static func rectangle(rows: Int, columns: Int) throws(NDArrayError) -> NDArray<Bool> {
        try box(shape: [rows, columns])
    }

    /// A full cube; scikit-image's `cube`.
    public static func cube(width: Int) throws(NDArrayError) -> NDArray<Bool> { try box(shape: [width, width, width]) }

    /// An octagon with upright sides of `side` pixels and slanted ones that cover `slant` rows; scikit-image's
    /// `octagon(m, n)`.
    ///
    /// Throws when both are 0.
    public static func octagon(side: Int, slant: Int) throws(NDArrayError) -> NDArray<Bool> {
        guard side >= 0, slant >= 0, side + slant > 0, Swift.max(side, slant) <= mostElements else {
            throw NDArrayError(
                .invalidShape, "an octagon with sides of \(side) and \(slant) pixels; one of them must be above 0")
        }
        let length = side + 2 * slant
        let cut = Swift.min(slant, side + slant - 1)
        return try element([length, length]) { place in
            let (row, column) = (place[0], place[1])
            let (last, other) = (length - 1 - row, length - 1 - column)
            return Swift.min(row, last) + Swift.min(column, other) >= cut
        }
    }

    private static func round(_ radius: Int, rank: Int, _ isStrict: Bool) throws(NDArrayError) -> NDArray<Bool> {
        let length = try diameter(radius)
        // In quarters of a square pixel, so that the half pixel stays whole.
        let most = isStrict ? 4 * radius * radius : (2 * radius + 1) * (2 * radius + 1)
        return try element(Array(repeating: length, count: rank)) { place in
            place.reduce(0) { $0 + 4 * ($1 - radius) * ($1 - radius) } <= most
        }
    }

    private static func steps(_ radius: Int, rank: Int) throws(NDArrayError) -> NDArray<Bool> {
        try element(Array(repeating: try diameter(radius), count: rank)) { place in
            place.reduce(0) { $0 + ($1 - radius).magnitude } <= radius
        }
    }

    private static let mostElements = 1 << 24

    private static func tooLarge(_ what: String) -> NDArrayError {
        NDArrayError(.invalidShape, "\(what); a structuring element has no negative sizes and at most 2^24 elements")
    }

    private static func diameter(_ radius: Int) throws(NDArrayError) -> Int {
        guard (0...mostElements).contains(radius) else { throw tooLarge("a radius of \(radius)") }
        return 2 * radius + 1
    }

    private static func check(_ shape: [Int]) throws(NDArrayError) {
        guard shape.allSatisfy({ $0 >= 0 }), try Layout.elementCount(of: shape) <= mostElements else {
            throw tooLarge("a shape of \(shape)")
        }
    }

    private static func element(_ shape: [Int], _ isIn: ([Int]) -> Bool) throws(NDArrayError) -> NDArray<Bool> {
        try check(shape)
        return try NDArray<Bool>(uninitialised: shape) { target in
            var place = Array(repeating: 0, count: shape.count)
            for index in 0..<shape.reduce(1, *) {
                (target + index).initialize(to: isIn(place))
                for axis in shape.indices.reversed() {
                    place[axis] += 1
                    if place[axis] < shape[axis] { break }
                    place[axis] = 0
                }
            }
        }
    }
}
