#if canImport(Glibc)
    internal import Glibc
#endif
internal import ImJoyCore
internal import SystemPackage

/// A folder with an interpreter and packages, complete and ready to use.
struct PythonEnvironment: Sendable {
    let folder: FilePath
    var python: FilePath { folder.appending("bin").appending("python") }
}

/// Builds environments, each once, and finds them again.
///
/// A folder counts only when its record has been written, which is the last thing done. Builders of one environment
/// take turns by a lock file; a folder without a record whose lock is free is what a killed builder left, and is removed.
/// A second lock is held by the process that installs, which outlives a killed builder for as long as it cleans up.
struct EnvironmentManager: Sendable {
    private static let recordName = "imjoy-environment.json"
    let configuration: HostConfiguration
    let files: WorkerFiles

    /// The environment for a plugin, built now when there is none yet.
    func prepare(_ specification: EnvironmentSpecification) async throws -> PythonEnvironment {
        let folder = configuration.environmentsFolder.appending(specification.key)
        let environment = PythonEnvironment(folder: folder)
        if isComplete(folder) { return environment }
        let lock = try await FileLock.acquire(lockPath(folder)) {
            report("waiting for another program that builds the same environment")
        }
        defer { lock.release() }
        if isComplete(folder) { return environment }
        try await FileLock.acquire(installLockPath(folder), onWait: {}).release()
        sweep()
        try await build(specification, in: environment)
        return environment
    }

    private func isComplete(_ folder: FilePath) -> Bool { Files.exists(folder.appending(Self.recordName)) }
    private func lockPath(_ folder: FilePath) -> FilePath { FilePath("\(folder).lock") }
    private func installLockPath(_ folder: FilePath) -> FilePath { FilePath("\(folder).building") }
    private func report(_ line: String) { configuration.frontEnd.show(.environment(line)) }

    private func build(_ specification: EnvironmentSpecification, in environment: PythonEnvironment) async throws {
        let folder = environment.folder
        let runner = CommandRunner(files: files, interpreter: specification.interpreter.path)
        let uv = try installer()
        report(
            "building an environment with \(specification.interpreter.version) (\(uv == nil ? "venv and pip" : "uv"))")
        Files.remove(folder)
        do {
            let python = specification.interpreter.path.string
            let create =
                uv.map { ($0, ["venv", "--quiet", "--python", python, folder.string]) }
                ?? (specification.interpreter.path, ["-I", "-m", "venv", folder.string])
            try await run(runner, create, folder)
            for packages in specification.installations {
                report("installing \(packages.joined(separator: " "))")
                let install =
                    uv.map { ($0, ["pip", "install", "--python", environment.python.string] + packages) }
                    ?? (environment.python, ["-m", "pip", "install", "--progress-bar", "off"] + packages)
                try await run(runner, install, folder)
            }
            try Files.write(specification.record.json(.pretty).utf8, to: folder.appending(Self.recordName))
        } catch {
            Files.remove(folder)
            throw error
        }
    }

    private func run(_ runner: CommandRunner, _ command: (FilePath, [String]), _ folder: FilePath) async throws {
        try await runner.run(
            command.0, command.1, in: configuration.environmentsFolder, unlessDone: folder, onLine: { report($0) })
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

    /// Removes what killed builders left.
    private func sweep() {
        for name in Files.names(in: configuration.environmentsFolder) where !name.contains(".") {
            let folder = configuration.environmentsFolder.appending(name)
            guard !isComplete(folder), let lock = FileLock.tryAcquire(lockPath(folder)) else { continue }
            defer { lock.release() }
            // Its builder may have finished between the two questions.
            guard !isComplete(folder), let installLock = FileLock.tryAcquire(installLockPath(folder)) else { continue }
            Files.remove(folder)
            installLock.release()
        }
    }
}
