internal import Foundation
internal import ImJoyCore
internal import SystemPackage
internal import Testing

@Suite(.timeLimit(.minutes(20)))
struct `imjoy run` {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let ramp = NDArray<UInt16>(0..<12)
        try Image(ramp.reshaped(to: [3, 4])).write(to: FilePath(folder.file("cells.tif")))
        try Image(ramp.reshaped(to: [4, 3])).write(to: FilePath(folder.file("cells.png")))
        try Image(ramp.reshaped(to: [2, 6])).write(to: FilePath(folder.file("other.npy")))
    }

    private func run(
        _ body: String, _ arguments: [String] = [], config: String = "", input: String = ""
    ) async throws -> Program.Outcome {
        try folder.write(PluginText.running(body, config: config), to: "Test.imjoy.html")
        return try await Program(folder: folder.path).run(["run", "Test.imjoy.html"] + arguments, input: input)
    }

    @Test func `names the inputs by their files, and the first also image`() async throws {
        let outcome = try await run(
            "return {name: list(value.shape) for name, value in ctx.data.items()}",
            ["--input", "cells.tif", "--input", "cells.png", "-i", "other.npy", "--json"])
        #expect(outcome.status == 0)
        let shapes = try outcome.json().compactMapValues { $0 as? [Int] }
        #expect(shapes == ["cells": [3, 4], "image": [3, 4], "cells_2": [4, 3], "other": [2, 6]])
    }

    @Test func `takes further data as JSON or as text`() async throws {
        let outcome = try await run(
            "return dict(ctx.data)",
            [
                "--data", "n=2.5", "--data", "list=[1, {\"a\": null}]", "--data", "text=hello=there", "--data",
                "flag=true", "--json",
            ])
        let data = try outcome.json()
        #expect(data["n"] as? Double == 2.5)
        #expect((data["list"] as? [Any])?.count == 2)
        #expect(data["text"] as? String == "hello=there")
        #expect(data["flag"] as? Bool == true)
    }

    @Test func `fills in the form`() async throws {
        let outcome = try await run(
            "return dict(ctx.config)", ["--config", "sigma=3", "-c", "method=li", "--json"],
            config: """
                "ui": [{"S": {"id": "sigma", "type": "number", "placeholder": 1}}, {"M": {"id": "method", "type": "choose", \
                "options": ["otsu", "li"], "placeholder": "otsu"}}, {"D": {"id": "depth", "type": "number", "placeholder": 4}}]
                """)
        let config = try outcome.json()
        #expect(config["sigma"] as? Int == 3)
        #expect(config["method"] as? String == "li")
        #expect(config["depth"] as? Int == 4)
        #expect(config["type"] as? String == "Test")
    }

    private static let arrays = """
        return {"data": {"first": np.full((2, 3), 7, np.uint8), "second": np.full((4,  5), 9, np.uint16)}, "count": np.int64(3)}
        """

    @Test func `saves arrays in order or by name`() async throws {
        let outcome = try await run(Self.arrays, ["--output", "second=b.tif", "--output", "a.png"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try Image(contentsOf: FilePath(folder.file("a.png"))).pixels.shape == [2, 3])
        #expect(try Image(contentsOf: FilePath(folder.file("b.tif"))).pixels.shape == [4, 5])
        #expect(
            outcome.output
                == "data.first: uint8 array of shape [2, 3]\ndata.second: uint16 array of shape [4, 5]\ncount: 3\n")
    }

    @Test(arguments: [
        (
            ["--output", "third=b.tif"],
            "the result has no array `third` for b.tif; it holds `data.first` uint8 [2, 3], `data.second` uint16 [4, 5]"
        ),
        (["-o", "a.tif", "-o", "b.tif", "-o", "c.tif"], "the result has no array left for c.tif"),
    ])
    func `says which arrays there are when one is missing, after it has printed the rest`(
        arguments: [String], message: String
    ) async throws {
        let outcome = try await run(Self.arrays, arguments)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("error: \(message)"), "\(outcome.errors)")
        #expect(outcome.output.contains("count: 3"))
    }

    @Test func `replaces a file as a whole`() async throws {
        let path = folder.file("a.tif")
        try Data(repeating: 7, count: 100_000).write(to: URL(fileURLWithPath: path))
        let before = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
        let outcome = try await run(Self.arrays, ["--output", "a.tif", "--quiet"])
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int != before)
        #expect(try Image(contentsOf: FilePath(path)).pixels.shape == [2, 3])
        #expect(!folder.names.contains { $0.contains("tmp") })
    }

    @Test func `prints tables and values for people`() async throws {
        let outcome = try await run(
            """
            rows = [{"label": 1, "area": 12.25, "name": "a"}, {"label": 12, "area": np.float32(3), "name": None}]
            return {"table": rows, "nothing": None, "text": "t", "x": 0.1 + 0.2, "list": [1, 2]}
            """)
        #expect(
            outcome.output == """
                table: 2 rows
                  label   area  name
                      1  12.25  a
                     12    3.0  -
                nothing: -
                text: t
                x: 0.3
                list: [1, 2]

                """)
    }

    @Test func `prints JSON that any program can read`() async throws {
        let outcome = try await run(
            """
            print("not in the result")
            return {"nan": float("nan"), "big": 2**64 - 1, "min": -2**63, "bytes": b"abc", "set": {1}, "s": np.float32(0.5),
                    "flag": np.bool_(False), "text": "\\u0000\\u001b\\u2028\\ud83d\\ude00".encode("utf-16", "surrogatepass").decode("utf-16")}
            """, ["--json"])
        #expect(outcome.errors.isEmpty)
        let result = try outcome.json()
        #expect(result["nan"] is NSNull)
        #expect(outcome.output.contains("18446744073709551615"))
        #expect(outcome.output.contains("-9223372036854775808"))
        #expect(result["s"] as? Double == 0.5)
        #expect(result["flag"] as? Bool == false)
        #expect(result["set"] as? [Int] == [1])
        #expect((result["bytes"] as? [String: Any])?["shape"] as? [Int] == [3])
        #expect(result["text"] as? String == "\0\u{1B}\u{2028}😀")
    }

    @Test func `prints nothing for nothing`() async throws {
        let outcome = try await run("return None")
        #expect(outcome.status == 0)
        #expect(outcome.output.isEmpty)
    }

    @Test func `tells progress, status and logs as plain lines in a pipe, and nothing when quiet`() async throws {
        let body = """
            print("printed")
            api.showStatus("working")
            api.showStatus("working")
            for step in range(100): api.showProgress(step)
            """
        let outcome = try await run(body)
        let lines = Set(outcome.errors.split(separator: "\n").map(String.init))
        #expect(
            lines.isSuperset(of: ["Test | printed", "working", "progress: 0 %", "progress: 10 %", "progress: 90 %"]))
        #expect(outcome.errors.split(separator: "\n").count { $0.hasPrefix("progress") } == 10)
        #expect(outcome.errors.split(separator: "\n").count { $0 == "working" } == 1)
        #expect(!outcome.errors.contains("\u{1B}"))
        #expect(try await run(body, ["--quiet"]).errors.isEmpty)
    }

    @Test func `reads a plugin from standard input, with its own line numbers`() async throws {
        let text = PluginText.running("raise ValueError(ctx.data.a)")
        let outcome = try await Program().run("run", "-", "--data", "a=b", input: text)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("<stdin>:10: error: the plugin Test failed in `run`: ValueError: b"))
        #expect(
            outcome.errors.contains("  |     raise ValueError(ctx.data.a)")
                || outcome.errors.contains("raise ValueError"))
    }

    @Test func `calls another function, in another variant`() async throws {
        let script = "api.export({'setup': lambda: None, 'go': lambda ctx: [api.TAG, ctx.config.type]})"
        try folder.write(PluginText.plugin(script, config: "\"tags\": [\"a\", \"b\"]"), to: "Test.imjoy.html")
        let program = Program(folder: folder.path)
        let outcome = try await program.run("run", "Test.imjoy.html", "--function", "go", "--tag", "b")
        #expect(outcome.output == "[\"b\", \"Test\"]\n")
        let wrong = try await program.run("run", "Test.imjoy.html", "--tag", "c")
        #expect(wrong.status == 2)
        #expect(wrong.errors.contains("`c`"))
    }

    @Test func `draws a bar on a terminal, takes it away again, and lets no plugin steer the terminal`() async throws {
        let body = """
            import time
            api.showStatus("\\x1b[31mred")
            for step in (10, 50, 90): api.showProgress(step); time.sleep(0.1)
            print("\\x1b[2Jcleared")
            return {"text": "a\\x1b[31mb"}
            """
        try folder.write(PluginText.running(body), to: "Test.imjoy.html")
        let script = """
            import os, pty, sys
            data = b""
            def read(fd):
                global data
                got = os.read(fd, 65536)
                data += got
                return b""
            pid, fd = pty.fork()
            if pid == 0:
                os.execv(sys.argv[1], sys.argv[1:])
            while True:
                try:
                    got = os.read(fd, 65536)
                except OSError:
                    break
                if not got: break
                data += got
            status = os.waitpid(pid, 0)[1]
            sys.stdout.buffer.write(data)
            sys.exit(os.WEXITSTATUS(status))
            """
        try folder.write(script, to: "terminal.py")
        let program = Program(folder: folder.path)
        let process = program.process([folder.file("terminal.py"), Program.path, "run", "Test.imjoy.html"])
        process.arguments = ["python3"] + (process.arguments ?? [])
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let output = try TemporaryFile()
        process.standardOutput = try FileHandle(forWritingTo: output.url)
        #expect(try await process.end() == 0)
        let text = try output.text()
        #expect(text.contains("██████████░░░░░░░░░░  50 % [31mred"))
        #expect(text.contains("[2Jcleared\r\n"))
        #expect(text.contains("text: a[31mb\r\n"))
        // The only sequence that reaches the terminal is ours, and it comes last before the result.
        let sequences = text.components(separatedBy: "\u{1B}").dropFirst()
        #expect(sequences.allSatisfy { $0.hasPrefix("[2K") })
        #expect(sequences.last == "[2Ktext: a[31mb\r\n")
    }
}
