internal import ArgumentParser
#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif
#if canImport(Glibc)
    internal import Glibc
#endif
internal import ImJoyCore
internal import ImJoyHost

/// `imjoy env`: the environments of plugins.
struct EnvironmentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env",
        abstract: "Look at the environments of plugins, and remove those that nobody uses.",
        subcommands: [ListCommand.self, WhyCommand.self, PruneCommand.self])

    /// `imjoy env list`.
    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the environments, the latest used first.",
            discussion: """
                The state is `used` while a plugin runs in it, `idle`, `building`, `partial` (its builder was killed) or \
                `broken` (of another version of imjoy, or damaged).
                """)

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let configuration = HostConfiguration()
            let entries = EnvironmentStore(configuration).list()
            if json {
                return JSONOutput.print([
                    "folder": ManifestValue("\(configuration.home)"),
                    "environments": ManifestValue(entries.map(EnvironmentSummary.json)),
                ])
            }
            guard !entries.isEmpty else { return print("there are no environments in \(configuration.home)") }
            let rows = entries.map { entry in
                [
                    entry.key, entry.state.rawValue, entry.record.map { ByteCount.text($0.size) } ?? "-",
                    entry.lastUsed.map(EnvironmentRecord.text) ?? "-", entry.record?.python ?? "-",
                    entry.users.map(\.plugin).joined(separator: ", "),
                ]
            }
            let head = ["name", "state", "size", "last used", "python", "plugins"]
            for line in Columns.lines([head] + rows) { print(TerminalText.printable(line, on: STDOUT_FILENO)) }
        }
    }

    /// `imjoy env why`.
    struct WhyCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "why", abstract: "Tell what an environment holds, who uses it, and why it is its own.",
            discussion: """
                An environment is named by the start of its name (four characters at least) or by a plugin that has \
                used it. With two of them, what differs is told.
                """)

        @Argument(help: "An environment, or a plugin that has used one.")
        var name: String

        @Argument(help: "Another one, to compare with.")
        var other: String?

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let store = EnvironmentStore(HostConfiguration())
            let entries = try find(name, store)
            guard let other else {
                if json {
                    return JSONOutput.print([
                        "environments": ManifestValue(entries.map(EnvironmentSummary.detailedJSON))
                    ])
                }
                for entry in entries { show(EnvironmentSummary.lines(entry)) }
                return
            }
            guard let left = entries.first, let right = try find(other, store).first else { return }
            let difference = EnvironmentSummary.Difference(left, right)
            if json { JSONOutput.print(difference.json) } else { show(difference.lines) }
        }

        private func show(_ lines: [String]) {
            for line in lines { print(TerminalText.printable(line, on: STDOUT_FILENO)) }
        }

        private func find(_ name: String, _ store: EnvironmentStore) throws -> [EnvironmentStore.Entry] {
            let found = store.find(name)
            guard !found.isEmpty else {
                throw CommandFailure(
                    .unreadable,
                    "error: no environment is called `\(name)` or was used by a plugin of that name (`imjoy env list` lists them)"
                )
            }
            return found
        }
    }

    /// `imjoy env prune`.
    struct PruneCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "prune", abstract: "Remove environments that nobody has used for a while.",
            discussion: """
                Environments that were never finished or are of another version go too. None that a plugin runs in or \
                that is being built is removed. A plugin whose environment is gone gets a new one when it runs again.
                """)

        @Option(help: ArgumentHelp("How long nobody may have used it: 30d, 12h, 90m or 0d.", valueName: "time"))
        var olderThan = Age(days: 30)

        @Flag(help: "Only tell what would be removed.")
        var dryRun = false

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let removed = EnvironmentStore(HostConfiguration()).prune(olderThan: olderThan.duration, isDry: dryRun)
            let size = removed.reduce(0) { $0 + $1.size }
            if json {
                return JSONOutput.print([
                    "dryRun": ManifestValue(dryRun), "size": ManifestValue(size),
                    "removed": ManifestValue(
                        removed.map {
                            [
                                "name": ManifestValue($0.entry.key), "reason": ManifestValue($0.reason),
                                "size": ManifestValue($0.size),
                            ]
                        }),
                ])
            }
            let verb = dryRun ? "would remove" : "removed"
            for one in removed { print("\(verb) \(one.entry.key), \(ByteCount.text(one.size)): \(one.reason)") }
            print(
                removed.isEmpty
                    ? "nothing to remove"
                    : "\(verb) \(removed.count == 1 ? "1 environment" : "\(removed.count) environments"), \(ByteCount.text(size))"
            )
        }
    }
}

/// A time span as `30d`, `12h` or `90m`.
struct Age: ExpressibleByArgument {
    var duration: Duration
    var defaultValueDescription: String { "\(duration.components.seconds / 86_400)d" }

    init(days: Int) { duration = .seconds(days * 86_400) }

    init?(argument: String) {
        let units = ["d": 86_400, "h": 3600, "m": 60]
        guard let unit = argument.last.flatMap({ units[String($0)] }), let number = Int(argument.dropLast()),
            number >= 0, number <= 100_000
        else { return nil }
        duration = .seconds(number * unit)
    }
}
