internal import SystemPackage

/// A Python program and its version.
struct PythonInterpreter: Sendable, Hashable {
    let path: FilePath
    /// Such as `3.11.7`, with the implementation in front when it is not CPython.
    let version: String

    /// What a plugin's `cmd` asks for: variables, then a program (`KERAS_BACKEND=tensorflow python`).
    struct Request: Sendable, Hashable {
        var variables: [String: String] = [:]
        var program: String?

        init(command: String?) {
            var words = (command ?? "").split(separator: " ").map(String.init)
            while let word = words.first, let sign = word.firstIndex(of: "="), sign != word.startIndex {
                variables[String(word[..<sign])] = String(word[word.index(after: sign)...])
                words.removeFirst()
            }
            // Plain `python` leaves the choice to the host.
            if let program = words.first, program != "python", program != "python3" { self.program = program }
        }
    }

    /// Finds the interpreter for a request.
    static func find(_ request: Request, configuration: HostConfiguration) throws -> FilePath {
        let named = request.program ?? configuration.python?.string ?? "python3"
        guard let path = Files.findProgram(named) else {
            throw HostError(
                .environment, "there is no Python program `\(named)`",
                hint: "install python3 and python3-venv, or set IMJOY_PYTHON to an interpreter")
        }
        return path
    }

    /// Asks the program at `path` who it is.
    static func identify(_ path: FilePath, runner: CommandRunner) async throws -> PythonInterpreter {
        // Nothing is imported that an interpreter has not loaded anyway: this runs before every plugin.
        let question = """
            import os, sys
            name = sys.implementation.name
            print(os.path.realpath(sys.executable))
            print({"cpython": "CPython", "pypy": "PyPy"}.get(name, name), sys.version.split()[0])
            """
        let answer = try await runner.output(of: path, ["-I", "-S", "-c", question])
        guard answer.count == 2 else {
            throw HostError(.environment, "\(path) is no working Python", output: answer)
        }
        return PythonInterpreter(path: FilePath(answer[0]), version: answer[1])
    }
}
