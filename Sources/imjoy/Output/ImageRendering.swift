internal import ImJoyCore

/// Makes pictures of an image: one plane of it, or all of them on a sheet.
struct ImageRendering {
    /// What is shown of the image, and how.
    struct Options {
        var channel: Int?
        var z: Int?
        var t: Int?
        /// The percentiles that become black and white; nil for the usual ones.
        var contrast: ClosedRange<Double>?
        var showsLabels = false
    }

    /// Planes with the axes C, Y, X and S, some of length 1.
    private let planes: [AnyNDArray]
    private let colours: [(Double, Double, Double)]
    private let options: Options
    private let isByteColour: Bool
    /// How much taller than wide a pixel is.
    private let aspect: Double

    /// Throws ``CommandFailure`` for channels and planes that are not there.
    init(_ image: Image, _ options: Options, all: Bool) throws {
        self.options = options
        guard !image.dtype.isComplex else {
            throw CommandFailure(.failed, "error: complex numbers cannot be shown; take their magnitude first")
        }
        let standard = try StandardAxes(image)
        var pixels = standard.pixels
        let samples = pixels.shape[5]
        var channels = Array(0..<pixels.shape[2])
        if let channel = options.channel {
            guard channels.indices.contains(channel) else {
                throw CommandFailure(
                    .usage, "error: there is no channel \(channel); there are \(channels.count), counted from 0")
            }
            channels = [channel]
        }
        channels = Array(channels.prefix(7))
        pixels = try AnyNDArray.concatenate(channels.map { try pixels.sliced([.all, .all, $0..<$0 + 1]) }, along: 2)
        if samples == 2 || samples > 4 { pixels = try pixels.sliced([.ellipsis, 0..<1]) }
        if samples == 4 { pixels = try pixels.sliced([.ellipsis, 0..<3]) }
        colours = samples >= 3 && samples <= 4 ? [] : ChannelColours.of(channels, names: image.channelNames)
        isByteColour = pixels.shape[5] == 3 && image.dtype == .uint8
        let times = try Self.chosen(options.t, of: pixels.shape[0], "t", all: all, usual: 0)
        let slices = try Self.chosen(options.z, of: pixels.shape[1], "z", all: all, usual: pixels.shape[1] / 2)
        guard times.count * slices.count <= 4096 else {
            throw CommandFailure(
                .failed, "error: \(times.count * slices.count) planes; a sheet holds 4096, choose with --z or --t")
        }
        planes = try times.flatMap { t in try slices.map { z in try pixels.sliced([t, z]) } }
        aspect = standard.aspect
    }

    private static func chosen(_ given: Int?, of count: Int, _ name: String, all: Bool, usual: Int) throws -> [Int] {
        guard let given else { return all || count == 0 ? Array(0..<count) : [usual] }
        guard (0..<count).contains(given) else {
            throw CommandFailure(.usage, "error: --\(name) \(given): there are \(count), counted from 0")
        }
        return [given]
    }

    /// The number of rows that go with a number of columns.
    func height(forWidth width: Int) -> Int {
        guard let shape = planes.first?.shape, shape[2] > 0 else { return 1 }
        let height = Double(width) * Double(shape[1]) * aspect / Double(shape[2])
        return Int(min(max(height.rounded(), 1), 65_536))
    }

    /// How many columns the image has, 1 at least.
    var naturalWidth: Int { max(1, planes.first?.shape[2] ?? 1) }

    /// The first of the chosen planes.
    func picture(width: Int, height: Int) throws -> Raster {
        guard let plane = planes.first else { return Raster(width: width, height: height) }
        return try pictures([plane], (width, height))[0]
    }

    /// All planes in a grid, with thin lines between them.
    func sheet(tileWidth: Int) throws -> Raster {
        let size = (width: tileWidth, height: height(forWidth: tileWidth))
        let gap = planes.count > 1 ? 2 : 0
        let tiles = try pictures(planes, size)
        let ratio = Double(size.height) / Double(size.width)
        let columns = max(1, min(tiles.count, Int((Double(tiles.count) * ratio).squareRoot().rounded(.up))))
        let rows = max(1, (tiles.count + columns - 1) / columns)
        guard columns * (size.width + gap) * rows * (size.height + gap) <= 1 << 28 else {
            throw CommandFailure(.failed, "error: the sheet would have too many pixels; choose a smaller --width")
        }
        var sheet = Raster(
            width: columns * (size.width + gap) - gap, height: rows * (size.height + gap) - gap,
            filledWith: gap > 0 ? 64 : 0)
        for (index, tile) in tiles.enumerated() {
            sheet.draw(tile, x: index % columns * (size.width + gap), y: index / columns * (size.height + gap))
        }
        return sheet
    }

    /// Pictures of planes that share their contrast.
    private func pictures(_ planes: [AnyNDArray], _ size: (width: Int, height: Int)) throws -> [Raster] {
        var rasters = planes.map { _ in Raster(width: size.width, height: size.height) }
        guard let shape = planes.first?.shape, shape[1] > 0, shape[2] > 0 else { return rasters }
        var sums = planes.map { _ in [Double](repeating: 0, count: size.width * size.height * 3) }
        let isColour = shape[3] == 3
        let layers: [(channel: Int, sample: Int, weights: (Double, Double, Double))] =
            isColour
            ? [(0, 0, (1, 0, 0)), (0, 1, (0, 1, 0)), (0, 2, (0, 0, 1))]
            : colours.enumerated().map { ($0, 0, $1) }
        let sampled = try layers.map { layer in
            try planes.map { try NumberPlane($0.sliced([layer.channel, .all, .all, layer.sample]), for: size) }
        }
        if options.showsLabels, let first = sampled.first {
            for (index, plane) in first.enumerated() {
                for (place, label) in plane.resized(to: size, usingMeans: false).enumerated() {
                    rasters[index][place % size.width, place / size.width] = .ofLabel(label)
                }
            }
            return rasters
        }
        // The samples of a colour are stretched together, or white would not stay white.
        let together = isColour ? limits(sampled.flatMap { $0 }) : nil
        for (layer, numbers) in zip(layers, sampled) {
            let (low, high) = together ?? limits(numbers)
            for (index, plane) in numbers.enumerated() {
                for (place, number) in plane.resized(to: size, usingMeans: true).enumerated() {
                    // An image of equal numbers is black, and so is NaN.
                    let share = high > low && !number.isNaN ? min(max((number - low) / (high - low), 0), 1) : 0
                    sums[index][place * 3] += share * layer.weights.0
                    sums[index][place * 3 + 1] += share * layer.weights.1
                    sums[index][place * 3 + 2] += share * layer.weights.2
                }
            }
        }
        for index in rasters.indices { rasters[index].bytes = sums[index].map { UInt8((min($0, 1) * 255).rounded()) } }
        return rasters
    }

    private func limits(_ numbers: [NumberPlane]) -> (Double, Double) {
        if isByteColour, options.contrast == nil { return (0, 255) }
        let percents = options.contrast ?? 0.35...99.65
        let ends = NumberPlane.percentiles([percents.lowerBound, percents.upperBound], of: numbers)
        // Masks, and images of little else than background, have equal percentiles.
        if ends[0] == ends[1] {
            let all = NumberPlane.percentiles([0, 100], of: numbers)
            return (all[0], all[1])
        }
        return (ends[0], ends[1])
    }
}

/// The colours in which channels are laid over each other.
enum ChannelColours {
    private static let usual: [(Double, Double, Double)] = [
        (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1), (0, 1, 1), (1, 0, 1), (1, 1, 0),
    ]
    private static let dyes: [(String, (Double, Double, Double))] = [
        ("dapi", (0, 0.4, 1)), ("hoechst", (0, 0.4, 1)), ("gfp", (0, 1, 0)), ("fitc", (0, 1, 0)), ("488", (0, 1, 0)),
        ("rfp", (1, 0, 0)), ("cherry", (1, 0, 0)), ("cy3", (1, 0.5, 0)), ("561", (1, 0, 0)), ("cy5", (1, 0, 1)),
        ("647", (1, 0, 1)), ("bright", (1, 1, 1)), ("trans", (1, 1, 1)), ("phase", (1, 1, 1)),
    ]

    static func of(_ channels: [Int], names: [String]) -> [(Double, Double, Double)] {
        guard channels.count > 1 else { return [(1, 1, 1)] }
        return channels.map { channel in
            let name = names.indices.contains(channel) ? names[channel].lowercased() : ""
            return dyes.first { name.contains($0.0) }?.1
                ?? (channels.count == 2 ? [(0, 1, 0), (1, 0, 1)][channel % 2] : usual[channel % usual.count])
        }
    }
}

/// An image with the axes T, Z, C, Y, X and S, those it lacks of length 1.
struct StandardAxes {
    let pixels: AnyNDArray
    /// How much taller than wide a pixel is.
    let aspect: Double

    init(_ image: Image) throws {
        var letters = Array(image.axes.letters)
        // Axes without a meaning of their own are looked through as slices are; the last two are rows and columns.
        if !letters.contains("X"), let last = letters.lastIndex(where: { $0 != "S" }) { letters[last] = "X" }
        if !letters.contains("Y"), let last = letters.lastIndex(where: { !"SX".contains($0) }) { letters[last] = "Y" }
        var order = "TZCYXS".map { letter in letters.firstIndex(of: letter).map { [$0] } ?? [] }
        let others = letters.indices.filter { !order.joined().contains($0) }
        order[1] = others + order[1]
        let arranged = try image.pixels.permuted(order.flatMap { $0 })
        pixels = try arranged.reshaped(to: order.map { axes in axes.reduce(1) { $0 * image.shape[$1] } })
        let ratio = (image.pixelSize?.y ?? 1) / (image.pixelSize?.x ?? 1)
        aspect = image.pixelSize?.x != nil && image.pixelSize?.y != nil && ratio > 0.01 && ratio < 100 ? ratio : 1
    }
}
