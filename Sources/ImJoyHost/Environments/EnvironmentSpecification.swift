internal import Crypto
internal import ImJoyCore
internal import SystemPackage

/// What an environment must hold: a Python and what is put beside it. Equal specifications share one environment.
struct EnvironmentSpecification: Sendable, Hashable {
    /// The package that plugins speak the protocol with.
    static let protocolPackage = "imjoy-rpc==0.5.59"
    /// Changes when environments are laid out in another way, so that older ones are not taken for new ones.
    static let format = 2

    /// How the Python comes into it.
    enum Base: Sendable, Hashable {
        /// A virtual environment of this interpreter.
        case venv(PythonInterpreter)
        /// A conda environment, Python included.
        case conda(CondaCall)
    }

    let base: Base
    let steps: [EnvironmentRequest.Step]
    /// The entries as the plugin has them.
    let texts: [String]

    /// Adds to a request what every plugin needs.
    init(_ request: EnvironmentRequest, base: Base) {
        self.base = base
        texts = request.texts
        // Arrays are what plugins exchange; a version that the plugin asks for wins.
        var needed: [PipWord] = [.package(Self.protocolPackage)]
        if !request.steps.contains(where: Self.installsNumPy) { needed.append(.package("numpy")) }
        var steps = request.steps
        if case .pip(let words)? = steps.last, words.allSatisfy({ if case .package = $0 { true } else { false } }) {
            steps[steps.count - 1] = .pip(words + needed)
        } else {
            steps.append(.pip(needed))
        }
        self.steps = steps
    }

    private static func installsNumPy(_ step: EnvironmentRequest.Step) -> Bool {
        guard case .pip(let words) = step else { return false }
        return words.contains { word in
            guard case .package(let text) = word else { return false }
            return text.prefix { !"[<>=!~".contains($0) } == "numpy"
        }
    }

    /// Everything that decides the content, one text for each part; the key is their hash.
    var parts: [String] {
        var parts = ["format \(Self.format)"]
        switch base {
        case .venv(let interpreter): parts += ["python \(interpreter.path)", "version \(interpreter.version)"]
        case .conda(let call): parts.append("conda create \(call.text)")
        }
        return parts
            + steps.map { step in
                switch step {
                case .repository(let source): "repo \(source.description) \(source.directory)"
                case .conda(let call): "conda install \(call.text)"
                case .pip(let words): "pip install \(words.map(\.text).joined(separator: " "))"
                case .command(let text): "command \(text)"
                }
            }
    }

    /// The name of the environment.
    var key: String { Self.key(of: parts) }

    static func key(of parts: [String]) -> String {
        var hash = SHA256()
        for part in parts { hash.update(data: Array("\(part.utf8.count):\(part)\n".utf8)) }
        return String(hash.finalize().hexadecimal.prefix(20))
    }
}

extension EnvironmentSpecification {
    /// Decides where the Python comes from.
    ///
    /// A request that names a version of Python and nothing else of conda gets a virtual environment when such a Python
    /// is installed. Everything else of conda needs a conda-like program.
    static func make(
        _ request: EnvironmentRequest, interpreter: PythonInterpreter, configuration: HostConfiguration
    ) async throws -> (specification: EnvironmentSpecification, conda: CondaProgram?) {
        let creation = request.creation ?? CondaCall()
        let installs = request.steps.contains { if case .conda = $0 { true } else { false } }
        if !installs, creation.asksForPythonOnly {
            guard let python = creation.pythonPackage, python.contains(where: { "=<>!~".contains($0) }) else {
                return (EnvironmentSpecification(request, base: .venv(interpreter)), nil)
            }
            if let constraint = PythonConstraint(python) {
                if constraint.allows(interpreter.number) {
                    return (EnvironmentSpecification(request, base: .venv(interpreter)), nil)
                }
                if let other = try await PythonInterpreter.find(constraint) {
                    return (EnvironmentSpecification(request, base: .venv(other)), nil)
                }
            }
        }
        guard let conda = try CondaProgram.find(configuration) else {
            let what =
                !installs && creation.asksForPythonOnly
                ? "it wants `\(creation.pythonPackage ?? "python")`, and no such Python is installed"
                : "it wants packages of conda"
            throw HostError(
                .environment, "\(what), and there is no conda, mamba or micromamba",
                hint: "install one, or set IMJOY_CONDA to a program that takes the same arguments")
        }
        var call = creation
        if call.description == nil {
            if call.pythonPackage == nil {
                let version = interpreter.number.split(separator: ".").prefix(2).joined(separator: ".")
                call.packages.append("python=\(version)")
            }
            if !call.packages.contains("pip") { call.packages.append("pip") }
        }
        return (EnvironmentSpecification(request, base: .conda(call)), conda)
    }
}
