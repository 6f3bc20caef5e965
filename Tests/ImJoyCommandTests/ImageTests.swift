internal import Foundation
internal import ImJoyCore
internal import SystemPackage
internal import Testing

@Suite(.timeLimit(.minutes(20)))
struct `imjoy image` {
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .appendingPathComponent("ImJoyCoreTests/Fixtures/images").path
    private static let fields = [
        "shape", "dtype", "axes", "pages", "compression", "byteOrder", "bigTIFF", "pixelSize", "min", "max", "mean",
        "sha256",
    ]

    /// Asks tifffile in a plugin of its own, which computes the hash with hashlib.
    @Test func `info says what tifffile says`() async throws {
        let names = [
            "strips.tif", "lzw-predictor.tif", "deflate-tiles.tif", "bigtiff.tif", "imagej.tif", "ome.tif",
            "zstd-float.tif",
        ]
        let folder = try TemporaryFolder()
        let body = """
            import hashlib, tifffile
            answers = {}
            for name in ctx.data.names:
                path = ctx.data.folder + "/" + name
                a = tifffile.imread(path)
                with tifffile.TiffFile(path) as file:
                    pages, big = len(file.pages), file.is_bigtiff
                answers[name] = {
                    "shape": list(a.shape), "dtype": str(a.dtype), "pages": pages, "bigTIFF": big,
                    "min": a.min().item(), "max": a.max().item(), "mean": float(a.mean(dtype="float64")),
                    "sha256": hashlib.sha256(np.ascontiguousarray(a, a.dtype.newbyteorder("<")).tobytes()).hexdigest(),
                }
            return answers
            """
        let requirements = "\"requirements\": [\"tifffile==2026.3.3\", \"imagecodecs==2026.3.6\", \"numpy==2.4.6\"]"
        try folder.write(PluginText.running(body, config: requirements), to: "Oracle.imjoy.html")
        let list = "names=[\(names.map { "\"\($0)\"" }.joined(separator: ", "))]"
        let answers = try await Program(folder: folder.path)
            .run("run", "Oracle.imjoy.html", "--json", "--data", list, "--data", "folder=\(Self.fixtures)").json()
        for name in names {
            let said = try await Program().run("image", "info", "--json", "\(Self.fixtures)/\(name)").json()
            let wanted = try #require(answers[name] as? [String: Any], "\(answers)")
            #expect(Set(said.keys).isSuperset(of: Self.fields))
            #expect(Set(said.keys).subtracting(Self.fields).isSubset(of: ["channels", "notes"]))
            for field in ["dtype", "sha256"] {
                #expect(said[field] as? String == wanted[field] as? String, "\(name) \(field)")
            }
            for field in ["pages", "min", "max", "mean"] {
                #expect(said[field] as? Double == wanted[field] as? Double, "\(name) \(field)")
            }
            #expect(said["shape"] as? [Int] == wanted["shape"] as? [Int], "\(name)")
            #expect(said["bigTIFF"] as? Bool == wanted["bigTIFF"] as? Bool, "\(name)")
        }
    }

    @Test func `info prints its fields in order`() async throws {
        let outcome = try await Program(folder: Self.fixtures).run("image", "info", "strips.tif")
        #expect(outcome.status == 0)
        #expect(
            outcome.output == """
                shape:        [6,7]
                dtype:        uint16
                axes:         YX
                pages:        1
                compression:  none
                byteOrder:    little
                bigTIFF:      false
                pixelSize:    null
                min:          0
                max:          11
                mean:         5.5
                sha256:       \(try Self.hashOfRamp())

                """)
    }

    @Test func `info describes several files, one JSON line each, and goes on after a broken one`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("this is no image, just a few words of text", to: "text.tif")
        let names = ["strips.tif", "ome.tif", "rgb.png"].map { "\(Self.fixtures)/\($0)" }
        let all = [names[0], folder.file("text.tif"), names[1], names[2]]
        let outcome = try await Program().run(["image", "info", "--json"] + all)
        #expect(outcome.status == 2)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 3)
        for (line, name) in zip(lines, names) {
            let said = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let alone = try await Program().run("image", "info", "--json", name).json()
            #expect(said["file"] as? String == name)
            #expect(said["sha256"] as? String == alone["sha256"] as? String)
            #expect(Set(said.keys) == Set(alone.keys).union(["file"]))
        }
        let errors = outcome.errors.split(separator: "\n")
        #expect(errors.count == 2 && errors[0].contains("text.tif"), "\(outcome.errors)")
        #expect(errors.last == "error: 1 of 4 files cannot be read")
        let texts = try await Program().run(["image", "info"] + names)
        #expect(texts.status == 0 && texts.output.hasPrefix("file:         \(names[0])\nshape:        [6,7]\n"))
        #expect(texts.output.contains("\n\nfile:         \(names[1])\n"))
    }

    /// The hash of the picture in strips.tif, computed by Python from what the picture shows.
    private static func hashOfRamp() throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import hashlib, struct; print(hashlib.sha256(b''.join(struct.pack('<H', y + x) for y in range(6) for x in range(7))).hexdigest())",
        ]
        process.standardOutput = output
        try process.run()
        return String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).filter(\.isHexDigit)
    }

    @Test func `convert changes format, type and brightness`() async throws {
        let folder = try TemporaryFolder()
        let program = Program(folder: folder.path)
        let source = "\(Self.fixtures)/strips.tif"
        var outcome = try await program.run("image", "convert", source, "a.npy", "--dtype", "float32")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.isEmpty && outcome.errors.isEmpty)
        let plain = try Image(contentsOf: FilePath(folder.file("a.npy"))).pixels
        #expect(plain.dtype == .float32)
        #expect(try plain.typed(as: Float.self).elements.prefix(8) == [0, 1, 2, 3, 4, 5, 6, 1])
        outcome = try await program.run("image", "convert", source, "b.png", "--dtype", "uint8", "--scale", "1", "6")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let scaled = try Image(contentsOf: FilePath(folder.file("b.png"))).pixels.typed(as: UInt8.self)
        #expect(scaled.elements.prefix(7) == [0, 0, 51, 102, 153, 204, 255])
        outcome = try await program.run("image", "convert", "b.png", "c.tif", "--dtype", "int8")
        #expect(try Image(contentsOf: FilePath(folder.file("c.tif"))).pixels.typed(as: Int8.self).elements[6] == 127)
        #expect(folder.names == ["a.npy", "b.png", "c.tif"])
    }

    @Test func `convert packs, tiles and writes BigTIFF when it is told to`() async throws {
        let folder = try TemporaryFolder()
        let program = Program(folder: folder.path)
        let source = "\(Self.fixtures)/strips.tif"
        let pixels = try Image(contentsOf: FilePath(source)).pixels
        for compression in ["none", "lzw", "deflate", "packbits"] {
            let name = "\(compression).tif"
            let outcome = try await program.run(
                "image", "convert", source, name, "--compression", compression, "--predictor", "--tile", "32",
                "--bigtiff")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let info = try ImageInfo(contentsOf: FilePath(folder.file(name)))
            #expect(info.compression == compression && info.isTiled && info.isBigTIFF)
            #expect(try Image(contentsOf: FilePath(folder.file(name))).pixels.bytes == pixels.bytes)
        }
        let wrong = try await program.run("image", "convert", source, "a.tif", "--tile", "17")
        #expect(wrong.status == 1 && wrong.errors.contains("multiple of 16"), "\(wrong.errors)")
        #expect(!folder.names.contains("a.tif"))
    }

    @Test(arguments: [
        (["--dtype", "uint7"], "uint7"), (["--scale", "1"], "--scale takes two different numbers"),
        (["--compression", "zip"], "`zip` is none of none, lzw"), (["--tile", "x"], "tile"),
        (["--scale", "1", "1"], "--scale takes two different numbers"), (["--scale", "a", "b"], "scale"),
    ])
    func `convert refuses wrong options`(arguments: [String], message: String) async throws {
        let folder = try TemporaryFolder()
        let outcome = try await Program().run(
            ["image", "convert", "\(Self.fixtures)/strips.tif", folder.file("a.tif")] + arguments)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(folder.names.isEmpty)
    }

    @Test(arguments: ["/nonexistent/a.tif", "/proc/a.tif", "/tmp/a.jpeg"])
    func `convert ends with status 1 when it cannot write`(target: String) async throws {
        let outcome = try await Program().run("image", "convert", "\(Self.fixtures)/strips.tif", target)
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("error: "))
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }

    /// Damaged files: cut off at several places, empty, text, and a header that claims far more than there is.
    @Test func `info says in one line, at once and with little memory what is wrong with a file`() async throws {
        let folder = try TemporaryFolder()
        let good = try Data(contentsOf: URL(fileURLWithPath: "\(Self.fixtures)/strips.tif"))
        for count in [1, 4, 8, 12, good.count / 2, good.count - 2] {
            try good.prefix(count).write(to: folder.url.appendingPathComponent("cut-\(count).tif"))
        }
        try folder.write("", to: "empty.tif")
        try folder.write("this is no image, just a few words of text", to: "text.tif")
        try folder.write("\u{93}NUMPY\u{1}\u{0}v\u{0}{'descr': '<f8'", to: "cut.npy")
        // One directory: width, height (2^31 - 1 each), 8 bits, no compression, grey, one strip.
        var huge = Data([0x49, 0x49, 42, 0, 8, 0, 0, 0, 8, 0])
        for (tag, type, value) in [
            (256, 4, 0x7FFF_FFFF), (257, 4, 0x7FFF_FFFF), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 200),
            (278, 4, 0x7FFF_FFFF),
            (279, 4, 0x7FFF_FFFF),
        ] {
            for (number, size) in [(tag, 2), (type, 2), (1, 4), (value, 4)] {
                huge.append(contentsOf: (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) })
            }
        }
        huge.append(Data(count: 400))
        try huge.write(to: folder.url.appendingPathComponent("huge.tif"))

        for name in folder.names {
            let process = Program().process([])
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["time", "-f", "kB %M", Program.path, "image", "info", folder.file(name)]
            let errors = try TemporaryFile()
            process.standardError = try FileHandle(forWritingTo: errors.url)
            // The time counts from here, not from the end of the queue.
            let (status, duration) = try await Slots.shared.use {
                let start = ContinuousClock.now
                return (try await process.end(), ContinuousClock.now - start)
            }
            #expect(status == 2, "\(name)")
            let lines = try errors.text().split(separator: "\n").filter { !$0.hasPrefix("Command exited") }
            #expect(lines.count == 2, "\(name): \(lines)")
            #expect(lines.first?.hasPrefix("error: ") == true && lines.first?.contains(name) == true, "\(lines)")
            let kilobytes = try #require(lines.last.flatMap { Int($0.filter(\.isNumber)) })
            #expect(kilobytes < 100_000, "\(name)")
            #expect(duration < .seconds(5))
        }
    }
}

@Suite(.timeLimit(.minutes(20)))
struct `imjoy inspect` {
    private static let text = """
        <config lang="json">
        {"name": "Cells", "type": "native-python", "version": "1.2.0", "api_version": "0.1.8", "description": "Counts cells.",
         "tags": ["cpu", "gpu"], "requirements": ["numpy", "pip: -U scipy"], "flags": ["functional"],
         "env": [{"type": "variable", "options": {"A": "1"}}],
         "ui": [{"Sigma": {"id": "sigma", "type": "number", "min": 0, "max": 9, "placeholder": 2}}]}
        </config>
        <script lang="python">
        from imjoy import api
        </script>
        <docs>Hello</docs>
        """

    @Test func `tells what a plugin is and needs`() async throws {
        let outcome = try await Program().run("inspect", "-", input: Self.text)
        #expect(outcome.status == 0, "\(outcome.errors)")
        for part in [
            "Cells 1.2.0\n", "Counts cells.\n", "type:          native-python", "tags:          cpu (chosen), gpu",
            "numpy\n", "--upgrade scipy",
            "A=1", "sigma (number, 0 to 9) = 2  Sigma",
        ] {
            #expect(outcome.output.contains(part), "\(part) in \(outcome.output)")
        }
    }

    @Test func `tells it as JSON`() async throws {
        let summary = try await Program().run("inspect", "-", "--json", "--tag", "gpu", input: Self.text).json()
        #expect(summary["name"] as? String == "Cells")
        #expect(summary["tag"] as? String == "gpu")
        #expect(summary["requirements"] as? [String] == ["numpy", "pip: -U scipy"])
        #expect((summary["settings"] as? [[String: Any]])?.first?["id"] as? String == "sigma")
        #expect((summary["problems"] as? [Any])?.isEmpty == true)
    }

    @Test func `ends with status 1 and points at the problems`() async throws {
        let broken = Self.text.replacingOccurrences(of: "\"name\": \"Cells\"", with: "\"name\": \"Ce/lls\"")
        let outcome = try await Program().run("inspect", "-", input: broken)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("<stdin>:2:"))
        #expect(outcome.errors.contains("error:"))
        #expect(outcome.errors.hasSuffix("<stdin>: 1 error\n"))
    }

    @Test func `ends with status 2 when there is no file`() async throws {
        let outcome = try await Program().run("inspect", "/nonexistent/plugin.imjoy.html")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("/nonexistent/plugin.imjoy.html"))
        #expect(outcome.output.isEmpty)
    }
}
