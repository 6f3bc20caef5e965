internal import ArgumentParser
internal import ImJoyCore
internal import ImJoyHost
internal import ImJoyRPC
internal import OrderedCollections
internal import SystemPackage

/// `imjoy run`: one plugin, one call, then the end.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a plugin and save what it returns.",
        discussion: """
            The plugin gets each --input image in ctx.data under its file's name without extension (equal names get \
            _2, _3, …; the first image also as `image`), and the values of its form in ctx.config. Arrays that it \
            returns go to the --output files, in order or by name; the rest is printed.

            Other plugins that it depends on, or asks for by name, are started when they are among those of --with \
            and --plugins.
            """)

    @Argument(help: "The plugin file, or - for standard input.")
    var plugin: String

    @Option(name: .shortAndLong, help: "An image for the plugin: TIFF, PNG, JPEG, NPY or Zarr.")
    var input: [String] = []

    @Option(help: ArgumentHelp("A further value for ctx.data: JSON, or text.", valueName: "name=value"))
    var data: [NamedValue] = []

    @Option(name: .shortAndLong, help: ArgumentHelp("A value of the plugin's form.", valueName: "key=value"))
    var config: [NamedValue] = []

    @Option(help: "The variant of the plugin to run, one of its tags.")
    var tag: String?

    @Option(help: "The exported function to call.")
    var function = "run"

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Where a returned array goes: tif, png, jpg, npy or zarr.", valueName: "[name=]file"))
    var output: [OutputFile] = []

    @Option(
        name: .customLong("with"),
        help: ArgumentHelp("Another plugin's file, for the plugin to ask for by its name.", valueName: "plugin"))
    var others: [String] = []

    @Option(help: ArgumentHelp("A folder of plugins to ask for by their names.", valueName: "folder"))
    var plugins: [String] = []

    @Flag(help: "Let the plugin run shell commands while its environment is built; `imjoy inspect` lists them.")
    var allowCommands = false

    @OptionGroup var options: OutputOptions

    func run() async throws {
        let file = try PluginReader.read(plugin)
        let manifest = try PluginReader.manifest(file, tag: tag, quiet: options.quiet || options.json)
        let config = try configuration(manifest)
        let data = try inputs()
        try ResultOutput.check(output)
        let frontEnd = TerminalFrontEnd()
        var hostConfiguration = options.hostConfiguration(frontEnd, allowingCommands: allowCommands)
        hostConfiguration.pluginPaths = (others + plugins).map { FilePath($0) }
        let result: RPCValue
        do {
            result = try await Host(hostConfiguration).withPlugin(file, tag: tag) { [function] plugin in
                try await plugin.run(data: data, config: config, function: function)
            }
            frontEnd.finish()
        } catch is CancellationError {
            frontEnd.finish()
            throw CancellationError()
        } catch {
            frontEnd.finish()
            throw CommandFailure(error)
        }
        try ResultOutput.give(result, asJSON: options.json, to: output)
    }

    private func configuration(_ manifest: PluginManifest) throws -> RPCObject {
        do {
            let value = try manifest.ui.config(op: manifest.name, overrides: config.map { ($0.name, $0.value) })
            return RPCObject(value.object ?? ManifestObject())
        } catch {
            throw CommandFailure(error)
        }
    }

    private func inputs() throws -> RPCObject {
        var data: RPCObject = [:]
        for path in input {
            let image: Image
            do { image = try Image(contentsOf: FilePath(path)) } catch { throw CommandFailure(error) }
            let stem = FilePath(path).lastComponent?.stem ?? "input"
            var name = stem
            var number = 2
            while data[name] != nil {
                name = "\(stem)_\(number)"
                number += 1
            }
            data[name] = .ndarray(image.pixels)
            if path == input.first { data["image"] = .ndarray(image.pixels) }
        }
        for entry in self.data { data[entry.name] = RPCValue(argument: entry.value) }
        return data
    }
}
