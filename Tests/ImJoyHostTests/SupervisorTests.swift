internal import Foundation
internal import ImJoyRPC
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import ImJoyHost

@Suite(.timeLimit(.minutes(20)))
struct `A supervised process` {
    private static func run(
        _ script: String, hasNullInput: Bool = false, scratch: FilePath? = nil, unlessDone: FilePath? = nil,
        onLine: @escaping @Sendable (String) -> Void = { _ in },
        body: @escaping @Sendable (SupervisedProcess) async throws -> Void = { process in
            await LogReader(process.output, onLine: { _ in }).finish()
            try process.input.close()
        }
    ) async throws -> SupervisedProcess.Ending {
        let folder = try TestHome.temporary()
        defer { Files.remove(folder) }
        let files = try WorkerFiles.install(in: folder)
        let python = try PythonInterpreter.find(.init(command: nil), configuration: TestHome.configuration)
        let command = SupervisedProcess.Command(
            program: "/bin/sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"], workFolder: folder,
            hasNullInput: hasNullInput, scratch: scratch, unlessDone: unlessDone)
        let (result, ending) = try await SupervisedProcess.run(
            command, supervisor: files.supervisor, interpreter: python, onLine: onLine, body)
        try result.get()
        return ending
    }

    @Test(arguments: [0, 1, 42, 255])
    func `passes its status on`(status: Int) async throws {
        #expect(try await Self.run("exit \(status)") == .exited(status))
    }

    @Test(arguments: [("TERM", 15), ("KILL", 9), ("SEGV", 11), ("INT", 2)])
    func `passes on the signal that killed it`(name: String, number: Int) async throws {
        #expect(try await Self.run("kill -\(name) $$") == .killed(signal: number))
    }

    @Test func `reads what is written and ends when the writing end is closed`() async throws {
        let answer = Mutex("")
        let ending = try await Self.run(
            "read line; echo got $line",
            body: { process in
                try process.input.writeAll("hello\n".utf8)
                await LogReader(process.output) { line in answer.withLock { $0 += line } }.finish()
                try process.input.close()
            })
        #expect(ending == .exited(0))
        #expect(answer.withLock(\.self) == "got hello")
    }

    @Test func `is killed some time after the host has closed its end`() async throws {
        let start = ContinuousClock.now
        let ending = try await Self.run(
            "trap '' TERM HUP INT; echo begun; while :; do sleep 100; done",
            body: { process in
                var first: UInt8 = 0
                _ = try withUnsafeMutableBytes(of: &first) { try process.output.read(into: $0) }
                try process.input.close()
                try process.output.close()
            })
        #expect(ending == .killed(signal: 9))
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func `has its scratch folder while it runs and not longer`() async throws {
        let folder = try TestHome.temporary()
        defer { Files.remove(folder) }
        let scratch = folder.appending("scratch")
        let lines = Mutex<[String]>([])
        let script = "test -d \(scratch) && mkdir \(scratch)/a && chmod 500 \(scratch)/a && echo there >&2"
        _ = try await Self.run(script, scratch: scratch, onLine: { line in lines.withLock { $0.append(line) } })
        #expect(lines.withLock(\.self) == ["there"])
        #expect(!Files.exists(scratch))
    }

    @Test(arguments: [(0, true), (1, false)])
    func `keeps its product only when it ends well`(status: Int, isKept: Bool) async throws {
        let folder = try TestHome.temporary()
        defer { Files.remove(folder) }
        let product = folder.appending("product")
        _ = try await Self.run("mkdir \(product); exit \(status)", hasNullInput: true, unlessDone: product)
        #expect(Files.names(in: folder) == (isKept ? ["product"] : []))
    }

    @Test func `is ended at once when its task is cancelled`() async throws {
        let begun = Recorder()
        let folder = try TestHome.temporary()
        defer { Files.remove(folder) }
        let product = folder.appending("product")
        let clock = ContinuousClock()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try await Self.run(
                    "mkdir \(product); echo begun >&2; sleep 1000", hasNullInput: true, unlessDone: product,
                    onLine: { begun.show(.environment($0)) })
            }
            while begun.lines.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            let start = clock.now
            group.cancelAll()
            _ = await group.nextResult()
            #expect(clock.now - start < .seconds(60))
        }
        #expect(Files.names(in: folder).isEmpty)
    }

    @Test func `has no child that survives, however many threads it had`() async throws {
        let mark = "imjoy-test-\(UUID().uuidString)"
        let program = """
            import subprocess, sys, threading, time
            for _ in range(30): threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
            for _ in range(5): subprocess.Popen(["sleep", "1000"], start_new_session=True, stderr=subprocess.DEVNULL)
            print("begun", file=sys.stderr)
            time.sleep(1000)
            """
        let script = "IMJOY_MARK=\(mark) exec \(TestHome.python) -c '\(program)'"
        for _ in 0..<10 {
            let begun = Recorder()
            let task = Task { try await Self.run(script, onLine: { begun.show(.environment($0)) }) }
            while begun.lines.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            _ = await task.result
            #expect(Processes.marked(mark).isEmpty)
        }
    }

    @Test func `that cannot be started costs no descriptors`() async throws {
        let folder = try TestHome.temporary()
        defer { Files.remove(folder) }
        let command = SupervisedProcess.Command(
            program: "/bin/true", arguments: [], environment: [:], workFolder: folder)
        for _ in 0..<3 {
            let error = try await #require(throws: HostError.self) {
                _ = try await SupervisedProcess.run(
                    command, supervisor: "/none", interpreter: "/no/such/python", onLine: { _ in }, { _ in })
            }
            #expect(error.message.hasPrefix("/no/such/python could not be started"))
        }
        // A leak would show as a number that grows with every try; other tests open and close files meanwhile.
        let pipes = Self.inheritedPipes()
        for _ in 0..<40 {
            _ = try? await SupervisedProcess.run(
                command, supervisor: "/none", interpreter: "/no/such/python", onLine: { _ in }, { _ in })
        }
        #expect(Self.inheritedPipes() < pipes + 60)
    }

    private static func inheritedPipes() -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.count { name in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
            return target?.hasPrefix("pipe:") == true
        }
    }

    @Test func `whose command does not exist says so`() async throws {
        let folder = try TestHome.temporary()
        defer { Files.remove(folder) }
        let files = try WorkerFiles.install(in: folder)
        let python = try PythonInterpreter.find(.init(command: nil), configuration: TestHome.configuration)
        let runner = CommandRunner(files: files, interpreter: python)
        let error = try await #require(throws: HostError.self) {
            try await runner.run("/no/such/program", ["--quickly"], in: folder, onLine: { _ in })
        }
        #expect(error.message == "`program --quickly` ended with status 127")
        #expect(error.output == ["cannot start /no/such/program: No such file or directory"])
    }

    @Test func `gives its installer no settings of other environments`() async throws {
        let folder = try TestHome.temporary()
        defer { Files.remove(folder) }
        let files = try WorkerFiles.install(in: folder)
        let python = try PythonInterpreter.find(.init(command: nil), configuration: TestHome.configuration)
        let lines = Mutex<[String]>([])
        try await CommandRunner(files: files, interpreter: python).run(
            "/bin/sh", ["-c", "echo $PIP_NO_INPUT; cat; echo end >&2"], in: folder,
            onLine: { line in lines.withLock { $0.append(line) } })
        #expect(lines.withLock { $0.sorted() } == ["1", "end"])
    }
}

@Suite(.timeLimit(.minutes(20)))
struct `Small parts of the host` {
    @Test func `a traceback names the innermost line of the plugin's own file`() {
        let trace = """
            Traceback (most recent call last):
              File "rpc.py", line 399, in _call_method
              File "a.imjoy.html", line 12, in run
              File "a.imjoy.html", line 7, in helper
              File "numpy.py", line 5, in array
            ValueError: File "a.imjoy.html", line 99
            """
        #expect(PluginFailure.line(of: "a.imjoy.html", in: trace) == 7)
        #expect(PluginFailure.line(of: "b.imjoy.html", in: trace) == nil)
    }

    @Test func `a plugin sees no secrets of its host`() {
        let variables = [
            "PATH": "/bin", "HOME": "/root", "AWS_SECRET_ACCESS_KEY": "x", "GITHUB_TOKEN": "x", "LC_ALL": "C",
            "IMJOY_HOME": "/x", "IMJOY_PLUGIN_A": "1", "CUDA_VISIBLE_DEVICES": "0",
        ]
        #expect(
            Set(PluginVariables.inherited(variables).keys) == [
                "PATH", "HOME", "LC_ALL", "IMJOY_PLUGIN_A", "CUDA_VISIBLE_DEVICES",
            ])
    }

    @Test func `a stopped plugin stays stopped, and a newer export replaces the older one`() throws {
        typealias State = PluginInstance.State
        let stopped = PluginInstance.next(after: .starting(.script), .stopped)
        guard case .stopped = PluginInstance.next(after: stopped, .reached(.script)) else {
            Issue.record("a stopped plugin started again")
            return
        }
        guard case .starting(.script) = PluginInstance.next(after: .starting(.start), .reached(.script)) else {
            Issue.record("the stage was not taken over")
            return
        }
    }

    @Test func `settings stay inside their folder whatever the plugin is called`() async throws {
        let folder = try TestHome.temporary()
        defer { Files.remove(folder) }
        for name in ["../../etc/passwd", "a/b", ".", "ünï", "Plain Name (2)", "a%2e"] {
            let settings = PluginSettings(folder: folder, plugin: name)
            try await settings.set("key", .string(name))
            #expect(try PluginSettings(folder: folder, plugin: name).value("key").stringValue == name)
        }
        #expect(Files.names(in: folder).count == 6)
        #expect(Files.names(in: folder).contains("Plain Name (2).json"))
    }

    @Test func `damaged settings are told and not overwritten`() async throws {
        let folder = try TestHome.temporary()
        defer { Files.remove(folder) }
        let path = folder.appending("a.json")
        for text in ["{\"a\": ", "[1]", ""] {
            try Files.write(Array(text.utf8), to: path)
            let settings = PluginSettings(folder: folder, plugin: "a")
            #expect(throws: HostError.self) { try settings.value("a") }
            await #expect(throws: HostError.self) { try await settings.set("a", 1) }
            #expect(FileManager.default.contents(atPath: path.string) == Data(text.utf8))
        }
    }

    @Test func `two hosts do not undo each other's settings`() async throws {
        let folder = try TestHome.temporary()
        defer { Files.remove(folder) }
        let one = PluginSettings(folder: folder, plugin: "a")
        let other = PluginSettings(folder: folder, plugin: "a")
        // All at once, as two programs may.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { try await (number % 2 == 0 ? one : other).set("\(number)", RPCValue(number)) }
            }
            try await group.waitForAll()
        }
        #expect(try (0..<20).map { try other.value("\($0)").intValue } == Array(0..<20))
        #expect(Files.names(in: folder) == ["a.json"])
    }

    @Test func `relative places are seen from the folder of the program`() {
        var configuration = HostConfiguration()
        configuration.home = "some/home"
        #expect(Host(configuration).configuration.home.isAbsolute)
        #expect(Files.findProgram("sh")?.isAbsolute == true)
        #expect(Files.findProgram("/tmp") == nil)
        #expect(Files.findProgram("no-such-program-anywhere") == nil)
    }
}
