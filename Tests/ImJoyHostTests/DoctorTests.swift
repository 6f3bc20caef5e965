internal import Foundation
internal import SystemPackage
internal import Testing

@testable internal import ImJoyHost

@Suite(.timeLimit(.minutes(20)))
struct `The doctor` {
    private static let limit = Duration.seconds(1)

    private func findings(_ change: (inout HostConfiguration) -> Void = { _ in }) async throws -> [String: Finding] {
        var configuration = TestHome.configuration
        change(&configuration)
        let list = try await Doctor(configuration, limit: .seconds(20)).examine()
        return Dictionary(uniqueKeysWithValues: list.map { ($0.name, $0) })
    }

    private func program(_ script: String, in folder: FilePath, named name: String = "python3") throws -> FilePath {
        let path = folder.appending(name)
        try Files.write("#!/bin/sh\n\(script)\n".utf8, to: path)
        chmod(path.string, 0o755)
        return path
    }

    @Test func `finds what this machine needs for the tests`() async throws {
        let found = try await findings()
        for name in ["home", "python", "venv", "git", "openblas", "tiff"] {
            #expect(found[name]?.state == .ok, "\(String(describing: found[name]))")
        }
        #expect(found["openblas"]?.text.contains("thread") == true)
        #expect(found["tiff"]?.text.contains("Deflate") == true)
        for name in ["processor", "memory", "bubblewrap", "landlock"] { #expect(found[name]?.state == .information) }
        #expect(found["processor"]?.text.contains("core") == true)
        #expect(found["memory"]?.text.contains("available") == true)
        #expect(found.count == 13)
        #expect(found["python"]?.isRequired == true)
    }

    @Test(arguments: [
        ("sleep 1000 & wait", "did not answer within"),
        ("trap '' TERM; while :; do sleep 1; done", "did not answer within"),
        ("exit 3", "is no working Python"), ("echo 3.7.1; echo venv", "is Python 3.7.1"),
        ("echo", "is no working Python"),
    ])
    func `is not held up by a Python that is none`(script: String, reason: String) async throws {
        let folder = try TestHome.temporary()
        defer { Files.remove(folder) }
        var configuration = TestHome.configuration
        configuration.python = try program(script, in: folder)
        let start = ContinuousClock.now
        // A busy machine takes its time to start those that do answer.
        let limit = reason.hasPrefix("did not answer") ? Self.limit : .seconds(60)
        let list = await Doctor(configuration, limit: limit).python()
        #expect(ContinuousClock.now - start < .seconds(60))
        #expect(list.map(\.state) == [.missing])
        #expect(list.first?.text.contains(reason) == true, "\(list)")
        #expect(list.first?.isRequired == true)
        #expect(list.first?.nextStep?.contains("IMJOY_PYTHON") == true)
    }

    @Test func `tells when a Python cannot make environments, and whether uv can`() async throws {
        let folder = try TestHome.temporary()
        defer { Files.remove(folder) }
        var configuration = TestHome.configuration
        configuration.python = try program("echo 3.12.1; echo no venv", in: folder)
        configuration.uv = try program("echo uv 1.0", in: folder, named: "uv")
        configuration.usesUV = false
        #expect(try await Doctor(configuration).examine().first { $0.name == "venv" }?.state == .missing)
        configuration.usesUV = true
        let list = try await Doctor(configuration).examine()
        #expect(list.first { $0.name == "venv" }?.state == .warning)
        #expect(list.first { $0.name == "uv" }?.text.hasSuffix("uv, uv 1.0") == true)
    }

    @Test func `tells of names that lead nowhere`() async throws {
        let found = try await findings {
            $0.python = "/nonexistent/python3"
            $0.uv = "/nonexistent/uv"
            $0.conda = "/nonexistent/conda"
            $0.home = "/proc/imjoy-home"
        }
        #expect(found["python"]?.text == "there is no Python program `/nonexistent/python3`")
        #expect(found["uv"]?.state == .missing)
        #expect(found["conda"]?.text == "there is no program /nonexistent/conda")
        #expect(found["home"]?.state == .missing)
        #expect(found["home"]?.text.hasPrefix("/proc/imjoy-home cannot be written to: ") == true)
    }

    @Test func `leaves nothing`() async throws {
        let folder = try TestHome.temporary()
        defer { Files.remove(folder) }
        _ = try await findings { $0.home = folder.appending("new").appending("home") }
        #expect(Files.names(in: folder).isEmpty)
    }

    @Test func `tells of a conda-like program that works, and one that does not`() async throws {
        let folder = try TestHome.temporary()
        defer { Files.remove(folder) }
        var configuration = TestHome.configuration
        configuration.conda = try program("echo 1.5.8", in: folder, named: "micromamba")
        var finding = await Doctor(configuration).conda()
        #expect(finding.state == .ok)
        #expect(finding.text.hasSuffix("micromamba, conda 1.5.8"))
        configuration.conda = try program("exit 1", in: folder, named: "conda")
        finding = await Doctor(configuration).conda()
        #expect(finding.state == .warning)
        #expect(finding.text.hasSuffix("conda does not work"))
    }
}

@Suite(.timeLimit(.minutes(20)))
struct `A short question` {
    @Test func `gets what was printed, and whether it went well`() async throws {
        let answer = try await ProgramProbe.run("/bin/sh", ["-c", "echo a; echo b; echo c >&2"], limit: .seconds(10))
        #expect(answer.lines == ["a", "b"])
        #expect(answer.isSuccess)
        #expect(!answer.isLate)
        let failed = try await ProgramProbe.run("/bin/false", [], limit: .seconds(10))
        #expect(!failed.isSuccess && !failed.isLate)
    }

    @Test func `waits neither for a slow program nor for what it leaves behind`() async throws {
        let start = ContinuousClock.now
        let quick = try await ProgramProbe.run("/bin/sh", ["-c", "sleep 600 & echo a"], limit: .seconds(300))
        #expect(quick.lines == ["a"])
        let slow = try await ProgramProbe.run(
            "/bin/sh", ["-c", "echo b; sleep 600; echo c"], limit: .milliseconds(500))
        #expect(slow.isLate && !slow.isSuccess)
        #expect(slow.lines == ["b"])
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func `is given up when the caller is cancelled`() async throws {
        let task = Task { try await ProgramProbe.run("/bin/sleep", ["60"], limit: .seconds(60)) }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `of a program that cannot be started is an error`() async throws {
        await #expect(throws: HostError.self) { try await ProgramProbe.run("/nonexistent", [], limit: .seconds(1)) }
    }
}
