internal import ImJoyCore
internal import SystemPackage

/// Builds environments, each once, and finds them again.
///
/// A folder counts only when its record has been written, which is the last thing done. Builders of one environment
/// take turns by a lock file; a folder without a record whose lock is free is what a killed builder left, and is removed.
struct EnvironmentManager: Sendable {
    let configuration: HostConfiguration
    let files: WorkerFiles

    /// The environment for a plugin, built now when there is none yet; to be released when the plugin has ended.
    func prepare(
        _ request: EnvironmentRequest, for plugin: String, interpreter: PythonInterpreter
    ) async throws -> PythonEnvironment {
        let (specification, conda) = try await EnvironmentSpecification.make(
            request, interpreter: interpreter, configuration: configuration)
        let folder = EnvironmentFolder(path: configuration.environmentsFolder.appending(specification.key))
        if let environment = try used(folder, conda, plugin) { return environment }
        let lock = try await FileLock.acquire(folder.lock) {
            report("waiting for another program that builds the same environment")
        }
        defer { lock.release() }
        if let environment = try used(folder, conda, plugin) { return environment }
        // Whoever runs commands waits for consent; whoever waits holds nothing but the lock of this environment.
        try await askForCommands(request, plugin)
        try await FileLock.acquire(folder.installLock, onWait: {}).release()
        EnvironmentStore(configuration).sweep()
        guard !folder.isComplete else {
            throw HostError(
                .storage, "the environment \(folder.path) cannot be used",
                hint: "check whether you may read that folder")
        }
        Files.remove(folder.path)
        let builder = EnvironmentBuilder(
            specification: specification, folder: folder, configuration: configuration, files: files,
            interpreter: interpreter.path, conda: conda, uv: conda == nil ? try installer() : nil)
        do {
            try await builder.build()
        } catch {
            Files.remove(folder.path)
            throw error
        }
        guard let environment = try used(folder, conda, plugin) else {
            throw HostError(.storage, "the environment \(folder.path) was removed while it was being built")
        }
        return environment
    }

    private func report(_ line: String) { configuration.frontEnd.show(.environment(line)) }

    private func used(
        _ folder: EnvironmentFolder, _ conda: CondaProgram?, _ plugin: String
    ) throws -> PythonEnvironment? {
        guard let environment = PythonEnvironment.use(folder, isConda: conda != nil) else { return nil }
        do {
            try EnvironmentUser.note(plugin, in: folder)
        } catch {
            // Knowing who used it is worth less than using it.
            report("the use of the environment cannot be noted: \(error)")
        }
        return environment
    }

    private func askForCommands(_ request: EnvironmentRequest, _ plugin: String) async throws {
        let commands = request.commands
        guard !commands.isEmpty else { return }
        guard await configuration.allowsCommands(plugin, commands) else {
            try Task.checkCancellation()
            let list = commands.map { "`\(ArgumentRules.shown($0))`" }.joined(separator: ", ")
            throw HostError(
                .refusedRequirement,
                "it wants to run \(list) while its environment is built, and that was not allowed",
                hint: "read the commands; if you trust them, allow them (imjoy run --allow-commands)")
        }
    }

    private func installer() throws -> FilePath? {
        guard configuration.usesUV else { return nil }
        guard let named = configuration.uv else { return Files.findProgram("uv") }
        guard let found = Files.findProgram(named.string) else {
            throw HostError(
                .environment, "there is no program \(named)", hint: "IMJOY_UV names it; correct or unset it")
        }
        return found
    }
}
