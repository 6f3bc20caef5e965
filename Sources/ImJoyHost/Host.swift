public import ImJoyCore
internal import ImJoyRPC
public import SystemPackage

/// Runs plugins: finds the engine for each, gives it what it needs, and ends it.
///
/// ```swift
/// let host = Host()
/// let result = try await host.withPlugin(contentsOf: "CellCounting.imjoy.html") { plugin in
///     try await plugin.run(data: ["image": .ndarray(pixels)])
/// }
/// print(result["data"]["count"].intValue ?? 0)
/// ```
/// A plugin lives as long as the closure; afterwards no process and no temporary file of it is left, also when the
/// closure throws, the task is cancelled or this program is killed. ``withPlugins(_:)`` runs several at one time.
public struct Host: Sendable {
    /// Where the host keeps its things and whom it tells what happens.
    public let configuration: HostConfiguration

    /// A host with a configuration of its own; nothing is started yet.
    public init(_ configuration: HostConfiguration = HostConfiguration()) {
        var configuration = configuration
        // Programs are started in other folders than ours.
        configuration.home = Files.absolute(configuration.home)
        configuration.pluginPaths = configuration.pluginPaths.map(Files.absolute)
        self.configuration = configuration
    }

    /// Runs `body` with a manager of plugins, which ends those that it has started when `body` has ended.
    ///
    /// The manager knows the plugins of ``HostConfiguration/pluginPaths``. Throws ``HostError`` when a file named there
    /// is no plugin, and what `body` throws.
    public func withPlugins<R: Sendable>(
        _ body: @escaping @Sendable (PluginManager) async throws -> R
    ) async throws -> R {
        let (jobs, source) = AsyncStream.makeStream(of: PluginManager.Job.self)
        let manager = PluginManager(configuration: configuration, jobs: source)
        try manager.add(contentsOf: configuration.pluginPaths)
        let outcome = Outcome<R>()
        await withDiscardingTaskGroup { group in
            group.addTask {
                let result: Result<R, any Error>
                do {
                    result = .success(try await body(manager))
                } catch {
                    result = .failure(error)
                }
                // A plugin that has failed, or whose caller has, is not asked to say goodbye.
                let how: PluginInstance.Stop = if case .success = result { .gracefully } else { .atOnce }
                await manager.close(how)
                outcome.resolve(result)
                source.finish()
            }
            for await job in jobs { group.addTask { await job() } }
            group.cancelAll()
        }
        return try await outcome.value()
    }

    /// Runs `body` with the plugin in the file at `path`, set up and ready; `tag` nil takes the plugin's first tag.
    ///
    /// Throws ``HostError`` when the plugin cannot be read or given what it needs, ``PluginFailure`` when it fails.
    public func withPlugin<R: Sendable>(
        contentsOf path: FilePath, tag: String? = nil, _ body: @escaping @Sendable (PluginInstance) async throws -> R
    ) async throws -> R {
        try await withPlugins { plugins in try await body(try await plugins.start(contentsOf: path, tag: tag)) }
    }

    /// Runs `body` with the plugin in `file`, set up and ready.
    ///
    /// Throws as ``withPlugin(contentsOf:tag:_:)`` does.
    public func withPlugin<R: Sendable>(
        _ file: PluginFile, tag: String? = nil, _ body: @escaping @Sendable (PluginInstance) async throws -> R
    ) async throws -> R {
        try await withPlugins { plugins in try await body(try await plugins.start(file, tag: tag)) }
    }
}
