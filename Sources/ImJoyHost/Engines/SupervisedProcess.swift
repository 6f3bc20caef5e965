internal import Subprocess
internal import Synchronization
internal import SystemPackage

/// A child process under the supervisor: when it ends, or this program does, nothing of it is left.
struct SupervisedProcess: Sendable {
    /// What to start and how.
    struct Command: Sendable {
        var program: FilePath
        var arguments: [String]
        var environment: [String: String]
        var workFolder: FilePath
        /// Gives the command an empty standard input; otherwise it reads what is written to ``input``.
        var hasNullInput = false
        /// A folder made before the command starts and removed when everything has ended.
        var scratch: FilePath?
        /// A folder that is removed when the command does not end well; `<folder>.building` is locked meanwhile.
        var unlessDone: FilePath?
    }

    /// How a process ended.
    enum Ending: Hashable, Sendable, CustomStringConvertible {
        case exited(Int)
        case killed(signal: Int)

        var isSuccess: Bool { self == .exited(0) }

        var description: String {
            switch self {
            case .exited(let status): "ended with status \(status)"
            case .killed(let signal): "was killed by signal \(signal)\(Self.names[signal].map { " (\($0))" } ?? "")"
            }
        }

        private static let names = [
            4: "SIGILL, illegal instruction", 6: "SIGABRT, abort", 7: "SIGBUS, bus error", 8: "SIGFPE",
            9: "SIGKILL, often for lack of memory", 11: "SIGSEGV, invalid memory access", 15: "SIGTERM",
        ]
    }

    /// The writing end of its standard input; closing it ends the process within seconds.
    let input: FileDescriptor
    /// The reading end of its standard output.
    let output: FileDescriptor

    /// Starts `command` and runs `body` beside it; returns when `body` has returned and every process has ended.
    ///
    /// `body` takes over both descriptors. Lines of standard error go to `onLine`. When the task is cancelled the
    /// process is ended at once.
    static func run<R: Sendable>(
        _ command: Command, supervisor: FilePath, interpreter: FilePath,
        onLine: @escaping @Sendable (String) -> Void,
        _ body: @escaping @Sendable (SupervisedProcess) async throws -> R
    ) async throws -> (result: Result<R, any Error>, ending: Ending) {
        let (input, output, log) = try pipes()
        PipeCapacity.enlarge(input.writeEnd)
        PipeCapacity.enlarge(output.readEnd)

        var options = PlatformOptions()
        options.createSession = true
        // The supervisor needs a moment to end what it watches over.
        options.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: .seconds(10))]
        let lines = LogReader(log.readEnd, onLine: onLine)
        let hasStarted = Atomic(false)
        do {
            let run = try await Subprocess.run(
                .path(interpreter), arguments: Arguments(arguments(for: command, supervisor: supervisor)),
                environment: .custom(
                    Dictionary(
                        uniqueKeysWithValues: command.environment.map { (Environment.Key(stringLiteral: $0), $1) })),
                workingDirectory: command.workFolder, platformOptions: options,
                input: .fileDescriptor(input.readEnd, closeAfterSpawningProcess: true),
                output: .fileDescriptor(output.writeEnd, closeAfterSpawningProcess: true),
                error: .fileDescriptor(log.writeEnd, closeAfterSpawningProcess: true)
            ) { _ -> Result<R, any Error> in
                hasStarted.store(true, ordering: .relaxed)
                do {
                    return .success(try await body(SupervisedProcess(input: input.writeEnd, output: output.readEnd)))
                } catch {
                    return .failure(error)
                }
            }
            await lines.drain()
            let ending: Ending =
                switch run.terminationStatus {
                case .exited(let status): .exited(Int(status))
                case .signaled(let signal): .killed(signal: Int(signal))
                }
            return (run.closureResult, ending)
        } catch {
            // Without a body nobody else closes them.
            if !hasStarted.load(ordering: .relaxed) {
                try? input.writeEnd.close()
                try? output.readEnd.close()
            }
            await lines.drain()
            try Task.checkCancellation()
            throw HostError(
                .environment, "\(interpreter) could not be started: \(error)",
                hint: "check that the interpreter works and that \(command.workFolder) can be entered")
        }
    }

    private typealias Pipe = (readEnd: FileDescriptor, writeEnd: FileDescriptor)

    /// Three pipes, or an error and none.
    private static func pipes() throws -> (input: Pipe, output: Pipe, log: Pipe) {
        var made: [Pipe] = []
        do {
            for _ in 0..<3 { made.append(try FileDescriptor.pipe(options: .closeOnExec)) }
        } catch {
            for pipe in made {
                try? pipe.readEnd.close()
                try? pipe.writeEnd.close()
            }
            throw HostError(.storage, "no pipe to a process can be made: \(Files.reason(error))")
        }
        return (made[0], made[1], made[2])
    }

    private static func arguments(for command: Command, supervisor: FilePath) -> [String] {
        var arguments = ["-I", "-S", supervisor.string]
        if command.hasNullInput { arguments.append("--null-input") }
        if let scratch = command.scratch { arguments += ["--scratch", scratch.string] }
        if let folder = command.unlessDone { arguments += ["--unless-done", folder.string] }
        return arguments + ["--", command.program.string] + command.arguments
    }
}
