internal import ArgumentParser
internal import ImJoyCore
internal import ImJoyHost
internal import ImJoyRPC
internal import OrderedCollections

/// `imjoy serve-service`: a plugin whose functions others call through a server.
struct ServeServiceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve-service",
        abstract: "Run a plugin and offer its functions as a service on a Hypha server or a hub.",
        discussion: """
            The plugin's environment is built when need be, the plugin started, and the id of its service printed. It \
            is offered again whenever the connection was lost and is back. Ends with Ctrl-C, or with the plugin.
            """)

    @Argument(help: "The plugin file, or - for standard input.")
    var plugin: String

    @Option(help: ArgumentHelp("http(s)://…, ws(s)://…/ws, or the path of a hub's socket.", valueName: "url"))
    var server: ServerAddress

    @Option(help: ArgumentHelp("The id of the service; the plugin's name by default.", valueName: "id"))
    var id: String?

    @Flag(help: "Let clients of every workspace call it.")
    var `public` = false

    @Option(help: "The variant of the plugin to run, one of its tags.")
    var tag: String?

    @Flag(help: "Let the plugin run shell commands while its environment is built; `imjoy inspect` lists them.")
    var allowCommands = false

    @OptionGroup var access: ServerOptions
    @OptionGroup var options: OutputOptions

    func run() async throws {
        let file = try PluginReader.read(plugin)
        _ = try PluginReader.manifest(file, tag: tag, quiet: options.quiet || options.json)
        let frontEnd = TerminalFrontEnd()
        let configuration = options.hostConfiguration(frontEnd, allowingCommands: allowCommands)
        defer { frontEnd.finish() }
        do {
            try await Host(configuration).withPlugin(file, tag: tag) { plugin in
                try await access.withClient(of: server) { client in
                    let service = try service(of: plugin)
                    var offer = HyphaServiceOptions()
                    if self.public { offer.visibility = .public }
                    offer.type = "imjoy-plugin"
                    let id = try await client.register(
                        service, id: self.id ?? Self.identifier(plugin.name), options: offer)
                    StandardOutput.announce("offering", "id", id ?? service.name, asJSON: options.json)
                    try await plugin.waitForEnd()
                }
            }
        } catch let error where !(error is CancellationError) {
            throw CommandFailure(error)
        }
    }

    /// The functions and values that the plugin exports, but those for its host and those whose names a service has for
    /// itself.
    private func service(of plugin: PluginInstance) throws -> RPCService {
        let members = try plugin.interface.members.filter { $0.key != "setup" && $0.key != "exit" }
        let reserved = members.keys.filter(HyphaServiceOptions.reservedNames.contains)
        if !reserved.isEmpty, !options.quiet, !options.json {
            StandardError.write(
                "warning: \(reserved.joined(separator: ", ")) of the plugin is not offered: services describe themselves "
                    + "by these names")
        }
        return RPCService(plugin.name, summary: plugin.manifest.description ?? "") {
            Self.exports(members.filter { !reserved.contains($0.key) }, of: plugin, in: [])
        }
    }

    private static func exports(_ members: RPCObject, of plugin: PluginInstance, in path: [String]) -> [RPCExport] {
        members.map { name, member in
            let path = path + [name]
            switch member {
            case .function(let function):
                return RPCExport(raw: name, summary: function.documentation ?? "") { arguments in
                    try await plugin.call(
                        path.joined(separator: "."), arguments.positional, named: arguments.named)
                }
            case .object(let members):
                return RPCExport.group(name) { exports(members, of: plugin, in: path) }
            case .remote(let object):
                return RPCExport.group(name) { exports(object.members, of: plugin, in: path) }
            default: return RPCExport(name, constant: member)
            }
        }
    }

    /// A name without what ids cannot have.
    private static func identifier(_ name: String) -> String {
        String(name.map { "/:@".contains($0) || $0.isWhitespace ? "-" : $0 })
    }
}
