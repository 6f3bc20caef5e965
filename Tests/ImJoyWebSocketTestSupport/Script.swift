internal import Foundation
internal import ImJoyRPCTestSupport

/// A program in Python that runs beside the test.
package final class Script: Sendable {
    package struct Failure: Error, CustomStringConvertible { package var description: String }

    private let process: Process
    private let input = Pipe()
    /// Files, which take what nobody reads.
    private let output: URL
    private let errors: URL
    private let readCount = Guarded(0)

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Starts it; throws when there is no Python with the packages of the tests.
    package convenience init(_ name: String, _ arguments: String...) throws {
        let python =
            ProcessInfo.processInfo.environment["IMJOY_TEST_PYTHON"]
            ?? Self.root.appending(path: ".venv/bin/python3").path
        try self.init(python: python, "Tests/Python/\(name)", arguments)
    }

    /// Starts the real Hypha server, which has an environment of its own.
    package static func hyphaServer(port: Int) throws -> Script {
        try Script(
            python: root.appending(path: ".venv/hypha/bin/python3").path, "Benchmarks/peers/run_hypha_server.py",
            ["--port", "\(port)"])
    }

    /// Starts a client in JavaScript in a browser; see `Tests/Python/browser_peer.py`.
    package static func browser(_ arguments: String...) throws -> Script {
        try Script(
            python: root.appending(path: ".venv/browser/bin/python3").path, "Tests/Python/browser_peer.py", arguments)
    }

    private init(python: String, _ path: String, _ arguments: [String]) throws {
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw Failure(description: "no Python at \(python): `make test` installs it")
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "imjoy-script-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        (output, errors) = (folder.appending(path: "output"), folder.appending(path: "errors"))
        for file in [output, errors] { try Data().write(to: file) }
        process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = [Self.root.appending(path: path).path] + arguments
        process.standardInput = input
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
    }

    deinit { try? FileManager.default.removeItem(at: output.deletingLastPathComponent()) }

    /// All that it prints up to its end; throws what it complains of.
    package func result() async throws -> String {
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        guard process.terminationStatus == 0 else {
            throw Failure(description: String(try text(errors).suffix(2000)))
        }
        return try text(output)
    }

    /// The next line that it prints; throws when it ends instead.
    package func line() async throws -> String {
        while true {
            let hasEnded = !process.isRunning
            let unread = try text(output).utf8.dropFirst(readCount.withLock { $0 })
            if let end = unread.firstIndex(of: 10) {
                let line = String(decoding: unread[..<end], as: UTF8.self)
                readCount.withLock { $0 += line.utf8.count + 1 }
                return line
            }
            if hasEnded { throw Failure(description: try text(errors)) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func text(_ file: URL) throws -> String { String(decoding: try Data(contentsOf: file), as: UTF8.self) }

    /// Tells it to go on: some wait for a line.
    package func proceed() throws { try input.fileHandleForWriting.write(contentsOf: Data([10])) }

    /// Ends it for certain: the threads of tests have signals blocked, and so has what they start.
    package func stop() {
        // Its number may be another one's by now.
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
