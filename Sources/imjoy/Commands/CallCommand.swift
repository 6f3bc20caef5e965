internal import ArgumentParser
internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections
internal import SystemPackage

/// `imjoy call`: one call of a function that somebody offers on a server.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Call a function of a service on a Hypha server or a hub.",
        discussion: """
            Arguments are JSON, or text where they are none; NAME=VALUE gives one by its name. Images come from files \
            by --file. Arrays of the result go to the --output files, in order or by name; the rest is printed. Of a \
            stream each value is printed as it comes, with --json on a line of its own.
            """)

    @Argument(help: "The server: http(s)://…, ws(s)://…/ws, or the path of a hub's socket.")
    var server: ServerAddress

    @Argument(help: "The service, as service, client:service or workspace/client:service.")
    var service: String

    @Argument(help: "The function; those of groups with a dot.")
    var method: String

    @Argument(help: "The arguments, in order or by name.")
    var arguments: [String] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("An image as an argument: TIFF, PNG, JPEG, NPY or Zarr.", valueName: "[name=]path"))
    var file: [OutputFile] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Where a returned array goes: tif, png, jpg, npy or zarr.", valueName: "[name=]file"))
    var output: [OutputFile] = []

    @Option(
        help: ArgumentHelp("How long to wait for the answer; of a stream, for its beginning.", valueName: "seconds"))
    var timeout: Double?

    @OptionGroup var access: ServerOptions

    @Flag(help: "Print the result as JSON, and nothing else.")
    var json = false

    func validate() throws {
        if let timeout, !(timeout > 0 && timeout < 1e9) {
            throw ValidationError("--timeout \(timeout): it must be above 0 and below 1000000000 seconds")
        }
    }

    func run() async throws {
        try ResultOutput.check(output)
        let (positional, named) = try readArguments()
        let options = RPCCallOptions(timeout: timeout.map { .seconds($0) })
        let path = method.split(separator: ".").map(String.init)
        do {
            try await access.withClient(of: server) { [service, json, output] client in
                let found = try await client.service(service)
                let member = path.dropFirst().reduce(found[path.first ?? ""]) { $0[$1] }
                let result = try await member.function().call(
                    RPCArguments(positional, named: named), options: options)
                // A stream is read while the link lasts.
                guard let values = try? RPCStream(rpcValue: result) else {
                    return try ResultOutput.give(result, asJSON: json, to: output)
                }
                guard output.isEmpty else {
                    throw CommandFailure(
                        .usage,
                        "error: \(method) gives a stream, and --output is for the arrays of one result; leave it out")
                }
                try await ResultOutput.give(values, asJSON: json)
            }
        } catch let error where !(error is CancellationError) {
            throw CommandFailure(error)
        }
    }

    private func readArguments() throws -> (positional: [RPCValue], named: RPCObject) {
        var positional: [RPCValue] = []
        var named: RPCObject = [:]
        for argument in arguments {
            // JSON may hold an `=` itself.
            let isJSON = (try? ManifestValue(parsingJSON: Array(argument.utf8))) != nil
            if !isJSON, let pair = NamedValue(argument: argument), pair.name.allSatisfy(Self.isNameCharacter) {
                named[pair.name] = RPCValue(argument: pair.value)
            } else {
                positional.append(RPCValue(argument: argument))
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
