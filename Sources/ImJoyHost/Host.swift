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
/// closure throws, the task is cancelled or this program is killed.
public struct Host: Sendable {
    public let configuration: HostConfiguration

    public init(_ configuration: HostConfiguration = HostConfiguration()) {
        var configuration = configuration
        // Programs are started in other folders than ours.
        configuration.home = Files.absolute(configuration.home)
        self.configuration = configuration
    }

    /// Runs `body` with the plugin in the file at `path`, set up and ready; `tag` nil takes the plugin's first tag.
    ///
    /// Throws ``HostError`` when the plugin cannot be read or given what it needs, ``PluginFailure`` when it fails.
    public func withPlugin<R: Sendable>(
        contentsOf path: FilePath, tag: String? = nil, _ body: @escaping @Sendable (PluginInstance) async throws -> R
    ) async throws -> R {
        let file: PluginFile
        do {
            file = try PluginFile(contentsOf: path)
        } catch {
            throw HostError(.invalidPlugin, "\(error)")
        }
        return try await withPlugin(file, tag: tag, body)
    }

    /// Runs `body` with the plugin in `file`, set up and ready.
    public func withPlugin<R: Sendable>(
        _ file: PluginFile, tag: String? = nil, _ body: @escaping @Sendable (PluginInstance) async throws -> R
    ) async throws -> R {
        let manifest: PluginManifest
        do {
            manifest = try PluginManifest(file, tag: tag)
        } catch {
            throw HostError(.invalidPlugin, "\(error)")
        }
        guard manifest.type == .nativePython else {
            throw HostError(
                .unsupportedType,
                "the plugin \(manifest.name) is of type `\(manifest.type)`, which this host cannot run",
                hint: "it runs `native-python` plugins")
        }
        return try await ProcessEngine(configuration: configuration).withPlugin(file, manifest, body)
    }
}
