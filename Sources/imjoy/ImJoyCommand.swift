internal import ArgumentParser

/// The `imjoy` program: plugins and images from the command line.
struct ImJoyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imjoy",
        abstract: "Runs ImJoy plugins, calls services and handles scientific images.",
        discussion: """
            Exit status: 0 fine, 1 the plugin failed or has problems, 2 input or plugin unreadable, \
            3 environment failed, 64 usage, 130 interrupted.
            """,
        version: ImJoyVersion.current,
        subcommands: [
            RunCommand.self, InspectCommand.self, ImageCommand.self, EnvironmentCommand.self, DoctorCommand.self,
            HubCommand.self, ServicesCommand.self, CallCommand.self, ServeServiceCommand.self,
        ])
}

/// The version of this package.
enum ImJoyVersion {
    static let current = "0.1.0"
}

@main
enum Main {
    static func main() async {
        do {
            try await Interruption.cancelling {
                var command = try ImJoyCommand.parseAsRoot()
                guard var work = command as? any AsyncParsableCommand else { return try command.run() }
                try await work.run()
            }
        } catch let failure as CommandFailure {
            failure.exit()
        } catch is CancellationError {
            CommandFailure(.interrupted, "interrupted").exit()
        } catch {
            // Help, version and usage errors print themselves.
            ImJoyCommand.exit(withError: error)
        }
    }
}
