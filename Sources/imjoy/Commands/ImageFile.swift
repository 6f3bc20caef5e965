internal import ImJoyCore
internal import SystemPackage

/// How the commands of `image` read files, in one place.
enum ImageFile {
    /// The image in the file at `path`.
    static func read(_ path: String) throws -> Image {
        do { return try Image(contentsOf: FilePath(path)) } catch { throw CommandFailure(error) }
    }

    /// The part of a file that a picture needs, and what is left to choose of it.
    ///
    /// A file larger than memory costs no more than its picture: of a stack the slice and the time that are shown are
    /// read, of a pyramid the coarsest level that has `width` columns, and of a plane that is still large some rows.
    static func readForView(
        _ path: String, _ options: ImageRendering.Options, level: Int?, width: Int, all: Bool
    ) async throws -> (image: Image, options: ImageRendering.Options) {
        do {
            let source = try ImageSource(contentsOf: FilePath(path))
            guard source.levels.indices.contains(level ?? 0) else {
                throw CommandFailure(
                    .usage, "error: \(path) has no level \(level ?? 0); it has \(source.levels.count), counted from 0")
            }
            let axes = source.info.axes
            let columns = axes.index(of: "X") ?? max(0, axes.count - 1)
            let fitting = source.levels.lastIndex { $0.shape.indices.contains(columns) && $0.shape[columns] >= width }
            let chosen = level ?? fitting ?? 0
            var (region, left) = (source.levels[chosen].shape.map { 0..<$0 }, options)
            if !all, let choice = planeChoice(axes, source.levels[chosen].shape, options) {
                for (axis, place) in choice { region[axis] = place..<place + 1 }
                (left.z, left.t) = (nil, nil)
            }
            return (try await sampled(source, region, level: chosen), left)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// The place along each axis that is looked through, as ``ImageRendering`` would choose it; nil when that has to say
    /// what is wrong with the choice.
    private static func planeChoice(
        _ axes: Axes, _ shape: [Int], _ options: ImageRendering.Options
    ) -> [Int: Int]? {
        guard let rows = axes.index(of: "Y"), let columns = axes.index(of: "X"), !shape.contains(0) else { return nil }
        let fixed = [rows, columns] + "CST".compactMap { axes.index(of: $0) }
        // Other axes are slices, too; Z is the innermost of them.
        let slices =
            shape.indices.filter { !fixed.contains($0) && $0 != axes.index(of: "Z") }
            + [axes.index(of: "Z")].compactMap { $0 }
        let count = slices.reduce(1) { $0 * shape[$1] }
        var rest = options.z ?? count / 2
        guard (0..<count).contains(rest) else { return nil }
        var choice: [Int: Int] = [:]
        for axis in slices.reversed() {
            choice[axis] = rest % shape[axis]
            rest /= shape[axis]
        }
        if let times = axes.index(of: "T") {
            guard (0..<shape[times]).contains(options.t ?? 0) else { return nil }
            choice[times] = options.t ?? 0
        } else if (options.t ?? 0) != 0 {
            return nil
        }
        return choice
    }

    /// So many bytes are read at once; of more, only every second, third… row and column, until they are
    /// ``sampledBytes``.
    private static let mostBytes = 64 << 20
    private static let sampledBytes = 8 << 20

    private static func sampled(
        _ source: ImageSource, _ region: [Range<Int>], level: Int
    ) async throws -> Image {
        let info = source.info
        let bytes = region.reduce(Double(info.dtype.byteCount)) { $0 * Double($1.count) }
        var size = source.levels[level].pixelSize
        var pixels: AnyNDArray
        if bytes <= Double(mostBytes) {
            pixels = try await source.pixels(in: region, level: level)
        } else {
            guard let rows = info.axes.index(of: "Y"), let columns = info.axes.index(of: "X") else {
                throw CommandFailure(
                    .failed, "error: \(region.map(\.count)) pixels without axes X and Y are too many to show")
            }
            let step = max(2, Int((bytes / Double(sampledBytes)).squareRoot().rounded(.up)))
            var strips: [AnyNDArray] = []
            var parts: [AnyNDArray] = []
            for row in stride(from: region[rows].lowerBound, to: region[rows].upperBound, by: step) {
                try Task.checkCancellation()
                var strip = region
                strip[rows] = row..<row + 1
                let selectors: [any AxisSelector] = region.indices.map {
                    $0 == columns ? AxisSlice.step(step) : AxisSlice.all
                }
                strips.append(try await source.pixels(in: strip, level: level).sliced(selectors))
                // A part of a row keeps the whole row in memory until it is copied.
                guard strips.count == 32 || row + step >= region[rows].upperBound else { continue }
                parts.append(try AnyNDArray.concatenate(strips, along: rows))
                strips = []
            }
            pixels = try AnyNDArray.concatenate(parts, along: rows)
            size?.x? *= Double(step)
            size?.y? *= Double(step)
        }
        return try Image(pixels, axes: info.axes, pixelSize: size, channelNames: info.channelNames)
    }
}
