extension ImageOperator {
    static let measuring: [ImageOperator] = [
        ImageOperator(
            "regionprops", "Measures each label: place, size, shape and brightness.", .measuring, takes: .labels,
            gives: .table, like: "skimage.measure.regionprops_table",
            [
                .init("intensity", .image, .null, "the image to measure brightness in, such as @input"),
                .init("outline", .boolean, false, "whether to measure outlines, too (two axes)"),
                .init("units", .choice(["pixels", "micrometres"]), "pixels", "what lengths and areas are in"), .axes(),
            ]
        ) { call in
            let letters = try call.workingLetters()
            let rank = letters.count
            let spacing = call.word("units") == "pixels" ? [] : try call.spacing(letters)
            let hasOutline = call.isTrue("outline") && rank == 2
            let intensity = try call.other("intensity", as: .image)
            let columns = RegionColumns(letters, hasOutline: hasOutline, hasIntensity: intensity != nil)
            func measured(_ labels: NDArray<Int32>, in plane: some RealPlane) throws -> [Region] {
                try labels.regions(
                    in: plane.array, measuring: hasOutline ? .all : .ellipse, spacing: spacing)
            }
            return try call.eachTable(with: [intensity], columns: columns.names) { plane, others in
                let labels = try plane.labels()
                let regions =
                    if let values = others[0] {
                        try measured(labels, in: values.realPlane())
                    } else {
                        try labels.regions(measuring: hasOutline ? .all : .ellipse, spacing: spacing)
                    }
                return regions.map(columns.row)
            }
        },
        ImageOperator(
            "peak_local_max", "The places of the brightest pixels of their surroundings, the brightest first.",
            .measuring,
            gives: .table, like: "skimage.feature.peak_local_max", peakParameters
        ) { call in
            func work(_ plane: some RealPlane) throws -> [[Double]] {
                let places = try call.peaks(plane.array)
                return (0..<places.shape[0]).map { row in (0..<plane.array.rank).map { Double(places[row, $0]) } }
            }
            return try call.eachTable(columns: try call.workingLetters()) { plane, _ in try work(plane.realPlane()) }
        },
        ImageOperator(
            "contours", "Lines along which the brightness passes a level, point by point.", .measuring, gives: .table,
            like: "skimage.measure.find_contours",
            [
                .init(
                    "level", .number, .null, "the level; the middle between the darkest and brightest pixel without it"),
                .init("fully_connected", .choice(["low", "high"]), "low", "which pixels touch across corners"),
            ]
        ) { call in
            func work(_ plane: some RealPlane) throws -> [[Double]] {
                let lines = try plane.array.contours(
                    at: call.optionalNumber("level"), joining: call.word("fully_connected") == "high" ? .high : .low)
                return lines.enumerated().flatMap { number, line in
                    (0..<line.shape[0]).map { [Double(number), line[$0, 0], line[$0, 1]] }
                }
            }
            return try call.eachTable(columns: ["contour", "y", "x"]) { plane, _ in try work(plane.realPlane()) }
        },
        ImageOperator(
            "moments", "The sums of brightness times powers of place.", .measuring, gives: .table,
            like: "skimage.measure.moments",
            [
                .init("order", .integer, 3, "the highest power", in: 0...8), .axes(),
            ]
        ) { call in
            let letters = try call.workingLetters()
            func work(_ plane: some RealPlane) throws -> [[Double]] {
                let moments = try plane.array.moments(order: call.integer("order"))
                let powers = try NDArray<Bool>(repeating: true, shape: moments.shape).nonzero()
                return moments.elements.enumerated().map { index, value in
                    powers.map { Double($0.elements[index]) } + [value]
                }
            }
            return try call.eachTable(columns: letters.map { "power_\($0)" } + ["moment"]) { plane, _ in
                try work(plane.realPlane())
            }
        },
        ImageOperator(
            "statistics", "Smallest, greatest, mean and spread of each plane.", .measuring, gives: .table, [.axes()]
        ) { call in
            try call.eachTable(columns: ["count", "min", "max", "mean", "std"]) { plane, _ in
                guard plane.count > 0 else { return [[0, .nan, .nan, .nan, .nan]] }
                let facts = try plane.statistics()
                return [
                    [
                        Double(plane.count), facts.minimum.asDouble, facts.maximum.asDouble, facts.mean,
                        facts.standardDeviation,
                    ]
                ]
            }
        },
        ImageOperator(
            "overlay", "Draws the outlines of labels over the image, in colours.", .measuring,
            [
                .reference("labels", "the labels"),
                .init("zoom", .integer, 1, "how many pixels wide each one becomes", in: 1...16),
            ]
        ) { call in
            let labels = try call.required("labels", as: .labels)
            let picture = try Drawing.overlay(call.image.pixels, labels: labels.pixels, scale: call.integer("zoom"))
            return .image(
                try call.image.replacing(
                    AnyNDArray(picture), axes: "YXS",
                    pixelSize: .some(call.scaledPixelSize(to: Array(picture.shape.prefix(2))))))
        },
    ]
}

/// The columns of a table of regions, and how a region fills them.
private struct RegionColumns {
    let names: [String]
    let hasOutline: Bool
    let hasIntensity: Bool
    let isFlat: Bool

    init(_ letters: [String], hasOutline: Bool, hasIntensity: Bool) {
        self.hasOutline = hasOutline
        self.hasIntensity = hasIntensity
        isFlat = letters.count == 2
        names =
            ["label", "num_pixels", "area"] + letters + letters.flatMap { ["\($0)_min", "\($0)_max"] }
            + ["equivalent_diameter", "extent", "axis_major_length", "axis_minor_length"]
            + (isFlat ? ["eccentricity", "orientation"] : [])
            + (hasOutline ? ["perimeter", "solidity", "euler_number", "feret_diameter_max"] : [])
            + (hasIntensity ? ["intensity_mean", "intensity_min", "intensity_max", "intensity_std"] : [])
    }

    func row(_ region: Region) -> [Double] {
        var row = [Double(region.label), Double(region.count), region.area] + region.centroid
        row += region.boundingBox.flatMap { [Double($0.lowerBound), Double($0.upperBound)] }
        row += [region.equivalentDiameter, region.extent]
        row += [region.majorAxisLength, region.minorAxisLength].map { $0 ?? .nan }
        if isFlat { row += [region.eccentricity, region.orientation].map { $0 ?? .nan } }
        if hasOutline {
            row += [
                region.outline?.perimeter, region.solidity, region.outline.map { Double($0.eulerNumber) },
                region.outline?.feretDiameter,
            ].map { $0 ?? .nan }
        }
        if hasIntensity {
            row += [
                region.intensity?.mean, region.intensity?.minimum, region.intensity?.maximum,
                region.intensity?.standardDeviation,
            ].map { $0 ?? .nan }
        }
        return row
    }
}

extension OperatorCall {
    /// Micrometres along each of the axes.
    fileprivate func spacing(_ letters: [String]) throws(OperatorError) -> [Double] {
        var spacing: [Double] = []
        for letter in letters {
            let sizes = ["x": image.pixelSize?.x, "y": image.pixelSize?.y, "z": image.pixelSize?.z]
            guard let size = sizes[letter] ?? nil else {
                throw fail("the image does not say how large a pixel is along \(letter.uppercased()); use units=pixels")
            }
            spacing.append(size)
        }
        return spacing
    }
}
