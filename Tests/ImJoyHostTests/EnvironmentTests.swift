internal import Foundation
internal import ImJoyCore
internal import ImJoyRPC
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import ImJoyHost

@Suite(.timeLimit(.minutes(20)))
struct `An environment` {
    @Test func `is used again by plugins that need the same`() async throws {
        _ = try await TestPlugin.running("return 1").run()
        let recorder = Recorder()
        _ = try await TestPlugin.running("return 2").run(frontEnd: recorder)
        #expect(!recorder.lines.contains { $0.hasPrefix("environment") })
    }

    @Test func `is built once when two programs want it at the same time, and here with uv`() async throws {
        let home = try TestHome.temporary()
        defer { Files.remove(home) }
        let uv = try await Self.uv(in: home)
        let recorder = Recorder()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    var configuration = TestHome.configuration
                    configuration.home = home
                    configuration.frontEnd = recorder
                    configuration.usesUV = true
                    configuration.uv = uv
                    let result = try await Host(configuration).withPlugin(TestPlugin.running("return 3").file) {
                        plugin in
                        try await plugin.run()
                    }
                    #expect(result.intValue == 3)
                }
            }
            try await group.waitForAll()
        }
        let lines = recorder.lines
        #expect(lines.count { $0.hasPrefix("environment: building an environment") && $0.hasSuffix("(uv)") } == 1)
        #expect(lines.contains("environment: waiting for another program that builds the same environment"))
        let environments = Files.names(in: home.appending("environments"))
        #expect(environments.count == 1, "\(environments)")
        #expect(Files.names(in: home.appending("running")).isEmpty)
    }

    /// A `uv` in an environment of its own below `folder`.
    private static func uv(in folder: FilePath) async throws -> FilePath {
        let files = try WorkerFiles.install(in: folder.appending("tools-worker"))
        let python = try PythonInterpreter.find(.init(command: nil), configuration: TestHome.configuration)
        let runner = CommandRunner(files: files, interpreter: python)
        let tools = folder.appending("tools")
        try await runner.run(python, ["-I", "-m", "venv", tools.string], in: folder, onLine: { _ in })
        let pip = ["-m", "pip", "install", "--quiet", "uv==0.13.9"]
        try await runner.run(tools.appending("bin").appending("python"), pip, in: folder, onLine: { _ in })
        return tools.appending("bin").appending("uv")
    }

    @Test func `that cannot be had leaves nothing, and the error names what is missing`() async throws {
        let home = try TestHome.temporary()
        defer { Files.remove(home) }
        let plugin = TestPlugin.running("return 1", config: "\"requirements\": [\"imjoy-test-no-such-package==9.9\"]")
        let error = try await #require(throws: HostError.self) {
            try await plugin.start(home: home) { _ in }
        }
        #expect(error.code == .environment)
        #expect(error.message.hasPrefix("the plugin Test cannot get its environment: `python -I -u -m pip install"))
        #expect(error.message.contains("imjoy-test-no-such-package==9.9"))
        #expect(error.message.hasSuffix("ended with status 1"))
        #expect(
            error.output.last?.contains("No matching distribution found for imjoy-test-no-such-package==9.9") == true)
        #expect(Files.names(in: home.appending("environments")).isEmpty)
    }

    @Test func `that is being built is given up when the caller loses patience`() async throws {
        let home = try TestHome.temporary()
        defer { Files.remove(home) }
        let recorder = Recorder()
        let plugin = TestPlugin.running("return 1")
        let task = Task { try await plugin.start(frontEnd: recorder, home: home) { _ in } }
        while !recorder.lines.contains(where: { $0.hasPrefix("environment: building") }) {
            try await Task.sleep(for: .milliseconds(10))
        }
        try await Task.sleep(for: .milliseconds(300))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(Files.names(in: home.appending("environments")).isEmpty)
    }

    @Test func `left by a killed builder is swept away before the next is built`() async throws {
        let home = try TestHome.temporary()
        defer { Files.remove(home) }
        let environments = home.appending("environments")
        try Files.createFolder(environments.appending("0123456789abcdef0123").appending("bin"))
        try Files.createFolder(environments.appending("held"))
        try Files.createFolder(environments.appending("complete"))
        try Files.write([], to: environments.appending("complete").appending("imjoy-environment.json"))
        let held = try #require(FileLock.tryAcquire(FilePath("\(environments.appending("held")).lock")))
        let plugin = TestPlugin.running("return 1", config: "\"requirements\": [\"imjoy-test-no-such-package\"]")
        await #expect(throws: HostError.self) { try await plugin.start(home: home) { _ in } }
        #expect(Files.names(in: environments).sorted() == ["complete", "held", "held.lock"])
        held.release()
    }

    @Test(arguments: [
        ("\"requirements\": [\"pip: -i https://example.org a\"]", "choose where packages come from"),
        ("\"requirements\": [\"repo: ext::sh\"]", "no address of a repository"),
        ("\"env\": [{\"type\": \"other\"}]", "none of gputil, variable, binder"),
    ])
    func `with an entry that is refused is not begun`(config: String, reason: String) async throws {
        let home = try TestHome.temporary()
        defer { Files.remove(home) }
        // The test's own variable would be a second `env`.
        let text = TestPlugin.running("return 1").text.replacing(#""env":"#, with: "\(config), \"unused\":")
        var configuration = TestHome.configuration
        configuration.home = home
        let host = Host(configuration)
        let error = try await #require(throws: HostError.self) {
            try await host.withPlugin(PluginFile(parsing: text, name: "x")) { _ in }
        }
        #expect(error.message.hasPrefix("the plugin Test cannot get its environment: "))
        #expect(error.message.contains(reason), "\(error)")
        #expect(Files.names(in: home).isEmpty)
    }

    @Test func `needs a folder that can be written to`() async throws {
        let file = try TestHome.temporary().appending("file")
        try Files.write([], to: file)
        defer { Files.remove(file.removingLastComponent()) }
        for home in [file.appending("home"), "/proc/imjoy-home"] {
            let error = try await #require(throws: HostError.self) {
                try await TestPlugin.running("return 1").start(home: home) { _ in }
            }
            #expect(error.code == .storage)
            #expect(error.message.contains("cannot be"))
            #expect(error.hint == "set IMJOY_HOME to a folder that you may write to")
        }
    }

    @Test(arguments: ["/nonexistent/python3", "no-such-python-anywhere", "/etc/passwd", "/tmp"])
    func `needs an interpreter`(python: String) async throws {
        var configuration = TestHome.configuration
        configuration.python = FilePath(python)
        let host = Host(configuration)
        let error = try await #require(throws: HostError.self) {
            try await host.withPlugin(TestPlugin.running("return 1").file) { _ in }
        }
        #expect(error.code == .environment)
        #expect(error.message == "there is no Python program `\(python)`")
    }

    @Test(arguments: ["/bin/true", "/bin/false", "/bin/echo"])
    func `needs an interpreter that is Python`(program: String) async throws {
        var configuration = TestHome.configuration
        configuration.python = FilePath(program)
        let host = Host(configuration)
        let error = try await #require(throws: HostError.self) {
            try await host.withPlugin(TestPlugin.running("return 1").file) { _ in }
        }
        #expect(error.code == .environment)
        #expect(error.message == "\(program) is no working Python")
    }

    @Test func `is asked for with its own interpreter, or with variables alone`() {
        typealias Request = PythonInterpreter.Request
        #expect(Request(command: nil).program == nil)
        #expect(Request(command: "python").program == nil)
        #expect(Request(command: "python3.12").program == "python3.12")
        let request = Request(command: "A=1 B=x=y  /opt/python -u")
        #expect(request.variables == ["A": "1", "B": "x=y"])
        #expect(request.program == "/opt/python")
    }

    @Test func `has another name when anything that decides its content differs`() throws {
        let one = PythonInterpreter(path: "/usr/bin/python3", version: "CPython 3.11.7")
        let other = PythonInterpreter(path: "/usr/bin/python3", version: "CPython 3.12.1")
        func key(_ requirements: [String], _ interpreter: PythonInterpreter) throws -> String {
            let request = try EnvironmentRequest(requirements: requirements.map { Requirement($0, for: .nativePython) })
            return EnvironmentSpecification(request, base: .venv(interpreter)).key
        }
        let keys = try [
            key([], one), key([], other), key(["a"], one), key(["a b"], one), key(["ab"], one), key(["cmd: a"], one),
            key(["pip: -U a"], one), key(["a==1"], one), key(["conda: a"], one), key(["git+https://a.b/c"], one),
            key(["repo: https://a.b/c"], one), key(["repo: https://a.b/c@v1"], one),
            key(["repo: https://a.b/c d"], one),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(try key(["a", "b"], one) == key(["a b"], one))
        #expect(try key(["B", "a"], one) == key(["pip: a b"], one))
        #expect(try key(["pip:a"], one) == key(["a"], one))
    }

    @Test func `installs packages together, and those with options by themselves`() throws {
        let python = PythonInterpreter(path: "/usr/bin/python3", version: "CPython 3.11.7")
        let requirements = ["b a", "pip: -U d c", "pip:f", "e"].map { Requirement($0, for: .nativePython) }
        let request = try EnvironmentRequest(requirements: requirements)
        #expect(
            EnvironmentSpecification(request, base: .venv(python)).parts.dropFirst(3) == [
                "pip install a b", "pip install --upgrade d c", "pip install e f imjoy-rpc==0.5.59 numpy",
            ])
    }
}

@Suite(.timeLimit(.minutes(20)))
struct `A lock between processes` {
    @Test func `is held by one at a time`() async throws {
        let folder = try TestHome.temporary()
        defer { Files.remove(folder) }
        let path = folder.appending("a.lock")
        let inside = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let lock = try await FileLock.acquire(path) {}
                    #expect(inside.value.add(1, ordering: .relaxed).newValue == 1)
                    await Task.yield()
                    inside.value.subtract(1, ordering: .relaxed)
                    lock.release()
                }
            }
            try await group.waitForAll()
        }
        #expect(Files.names(in: folder).isEmpty)
    }

    @Test func `is not waited for by a cancelled task`() async throws {
        let folder = try TestHome.temporary()
        defer { Files.remove(folder) }
        let held = try #require(FileLock.tryAcquire(folder.appending("a.lock")))
        defer { held.release() }
        #expect(FileLock.tryAcquire(folder.appending("a.lock")) == nil)
        let task = Task { try await FileLock.acquire(folder.appending("a.lock")) {} }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }
}

private final class Counter: Sendable {
    let value = Atomic(0)
}
