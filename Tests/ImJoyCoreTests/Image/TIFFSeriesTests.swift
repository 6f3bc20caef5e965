internal import ImJoyCore
internal import Testing

/// Which pages make the image, and under which axes, is decided by the description of the first page.
@Suite struct TIFFSeriesTests {
    /// A little-endian TIFF of pages of 3 rows and 4 columns; every pixel of a page is the page's number.
    static func tiff(pages: Int, planes: Int? = nil, description: String) -> SharedBytes {
        var bytes: [UInt8] = [0x49, 0x49, 42, 0, 0, 0, 0, 0]
        func number(_ value: Int, _ size: Int) -> [UInt8] { (0..<size).map { UInt8(value >> (8 * $0) & 0xff) } }
        for plane in 0..<(planes ?? pages) { bytes += [UInt8](repeating: UInt8(plane), count: 12) }
        let text = Array(description.utf8) + [0]
        let textPlace = bytes.count
        bytes += text + [UInt8](repeating: 0, count: text.count % 2)
        bytes.replaceSubrange(4..<8, with: number(bytes.count, 4))
        for page in 0..<pages {
            let tags = [
                (256, 4, 1, 4), (257, 4, 1, 3), (258, 3, 1, 8), (262, 3, 1, 1), (270, 2, text.count, textPlace),
                (273, 4, 1, 8 + 12 * page), (277, 3, 1, 1), (278, 4, 1, 3), (279, 4, 1, 12),
            ]
            bytes += number(tags.count, 2)
            for (tag, type, count, value) in tags {
                bytes += number(tag, 2) + number(type, 2) + number(count, 4) + number(value, 4)
            }
            bytes += number(page == pages - 1 ? 0 : bytes.count + 4, 4)
        }
        return SharedBytes(copying: bytes)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var pages: Int
        var planes: Int?
        var description: String
        var shape: [Int]
        var axes: String
        /// The page that each plane of the image comes from, in order; 0 also for one that is missing.
        var sources: [Int]
        /// A part of a note, when there must be one.
        var note: String?

        init(
            _ name: String, pages: Int, planes: Int? = nil, _ description: String, _ shape: [Int], _ axes: String,
            _ sources: [Int], note: String? = nil
        ) {
            (testDescription, self.pages, self.planes, self.description) = (name, pages, planes, description)
            (self.shape, self.axes, self.sources, self.note) = (shape, axes, sources, note)
        }
    }

    static func ome(_ sizes: String, _ inside: String, order: String = "XYZCT") -> String {
        "<?xml version=\"1.0\"?><!-- a <comment> --><OME><![CDATA[<Pixels/>]]><Image><Pixels "
            + "DimensionOrder=\"\(order)\" SizeX='4' SizeY = \"3\" \(sizes)>\(inside)</Pixels></Image>"
            + "<Image><Pixels DimensionOrder=\"XYCZT\" SizeX=\"9\"/></Image></OME>"
    }

    static let threeSlices = "SizeZ=\"3\" SizeC=\"1\" SizeT=\"1\""

    static let cases = [
        Case("words", pages: 3, "just words", [3, 3, 4], "IYX", [0, 1, 2]),
        Case("shaped", pages: 3, "{\"shape\": [3, 3, 4]}", [3, 3, 4], "QYX", [0, 1, 2]),
        Case("shaped with axes", pages: 3, "{\"shape\": [3, 3, 4], \"axes\": \"ZYX\"}", [3, 3, 4], "ZYX", [0, 1, 2]),
        Case(
            "shaped with unit axes", pages: 2, "{\"shape\": [1, 2, 1, 3, 4], \"axes\": \"TZCYX\"}", [1, 2, 1, 3, 4],
            "TZCYX", [0, 1]),
        Case(
            "shaped with too few axes", pages: 2, "{\"shape\": [2, 3, 4], \"axes\": \"ZX\"}", [2, 3, 4], "QYX", [0, 1]),
        Case(
            "shaped other than the pages", pages: 2, "{\"shape\": [6, 4]}", [2, 3, 4], "IYX", [0, 1],
            note: "does not fit"),
        Case(
            "shaped, the rest of another image", pages: 3, "{\"shape\": [2, 3, 4]}", [2, 3, 4], "QYX", [0, 1],
            note: "1 of 3 pages belong to other images"),
        Case(
            "shaped, more than there is", pages: 3, "{\"shape\": [500, 3, 4]}", [3, 3, 4], "IYX", [0, 1, 2],
            note: "does not fit the pages"),
        Case(
            "shaped, no multiple of a page", pages: 3, "{\"shape\": [3, 3, 5]}", [3, 3, 4], "IYX", [0, 1, 2],
            note: "does not fit"),
        Case(
            "shaped, one directory for all planes", pages: 1, planes: 5, "{\"shape\": [5, 3, 4]}", [5, 3, 4], "QYX",
            [0, 1, 2, 3, 4]),
        Case("shaped, not closed", pages: 2, "{\"shape\": [2, 3, 4]", [2, 3, 4], "IYX", [0, 1]),
        Case("shaped by fractions", pages: 2, "{\"shape\": [2, 3, 4.5]}", [2, 3, 4], "IYX", [0, 1]),
        Case("shaped by less than nothing", pages: 2, "{\"shape\": [-2, 3, -4]}", [2, 3, 4], "IYX", [0, 1]),
        Case("ImageJ", pages: 6, "ImageJ=1.53t\nimages=6\nchannels=2\nslices=3\n", [3, 2, 3, 4], "ZCYX", Array(0..<6)),
        Case("ImageJ, pages only", pages: 3, "ImageJ=1.53t\nimages=3\nmin=0.0\nnoise", [3, 3, 4], "IYX", [0, 1, 2]),
        Case(
            "ImageJ, other order", pages: 6, "ImageJ=1.53t\nimages=6\nchannels=2\nslices=3\norder=zct\n", [2, 3, 3, 4],
            "CZYX", Array(0..<6)),
        Case("ImageJ, no frames", pages: 2, "ImageJ=1.53t\nframes=0\n", [2, 3, 4], "IYX", [0, 1]),
        Case(
            "ImageJ, more than there is", pages: 3, "ImageJ=1.53t\nimages=99\nslices=99\n", [3, 3, 4], "IYX",
            [0, 1, 2],
            note: "does not fit"),
        Case(
            "ImageJ, numbers beyond all bounds", pages: 2,
            "ImageJ=1.53t\nframes=4611686018427387904\nslices=4611686018427387904\n", [2, 3, 4], "IYX", [0, 1],
            note: "does not fit"),
        Case(
            "ImageJ, one directory for all planes", pages: 1, planes: 4, "ImageJ=1.53t\nimages=4\nframes=4\n",
            [4, 3, 4], "TYX", [0, 1, 2, 3]),
        Case("OME", pages: 3, ome(threeSlices, "<TiffData/>"), [3, 3, 4], "ZYX", [0, 1, 2]),
        Case(
            "OME, out of order", pages: 3,
            ome(
                threeSlices,
                "<TiffData IFD=\"2\" FirstZ=\"0\"/><TiffData IFD=\"0\" FirstZ=\"1\" PlaneCount=\"2\"></TiffData>"),
            [3, 3, 4], "ZYX", [2, 0, 1]),
        Case(
            "OME, channels before slices", pages: 6,
            ome("SizeZ=\"3\" SizeC=\"2\" SizeT=\"1\"", "<TiffData/>", order: "XYCZT"), [3, 2, 3, 4], "ZCYX",
            Array(0..<6)),
        Case(
            "OME, planes missing", pages: 2, ome(threeSlices, "<TiffData IFD=\"1\" FirstZ=\"2\"/>"), [3, 3, 4], "ZYX",
            [0, 0, 1], note: "2 of 3 planes are missing"),
        Case(
            "OME, planes in other files", pages: 2,
            ome(
                threeSlices,
                "<TiffData IFD=\"0\"><UUID FileName=\"a.tif\">x</UUID></TiffData>"
                    + "<TiffData FirstZ=\"1\"><UUID FileName=\"b.tif\"/></TiffData>"), [2, 3, 4], "IYX", [0, 1],
            note: "does not fit"),
        Case(
            "OME, another size", pages: 2, ome("SizeZ=\"2\" SizeC=\"1\" SizeT=\"1\" SizeX=\"5\"", "<TiffData/>"),
            [2, 3, 4], "IYX", [0, 1], note: "does not fit"),
        Case(
            "OME, blocks outside the image", pages: 2, ome(threeSlices, "<TiffData IFD=\"0\" FirstZ=\"7\"/>"),
            [2, 3, 4], "IYX", [0, 1], note: "does not fit"),
        Case(
            "OME, pages outside the file", pages: 2, ome(threeSlices, "<TiffData IFD=\"9223372036854775807\"/>"),
            [2, 3, 4], "IYX", [0, 1], note: "does not fit"),
        Case(
            "OME, more planes than make sense", pages: 2,
            ome("SizeZ=\"3000000000\" SizeC=\"3000000000\" SizeT=\"3000000000\"", "<TiffData/>"), [2, 3, 4], "IYX",
            [0, 1], note: "does not fit"),
        Case(
            "OME without sizes", pages: 2, ome("", "<TiffData/>"), [2, 3, 4], "IYX", [0, 1]),
        Case("XML that ends early", pages: 2, "<OME><Image><Pixels SizeX=\"4</OME>", [2, 3, 4], "IYX", [0, 1]),
    ]

    @Test(arguments: cases)
    func `the description decides`(_ one: Case) throws {
        let bytes = Self.tiff(pages: one.pages, planes: one.planes, description: one.description)
        let image = try Image(decoding: bytes)
        #expect(image.shape == one.shape && image.axes.letters == one.axes, "\(image)")
        let pixels = try image.pixels.typed(as: UInt8.self).elements
        #expect(pixels.count == 12 * one.sources.count)
        for (plane, source) in one.sources.enumerated() {
            #expect(pixels[12 * plane..<12 * plane + 12].allSatisfy { $0 == UInt8(source) }, "plane \(plane)")
        }
        let notes = try ImageInfo(decoding: bytes).notes
        if let note = one.note {
            #expect(notes.contains { $0.contains(note) }, "\(notes)")
        } else {
            #expect(notes.isEmpty, "\(notes)")
        }
    }

    @Test func `OME names channels and gives sizes in many units`() throws {
        let inside = "<Channel Name=\"A &amp; &#66;&#x43; &lt;&gt;&quot;&apos; &none; &\"/><TiffData/>"
        for (unit, micrometres) in [
            ("nm", 1e-3), ("\u{b5}m", 1), ("mm", 1e3), ("cm", 1e4), ("dm", 1e5), ("m", 1e6), ("km", 1e9),
            ("in", 25_400),
            ("pm", 1e-6), ("\u{c5}", 1e-4),
        ] {
            let sizes = Self.threeSlices + " PhysicalSizeX=\"2\" PhysicalSizeXUnit=\"\(unit)\" PhysicalSizeY=\"-1\""
            let image = try Image(decoding: Self.tiff(pages: 3, description: Self.ome(sizes, inside)))
            #expect(image.channelNames == ["A & BC <>\"' &none; &"])
            let x = try #require(image.pixelSize?.x)
            #expect(abs(x - 2 * micrometres) < 1e-9 * micrometres && image.pixelSize?.y == nil, "\(unit)")
        }
        let unknown = Self.threeSlices + " PhysicalSizeX=\"2\" PhysicalSizeXUnit=\"furlong\""
        #expect(try Image(decoding: Self.tiff(pages: 3, description: Self.ome(unknown, inside))).pixelSize == nil)
    }

    @Test func `texts in tifffile's notes are unescaped, whatever else stands there`() throws {
        let notes = """
            {"shape": [1, 3, 4], "a": null, "b": [true, false, {}, []], "c": -1.5e3, "axes": "ZYX", \
            "description": "\\"\\\\\\/\\b\\f\\n\\r\\t\\u00b5\\ud83d\\ude00", "PhysicalSizeZ": 2, \
            "PhysicalSizeZUnit": "mm", "Channel": {"Name": ["one", 2]}}
            """
        let image = try Image(decoding: Self.tiff(pages: 1, description: notes))
        #expect(image.metadata["description"] == "\"\\/\u{8}\u{c}\n\r\t\u{b5}\u{1f600}")
        #expect(image.pixelSize == PixelSize(z: 2000) && image.channelNames == ["one", ""])
        for broken in [
            "{\"shape\":", "{\"shape\": [1, 3, 4", "{\"shape\": [1, 3, 4], \"a\": \"\\x\"}",
            "{\"shape\": [1, 3, 4], \"a\": \"\\u12", "{\"shape\": [1, 3, 4], \"a\": \"x",
            "{\"shape\": [1, 3, 4], \"a\": tru}", "{\"shape\": [1, 3, 4], a: 1}", "{\"shape\": [1, 3, 4]} {}",
            "{\"shape\": " + String(repeating: "[", count: 40),
        ] {
            let image = try Image(decoding: Self.tiff(pages: 1, description: broken))
            #expect(image.shape == [3, 4] && image.metadata["description"] == broken, "\(broken)")
        }
    }
}
