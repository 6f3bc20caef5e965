#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif
internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections
internal import SystemPackage

/// Runs native-python plugins, each in a process, session and environment of its own.
struct ProcessEngine: Sendable {
    let configuration: HostConfiguration
    private var frontEnd: any HostFrontEnd { configuration.frontEnd }

    init(configuration: HostConfiguration) { self.configuration = configuration }

    /// Builds what the plugin needs, starts it, sets it up, calls `onReady`, and returns when it has ended.
    ///
    /// Throws ``HostError`` when the plugin cannot be given what it needs, ``PluginFailure`` when it fails or ends
    /// without being asked to.
    func run(
        _ instance: PluginInstance, _ file: PluginFile, exporting service: RPCService, router: RPCRouter,
        onReady: @escaping @Sendable () async -> Void
    ) async throws {
        let launch = try await prepare(instance.manifest)
        let output = LogTail()
        // The supervisor removes it; this is for the case that somebody killed the supervisor.
        defer { launch.command.scratch.map(Files.remove) }
        defer { launch.environment.release() }
        let (result, ending) = try await SupervisedProcess.run(
            launch.command, supervisor: launch.files.supervisor, interpreter: launch.interpreter,
            onLine: { line in
                output.append(line)
                frontEnd.show(.log(plugin: instance.name, line))
            },
            { process in
                let connection = makeConnection(process, instance, service, router)
                try await converse(over: connection, instance, file, onReady)
            })
        instance.handle(.stopped)
        // A plugin whose process ended is a better explanation than a connection that was lost.
        if case .failure(var failure as PluginFailure) = result, failure.hasEnded {
            try Task.checkCancellation()
            failure.message = "its process \(ending)"
            failure.trace = nil
            failure.output = output.lines
            throw failure
        }
        try result.get()
    }

    // MARK: Before the start

    private struct Launch: Sendable {
        var command: SupervisedProcess.Command
        var files: WorkerFiles
        var interpreter: FilePath
        var environment: PythonEnvironment
    }

    private func prepare(_ manifest: PluginManifest) async throws -> Launch {
        // Nothing is started for a plugin that asks for what it may not have.
        let wanted = try await explaining(manifest) { try EnvironmentRequest(manifest) }
        let request = PythonInterpreter.Request(command: manifest.command)
        let program = try PythonInterpreter.find(request, configuration: configuration)
        let interpreter = try await PythonInterpreter.identify(program)
        let files = try WorkerFiles.install(in: configuration.workerFolder)
        var variables = PluginVariables.inherited(ProcessInfo.processInfo.environment)
        for variable in wanted.variables { variables[variable.name] = variable.value }
        variables.merge(request.variables) { $1 }
        let manager = EnvironmentManager(configuration: configuration, files: files)
        let environment = try await explaining(manifest) {
            if let graphics = wanted.graphics {
                variables["CUDA_VISIBLE_DEVICES"] = try await graphics.visibleDevices()
            }
            return try await manager.prepare(wanted, for: manifest.name, interpreter: interpreter)
        }
        do {
            return try launch(manifest, in: environment, variables, files, interpreter)
        } catch {
            environment.release()
            throw error
        }
    }

    private func launch(
        _ manifest: PluginManifest, in environment: PythonEnvironment, _ given: [String: String], _ files: WorkerFiles,
        _ interpreter: PythonInterpreter
    ) throws -> Launch {
        try Files.createFolder(configuration.workFolder)
        try Files.createFolder(configuration.scratchFolder)
        let scratch = configuration.scratchFolder.appending(RandomID.make())
        try environment.linkWorkFiles(into: configuration.workFolder) { name in
            let notice = "\(configuration.workFolder.appending(name)) is in the way of the plugin's own `\(name)`"
            frontEnd.show(.warning(plugin: manifest.name, notice))
        }
        var variables = given
        variables.merge(environment.folder.variables(isConda: environment.isConda, path: given["PATH"])) { $1 }
        variables["TMPDIR"] = scratch.string
        variables["WORK_DIR"] = configuration.workFolder.string
        let command = SupervisedProcess.Command(
            program: environment.python, arguments: [files.worker.string, manifest.name], environment: variables,
            workFolder: configuration.workFolder, scratch: scratch)
        return Launch(command: command, files: files, interpreter: interpreter.path, environment: environment)
    }

    /// Says for which plugin something could not be had.
    private func explaining<R>(_ manifest: PluginManifest, _ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch var error as HostError where error.code != .storage {
            error.message = "the plugin \(manifest.name) cannot get its environment: \(error.message)"
            throw error
        }
    }

    // MARK: While it runs

    private func converse(
        over connection: RPCConnection, _ instance: PluginInstance, _ file: PluginFile,
        _ onReady: @escaping @Sendable () async -> Void
    ) async throws {
        instance.connection = connection
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let end: RPCError
                do {
                    try await connection.run()
                    end = RPCError(.disconnected, "the plugin closed the connection")
                } catch {
                    end = RPCError(.disconnected, "the connection was lost", cause: error)
                }
                instance.handle(.stopped)
                instance.stop.resolve(.failure(end))
            }
            defer {
                connection.disconnect()
                instance.connection = nil
            }
            let isReady = Outcome<Void>()
            // Who stops a plugin does not wait for the end of a slow start.
            group.addTask {
                _ = try? await instance.stop.value()
                if !isReady.isResolved { connection.disconnect() }
            }
            try await start(instance, file, connection)
            isReady.resolve(.success(()))
            await onReady()
            let stop: PluginInstance.Stop
            do {
                stop = try await instance.stop.value()
            } catch let error as RPCError {
                throw instance.failure(error, in: .idle)
            }
            if stop == .gracefully { await exit(instance) }
        }
    }

    private func makeConnection(
        _ process: SupervisedProcess, _ instance: PluginInstance, _ service: RPCService, _ router: RPCRouter
    ) -> RPCConnection {
        var options = RPCConfiguration()
        options.router = router
        options.onEvent = { event in
            switch event {
            case .log(let line): frontEnd.show(.log(plugin: instance.name, line))
            case .interfaceChanged(let interface): instance.handle(.exported(interface))
            // A failing call says the same, and says it to the one who called.
            case .error, .dropped: break
            }
        }
        return RPCConnection(
            over: PipeTransport(input: process.output, output: process.input),
            as: ImJoyCoreRole(name: instance.name, type: instance.manifest.type.rawValue), exporting: service,
            configuration: options)
    }

    private func start(_ instance: PluginInstance, _ file: PluginFile, _ connection: RPCConnection) async throws {
        try await stage(.start, instance) {
            try await withDeadline(configuration.startTimeout, "it sent nothing") { try await connection.handshake() }
        }
        instance.handle(.reached(.script))
        try await stage(.script, instance) {
            let scripts = instance.manifest.scripts.filter { $0.lang == "python" }
            for (index, script) in scripts.enumerated() {
                let isLast = index == scripts.count - 1 && !instance.manifest.isPassive
                try await connection.execute(Self.code(script, file: file, isLast: isLast))
            }
            if !instance.manifest.isPassive { instance.handle(.exported(try await connection.remoteInterface())) }
        }
        guard !instance.manifest.isPassive else { return instance.handle(.exported(Self.inert(connection))) }
        if try instance.interface.hasFunction("setup") {
            try await instance.callWhileStarting("setup")
        } else {
            frontEnd.show(.warning(plugin: instance.name, "it exports no function `setup`"))
        }
    }

    private static func code(_ script: PluginFile.Block, file: PluginFile, isLast: Bool) -> RPCObject {
        var attributes: RPCObject = [:]
        for attribute in script.attributes { attributes[attribute.name] = attribute.value.map { .string($0) } ?? true }
        return [
            "type": "script", "content": .string(script.content), "lang": "python", "attrs": .object(attributes),
            // For our own worker: where the script stands, and whether an export must have happened after it.
            "file": .string(file.name), "line": RPCValue(script.firstLine), "last": .bool(isLast),
        ]
    }

    /// What stands for a passive plugin, which exports nothing.
    private static func inert(_ connection: RPCConnection) -> RemoteObject {
        RemoteObject(members: ["passive": true], objectID: nil, caller: connection)
    }

    /// Calls `exit`, without waiting long for it.
    private func exit(_ instance: PluginInstance) async {
        guard (try? instance.interface.hasFunction("exit")) == true else { return }
        do {
            try await instance.callWhileStarting("exit", options: .timeout(.seconds(1)))
        } catch {
            frontEnd.show(.warning(plugin: instance.name, "`exit` failed: \(error)"))
        }
    }

    private func stage(
        _ stage: PluginFailure.Stage, _ instance: PluginInstance, _ body: () async throws -> Void
    ) async throws {
        do {
            try await body()
        } catch let error as RPCError {
            if error.code == .cancelled { throw CancellationError() }
            throw instance.failure(error, in: stage)
        }
    }
}

/// Runs `body`, or gives up with `timedOut` after `limit`.
private func withDeadline(
    _ limit: Duration, _ what: String, _ body: @escaping @Sendable () async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw RPCError(.timedOut, "\(what) within \(limit)")
        }
        defer { group.cancelAll() }
        try await group.next()
    }
}
