internal import ImJoyCore
internal import SystemPackage

extension Doctor {
    /// The oldest Python that plugins are tested with.
    private static let oldestPython: PluginVersion = "3.11"

    func python() async -> [Finding] {
        func missing(_ text: String, _ step: String) -> [Finding] {
            [Finding("python", .missing, text, nextStep: step, isRequired: true)]
        }
        let path: FilePath
        do {
            path = try PythonInterpreter.find(.init(command: nil), configuration: configuration)
        } catch {
            return missing(
                "\((error as? HostError)?.message ?? "\(error)")",
                "install python3 and python3-venv, or set IMJOY_PYTHON")
        }
        let question = """
            import sys
            print(sys.version.split()[0])
            try:
                import venv, ensurepip
                print("venv")
            except ImportError:
                print("no venv")
            """
        let answer: ProgramProbe.Answer
        do {
            answer = try await ProgramProbe.run(path, ["-I", "-c", question], limit: limit)
        } catch {
            return missing("\(error)", "set IMJOY_PYTHON to a working Python")
        }
        guard !answer.isLate else {
            return missing("\(path) did not answer within \(limit)", "set IMJOY_PYTHON to another Python")
        }
        guard answer.isSuccess, answer.lines.count == 2 else {
            return missing("\(path) is no working Python", "set IMJOY_PYTHON to a working Python")
        }
        let version = answer.lines[0]
        guard PluginVersion(version) >= Self.oldestPython else {
            return missing(
                "\(path) is Python \(version)",
                "install Python \(Self.oldestPython) or newer, or set IMJOY_PYTHON to one")
        }
        let hasVenv = answer.lines[1] == "venv"
        let hasUV = configuration.usesUV && uvProgram != nil
        return [
            Finding("python", .ok, "\(path), version \(version)", isRequired: true),
            Finding(
                "venv", hasVenv ? .ok : hasUV ? .warning : .missing,
                hasVenv ? "environments can be made" : "that Python has no venv and ensurepip",
                nextStep: hasVenv
                    ? nil : "install python3-venv\(hasUV ? "; until then uv makes environments" : ", or uv")",
                isRequired: !hasUV),
        ]
    }

    private var uvProgram: FilePath? { Files.findProgram(configuration.uv?.string ?? "uv") }

    func uv() async -> Finding {
        let step = "pip install uv; without it environments take several times as long"
        guard let path = uvProgram else {
            let text = configuration.uv.map { "there is no program \($0), which IMJOY_UV names" } ?? "there is no uv"
            // A wrong name is an error for every plugin, no uv at all is none.
            return Finding(
                "uv", configuration.uv == nil ? .warning : .missing, text, nextStep: step,
                isRequired: configuration.uv != nil)
        }
        return await asked("uv", path, ["--version"], orElse: .warning, step)
    }

    func git() async -> Finding {
        let step = "install git; plugins with `repo:` and `git+https:` requirements need it"
        guard let path = Files.findProgram("git") else {
            return Finding("git", .warning, "there is no git", nextStep: step)
        }
        return await asked("git", path, ["--version"], orElse: .warning, step)
    }

    func conda() async -> Finding {
        let step = "install micromamba, mamba or conda, or set IMJOY_CONDA; plugins with `conda:` requirements need it"
        do {
            guard let program = try CondaProgram.find(configuration) else {
                return Finding("conda", .warning, "there is no conda, mamba or micromamba", nextStep: step)
            }
            return await asked("conda", program.path, ["--version"], orElse: .warning, step)
        } catch {
            return Finding("conda", .warning, "\((error as? HostError)?.message ?? "\(error)")", nextStep: step)
        }
    }

    func graphics() async -> Finding {
        guard let path = Files.findProgram("nvidia-smi") else {
            return Finding(
                "gpu", .information, "there is no nvidia-smi; plugins that ask for a graphics processor do not run")
        }
        guard let answer = try? await ProgramProbe.run(path, GraphicsChoice.question, limit: limit), answer.isSuccess
        else {
            return Finding("gpu", .warning, "nvidia-smi does not answer", nextStep: "check NVIDIA's driver")
        }
        let count = GraphicsChoice.processors(answer.lines).count
        return Finding(
            "gpu", count == 0 ? .information : .ok, "\(count) NVIDIA graphics processor\(count == 1 ? "" : "s")")
    }

    private func asked(
        _ name: String, _ path: FilePath, _ arguments: [String], orElse state: Finding.State, _ step: String
    ) async -> Finding {
        switch await firstLine(path, arguments) {
        case .success(let line):
            let words = line.hasPrefix("\(name) ") ? line : "\(name) \(line)"
            return Finding(name, .ok, "\(path), \(ArgumentRules.shown(words))")
        case .failure(let failure): return Finding(name, state, failure.reason, nextStep: step)
        }
    }
}
