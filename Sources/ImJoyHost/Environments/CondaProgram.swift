internal import SystemPackage

/// A program that makes conda environments: conda, mamba, micromamba, or one that takes the same arguments.
struct CondaProgram: Sendable {
    let path: FilePath
    /// micromamba has its own spelling of some calls, and no channel until it is given one.
    let isMicromamba: Bool

    init(path: FilePath) {
        self.path = path
        isMicromamba = path.lastComponent?.stem.hasPrefix("micromamba") == true
    }

    private static let names = ["micromamba", "mamba", "conda"]

    /// The program that the configuration names, or the first on the search path; nil when there is none.
    static func find(_ configuration: HostConfiguration) throws -> CondaProgram? {
        if let named = configuration.conda {
            guard let found = Files.findProgram(named.string) else {
                throw HostError(
                    .environment, "there is no program \(named)", hint: "IMJOY_CONDA names it; correct or unset it")
            }
            return CondaProgram(path: found)
        }
        return names.lazy.compactMap { Files.findProgram($0) }.first.map(CondaProgram.init)
    }

    /// The arguments that make an environment at `prefix`; files of the call are looked for in the working folder.
    func creation(_ call: CondaCall, at prefix: FilePath) -> [String] {
        if let description = call.description {
            let verb = isMicromamba ? ["create", "--yes"] : ["env", "create"]
            return verb + ["--prefix", prefix.string, "--file", description]
        }
        return ["create", "--yes", "--prefix", prefix.string] + arguments(call)
    }

    /// The arguments that install more into it.
    func installation(_ call: CondaCall, at prefix: FilePath) -> [String] {
        ["install", "--yes", "--prefix", prefix.string] + arguments(call)
    }

    private func arguments(_ call: CondaCall) -> [String] {
        (isMicromamba && call.channels.isEmpty ? ["-c", "conda-forge"] : []) + call.arguments
    }
}
