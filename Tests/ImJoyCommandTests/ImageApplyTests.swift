internal import Foundation
internal import ImJoyCore
internal import SystemPackage
internal import Testing

@Suite(.timeLimit(.minutes(20)))
struct `imjoy image apply` {
    /// Two squares, as a file in a folder.
    static func squares(_ folder: TemporaryFolder) throws -> String {
        var pixels = NDArray<UInt16>(repeating: 100, shape: [24, 30])
        pixels[4..<10, 4..<10] = NDArray(repeating: 900, shape: [6, 6])
        pixels[12..<20, 15..<25] = NDArray(repeating: 700, shape: [8, 10])
        let path = folder.file("squares.tif")
        try Image(pixels, axes: "YX").write(to: FilePath(path))
        return path
    }

    @Test func `writes an image and is quiet in a pipe`() async throws {
        let folder = try TemporaryFolder()
        let input = try Self.squares(folder)
        let outcome = try await Program().run(
            "image", "apply", "gaussian(sigma=0.5) | threshold(otsu) | label", input, folder.file("labels.tif"))
        #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.errors.isEmpty, "\(outcome)")
        let labels = try Image(contentsOf: FilePath(folder.file("labels.tif")))
        #expect(try labels.pixels.cast(to: Int32.self).max() == 2)
    }

    @Test func `says with JSON what each step did`() async throws {
        let folder = try TemporaryFolder()
        let input = try Self.squares(folder)
        let said = try await Program().run(
            "image", "apply", "--json", "m = median(3) | threshold | label", input, folder.file("labels.npy")
        ).json()
        let steps = try #require(said["steps"] as? [[String: Any]])
        #expect(steps.map { $0["operator"] as? String } == ["median", "threshold", "label"])
        let first = try #require(steps[0]["parameters"] as? [String: Any])
        #expect(first["size"] as? Int == 3 && first["mode"] as? String == "reflect" && steps[0]["as"] as? String == "m")
        #expect(steps.allSatisfy { ($0["seconds"] as? Double ?? -1) >= 0 })
        #expect(said["pipeline"] as? String == "m = median(size=3) | threshold | label")
        let source = try #require(said["input"] as? [String: Any])
        let info = try await Program().run("image", "info", "--json", input).json()
        #expect(source["sha256"] as? String == info["sha256"] as? String && source["file"] as? String == input)
        let result = try await Program().run("image", "info", "--json", folder.file("labels.npy")).json()
        #expect(steps[2]["sha256"] as? String == result["sha256"] as? String)
        #expect(steps[2]["dtype"] as? String == "int32" && steps[2]["shape"] as? [Int] == [24, 30])
    }

    @Test func `gives tables and numbers as text, CSV and JSON`() async throws {
        let folder = try TemporaryFolder()
        let input = try Self.squares(folder)
        let program = Program(folder: folder.path)
        let measure = "threshold | label | regionprops(intensity=@input)"
        let table = try await program.run("image", "apply", measure, input)
        #expect(table.status == 0 && table.output.hasPrefix("label,num_pixels,area,y,x,y_min,"))
        #expect(table.output.split(separator: "\n").count == 3)
        #expect(try await program.run("image", "apply", measure, input, "table.csv").status == 0)
        #expect(try String(contentsOfFile: folder.file("table.csv"), encoding: .utf8) == table.output)
        #expect(try await program.run("image", "apply", measure, input, "table.json").status == 0)
        let rows = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(fileURLWithPath: folder.file("table.json"))))
        #expect((rows as? [[String: Any]])?.map { $0["num_pixels"] as? Int } == [36, 80])
        let number = try await program.run("image", "apply", "add(2) | mse(@squares.tif)", input)
        #expect(number.output == "4\n")
        #expect(folder.names == ["squares.tif", "table.csv", "table.json"])
    }

    @Test(arguments: [
        (["gausian(2)", "squares.tif", "o.tif"], 64, "did you mean `gaussian`"),
        (["label | gaussian(2 sigma)", "squares.tif", "o.tif"], 64, "\n                     ^"),
        (["label", "none.tif", "o.tif"], 2, "none.tif"), (["mse(@none.tif)", "squares.tif"], 2, "none.tif"),
        (["gaussian(axes=ZYX)", "squares.tif", "o.tif"], 1, "no axis Z"),
        (["label", "squares.tif"], 64, "name the file"),
        (["label", "squares.tif", "o.csv"], 64, "tif, png, jpg, npy or zarr"),
        (["regionprops", "squares.tif", "o.tif"], 64, "csv or json"),
        (["label", "squares.tif", "no/o.tif"], 64, "No such file"),
        (["label", "squares.tif", "o.xyz"], 64, "tif, png, jpg, npy or zarr"),
    ])
    func `ends as the other commands do when something is wrong`(
        arguments: [String], status: Int, words: String
    ) async throws {
        let folder = try TemporaryFolder()
        _ = try Self.squares(folder)
        let outcome = try await Program(folder: folder.path).run(["image", "apply"] + arguments)
        #expect(Int(outcome.status) == status && outcome.output.isEmpty, "\(outcome)")
        #expect(outcome.errors.hasPrefix("error: ") && outcome.errors.contains(words), "\(outcome.errors)")
        #expect(folder.names == ["squares.tif"])
    }

    @Test func `lists and describes its operators`() async throws {
        let list = try await Program().run("image", "operators")
        #expect(list.status == 0 && list.output.hasPrefix("filtering:\n  gaussian"))
        for one in ImageOperator.all { #expect(list.output.contains("  \(one.name) "), "\(one.name)") }
        let one = try await Program().run("image", "operators", "threshold", "zoom")
        #expect(one.output.contains("otsu, li, yen") && one.output.contains("takes image, gives mask"))
        let json = try await Program().run("image", "operators", "--json", "gaussian")
        let described = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
        #expect(described?.first?["name"] as? String == "gaussian")
        let schema = described?.first?["parameters"] as? [String: Any]
        #expect(schema?["type"] as? String == "object")
        let unknown = try await Program().run("image", "operators", "gausian")
        #expect(unknown.status == 64 && unknown.errors.contains("did you mean"))
    }
}
