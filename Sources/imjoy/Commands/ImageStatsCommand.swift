internal import ArgumentParser
internal import ImJoyCore

extension ImageCommand {
    /// `imjoy image stats`.
    struct StatsCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stats", abstract: "Say how bright the channels of image files are.",
            discussion: """
                Percentiles are those of numpy.percentile; the standard deviation has the full count in the \
                denominator. Saturated are pixels at the greatest value there is, if that is the end of the type or of \
                a camera's 10, 12 or 14 bits. NaN counts in no other column. Of several files, those that cannot be \
                read are told on standard error and the others are described all the same.
                """)

        @Argument(help: ArgumentHelp("The image files.", valueName: "file"))
        var files: [String]

        @Option(help: ArgumentHelp("Count pixels in so many bins of brightness, too.", valueName: "bins"))
        var histogram: Int?

        @Flag(help: "Print JSON; for several files one line each.")
        var json = false

        func validate() throws {
            guard (1...65536).contains(histogram ?? 1) else { throw ValidationError("--histogram is from 1 to 65536") }
        }

        func run() async throws {
            var failures: [CommandFailure] = []
            for (index, file) in files.enumerated() {
                do {
                    let image = try ImageFile.read(file)
                    let channels = try ChannelStatistics.of(image, histogramBins: histogram)
                    if json {
                        let object: ManifestValue = [
                            "file": ManifestValue(file), "shape": JSONOutput.list(image.shape),
                            "dtype": ManifestValue(image.dtype.rawValue), "axes": ManifestValue(image.axes.letters),
                            "channels": ManifestValue(channels.map(\.json)),
                        ]
                        files.count == 1 ? JSONOutput.print(object) : JSONOutput.printLine(object)
                    } else {
                        if index > 0 { print() }
                        print(TerminalText.withoutControls("\(file): \(image)"))
                        for line in Columns.lines([ChannelStatistics.header] + channels.map(\.row)) { print(line) }
                        for channel in channels where !channel.bars.isEmpty {
                            print("\(channel.name)  \(channel.bars)")
                        }
                    }
                } catch {
                    failures.append(CommandFailure(error))
                    if files.count > 1 { StandardError.write(CommandFailure(error).message) }
                }
            }
            guard let first = failures.first else { return }
            if files.count == 1 { throw first }
            throw CommandFailure(first.status, "error: \(failures.count) of \(files.count) files cannot be read")
        }
    }
}

/// What `imjoy image stats` tells about a channel.
struct ChannelStatistics {
    let name: String
    private var facts: NDArrayStatistics?
    private var percentiles: [Double] = []
    private var zeros = 0
    private var saturated = 0
    private var missing = 0
    private var count = 0
    private var histogram: (counts: [Int], edges: [Double])?

    static let percents: [Double] = [1, 5, 50, 95, 99]
    static let header =
        ["channel", "min", "max", "mean", "std"] + percents.map { "p\(Int($0))" } + ["zeros", "saturated", "NaN"]

    /// One for each channel, or sample of a colour; one for an image that has neither.
    static func of(_ image: Image, histogramBins: Int?) throws -> [ChannelStatistics] {
        guard !image.dtype.isComplex else {
            throw CommandFailure(.failed, "error: complex numbers have no order; take their magnitude first")
        }
        let letter: Character = image.axes.contains("C") ? "C" : "S"
        guard let axis = image.axes.index(of: letter) else {
            return [try ChannelStatistics("all", image.pixels, histogramBins)]
        }
        return try (0..<image.shape[axis]).map { index in
            var selectors: [any AxisSelector] = Array(repeating: .all, count: image.shape.count)
            selectors[axis] = index
            let names = image.channelNames
            let colours = ["red", "green", "blue", "alpha"]
            let name =
                letter == "C"
                ? (names.indices.contains(index) ? names[index] : "\(index)")
                : (image.shape[axis] >= 3 && index < 4 ? colours[index] : "\(index)")
            return try ChannelStatistics(name, image.pixels.sliced(selectors), histogramBins)
        }
    }

    private init(_ name: String, _ pixels: AnyNDArray, _ bins: Int?) throws {
        self.name = TerminalText.withoutControls(name)
        count = pixels.count
        guard count > 0 else { return }
        var values = pixels.flattened()
        if pixels.dtype.isFloatingPoint {
            let isMissing = try values.isNaN()
            missing = isMissing.countNonzero()
            if missing > 0 { values = try values.compressed(where: !isMissing, along: 0) }
        }
        guard values.count > 0 else { return }
        let facts = try values.statistics()
        self.facts = facts
        percentiles = try values.percentiles(Self.percents).cast(to: Double.self).elements
        zeros = values.count - values.isNonzero.countNonzero()
        if pixels.dtype.isInteger, Self.ends.contains(facts.maximum.asDouble),
            facts.maximum.asDouble > facts.minimum.asDouble
        {
            saturated = try values.isGreaterOrEqual(facts.maximum.asDouble).countNonzero()
        }
        if let bins, facts.minimum.asDouble.isFinite, facts.maximum.asDouble.isFinite {
            let (counts, edges) = try values.histogram(bins: .count(bins))
            histogram = (counts.elements.map { Int($0) }, try edges.cast(to: Double.self).elements)
        }
    }

    /// The greatest values of integers of 8, 10, 12, 14, 16, 32 and 64 bits, with and without sign.
    private static let ends: Set<Double> = [
        127, 255, 1023, 4095, 16383, 32767, 65535, 2_147_483_647, 4_294_967_295, 0x1p63, 0x1p64,
    ]

    private func share(_ number: Int) -> Double { count > 0 ? Double(number) / Double(count) : 0 }

    var row: [String] {
        func percent(_ number: Int) -> String {
            number == 0 ? "0" : "\(TextOutput.shortened((share(number) * 10000).rounded() / 100)) %"
        }
        let numbers = facts.map {
            [$0.minimum.asDouble, $0.maximum.asDouble, $0.mean, $0.standardDeviation] + percentiles
        }
        return [name] + (numbers?.map(TextOutput.shortened) ?? Array(repeating: "-", count: 9))
            + [percent(zeros), percent(saturated), "\(missing)"]
    }

    /// The histogram as bars of eighths, at most 64 of them.
    var bars: String {
        guard let counts = histogram?.counts else { return "" }
        let step = (counts.count + 63) / 64
        let sums = stride(from: 0, to: counts.count, by: step).map {
            counts[$0..<min($0 + step, counts.count)].reduce(0, +)
        }
        let most = max(1, sums.max() ?? 1)
        let shades = Array("▁▂▃▄▅▆▇█")
        return String(sums.map { $0 == 0 ? " " : shades[min(7, $0 * 8 / most)] })
    }

    var json: ManifestValue {
        var object = ManifestObject([.init("name", ManifestValue(name)), .init("count", ManifestValue(count))])
        object["min"] = facts.map { $0.minimum.plainNumber } ?? .null
        object["max"] = facts.map { $0.maximum.plainNumber } ?? .null
        object["mean"] = facts.map { ManifestValue($0.mean) } ?? .null
        object["std"] = facts.map { ManifestValue($0.standardDeviation) } ?? .null
        var list = ManifestObject()
        for (percent, value) in zip(Self.percents, percentiles) { list["\(Int(percent))"] = ManifestValue(value) }
        object["percentiles"] = ManifestValue(list)
        object["zeros"] = ManifestValue(zeros)
        object["saturated"] = ManifestValue(saturated)
        object["saturatedShare"] = ManifestValue(share(saturated))
        object["nan"] = ManifestValue(missing)
        if let histogram {
            object["histogram"] = [
                "counts": JSONOutput.list(histogram.counts),
                "edges": ManifestValue(histogram.edges.map { ManifestValue($0) }),
            ]
        }
        return ManifestValue(object)
    }
}
