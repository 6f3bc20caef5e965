internal import Foundation

/// A script of Tests/Python that runs beside the test.
final class Script: Sendable {
    struct Failure: Error, CustomStringConvertible { var description: String }

    private let process: Process
    private let input = Pipe()
    private let output = Pipe()
    private let errors = Pipe()

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Starts it; throws when there is no Python with the packages of the tests.
    convenience init(_ name: String, _ arguments: String...) throws {
        let python =
            ProcessInfo.processInfo.environment["IMJOY_TEST_PYTHON"]
            ?? Self.root.appending(path: ".venv/bin/python3").path
        try self.init(python: python, "Tests/Python/\(name)", arguments)
    }

    /// Starts the real Hypha server, which has an environment of its own.
    static func hyphaServer(port: Int) throws -> Script {
        try Script(
            python: root.appending(path: ".venv/hypha/bin/python3").path, "Benchmarks/peers/run_hypha_server.py",
            ["--port", "\(port)"])
    }

    private init(python: String, _ path: String, _ arguments: [String]) throws {
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw Failure(description: "no Python at \(python): run `make setup`")
        }
        process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = [Self.root.appending(path: path).path] + arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    /// All that it prints up to its end; throws what it complains of.
    func result() async throws -> String {
        let printed = await read(output, upToLine: false)
        let complaints = await read(errors, upToLine: false)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: String(complaints.suffix(2000))) }
        return printed
    }

    /// The next line that it prints; throws when it ends instead.
    func line() async throws -> String {
        let line = await read(output, upToLine: true)
        guard !line.isEmpty else { throw Failure(description: await read(errors, upToLine: false)) }
        return line.trimmingCharacters(in: .newlines)
    }

    /// Tells it to go on: some wait for a line.
    func proceed() throws { try input.fileHandleForWriting.write(contentsOf: Data([10])) }

    private func read(_ pipe: Pipe, upToLine: Bool) async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "script").async {
                var all = Data()
                while true {
                    let part = pipe.fileHandleForReading.readData(ofLength: 1)
                    all += part
                    if part.isEmpty || upToLine && part == Data([10]) { break }
                }
                continuation.resume(returning: String(decoding: all, as: UTF8.self))
            }
        }
    }

    /// Ends it for certain: the threads of tests have signals blocked, and so has what they start.
    func stop() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
