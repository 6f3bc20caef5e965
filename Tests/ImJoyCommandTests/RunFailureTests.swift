internal import Foundation
internal import Testing

@Suite(.timeLimit(.minutes(20)))
struct `imjoy run, when something goes wrong,` {
    @Test(arguments: [
        (
            "raise ValueError('no luck')",
            "Test.imjoy.html:10: error: the plugin Test failed in `run`: ValueError: no luck"
        ),
        (
            "import os; os._exit(3)",
            "Test.imjoy.html: error: the plugin Test failed in `run`: its process ended with status 3"
        ),
        (
            "import ctypes; ctypes.string_at(0)",
            "Test.imjoy.html: error: the plugin Test failed in `run`: its process was killed by signal 11"
        ),
    ])
    func `ends with status 1 and names plugin, stage and line`(body: String, message: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write(PluginText.running(body), to: "Test.imjoy.html")
        let program = Program(folder: folder.path)
        let outcome = try await program.run("run", "Test.imjoy.html")
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.split(separator: "\n").contains { $0.hasPrefix(message) }, "\(outcome.errors)")
        #expect(Processes.marked(program.mark).isEmpty)
    }

    @Test(arguments: [
        ("nowhere.imjoy.html", "", 2, "nowhere.imjoy.html"),
        ("Test.imjoy.html", "no plugin at all", 2, "Test.imjoy.html:1:1: error:"),
        ("Test.imjoy.html", "<config>{\"name\": 5}</config>", 2, "Test.imjoy.html:1:"),
        ("Test.imjoy.html", "", 2, "Test.imjoy.html"),
    ])
    func `ends with status 2 for a plugin that cannot be read`(
        name: String, text: String, status: Int, message: String
    ) async throws {
        let folder = try TemporaryFolder()
        try folder.write(text, to: "Test.imjoy.html")
        let outcome = try await Program(folder: folder.path).run("run", name)
        #expect(Int(outcome.status) == status)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }

    @Test func `ends with status 3 when a package does not exist`() async throws {
        let folder = try TemporaryFolder()
        let text = PluginText.running("return 1", config: "\"requirements\": [\"imjoy-test-no-such-package\"]")
        try folder.write(text, to: "Test.imjoy.html")
        // The index does not answer either, as on a machine without a network.
        let program = Program(
            variables: [
                "IMJOY_HOME": folder.file("home"), "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0",
                "PATH": "/nonexistent:" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"),
            ], folder: folder.path)
        let outcome = try await program.run("run", "Test.imjoy.html")
        #expect(outcome.status == 3)
        #expect(
            outcome.errors.contains("error: the plugin Test cannot get its environment: `python -I -u -m pip install"))
        #expect(outcome.errors.contains("No matching distribution found for imjoy-test-no-such-package"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("home/environments")).isEmpty)
    }

    @Test func `ends with status 3 when there is no Python, or no place for environments`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(PluginText.running("return 1"), to: "Test.imjoy.html")
        let lonely = Program(variables: ["PATH": folder.path, "IMJOY_PYTHON": ""], folder: folder.path)
        var outcome = try await lonely.run("run", "Test.imjoy.html")
        #expect(outcome.status == 3)
        #expect(
            outcome.errors
                == "error: there is no Python program `python3` (install python3 and python3-venv, or set IMJOY_PYTHON to an interpreter)\n"
        )
        let homeless = Program(variables: ["IMJOY_HOME": "/proc/nowhere"], folder: folder.path)
        outcome = try await homeless.run("run", "Test.imjoy.html")
        #expect(outcome.status == 3)
        #expect(outcome.errors.hasPrefix("error: the folder /proc/nowhere"))
        #expect(outcome.errors.hasSuffix("(set IMJOY_HOME to a folder that you may write to)\n"))
    }

    @Test(arguments: [
        (["--config", "sigam=2"], "did you mean `sigma`?"), (["--config", "sigma=much"], "sigma"),
        (["--config", "method=none"], "otsu"), (["--config", "sigma"], "sigma"), (["--data", "novalue"], "novalue"),
        (["--output", "out.webp"], "out.webp: the format is chosen by the extension: tif, png, jpg, npy or zarr"),
        (["--output", "/nonexistent/out.tif"], "cannot be written: /nonexistent: No such file or directory"),
        (["--output", "folder.tif"], "cannot be written: it is a folder"), (["--no-such-option"], "--no-such-option"),
    ])
    func `ends with status 64 for wrong usage`(arguments: [String], message: String) async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file("folder.tif"), withIntermediateDirectories: true)
        let form = """
            "ui": [{"Sigma": {"id": "sigma", "type": "number"}}, \
            {"Method": {"id": "method", "type": "choose", "options": ["otsu", "li"]}}]
            """
        try folder.write(PluginText.running("return 1", config: form), to: "Test.imjoy.html")
        let program = Program(folder: folder.path)
        let outcome = try await program.run(["run", "Test.imjoy.html"] + arguments)
        #expect(outcome.status == 64, "\(outcome.errors)")
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `ends with status 130 when it is interrupted, and soon`(signal: Int32) async throws {
        let folder = try TemporaryFolder()
        let body =
            "import subprocess, time\nsubprocess.Popen(['setsid', 'sleep', '1000'])\nopen('\(folder.file("on"))', 'w')\ntime.sleep(1000)"
        try folder.write(PluginText.running(body), to: "Test.imjoy.html")
        let program = Program(folder: folder.path)
        try await Slots.shared.use {
            let process = program.process(["run", "Test.imjoy.html"])
            let errors = try TemporaryFile()
            process.standardError = try FileHandle(forWritingTo: errors.url)
            async let status = process.end()
            while !FileManager.default.fileExists(atPath: folder.file("on")) {
                try await Task.sleep(for: .milliseconds(20))
            }
            let start = ContinuousClock.now
            kill(process.processIdentifier, signal)
            #expect(try await status == 130)
            #expect(ContinuousClock.now - start < .seconds(60))
            #expect(try errors.text().hasSuffix("interrupted\n"))
            #expect(Processes.marked(program.mark).isEmpty)
        }
    }

    @Test func `leaves no process of a hanging plugin when it is killed`() async throws {
        let folder = try TemporaryFolder()
        let body =
            "import subprocess, time\nsubprocess.Popen(['setsid', 'sleep', '1000'])\nopen('\(folder.file("on"))', 'w')\ntime.sleep(1000)"
        try folder.write(PluginText.running(body), to: "Test.imjoy.html")
        let program = Program(folder: folder.path)
        try await Slots.shared.use {
            let process = program.process(["run", "--quiet", "Test.imjoy.html"])
            async let status = process.end()
            while !FileManager.default.fileExists(atPath: folder.file("on")) {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(Processes.marked(program.mark).count >= 4)
            kill(process.processIdentifier, SIGKILL)
            _ = try await status
            #expect(try await Processes.areGone(program.mark, within: .seconds(5)))
        }
    }

    @Test func `leaves no half environment when it is killed while installing`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(PluginText.running("return 1"), to: "Test.imjoy.html")
        let program = Program(variables: ["IMJOY_HOME": folder.file("home")], folder: folder.path)
        let environments = folder.file("home/environments")
        try await Slots.shared.use {
            let process = program.process(["run", "Test.imjoy.html"])
            let errors = try TemporaryFile()
            process.standardError = try FileHandle(forWritingTo: errors.url)
            async let status = process.end()
            while try !errors.text().contains("Collecting imjoy-rpc") { try await Task.sleep(for: .milliseconds(20)) }
            kill(process.processIdentifier, SIGKILL)
            _ = try await status
            #expect(try await Processes.areGone(program.mark, within: .seconds(5)))
            let left = try FileManager.default.contentsOfDirectory(atPath: environments)
            #expect(left.allSatisfy { $0.hasSuffix(".lock") }, "\(left)")
        }
    }

    @Test func `tells lines of a hundred megabytes without keeping them`() async throws {
        let folder = try TemporaryFolder()
        let body = "import sys\nline = 'x' * 9999 + '\\n'\nfor _ in range(10_000): sys.stdout.write(line)\nreturn 7"
        try folder.write(PluginText.running(body), to: "Test.imjoy.html")
        let program = Program(folder: folder.path)
        try await Slots.shared.use {
            let output = try TemporaryFile()
            let process = program.process([])
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            // The shell waits for one child alone, so what it reports is the program's.
            process.arguments = [
                "-c",
                "/usr/bin/env time -f %M -o \(folder.file("memory")) '\(Program.path)' run Test.imjoy.html 2>&1 | wc -c",
            ]
            process.standardOutput = try FileHandle(forWritingTo: output.url)
            #expect(try await process.end() == 0)
            let count = try #require(Int(try output.text().filter(\.isNumber)))
            #expect(count > 100_000_000)
            let kilobytes = try #require(
                Int(String(contentsOfFile: folder.file("memory"), encoding: .utf8).filter(\.isNumber)))
            #expect(kilobytes < 150_000)
        }
    }

    @Test func `takes an array of two hundred megabytes`() async throws {
        let folder = try TemporaryFolder()
        let body = """
            import hashlib
            big = np.arange(25_000_000, dtype=np.float64)
            return {"big": big, "hash": hashlib.sha256(big.tobytes()).hexdigest()}
            """
        try folder.write(PluginText.running(body), to: "Test.imjoy.html")
        let outcome = try await Program(folder: folder.path).run("run", "--json", "Test.imjoy.html")
        let result = try outcome.json()
        let big = try #require(result["big"] as? [String: Any])
        #expect(big["shape"] as? [Int] == [25_000_000])
        #expect(big["dtype"] as? String == "float64")
        #expect(big["sha256"] as? String == result["hash"] as? String)
    }
}
