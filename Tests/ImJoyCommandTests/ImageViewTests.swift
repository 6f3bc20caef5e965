internal import Foundation
internal import ImJoyCore
internal import SystemPackage
internal import Testing

@Suite(.timeLimit(.minutes(20)))
struct `imjoy image view` {
    private func write(_ pixels: NDArray<UInt8>, _ axes: Axes, to name: String, in folder: TemporaryFolder) throws
        -> String
    {
        try Image(pixels, axes: axes).write(to: FilePath(folder.file(name)))
        return folder.file(name)
    }

    @Test func `prints shades of characters into a pipe`() async throws {
        let folder = try TemporaryFolder()
        var pixels = NDArray<UInt8>(zeros: [4, 6])
        pixels[0..<2, 0..<3] = NDArray(repeating: 255, shape: [2, 3])
        let file = try write(pixels, "YX", to: "a.png", in: folder)
        let outcome = try await Program().run("image", "view", file)
        #expect(outcome.status == 0 && outcome.output == "@@@\n\n", "\(outcome)")
        let wide = try await Program().run("image", "view", "--width", "12", file)
        #expect(wide.output == "@@@@@@\n@@@@@@\n\n\n")
    }

    @Test func `prints half blocks, sixels and kitty's graphics when asked`() async throws {
        let folder = try TemporaryFolder()
        let pixels = try NDArray<UInt8>([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255], shape: [2, 2, 3])
        let file = try write(pixels, "YXS", to: "a.png", in: folder)
        let blocks = try await Program().run("image", "view", "--mode", "blocks", file)
        let escape = "\u{1b}["
        #expect(
            blocks.output
                == "\(escape)38;2;255;0;0m\(escape)48;2;0;0;255m▀\(escape)38;2;0;255;0m\(escape)48;2;255;255;255m▀\(escape)0m\n"
        )
        let sixel = try await Program().run("image", "view", "--mode", "sixel", "--width", "1", file)
        #expect(sixel.output.hasPrefix("\u{1b}P0;1q\"1;1;8;8") && sixel.output.hasSuffix("\u{1b}\\\n"))
        let kitty = try await Program().run("image", "view", "--mode", "kitty", "--width", "1", file)
        #expect(kitty.output.hasPrefix("\u{1b}_Ga=T,f=100,q=2,c=1,m=0;iVBORw0KGgo"))
        let code = kitty.output.split(separator: ";")[1].prefix { $0 != "\u{1b}" }
        let png = try #require(Data(base64Encoded: String(code)))
        #expect(try Image(decoding: SharedBytes(copying: Array(png))).shape == [8, 8, 3])
    }

    @Test func `puts the planes of a stack on a sheet`() async throws {
        let folder = try TemporaryFolder()
        var pixels = NDArray<UInt8>(zeros: [3, 2, 8, 8])
        pixels[1, 0, .all, .all] = NDArray(repeating: 200, shape: [8, 8])
        pixels[2, 1, .all, .all] = NDArray(repeating: 100, shape: [8, 8])
        let file = try write(pixels, "ZCYX", to: "a.tif", in: folder)
        let program = Program(folder: folder.path)
        let outcome = try await program.run("image", "view", file, "--output", "sheet.png")
        #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome)")
        let sheet = try Image(contentsOf: FilePath(folder.file("sheet.png"))).pixels.typed(as: UInt8.self)
        #expect(sheet.shape == [18, 18, 3])
        // The first channel is green, the second magenta; the planes share their contrast.
        #expect(sheet[4, 14, .all].elements == [0, 255, 0] && sheet[14, 4, .all].elements == [255, 0, 255])
        #expect(sheet[4, 4, .all].elements == [0, 0, 0])
        let one = try await program.run(
            "image", "view", file, "--channel", "1", "--z", "2", "--output", "one.png", "--width", "4")
        #expect(one.status == 0)
        #expect(try Image(contentsOf: FilePath(folder.file("one.png"))).shape == [4, 4, 3])
    }

    @Test func `gives labels colours of their own`() async throws {
        let folder = try TemporaryFolder()
        let file = try write(NDArray<UInt8>([0, 1, 2, 2], shape: [2, 2]), "YX", to: "labels.png", in: folder)
        #expect(
            try await Program(folder: folder.path).run("image", "view", "--labels", file, "--output", "l.png").status
                == 0)
        let picture = try Image(contentsOf: FilePath(folder.file("l.png"))).pixels.typed(as: UInt8.self)
        #expect(
            picture[0, 0, .all].elements == [0, 0, 0] && picture[1, 0, .all] == picture[1, 1, .all]
                && picture[0, 1, .all] != picture[1, 1, .all])
    }

    @Test(arguments: [
        (["--mode", "paint"], 64), (["--width", "0"], 64), (["--contrast", "9,1"], 64), (["--channel", "3"], 64),
        (["--z", "1"], 64), (["--level", "1"], 64), (["--output", "x.tif"], 64), (["none.png"], 64),
    ])
    func `refuses what is not there`(arguments: [String], status: Int) async throws {
        let folder = try TemporaryFolder()
        let file = try write(NDArray<UInt8>(zeros: [2, 2]), "YX", to: "a.png", in: folder)
        let outcome = try await Program(folder: folder.path).run(["image", "view", file] + arguments)
        #expect(Int(outcome.status) == status && outcome.output.isEmpty && !outcome.errors.isEmpty, "\(outcome)")
    }

    @Test func `shows images of every kind`() async throws {
        let folder = try TemporaryFolder()
        let images: [(String, Image)] = [
            ("one.npy", try Image(NDArray<Float>([1, .nan, 3], shape: [3]))),
            ("none.npy", try Image(NDArray<Float>(zeros: [0, 3]))),
            ("zero.npy", try Image(NDArray<Double>(scalar: 3))),
            ("mask.npy", try Image(NDArray<Bool>(repeating: true, shape: [3, 3]))),
            ("deep.npy", try Image(NDArray<Int16>(repeating: -3, shape: [2, 2, 3, 4]))),
        ]
        for (name, image) in images {
            try image.write(to: FilePath(folder.file(name)))
            let outcome = try await Program().run("image", "view", folder.file(name))
            #expect(outcome.status == 0, "\(name): \(outcome)")
        }
    }

    @Test func `has statistics of each channel`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.tif")
        let pixels = try NDArray<UInt8>([0, 0, 10, 30, 255, 255, 255, 1], shape: [2, 2, 2])
        try Image(pixels, axes: "CYX", channelNames: []).write(to: FilePath(path))
        let said = try await Program().run("image", "stats", "--json", "--histogram", "3", path).json()
        let channels = try #require(said["channels"] as? [[String: Any]])
        #expect(
            channels.map { $0["mean"] as? Double } == [10, 191.5] && channels.map { $0["zeros"] as? Int } == [2, 0])
        #expect(channels.map { $0["saturated"] as? Int } == [0, 3] && channels[0]["max"] as? Int == 30)
        let percentiles = channels[0]["percentiles"] as? [String: Double]
        #expect(percentiles?["50"] == 5 && (percentiles?["99"] ?? 0) > 29)
        #expect((channels[0]["histogram"] as? [String: Any])?["counts"] as? [Int] == [2, 1, 1])
        let text = try await Program().run("image", "stats", path)
        #expect(text.output.contains("channel  min  max  mean") && text.output.contains("75 %"), "\(text.output)")
        let floats = folder.file("b.npy")
        try Image(NDArray<Float>([.nan, 1, 3], shape: [1, 3])).write(to: FilePath(floats))
        let missing = try await Program().run("image", "stats", "--json", floats).json()
        let all = (missing["channels"] as? [[String: Any]])?.first
        #expect(all?["nan"] as? Int == 1 && all?["mean"] as? Double == 2)
        let both = try await Program().run("image", "stats", "--json", path, folder.file("none.tif"))
        #expect(both.status == 2 && both.output.split(separator: "\n").count == 1)
    }
}
