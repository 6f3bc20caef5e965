internal import Foundation
internal import Testing

@Suite(.timeLimit(.minutes(20)))
struct `imjoy env` {
    /// The `uv` of the tests' own Python environment, or the one that `IMJOY_UV` names.
    private static let uv: String = {
        if let named = ProcessInfo.processInfo.environment["IMJOY_UV"], !named.isEmpty { return named }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(".venv/bin/uv").path
    }()

    private func program(_ folder: TemporaryFolder, _ variables: [String: String] = [:]) -> Program {
        Program(
            variables: ["IMJOY_HOME": folder.file("home"), "IMJOY_UV": Self.uv].merging(variables) { $1 },
            folder: folder.path)
    }

    @Test func `lists, explains, compares and prunes`() async throws {
        let folder = try TemporaryFolder()
        let program = program(folder)
        #expect(try await program.run("env", "list").output == "there are no environments in \(folder.file("home"))\n")
        try folder.write(PluginText.running("return 1", name: "One"), to: "One.imjoy.html")
        try folder.write(
            PluginText.running("return 2", name: "Two", config: "\"requirements\": [\"six==1.17.0\"]"),
            to: "Two.imjoy.html")
        for name in ["One", "Two"] {
            let outcome = try await program.run("run", "--quiet", "\(name).imjoy.html")
            #expect(outcome.status == 0, "\(outcome.errors)")
        }

        var listed = try await program.run("env", "list", "--json").json()
        let environments = try #require(listed["environments"] as? [[String: Any]])
        #expect(environments.compactMap { $0["state"] as? String } == ["idle", "idle"])
        let names = try environments.map { try #require($0["name"] as? String) }
        #expect(names.count == 2)
        let text = try await program.run("env", "list").output.split(separator: "\n")
        #expect(text.count == 3)
        #expect(text[0].split(separator: " ").joined(separator: " ") == "name state size last used python plugins")
        #expect(text.contains { $0.hasSuffix("  Two") } && text.contains { $0.hasSuffix("  One") })

        let why = try await program.run("env", "why", "Two").output
        for part in [
            "asked for:     six==1.17.0", "pip install six==1.17.0 imjoy-rpc==0.5.59 numpy", "six 1.17.0",
            "used by:       Two",
        ] {
            #expect(why.contains(part), "\(why)")
        }
        let detail = try await program.run("env", "why", names[0], "--json").json()
        let record = (detail["environments"] as? [[String: Any]])?.first?["record"] as? [String: Any]
        #expect((record?["packages"] as? [Any])?.isEmpty == false)
        let difference = try await program.run("env", "why", "One", "Two").output
        #expect(
            difference.contains(
                "\n- pip install imjoy-rpc==0.5.59 numpy\n+ pip install six==1.17.0 imjoy-rpc==0.5.59 numpy\n"))
        #expect(difference.hasSuffix("packages\n+ six 1.17.0\n"))
        let differenceJSON = try await program.run("env", "why", "One", "Two", "--json").json()
        #expect((differenceJSON["packages"] as? [String: [String]])?["right"] == ["six 1.17.0"])
        #expect(try await program.run("env", "why", "One", "One").output.hasPrefix("both are "))

        #expect(try await program.run("env", "prune").output == "nothing to remove\n")
        let dry = try await program.run("env", "prune", "--older-than", "0d", "--dry-run").output
        #expect(dry.contains("would remove 2 environments, "))
        let pruned = try await program.run("env", "prune", "--older-than", "0d", "--json").json()
        #expect((pruned["removed"] as? [Any])?.count == 2)
        listed = try await program.run("env", "list", "--json").json()
        #expect((listed["environments"] as? [Any])?.isEmpty == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("home/environments")).isEmpty)
    }

    @Test func `never removes an environment that a plugin runs in`() async throws {
        let folder = try TemporaryFolder()
        let program = program(folder)
        let body = "import time\nopen('\(folder.file("on"))', 'w')\ntime.sleep(1000)"
        try folder.write(PluginText.running(body), to: "Test.imjoy.html")
        let process = program.process(["run", "--quiet", "Test.imjoy.html"])
        async let status = process.end()
        while !FileManager.default.fileExists(atPath: folder.file("on")) {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try await program.run("env", "list").output.contains(" used "))
        #expect(try await program.run("env", "prune", "--older-than", "0d").output == "nothing to remove\n")
        kill(process.processIdentifier, SIGINT)
        #expect(try await status == 130)
        #expect(try await program.run("env", "prune", "--older-than", "0d").output.contains("removed 1 environment, "))
    }

    @Test func `is not confused by a builder that was killed`() async throws {
        let folder = try TemporaryFolder()
        let program = program(folder)
        let config = "\"requirements\": [\"cmd: touch \(folder.file("building")); sleep 1000\"]"
        try folder.write(PluginText.running("return 1", config: config), to: "Slow.imjoy.html")
        let process = program.process(["run", "--quiet", "--allow-commands", "Slow.imjoy.html"])
        async let status = process.end()
        while !FileManager.default.fileExists(atPath: folder.file("building")) {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try await program.run("env", "list").output.contains(" building "))
        #expect(try await program.run("env", "prune", "--older-than", "0d").output == "nothing to remove\n")
        kill(process.processIdentifier, SIGKILL)
        _ = try await status
        #expect(try await Processes.areGone(program.mark, within: .seconds(5)))
        try folder.write(PluginText.running("return 5"), to: "Quick.imjoy.html")
        let outcome = try await program.run("run", "--quiet", "Quick.imjoy.html")
        #expect(outcome.output == "5\n", "\(outcome.errors)")
        let listed = try await program.run("env", "list", "--json").json()
        let states = (listed["environments"] as? [[String: Any]])?.compactMap { $0["state"] as? String }
        #expect(states == ["idle"])
    }

    @Test func `has one environment after two programs wanted the same`() async throws {
        let folder = try TemporaryFolder()
        let program = program(folder)
        // The first builds until the second is seen waiting.
        let wait = "touch \(folder.file("on")); while ! test -e \(folder.file("go")); do sleep 0.05; done"
        let config = "\"requirements\": [\"cmd: sh -c '\(wait)'\"]"
        try folder.write(PluginText.running("return 1", config: config), to: "Test.imjoy.html")
        async let one = program.run("run", "--allow-commands", "Test.imjoy.html")
        while !FileManager.default.fileExists(atPath: folder.file("on")) {
            try await Task.sleep(for: .milliseconds(20))
        }
        let other = program.process(["run", "--allow-commands", "Test.imjoy.html"])
        let errors = try TemporaryFile()
        other.standardError = try FileHandle(forWritingTo: errors.url)
        async let status = other.end()
        while try !errors.text().contains("waiting for another program that builds the same environment") {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(FileManager.default.createFile(atPath: folder.file("go"), contents: nil))
        let first = try await one
        #expect(first.output == "1\n")
        #expect(first.errors.contains("building an environment"))
        #expect(try await status == 0)
        #expect(try !errors.text().contains("building an environment"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("home/environments")).count == 1)
    }

    @Test func `leaves nothing of an interrupted command`() async throws {
        let folder = try TemporaryFolder()
        let program = program(folder)
        let config = "\"requirements\": [\"cmd: touch \(folder.file("on")); sleep 1000\"]"
        try folder.write(PluginText.running("return 1", config: config), to: "Slow.imjoy.html")
        let process = program.process(["run", "--quiet", "--allow-commands", "Slow.imjoy.html"])
        async let status = process.end()
        while !FileManager.default.fileExists(atPath: folder.file("on")) {
            try await Task.sleep(for: .milliseconds(20))
        }
        kill(process.processIdentifier, SIGINT)
        #expect(try await status == 130)
        #expect(Processes.marked(program.mark).isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("home/environments")).isEmpty)
    }

    @Test func `tells when the disk is full, or the folder cannot be written to`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(PluginText.running("return 1"), to: "Test.imjoy.html")
        try FileManager.default.createDirectory(atPath: folder.file("small"), withIntermediateDirectories: true)
        // A file system of six megabytes that only this program sees; without the right to make one, an unwritable folder.
        let script = """
            if unshare -rm true 2>/dev/null; then
                exec unshare -rm sh -c 'mount -t tmpfs -o size=6m tmpfs small && exec "\(Program.path)" run Test.imjoy.html'
            fi
            IMJOY_HOME=/proc/nowhere exec "\(Program.path)" run Test.imjoy.html
            """
        let program = program(folder, ["IMJOY_HOME": folder.file("small/home")])
        try await Slots.shared.use {
            let process = program.process([])
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", script]
            let errors = try TemporaryFile()
            process.standardError = try FileHandle(forWritingTo: errors.url)
            #expect(try await process.end() == 3)
            let text = try errors.text()
            #expect(
                text.contains("error: there is no room left in ") || text.contains("error: the folder /proc/nowhere"),
                "\(text)")
            #expect(text.contains("IMJOY_HOME"))
        }
    }

    @Test(arguments: [
        (["env", "why", "nothing"], Int32(2), "no environment is called `nothing`"),
        (["env", "prune", "--older-than", "soon"], 64, "--older-than"),
        (["env", "prune", "--older-than", "-1d"], 64, "--older-than"), (["env", "why"], 64, "<name>"),
    ])
    func `says what it does not know`(arguments: [String], status: Int32, message: String) async throws {
        let folder = try TemporaryFolder()
        let outcome = try await program(folder).run(arguments)
        #expect(outcome.status == status)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }

    @Test func `commands need consent`() async throws {
        let folder = try TemporaryFolder()
        let program = program(folder)
        let config = "\"requirements\": [\"cmd: echo made > made.txt\"]"
        try folder.write(PluginText.running("return open('made.txt').read()", config: config), to: "Test.imjoy.html")
        let refused = try await program.run("run", "--quiet", "Test.imjoy.html")
        #expect(refused.status == 3)
        #expect(
            refused.errors
                == "error: the plugin Test cannot get its environment: it wants to run `echo made > made.txt` while its environment is built, and that was not allowed (read the commands; if you trust them, allow them (imjoy run --allow-commands))\n"
        )
        let allowed = try await program.run("run", "--quiet", "--allow-commands", "Test.imjoy.html")
        #expect(allowed.output == "made\n\n", "\(allowed.errors)")
    }

    @Test func `gives a plugin the graphics processor that is free`() async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file("bin"), withIntermediateDirectories: true)
        let smi = try folder.write("#!/bin/sh\nprintf '0, 95, 900, 1000\\n1, 3, 10, 1000\\n'\n", to: "bin/nvidia-smi")
        chmod(smi, 0o755)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let program = program(folder, ["PATH": "\(folder.file("bin")):\(path)"])
        let text = PluginText.running(
            "import os\nreturn os.environ['CUDA_VISIBLE_DEVICES']",
            config: #""env": [{"type": "gputil", "options": {}}]"#)
        try folder.write(text, to: "Test.imjoy.html")
        let outcome = try await program.run("run", "--quiet", "Test.imjoy.html")
        #expect(outcome.output == "1\n", "\(outcome.errors)")
        try folder.write("#!/bin/sh\nprintf '0, 95, 900, 1000\\n'\n", to: "bin/nvidia-smi")
        let busy = try await program.run("run", "--quiet", "Test.imjoy.html")
        #expect(busy.status == 3)
        #expect(busy.errors.contains("and none of 1 is free"), "\(busy.errors)")
        try folder.write("#!/bin/sh\nexit 1\n", to: "bin/nvidia-smi")
        #expect(
            try await program.run("run", "--quiet", "Test.imjoy.html").errors.contains("`nvidia-smi` tells of none"))
    }
}

@Suite(.timeLimit(.minutes(20)))
struct `imjoy inspect, of what a plugin takes,` {
    private static let config = #"""
        "env": ["conda create -n x python=3.9", {"type": "variable", "options": {"A": "b"}}, {"type": "gputil"}],
        "requirements": ["numpy six", "pip: -U scipy", "conda: fftw", "repo: https://example.org/t.git@v1",
                         "git+https://example.org/a.git", "cmd: make -C t"]
        """#

    @Test func `lists every kind`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(PluginText.running("return 1", config: Self.config), to: "Test.imjoy.html")
        let outcome = try await Program(folder: folder.path).run("inspect", "Test.imjoy.html")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.output.contains(
                """
                  python:        python=3.9
                  clones:        https://example.org/t.git@v1 into t
                  conda:         fftw
                  installs:      numpy
                                 six
                                 --upgrade scipy
                  fetches:       git+https://example.org/a.git
                  runs:          make -C t   (only with --allow-commands)
                  variables:     A=b
                  needs:         a graphics processor used by less than 50 % and with 50 % of its memory free

                """), "\(outcome.output)")
        let json = try await Program(folder: folder.path).run("inspect", "--json", "Test.imjoy.html").json()
        let needs = try #require(json["needs"] as? [String: Any])
        let asks = try #require(needs["asks"] as? [[String: Any]])
        #expect(
            asks.filter { $0["needsConsent"] as? Bool == true }.compactMap { $0["text"] as? String } == ["make -C t"])
        #expect(Set(asks.compactMap { $0["kind"] as? String }).count == 8)
    }

    @Test func `tells what is refused`() async throws {
        let folder = try TemporaryFolder()
        let config = #""requirements": ["pip: --index-url https://evil.example a", "repo: ext::sh -c id"]"#
        try folder.write(PluginText.running("return 1", config: config), to: "Test.imjoy.html")
        let outcome = try await Program(folder: folder.path).run("inspect", "Test.imjoy.html")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("would have a plugin choose where packages come from"))
        #expect(outcome.errors.hasSuffix("Test.imjoy.html: 2 errors\n"), "\(outcome.errors)")
        let run = try await Program(folder: folder.path).run("run", "Test.imjoy.html")
        #expect(run.status == 3)
    }
}

@Suite(.timeLimit(.minutes(20)))
struct `imjoy doctor` {
    @Test func `ends with 0 where plugins can run`() async throws {
        let outcome = try await Program().run("doctor")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("ok    python"))
        let json = try await Program().run("doctor", "--json").json()
        #expect(json["canRunPlugins"] as? Bool == true)
        let findings = try #require(json["findings"] as? [[String: Any]])
        #expect(findings.count == 13)
        #expect(findings.allSatisfy { $0["text"] is String && $0["state"] is String && $0["required"] is Bool })
    }

    @Test func `tells of programs that are missing, broken or there`() async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file("bin"), withIntermediateDirectories: true)
        func script(_ name: String, _ text: String) throws {
            chmod(try folder.write("#!/bin/sh\n\(text)\n", to: "bin/\(name)"), 0o755)
        }
        let which = try await Program().run("doctor", "--json").json()
        let python = try #require(
            (which["findings"] as? [[String: Any]])?.first { $0["name"] as? String == "python" }?["text"] as? String)
        let real = String(python.prefix { $0 != "," })
        // A program of this name starts the real one with the real search path.
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        try script("python3", "PATH='\(path)' exec '\(real)' \"$@\"")
        let program = Program(
            variables: ["PATH": folder.file("bin"), "IMJOY_PYTHON": "", "IMJOY_UV": "", "IMJOY_CONDA": ""])
        var output = try await program.run("doctor").output
        for line in [
            "warn  uv          there is no uv", "warn  git         there is no git",
            "warn  conda       there is no conda, mamba or micromamba", "info  gpu         there is no nvidia-smi",
            "info  bubblewrap  not installed",
        ] {
            #expect(output.contains(line), "\(output)")
        }
        #expect(output.contains("         -> install git; "))
        try script("git", "exit 1")
        try script("nvidia-smi", "echo '0, 1, 2, 3'; echo '1, 1, 2, 3'")
        try script("micromamba", "echo 2.0.1")
        try script("bwrap", "echo bubblewrap 0.8.0")
        output = try await program.run("doctor").output
        for line in [
            "/bin/git does not work", "ok    gpu         2 NVIDIA graphics processors", "/bin/micromamba, conda 2.0.1",
            "/bin/bwrap, bubblewrap 0.8.0; not used yet",
        ] {
            #expect(output.contains(line), "\(output)")
        }
        try script("nvidia-smi", "exit 9")
        output = try await program.run("doctor").output
        #expect(output.contains("warn  gpu         nvidia-smi does not answer"), "\(output)")
    }

    @Test func `ends with 1 and the next step where they cannot, and soon`() async throws {
        let folder = try TemporaryFolder()
        let python = try folder.write("#!/bin/sh\nsleep 1000 & wait\n", to: "python3")
        chmod(python, 0o755)
        let program = Program(variables: ["IMJOY_PYTHON": python, "IMJOY_HOME": "/proc/nowhere"])
        let start = ContinuousClock.now
        let outcome = try await program.run("doctor")
        #expect(ContinuousClock.now - start < .seconds(90))
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("missing  home"), "\(outcome.output)")
        #expect(outcome.output.contains("did not answer within"))
        #expect(outcome.output.contains("-> set IMJOY_PYTHON to another Python"))
        #expect(outcome.errors == "plugins cannot run here: home, python\n")
        #expect(try await Processes.areGone(program.mark, within: .seconds(5)))
    }
}
