internal import ImJoyCore

/// What a conda-like program is asked to put into an environment.
struct CondaCall: Sendable, Hashable {
    /// Packages with versions, `channel::package` included.
    var packages: [String] = []
    var channels: [String] = []
    /// Switches that are passed on.
    var options: [String] = []
    /// Lists of packages among the plugin's work files (`--file`).
    var files: [String] = []
    /// The description of a whole environment among the plugin's work files (`conda env create -f`).
    var description: String?

    /// The arguments after the subcommand and the prefix, without ``description``.
    var arguments: [String] {
        channels.flatMap { ["-c", $0] } + options + files.flatMap { ["--file", $0] } + packages
    }

    var text: String { ((description.map { ["-f", $0] } ?? []) + arguments).joined(separator: " ") }
    var isEmpty: Bool { packages.isEmpty && files.isEmpty && description == nil }

    private static let switches: Set<String> = [
        "--override-channels", "--strict-channel-priority", "--no-channel-priority", "--no-deps", "--only-deps",
        "--freeze-installed", "--copy", "--offline",
    ]
    /// What we decide ourselves, or what changes nothing.
    private static let idle: Set<String> = ["-y", "--yes", "-q", "--quiet", "-v", "--verbose", "--no-default-packages"]
    private static let names: Set<String> = ["-n", "--name", "-p", "--prefix"]

    /// Reads the words after `conda install` or `conda create`.
    init(_ given: [String], in entry: String) throws {
        var words = given[...]
        while let word = words.popFirst() {
            let sign = word.hasPrefix("--") ? word.firstIndex(of: "=") : nil
            let name = sign.map { String(word[..<$0]) } ?? word
            func value() throws -> String {
                if let sign { return String(word[word.index(after: sign)...]) }
                guard let next = words.popFirst() else {
                    throw ArgumentRules.refusal(entry, "`\(name)` is followed by nothing")
                }
                return next
            }
            if !word.hasPrefix("-") {
                packages.append(try Self.package(word, in: entry))
            } else if Self.switches.contains(word) {
                options.append(word)
            } else if Self.idle.contains(word) {
                continue
            } else if Self.names.contains(name) {
                // The environment is the host's own; whatever name the author gave it is not needed.
                _ = try value()
            } else if name == "-c" || name == "--channel" {
                channels.append(try Self.channel(try value(), in: entry))
            } else if name == "--file" {
                let file = try value()
                try ArgumentRules.checkPath(file, in: entry)
                files.append(file)
            } else {
                throw ArgumentRules.refusal(entry, "plugins may not pass `\(ArgumentRules.shown(name))` to conda")
            }
        }
    }

    init() {}

    /// Reads the words after `conda env create`, of which only the file counts.
    init(environmentFile given: [String], in entry: String) throws {
        var words = given[...]
        while let word = words.popFirst() {
            let sign = word.hasPrefix("--") ? word.firstIndex(of: "=") : nil
            let name = sign.map { String(word[..<$0]) } ?? word
            if Self.idle.contains(name) || name == "--force" { continue }
            guard Self.names.contains(name) || name == "-f" || name == "--file" else {
                throw ArgumentRules.refusal(entry, "plugins may not pass `\(ArgumentRules.shown(name))` to conda")
            }
            guard let value = sign.map({ String(word[word.index(after: $0)...]) }) ?? words.popFirst() else {
                throw ArgumentRules.refusal(entry, "`\(name)` is followed by nothing")
            }
            if !Self.names.contains(name) { description = value }
        }
        guard let description else {
            throw ArgumentRules.refusal(entry, "it names no file", hint: "add `-f environment.yml`")
        }
        try ArgumentRules.checkPath(description, in: entry)
    }

    /// `channel::name=version=build` and the comparisons that conda knows.
    private static func package(_ word: String, in entry: String) throws -> String {
        guard ArgumentRules.isWord(word, "._-=<>!~*,|+:/[]"), !word.contains("..") else {
            throw ArgumentRules.refusal(entry, "`\(ArgumentRules.shown(word))` is no conda package")
        }
        guard !word.contains("://") else {
            throw ArgumentRules.refusal(
                entry, "conda packages come from channels, not from single addresses", hint: "use `channel::package`")
        }
        return word
    }

    private static func channel(_ word: String, in entry: String) throws -> String {
        if word.contains("://") { return try CodeAddress(word, schemes: ["https", "file"], in: entry).text }
        guard ArgumentRules.isWord(word, "._-/"), !word.contains("..") else {
            throw ArgumentRules.refusal(entry, "`\(ArgumentRules.shown(word))` is no conda channel")
        }
        return word
    }

    /// Takes the channel settings of `conda config` for this environment alone; nil when it is about something else.
    mutating func configure(_ words: [String], in entry: String) throws -> Bool {
        guard words.count == 3 else { return false }
        switch (words[0], words[1]) {
        case ("--add", "channels"), ("--prepend", "channels"):
            channels.insert(try Self.channel(words[2], in: entry), at: 0)
        case ("--append", "channels"): channels.append(try Self.channel(words[2], in: entry))
        case ("--set", "channel_priority"):
            let options = [
                "strict": ["--strict-channel-priority"], "disabled": ["--no-channel-priority"], "flexible": [],
            ]
            guard let chosen = options[words[2]] else { return false }
            self.options += chosen
        case ("--set", "always_yes"), ("--set", "show_channel_urls"), ("--set", "auto_update_conda"): break
        default: return false
        }
        return true
    }

    /// The one package whose version may come from elsewhere than conda.
    var pythonPackage: String? {
        packages.first { word in
            let name = word.split(separator: ":").last ?? ""
            return name.prefix { !"=<>!~ ".contains($0) }.lowercased() == "python"
        }
    }

    /// True when nothing but a version of Python is asked for, which a virtual environment can give as well.
    var asksForPythonOnly: Bool {
        description == nil && files.isEmpty && packages.allSatisfy { $0 == pythonPackage || $0 == "pip" }
            && pythonPackage?.contains("::") != true
    }
}
