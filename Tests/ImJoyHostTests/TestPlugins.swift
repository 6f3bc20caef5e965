internal import Foundation
internal import ImJoyCore
internal import ImJoyRPC
internal import SystemPackage
internal import Testing

@testable internal import ImJoyHost

/// Several plugins of one host, as files of one folder.
struct TestPlugins: Sendable {
    let folder: FilePath
    let plugins: [TestPlugin]

    init(_ plugins: TestPlugin...) throws {
        self.plugins = plugins
        folder = try TestHome.temporary()
        for plugin in plugins { try write(plugin) }
    }

    func path(_ name: String) -> FilePath { folder.appending("\(name).imjoy.html") }

    func write(_ plugin: TestPlugin) throws {
        try plugin.text.write(toFile: path(plugin.name).string, atomically: true, encoding: .utf8)
    }

    /// Runs `body` with a host that knows these plugins, and checks afterwards that nothing of them is left.
    func start<R: Sendable>(
        frontEnd: any HostFrontEnd = Recorder(), sourceLocation: Testing.SourceLocation = #_sourceLocation,
        _ body: @escaping @Sendable (PluginManager) async throws -> R
    ) async throws -> R {
        try await Slots.shared.use {
            var configuration = TestHome.configuration
            configuration.frontEnd = frontEnd
            configuration.pluginPaths = [folder]
            let result: Result<R, any Error>
            do {
                result = .success(
                    try await Host(configuration).withPlugins { plugins in
                        let result = try await body(plugins)
                        #expect(plugins.router.openCallCount == 0, sourceLocation: sourceLocation)
                        return result
                    })
            } catch {
                result = .failure(error)
            }
            for plugin in plugins {
                #expect(Processes.marked(plugin.mark).isEmpty, "processes are left", sourceLocation: sourceLocation)
            }
            Files.remove(folder)
            return try result.get()
        }
    }

    /// Starts the first plugin and returns what its `run` returns.
    func run(
        frontEnd: any HostFrontEnd = Recorder(), sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws -> RPCValue {
        try await start(frontEnd: frontEnd, sourceLocation: sourceLocation) { [name = plugins[0].name] plugins in
            try await plugins.start(name).run()
        }
    }
}

extension TestPlugin {
    /// A plugin called `name` whose class has these methods besides an empty `setup`.
    static func methods(_ name: String, _ methods: String, config: String = "") -> TestPlugin {
        let lines = methods.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
        return TestPlugin(
            name: name,
            script: """
                import asyncio, os
                class Plugin:
                    def setup(self):
                        pass
                \(lines.joined(separator: "\n"))
                api.export(Plugin())
                """, config: config)
    }
}
