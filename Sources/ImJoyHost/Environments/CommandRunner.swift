#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif
internal import Subprocess
internal import Synchronization
internal import SystemPackage

/// Runs the programs that build environments; none of them outlives this process.
struct CommandRunner: Sendable {
    let files: WorkerFiles
    /// The Python that runs the supervisor.
    let interpreter: FilePath

    /// Runs a program to its end; throws with its last lines when it fails.
    func run(
        _ program: FilePath, _ arguments: [String], in folder: FilePath, unlessDone: FilePath? = nil,
        onLine: @escaping @Sendable (String) -> Void
    ) async throws {
        let tail = LogTail()
        var environment = ProcessInfo.processInfo.environment
        // Settings of another environment would lead the installer astray.
        for name in ["PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "PIP_TARGET", "PIP_PREFIX", "PIP_USER"] {
            environment[name] = nil
        }
        environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
        environment["PIP_NO_INPUT"] = "1"
        environment["PYTHONUNBUFFERED"] = "1"
        let command = SupervisedProcess.Command(
            program: program, arguments: arguments, environment: environment, workFolder: folder, hasNullInput: true,
            unlessDone: unlessDone)
        let tell: @Sendable (String) -> Void = { line in
            tail.append(line)
            onLine(line)
        }
        let (result, ending) = try await SupervisedProcess.run(
            command, supervisor: files.supervisor, interpreter: interpreter,
            onLine: tell,
            { process in
                await LogReader(process.output, onLine: tell).finish()
                return process.input
            })
        // Not before the program has ended: closing it tells the supervisor that we are gone.
        try? result.get().close()
        try Task.checkCancellation()
        guard ending.isSuccess else {
            let command = [program.lastComponent?.string ?? program.string] + arguments
            throw HostError(.environment, "`\(command.joined(separator: " "))` \(ending)", output: tail.lines)
        }
    }

    /// What a short program prints, as lines.
    func output(of program: FilePath, _ arguments: [String]) async throws -> [String] {
        do {
            let result = try await Subprocess.run(
                .path(program), arguments: Arguments(arguments), output: .string(limit: 1 << 16), error: .discarded)
            guard result.terminationStatus.isSuccess else { return [] }
            return result.standardOutput.split(separator: "\n").map(String.init)
        } catch {
            try Task.checkCancellation()
            throw HostError(.environment, "\(program) cannot be run: \(error)")
        }
    }
}

/// The last lines of a log.
final class LogTail: Sendable {
    private let kept = Mutex<[String]>([])
    private let limit: Int

    init(limit: Int = 12) { self.limit = limit }

    func append(_ line: String) {
        guard !line.allSatisfy(\.isWhitespace) else { return }
        kept.withLock { lines in
            if lines.count == limit { lines.removeFirst() }
            lines.append(String(line.prefix(400)))
        }
    }

    var lines: [String] { kept.withLock { $0 } }
}
