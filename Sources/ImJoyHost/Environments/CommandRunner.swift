#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif
internal import Synchronization
internal import SystemPackage

/// Runs the programs that build environments; none of them outlives this process.
struct CommandRunner: Sendable {
    let files: WorkerFiles
    /// The Python that runs the supervisor.
    let interpreter: FilePath

    /// What installers need to know of the user's settings; secrets of other programs are none of their business.
    private static let prefixes = [
        "PIP_", "UV_", "CONDA_", "MAMBA_", "GIT_", "SSH_", "PYENV_", "CMAKE_", "CARGO_", "RUST", "PKG_CONFIG", "NETRC",
    ]
    private static let names: Set<String> = [
        "CC", "CXX", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "FC", "MAKEFLAGS", "ALL_PROXY", "all_proxy", "TMPDIR",
        "LIBRARY_PATH", "CPATH", "SOURCE_DATE_EPOCH",
    ]
    /// Settings of another environment would lead the installer astray.
    private static let unwanted = [
        "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_REQUIRE_VIRTUALENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV",
        "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE",
    ]

    static func variables(_ own: [String: String]) -> [String: String] {
        var result = PluginVariables.inherited(own)
        for (name, value) in own where names.contains(name) || prefixes.contains(where: name.hasPrefix) {
            result[name] = value
        }
        for name in unwanted { result[name] = nil }
        result["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
        result["PIP_NO_INPUT"] = "1"
        result["PYTHONUNBUFFERED"] = "1"
        // Also for the git that pip and uv start: no questions, and no transports that are commands.
        result["GIT_TERMINAL_PROMPT"] = "0"
        result["GIT_ALLOW_PROTOCOL"] = "https:ssh:file"
        return result
    }

    /// Runs a program to its end; throws with its last lines when it fails.
    func run(
        _ program: FilePath, _ arguments: [String], in folder: FilePath, unlessDone: FilePath? = nil,
        variables: [String: String] = [:], onLine: @escaping @Sendable (String) -> Void
    ) async throws {
        let tail = LogTail()
        let environment = Self.variables(ProcessInfo.processInfo.environment).merging(variables) { $1 }
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
            if tail.lines.contains(where: Self.tellsOfFullDisk) {
                throw HostError(
                    .storage, "there is no room left in \(folder)",
                    hint: "free some space, run `imjoy env prune`, or set IMJOY_HOME to a folder on another disk",
                    output: tail.lines)
            }
            let command = [program.lastComponent?.string ?? program.string] + arguments
            throw HostError(.environment, "`\(command.joined(separator: " "))` \(ending)", output: tail.lines)
        }
    }

    private static func tellsOfFullDisk(_ line: String) -> Bool {
        ["No space left on device", "[Errno 28]", "Disk quota exceeded", "os error 28"].contains { line.contains($0) }
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
