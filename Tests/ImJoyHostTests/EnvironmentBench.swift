internal import Foundation
internal import ImJoyCore
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import ImJoyHost

/// A folder for one test with a home of its own, where environments are built without starting plugins.
final class EnvironmentBench: Sendable {
    let folder: FilePath
    let recorder = Recorder()
    let conda: FilePath?
    let allowsCommands: Bool

    init(conda: FilePath? = nil, allowsCommands: Bool = false) throws {
        folder = try TestHome.temporary()
        self.conda = conda
        self.allowsCommands = allowsCommands
    }

    deinit { Files.remove(folder) }

    /// With `uv`, which the setup of this package installs, or with what `IMJOY_UV` names.
    var configuration: HostConfiguration {
        var configuration = TestHome.configuration
        configuration.home = folder.appending("home")
        configuration.frontEnd = recorder
        configuration.usesUV = true
        configuration.uv = configuration.uv ?? Self.tests.removingLastComponent().pushing(".venv/bin/uv")
        configuration.conda = conda
        let allowsCommands = allowsCommands
        configuration.allowsCommands = { _, _ in allowsCommands }
        return configuration
    }

    var store: EnvironmentStore { EnvironmentStore(configuration) }
    var environments: FilePath { folder.pushing("home/environments") }

    /// The folder `Tests` of this package.
    static let tests: FilePath = {
        var path = FilePath(#filePath)
        for _ in 0..<2 { path.removeLastComponent() }
        return path
    }()

    /// The environment for these entries; the caller releases it.
    func prepare(
        _ requirements: [String], env: [String] = [], plugin: String = "Test",
        changing: (inout HostConfiguration) -> Void = { _ in }
    ) async throws -> PythonEnvironment {
        let request = try EnvironmentRequest(
            environment: env.map { .command($0) },
            requirements: requirements.map { Requirement($0, for: .nativePython) })
        var configuration = configuration
        changing(&configuration)
        let chosen = configuration
        return try await Slots.shared.use {
            let files = try WorkerFiles.install(in: chosen.workerFolder)
            let path = try PythonInterpreter.find(.init(command: nil), configuration: chosen)
            return try await EnvironmentManager(configuration: chosen, files: files).prepare(
                request, for: plugin, interpreter: try await PythonInterpreter.identify(path))
        }
    }

    /// The error that these entries end with; nothing may be left of them.
    func failure(
        _ requirements: [String], env: [String] = [], sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws -> HostError {
        let error = try await #require(throws: HostError.self, sourceLocation: sourceLocation) {
            try await prepare(requirements, env: env).release()
        }
        let left = Files.names(in: environments)
        #expect(left.isEmpty, "\(left)", sourceLocation: sourceLocation)
        return error
    }

    /// What the Python of an environment prints.
    func python(_ environment: PythonEnvironment, _ code: String) async throws -> [String] {
        try await ProgramProbe.run(environment.python, ["-c", code], limit: .seconds(30)).lines
    }

    /// Runs a program that must succeed; returns what it printed.
    @discardableResult
    func run(_ program: String, _ arguments: String...) async throws -> [String] {
        let path = try #require(Files.findProgram(program))
        let answer = try await ProgramProbe.run(path, arguments, limit: .seconds(60))
        try #require(answer.isSuccess, "\(program) \(arguments)")
        return answer.lines
    }

    /// A bare repository with two commits: `v1` is tagged, and `main` has `VALUE = 2`.
    func repository(files: [String: String] = [:]) async throws -> (url: String, first: String) {
        let work = folder.appending("work")
        let bare = folder.appending("tools.git")
        func git(_ arguments: String...) async throws -> [String] {
            let path = try #require(Files.findProgram("git"))
            let identity = ["-C", work.string, "-c", "user.name=Test", "-c", "user.email=test@example.org"]
            let answer = try await ProgramProbe.run(path, identity + arguments, limit: .seconds(30))
            try #require(answer.isSuccess, "git \(arguments)")
            return answer.lines
        }
        try Files.createFolder(work.appending("src"))
        try Files.write("VALUE = 1\n".utf8, to: work.appending("tool.py"))
        for (name, text) in files {
            try Files.createFolder(work.pushing(FilePath(name)).removingLastComponent())
            try Files.write(text.utf8, to: work.pushing(FilePath(name)))
        }
        _ = try await git("init", "--quiet", "--initial-branch=main")
        _ = try await git("add", ".")
        _ = try await git("commit", "--quiet", "-m", "one")
        _ = try await git("tag", "v1")
        let first = try #require(try await git("rev-parse", "HEAD").first)
        try Files.write("VALUE = 2\n".utf8, to: work.appending("tool.py"))
        _ = try await git("commit", "--quiet", "-a", "-m", "two")
        _ = try await git("clone", "--quiet", "--bare", work.string, bare.string)
        return ("file://\(bare)", first)
    }

    /// A small wheel and its SHA-256.
    func wheel(_ name: String, _ version: String) async throws -> (address: String, sha256: String) {
        let script = Self.tests.pushing("Python/make_wheel.py")
        let line = try #require(try await run(TestHome.python, script.string, folder.string, name, version).first)
        let words = line.split(separator: " ")
        return ("file://\(words[0])", String(words[1]))
    }
}
