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

    /// The version alone, such as `3.11.7`.
    var number: String { version.split(separator: " ").last.map(String.init) ?? version }

    /// An installed Python that `constraint` allows; nil when there is none on the search path.
    static func find(_ constraint: PythonConstraint) async throws -> PythonInterpreter? {
        for name in constraint.programs {
            guard let path = Files.findProgram(name) else { continue }
            do {
                let found = try await identify(path, limit: .seconds(10))
                if constraint.allows(found.number) { return found }
            } catch let error as HostError where error.code == .environment {
                // A shim without a Python behind it.
                continue
            }
        }
        return nil
    }

    /// Asks the program at `path` who it is.
    static func identify(_ path: FilePath, limit: Duration = .seconds(30)) async throws -> PythonInterpreter {
        // Nothing is imported that an interpreter has not loaded anyway: this runs before every plugin.
        let question = """
            import os, sys
            name = sys.implementation.name
            print(os.path.realpath(sys.executable))
            print({"cpython": "CPython", "pypy": "PyPy"}.get(name, name), sys.version.split()[0])
            """
        let answer = try await ProgramProbe.run(path, ["-I", "-S", "-c", question], limit: limit)
        guard !answer.isLate else {
            throw HostError(
                .environment, "\(path) did not answer within \(limit)", hint: "set IMJOY_PYTHON to another one")
        }
        guard answer.isSuccess, answer.lines.count == 2 else {
            throw HostError(.environment, "\(path) is no working Python", output: answer.lines)
        }
        return PythonInterpreter(path: FilePath(answer.lines[0]), version: answer.lines[1])
    }
}
