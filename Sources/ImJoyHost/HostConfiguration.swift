#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif
public import SystemPackage

/// Where a host keeps its things and whom it tells what happens.
public struct HostConfiguration: Sendable {
    /// The folder of environments, settings and work folders. Made when first needed.
    public var home: FilePath
    /// The Python program that environments are made from; nil takes `python3` from the search path.
    public var python: FilePath?
    /// The `uv` program that makes environments fast; nil takes it from the search path, if it is there.
    public var uv: FilePath?
    /// False builds environments with `venv` and `pip` even when there is a `uv`.
    public var usesUV = true
    /// The program that makes conda environments; nil takes the first of `micromamba`, `mamba` and `conda` that is found.
    public var conda: FilePath?
    /// Asked before shell commands of a plugin run while its environment is built, with the plugin's name and the
    /// commands; by default none may.
    public var allowsCommands: @Sendable (_ plugin: String, _ commands: [String]) async -> Bool = { _, _ in false }
    /// How long a plugin's process may take from its start to its first message.
    public var startTimeout = Duration.seconds(180)
    /// Plugin files, and folders with plugin files in them: the plugins that others may ask for by name.
    public var pluginPaths: [FilePath] = []
    /// Shows what happens to a person, or to nobody.
    public var frontEnd: any HostFrontEnd = SilentFrontEnd()

    /// Reads `IMJOY_HOME`, `IMJOY_PYTHON`, `IMJOY_UV` and `IMJOY_CONDA` from the environment of this process.
    public init() {
        let variables = ProcessInfo.processInfo.environment
        func path(_ name: String) -> FilePath? { variables[name].flatMap { $0.isEmpty ? nil : FilePath($0) } }
        if let home = path("IMJOY_HOME") {
            self.home = home
        } else if let data = path("XDG_DATA_HOME"), data.isAbsolute {
            home = data.appending("imjoy")
        } else {
            home = (path("HOME") ?? "/tmp").appending(".local").appending("share").appending("imjoy")
        }
        python = path("IMJOY_PYTHON")
        uv = path("IMJOY_UV")
        conda = path("IMJOY_CONDA")
    }

    var repositoriesFolder: FilePath { home.appending("repositories") }
    var workspacesFolder: FilePath { home.appending("workspaces") }
    var environmentsFolder: FilePath { home.appending("environments") }
    var settingsFolder: FilePath { home.appending("settings") }
    var workerFolder: FilePath { home.appending("worker") }
    var workFolder: FilePath { workspacesFolder.appending("default") }
    var scratchFolder: FilePath { home.appending("running") }
}
