internal import ArgumentParser
#if canImport(Glibc)
    internal import Glibc
#endif
internal import ImJoyCore
internal import ImJoyHost
internal import ImJoyRPC
internal import OrderedCollections
internal import SystemPackage

/// `imjoy services`: what others offer on a server.
struct ServicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "services",
        abstract: "List the services on a Hypha server or a hub.")

    @Argument(help: "The server: http://…, ws://…/ws, or the path of a hub's socket.")
    var server: ServerAddress

    @Argument(help: "Which ones, as workspace/client:service with * for any; those of the own workspace by default.")
    var query: String?

    @OptionGroup var access: ServerOptions

    @Flag(help: "Print the descriptions as JSON.")
    var json = false

    func run() async throws {
        let found: [RPCValue]
        do {
            let services = try await access.withClient(of: server) { [query] client in
                try await client.services(query.map { .string($0) } ?? .null)
            }
            // Every client has a service of this id, through which others find the rest.
            found = query == nil ? services.filter { $0["id"].stringValue?.hasSuffix(":built-in") != true } : services
        } catch let error where !(error is CancellationError) {
            throw CommandFailure(error)
        }
        if json { return JSONOutput.print(ManifestValue(found.map { JSONOutput.value($0) })) }
        guard !found.isEmpty else { return print("there are no services") }
        let rows = found.map { service -> [String] in
            let functions = service["service_schema"].objectValue?.keys.sorted() ?? []
            return [
                service["id"].stringValue ?? "", service["config"]["visibility"].stringValue ?? "",
                functions.joined(separator: ", "), service["description"].stringValue ?? "",
            ]
        }
        for line in Columns.lines([["id", "visibility", "functions", "description"]] + rows) {
            print(TerminalText.printable(line, on: STDOUT_FILENO))
        }
    }
}

/// `imjoy call`: one call of a function that somebody offers on a server.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Call a function of a service on a Hypha server or a hub.",
        discussion: """
            Arguments are JSON, or text where they are none; NAME=VALUE gives one by its name. Images come from files \
            by --file. Arrays of the result go to the --output files, in order or by name; the rest is printed.
            """)

    @Argument(help: "The server: http://…, ws://…/ws, or the path of a hub's socket.")
    var server: ServerAddress

    @Argument(help: "The service, as service, client:service or workspace/client:service.")
    var service: String

    @Argument(help: "The function; those of groups with a dot.")
    var method: String

    @Argument(help: "The arguments, in order or by name.")
    var arguments: [String] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("An image as an argument: TIFF, PNG or NPY.", valueName: "[name=]path"))
    var file: [OutputFile] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Where a returned array goes: tif, png or npy.", valueName: "[name=]file"))
    var output: [OutputFile] = []

    @Option(help: ArgumentHelp("How long to wait for the answer.", valueName: "seconds"))
    var timeout: Double?

    @OptionGroup var access: ServerOptions

    @Flag(help: "Print the result as JSON, and nothing else.")
    var json = false

    func validate() throws {
        if let timeout, !(timeout > 0 && timeout < 1e9) { throw ValidationError("a timeout is a number above 0") }
    }

    func run() async throws {
        let (positional, named) = try readArguments()
        let options = RPCCallOptions(timeout: timeout.map { .seconds($0) })
        let path = method.split(separator: ".").map(String.init)
        let result: RPCValue
        do {
            result = try await access.withClient(of: server) { [service] client in
                let found = try await client.service(service)
                let member = path.dropFirst().reduce(found[path.first ?? ""]) { $0[$1] }
                return try await member.function().call(RPCArguments(positional, named: named), options: options)
            }
        } catch let error where !(error is CancellationError) {
            throw CommandFailure(error)
        }
        if json {
            JSONOutput.print(JSONOutput.value(result))
        } else {
            for line in TextOutput.lines(result) { print(TerminalText.printable(line, on: STDOUT_FILENO)) }
        }
        for (target, array) in try ResultArrays(result).assign(to: output) {
            do { try Image(array).write(to: FilePath(target.path)) } catch {
                throw CommandFailure(.failed, "error: \(error)")
            }
        }
    }

    private func readArguments() throws -> (positional: [RPCValue], named: RPCObject) {
        func value(_ text: String) -> RPCValue {
            (try? ManifestValue(parsingJSON: Array(text.utf8))).map { RPCValue($0) } ?? .string(text)
        }
        var positional: [RPCValue] = []
        var named: RPCObject = [:]
        for argument in arguments {
            // JSON may hold an `=` itself.
            let isJSON = (try? ManifestValue(parsingJSON: Array(argument.utf8))) != nil
            if !isJSON, let pair = NamedValue(argument: argument), pair.name.allSatisfy(Self.isNameCharacter) {
                named[pair.name] = value(pair.value)
            } else {
                positional.append(value(argument))
            }
        }
        for entry in file {
            let image: Image
            do { image = try Image(contentsOf: FilePath(entry.path)) } catch { throw CommandFailure(error) }
            if let name = entry.name {
                named[name] = .ndarray(image.pixels)
            } else {
                positional.append(.ndarray(image.pixels))
            }
        }
        return (positional, named)
    }

    private static func isNameCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}

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

    @Option(help: ArgumentHelp("http://…, ws://…/ws, or the path of a hub's socket.", valueName: "url"))
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
        var configuration = HostConfiguration()
        if !options.quiet && !options.json { configuration.frontEnd = frontEnd }
        if allowCommands { configuration.allowsCommands = { _, _ in true } }
        defer { frontEnd.finish() }
        do {
            try await Host(configuration).withPlugin(file, tag: tag) { plugin in
                try await access.withClient(of: server) { client in
                    let service = try Self.service(of: plugin)
                    var offer = HyphaServiceOptions()
                    if self.public { offer.visibility = .public }
                    offer.type = "imjoy-plugin"
                    let id = try await client.register(
                        service, id: self.id ?? Self.identifier(plugin.name), options: offer)
                    announce(id)
                    try await plugin.waitForEnd()
                }
            }
        } catch let error where !(error is CancellationError) {
            throw CommandFailure(error)
        }
    }

    /// The functions and values that the plugin exports; those for its own host are left out.
    private static func service(of plugin: PluginInstance) throws -> RPCService {
        let members = try plugin.interface.members.filter { $0.key != "setup" && $0.key != "exit" }
        return RPCService(plugin.name, summary: plugin.manifest.description ?? "") {
            for (name, member) in members {
                switch member {
                case .function(let function):
                    RPCExport(raw: name, summary: function.documentation ?? "") { arguments in
                        try await plugin.call(name, arguments.positional, named: arguments.named)
                    }
                case .null, .bool, .int, .uint, .double, .string: RPCExport(name, constant: member)
                default: RPCExport(name, constant: .null)
                }
            }
        }
    }

    /// A name without what ids cannot have.
    private static func identifier(_ name: String) -> String {
        String(name.map { "/:@".contains($0) || $0.isWhitespace ? "-" : $0 })
    }

    private func announce(_ id: String) {
        if options.json {
            print(ManifestValue(.object(ManifestObject([.init("id", ManifestValue(id))]))).json())
        } else {
            print("offering \(id)")
        }
        StandardOutput.flush()
    }
}
