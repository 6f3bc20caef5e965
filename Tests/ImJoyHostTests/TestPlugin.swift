internal import Foundation
#if canImport(Glibc)
    internal import Glibc
#endif
internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import ImJoyHost

/// A plugin written in a test: a config block, a script, and what else is wanted.
struct TestPlugin: Sendable {
    /// `from imjoy_rpc import api`, on line 5 of the file; scripts of tests start on line 6.
    static let firstScriptLine = 6

    var name = "Test"
    var type = "native-python"
    var script: String
    /// Further members of the config block, as JSON: `"requirements": ["a"], "tags": ["b"]`.
    var config = ""
    /// Further blocks, put after the script.
    var blocks = ""
    /// Found again in the environment of every process of this plugin.
    let mark = "imjoy-test-\(UUID().uuidString)"

    /// A plugin whose `run` has this body; its first line is line 11 of the file.
    static func running(_ body: String, isAsync: Bool = false, config: String = "") -> TestPlugin {
        let function = isAsync ? "async def" : "def"
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false).map { "        " + $0 }
        return TestPlugin(
            script: """
                class Plugin:
                    def setup(self):
                        pass

                    \(function) run(self, ctx):
                \(lines.joined(separator: "\n"))

                api.export(Plugin())
                """, config: config)
    }

    var text: String {
        let environment = "\"env\": [{\"type\": \"variable\", \"options\": {\"IMJOY_PLUGIN_MARK\": \"\(mark)\"}}]"
        let further = config.isEmpty ? "" : ", \(config)"
        return """
            <config lang="json">
            {"name": "\(name)", "type": "\(type)", "version": "0.1.0", "description": "A test.", \(environment)\(further)}
            </config>
            <script lang="python">
            from imjoy_rpc import api
            \(script)
            </script>
            \(blocks)
            """
    }

    /// The same plugin with another method of its class, and an attachment.
    func adding(_ method: String, attachment: (name: String, content: String)) -> TestPlugin {
        var plugin = self
        plugin.script = script.split(separator: "api.export(").joined(separator: "    \(method)\napi.export(")
        plugin.blocks = "<attachment name=\"\(attachment.name)\">\n\(attachment.content)\n</attachment>"
        return plugin
    }

    var file: PluginFile { PluginFile(parsing: text, name: "Test.imjoy.html") }

    /// Runs `body` with the plugin, and checks afterwards that nothing of it is left.
    func start<R: Sendable>(
        frontEnd: Recorder = Recorder(), tag: String? = nil, home: FilePath = TestHome.path,
        sourceLocation: Testing.SourceLocation = #_sourceLocation,
        _ body: @escaping @Sendable (PluginInstance) async throws -> R
    ) async throws -> R {
        try await Slots.shared.use {
            var configuration = TestHome.configuration
            configuration.home = home
            configuration.frontEnd = frontEnd
            let host = Host(configuration)
            let result: Result<R, any Error>
            do {
                result = .success(try await host.withPlugin(file, tag: tag, body))
            } catch {
                result = .failure(error)
            }
            #expect(Processes.marked(mark).isEmpty, "processes are left", sourceLocation: sourceLocation)
            #expect(frontEnd.scratch.map { Files.exists($0) } != true, "files are left", sourceLocation: sourceLocation)
            return try result.get()
        }
    }

    /// Calls `run` and returns what it returns.
    func run(
        data: RPCObject = [:], config: RPCObject = [:], frontEnd: Recorder = Recorder(), tag: String? = nil,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws -> RPCValue {
        try await start(frontEnd: frontEnd, tag: tag, sourceLocation: sourceLocation) { plugin in
            try await plugin.run(data: data, config: config)
        }
    }

    /// Calls `run`, which must fail as a plugin does.
    func failure(
        frontEnd: Recorder = Recorder(), sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws -> PluginFailure {
        do {
            let result = try await run(frontEnd: frontEnd, sourceLocation: sourceLocation)
            Issue.record("it returned \(result)", sourceLocation: sourceLocation)
            throw CancellationError()
        } catch let failure as PluginFailure {
            return failure
        }
    }
}

/// Where tests keep their environments, so that they are built once.
enum TestHome {
    static let path: FilePath = {
        if let named = ProcessInfo.processInfo.environment["IMJOY_TEST_HOME"], !named.isEmpty { return FilePath(named) }
        var package = FilePath(#filePath)
        for _ in 0..<3 { package.removeLastComponent() }
        return package.appending(".build-imjoy-home")
    }()

    static var configuration: HostConfiguration {
        var configuration = HostConfiguration()
        configuration.home = path
        configuration.usesUV = false
        return configuration
    }

    /// The interpreter that environments are made from.
    static var python: String {
        (try? PythonInterpreter.find(.init(command: nil), configuration: configuration))?.string ?? "python3"
    }

    /// A folder of one test.
    static func temporary() throws -> FilePath {
        let path = FilePath(FileManager.default.temporaryDirectory.path).appending("imjoy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        return path
    }
}

/// A front end that remembers what it was told.
final class Recorder: HostFrontEnd {
    private let state = Mutex<[HostEvent]>([])

    func show(_ event: HostEvent) { state.withLock { $0.append(event) } }

    /// Everything so far, one text for each event.
    var lines: [String] {
        state.withLock(\.self).map { event in
            switch event {
            case .environment(let line): "environment: \(line)"
            case .log(_, let line): "log: \(line)"
            case .error(_, let line): "error: \(line)"
            case .status(_, let text): "status: \(text)"
            case .progress(_, let fraction): "progress: \(fraction)"
            case .message(_, let text): "message: \(text)"
            case .openURL(_, let address): "url: \(address)"
            case .warning(_, let text): "warning: \(text)"
            }
        }
    }

    /// The temporary folder, when the plugin has logged it as `scratch: PATH`.
    var scratch: FilePath? {
        lines.first { $0.hasPrefix("log: scratch: ") }.map { FilePath(String($0.dropFirst("log: scratch: ".count))) }
    }
}

/// The processes of this machine.
enum Processes {
    static func kill(_ process: Int) { Glibc.kill(pid_t(process), SIGKILL) }

    /// Those whose environment holds `mark`.
    static func marked(_ mark: String) -> [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(Int.init).filter { number in
            guard let environment = FileManager.default.contents(atPath: "/proc/\(number)/environ") else {
                return false
            }
            return environment.range(of: Data(mark.utf8)) != nil
        }
    }
}

/// Lets a few plugins run at one time, however many tests there are.
actor Slots {
    static let shared = Slots(3)
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    nonisolated func use<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        await take()
        let result: Result<R, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        await give()
        return try result.get()
    }

    private func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
