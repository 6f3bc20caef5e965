internal import ArgumentParser
#if canImport(Glibc)
    internal import Glibc
#endif
internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections

/// `imjoy services`: what others offer on a server.
struct ServicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "services",
        abstract: "List the services on a Hypha server or a hub.")

    @Argument(help: "The server: http(s)://…, ws(s)://…/ws, or the path of a hub's socket.")
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
