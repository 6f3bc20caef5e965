internal import ArgumentParser
internal import ImJoyCore

/// `imjoy inspect`: what a plugin is and needs, and what is wrong with its file.
struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Check a plugin file: its manifest, its problems, what it would install and ask for.",
        discussion:
            """
            For a native-python plugin all that its environment takes is listed: packages, repositories, addresses, and \
            the shell commands that run only with consent (imjoy run --allow-commands). The exit status is 1 when the \
            file has errors or asks for what is refused, 0 when it has warnings at most.
            """)

    @Argument(help: "The plugin file, or - for standard input.")
    var plugin: String

    @Option(help: "The variant of the plugin to look at, one of its tags.")
    var tag: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let file = try PluginReader.read(plugin)
        let decoded = PluginManifest.decode(file, tag: tag)
        if json {
            JSONOutput.print(PluginSummary.json(file, decoded))
        } else {
            if let manifest = decoded.manifest { for line in PluginSummary.lines(file, manifest) { print(line) } }
            for diagnostic in decoded.diagnostics { StandardError.write(diagnostic.description) }
        }
        let refusals = decoded.manifest.flatMap { EnvironmentNeeds($0) }?.refusals ?? []
        for refusal in refusals where !json { StandardError.write("error: \(refusal)") }
        guard decoded.errors.isEmpty, refusals.isEmpty else {
            let count = decoded.errors.count + refusals.count
            throw CommandFailure(.failed, "\(file.name): \(count == 1 ? "1 error" : "\(count) errors")")
        }
    }
}
