internal import Crypto
internal import ImJoyCore
internal import SystemPackage

/// What an environment must hold: an interpreter and packages. Equal specifications share one environment.
struct EnvironmentSpecification: Sendable, Hashable {
    /// The package that plugins speak the protocol with.
    static let protocolPackage = "imjoy-rpc==0.5.59"

    let interpreter: PythonInterpreter
    /// Arguments of one installer call each, in order.
    let installations: [[String]]

    /// Translates a plugin's requirements; throws for kinds that this engine does not know.
    init(_ requirements: [Requirement], interpreter: PythonInterpreter) throws {
        self.interpreter = interpreter
        var calls: [[String]] = []
        /// Plain packages that can go into one call, so that their versions are chosen together.
        var plain: [String] = []
        for requirement in requirements {
            let arguments = try Self.installerArguments(requirement)
            if arguments.contains(where: { $0.hasPrefix("-") }) {
                if !plain.isEmpty { calls.append(plain) }
                plain = []
                calls.append(arguments)
            } else {
                plain += arguments
            }
        }
        // Arrays are what plugins exchange; a version that the plugin asks for wins.
        calls.append(plain + [Self.protocolPackage, "numpy"])
        installations = calls
    }

    private static func installerArguments(_ requirement: Requirement) throws -> [String] {
        switch requirement.kind {
        case .packages(let words), .pip(let words): return words
        case .url(let address): throw notYet(requirement, "packages from addresses (\(address))")
        case .conda: throw notYet(requirement, "`conda:`")
        case .repository: throw notYet(requirement, "`repo:`")
        case .command: throw notYet(requirement, "`cmd:`")
        case .unsupported(let prefix):
            throw HostError(
                .unsupportedRequirement,
                "the requirement `\(requirement.text)` starts with `\(prefix):`, which is none of pip, conda, repo, cmd"
            )
        case .stylesheet, .script, .module, .cache:
            throw HostError(.unsupportedRequirement, "the requirement `\(requirement.text)` is for browsers")
        }
    }

    private static func notYet(_ requirement: Requirement, _ what: String) -> HostError {
        HostError(
            .unsupportedRequirement,
            "the requirement `\(requirement.text)` cannot be met: \(what) is not supported yet",
            hint: "name packages of PyPI, plain or after `pip:`")
    }

    /// The name of the environment: a hash of everything that decides its content.
    var key: String {
        var hash = SHA256()
        for part in [interpreter.path.string, interpreter.version] + installations.flatMap({ $0 + ["\n"] }) {
            hash.update(data: Array("\(part.utf8.count):\(part)".utf8))
        }
        return String(hash.finalize().hexadecimal.prefix(20))
    }

    /// What the folder says about itself, as JSON.
    var record: ManifestValue {
        [
            "python": ManifestValue(interpreter.path.string), "version": ManifestValue(interpreter.version),
            "installed": ManifestValue(installations.map { ManifestValue($0.map { ManifestValue($0) }) }),
        ]
    }
}
