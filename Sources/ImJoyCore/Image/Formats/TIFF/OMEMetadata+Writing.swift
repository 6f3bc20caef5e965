extension OMEMetadata {
    /// The OME-XML (schema 2016-06) of an image whose pages are written in row-major order, in plain ASCII.
    ///
    /// Throws for element types and axes that OME has no words for.
    static func encoded(_ image: Image, _ plan: TIFFPagePlan, _ order: DType.ByteOrder) throws(ImageError) -> String {
        guard let type = typeNames[image.dtype] else {
            let hint = image.dtype == .float16 ? "cast to float32" : "cast to int32, uint32 or float64"
            throw ImageError(
                .unsupported, "OME has no element type \(image.dtype); \(hint), or write with the layout .plain")
        }
        let outer = Array(image.axes.letters.prefix(plan.outerShape.count))
        let inner = String(image.axes.letters.dropFirst(outer.count))
        guard Set(outer).isSubset(of: "TCZ"), Set(outer).count == outer.count, ["YX", "YXS", "SYX"].contains(inner)
        else {
            throw ImageError(
                .invalidArgument,
                "OME-TIFF has the axes T, C and Z before YX, YXS or SYX, not \"\(image.axes)\"; give the image such axes, "
                    + "or write with the layout .plain")
        }
        var sizes: [Character: Int] = ["Z": 1, "C": 1, "T": 1]
        for (letter, length) in zip(outer, plan.outerShape) { sizes[letter] = length }
        let channels = sizes["C"] ?? 1
        guard image.channelNames.isEmpty || image.channelNames.count == channels else {
            throw ImageError(
                .invalidArgument,
                "\(image.channelNames.count) channel names for \(channels) channels; give one for each")
        }
        // From the fastest to the slowest.
        let fastest = String(outer.reversed())
        let dimensionOrder = "XY" + fastest + "ZCT".filter { !fastest.contains($0) }
        var pixels = [
            ("ID", "Pixels:0"), ("DimensionOrder", dimensionOrder), ("Type", type), ("SizeX", "\(plan.width)"),
            ("SizeY", "\(plan.height)"), ("SizeZ", "\(sizes["Z"] ?? 1)"), ("SizeC", "\(channels * plan.samples)"),
            ("SizeT", "\(sizes["T"] ?? 1)"), ("BigEndian", order == .big ? "true" : "false"),
        ]
        if plan.samples > 1 { pixels.append(("Interleaved", plan.isPlanar ? "false" : "true")) }
        for (axis, size) in [("X", image.pixelSize?.x), ("Y", image.pixelSize?.y), ("Z", image.pixelSize?.z)] {
            guard let size, size.isFinite, size > 0 else { continue }
            pixels += [("PhysicalSize\(axis)", "\(size)"), ("PhysicalSize\(axis)Unit", "\u{b5}m")]
        }
        if let interval = image.metadata["finterval"].flatMap({ Double($0) }), interval.isFinite {
            pixels += [("TimeIncrement", "\(interval)"), ("TimeIncrementUnit", "s")]
        }
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
        xml += "<OME xmlns=\"\(schema)\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
        xml += "xsi:schemaLocation=\"\(schema) \(schema)/ome.xsd\" Creator=\"ImJoy\">"
        xml += "<Image ID=\"Image:0\">"
        if let text = image.metadata["description"] {
            xml += "<Description>\(escaped(text, isAttribute: false))</Description>"
        }
        xml += "<Pixels\(attributes(pixels))>"
        for channel in 0..<channels {
            var facts = [("ID", "Channel:0:\(channel)"), ("SamplesPerPixel", "\(plan.samples)")]
            if !image.channelNames.isEmpty { facts.append(("Name", image.channelNames[channel])) }
            xml += "<Channel\(attributes(facts))/>"
        }
        xml += "<TiffData IFD=\"0\" PlaneCount=\"\(plan.pageCount)\"/>"
        return xml + "</Pixels></Image></OME>"
    }

    private static let schema = "http://www.openmicroscopy.org/Schemas/OME/2016-06"

    /// `bool` is written as bytes of 0 and 1.
    private static let typeNames: [DType: String] = [
        .bool: "uint8", .uint8: "uint8", .int8: "int8", .uint16: "uint16", .int16: "int16", .uint32: "uint32",
        .int32: "int32", .float32: "float", .float64: "double", .complex64: "complex", .complex128: "double-complex",
    ]

    private static func attributes(_ pairs: [(String, String)]) -> String {
        pairs.map { " \($0)=\"\(escaped($1))\"" }.joined()
    }

    /// Text as XML; characters that XML has no way to write become question marks.
    ///
    /// Letters beyond ASCII stand as they are: Bio-Formats takes numbers for characters (`&#181;`) as plain text.
    /// So numbers stand only for line ends and tabs in attributes, where any reader would make spaces of them.
    static func escaped(_ text: String, isAttribute: Bool = true) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r":
                if isAttribute || scalar == "\r" {
                    result += "&#\(scalar.value);"
                } else {
                    result.unicodeScalars.append(scalar)
                }
            case " "..."~", "\u{85}", "\u{a0}"..."\u{fffd}", "\u{10000}"...: result.unicodeScalars.append(scalar)
            default: result += "?"
            }
        }
        return result
    }
}
