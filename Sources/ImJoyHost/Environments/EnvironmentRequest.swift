package import ImJoyCore

/// What a plugin asks for before it can start: its `requirements` and `env`, checked and in order.
///
/// Making one starts no process and touches no file.
package struct EnvironmentRequest: Sendable {
    /// One thing that is done to the environment.
    enum Step: Sendable, Hashable {
        case repository(RepositorySource)
        case conda(CondaCall)
        case pip([PipWord])
        /// A shell command; runs only when it was allowed.
        case command(String)
    }

    /// What `conda create` and `conda config` say, when there is any.
    private(set) var creation: CondaCall?
    private(set) var steps: [Step] = []
    private(set) var variables: [EnvironmentEntry.Variable] = []
    private(set) var graphics: GraphicsChoice?
    /// The entries as written, for records.
    private(set) var texts: [String] = []
    private var channels = CondaCall()

    /// Reads a manifest; throws at the first entry that is refused.
    package init(_ manifest: PluginManifest) throws {
        try self.init(environment: manifest.environment, requirements: manifest.requirements)
    }

    /// Reads the entries; what is refused goes to `onRefusal`, which throws or lets the entry be left out.
    init(
        environment: [EnvironmentEntry] = [], requirements: [Requirement] = [],
        onRefusal: (HostError) throws -> Void = { throw $0 }
    ) throws {
        func attempt(_ body: () throws -> Void) throws {
            do { try body() } catch let error as HostError { try onRefusal(error) }
        }
        guard environment.count + requirements.count <= ArgumentRules.mostEntries else {
            throw HostError(
                .refusedRequirement,
                "the plugin has \(environment.count + requirements.count) requirements and env entries, and \(ArgumentRules.mostEntries) are the most"
            )
        }
        for entry in environment { try attempt { try add(entry) } }
        for requirement in requirements { try attempt { try add(requirement) } }
        finish()
    }

    /// Reads a manifest as far as it can be, with all refusals.
    package static func reading(_ manifest: PluginManifest) -> (request: EnvironmentRequest, refusals: [HostError]) {
        var refusals: [HostError] = []
        do {
            let request = try EnvironmentRequest(
                environment: manifest.environment, requirements: manifest.requirements,
                onRefusal: { refusals.append($0) })
            return (request, refusals)
        } catch {
            return (
                EnvironmentRequest(), refusals + [error as? HostError ?? HostError(.refusedRequirement, "\(error)")]
            )
        }
    }

    private init() {}

    /// All repositories come first: commands and files of packages are in them.
    private mutating func finish() {
        if var creation {
            creation.channels = channels.channels + creation.channels
            creation.options += channels.options
            self.creation = creation
        } else if !channels.channels.isEmpty || !channels.options.isEmpty {
            creation = channels
        }
        var ordered = steps.filter { if case .repository = $0 { true } else { false } }
        for step in steps {
            switch (ordered.last, step) {
            case (_, .repository): continue
            // Packages without options are chosen together, in an order that does not matter.
            case (.pip(let before), .pip(let words)) where Self.isPlain(before) && Self.isPlain(words):
                ordered[ordered.count - 1] = .pip(Self.sorted(before + words))
            case (_, .conda(var call)):
                call.channels = channels.channels + call.channels
                call.options += channels.options
                ordered.append(.conda(call))
            case (_, .pip(let words)) where Self.isPlain(words): ordered.append(.pip(Self.sorted(words)))
            default: ordered.append(step)
            }
        }
        steps = ordered
    }

    private static func isPlain(_ words: [PipWord]) -> Bool {
        words.allSatisfy { if case .package = $0 { true } else { false } }
    }

    private static func sorted(_ words: [PipWord]) -> [PipWord] { Set(words).sorted { $0.text < $1.text } }

    // MARK: Entries

    private mutating func add(_ requirement: Requirement) throws {
        let entry = requirement.text
        try ArgumentRules.check(entry)
        switch requirement.kind {
        case .packages(let words), .pip(let words): try addPip(words, in: entry)
        case .conda(let words):
            let call = try CondaCall(words, in: entry)
            if !call.isEmpty { steps.append(.conda(call)) }
        case .repository(let url, let directory):
            guard !url.isEmpty else { return }
            steps.append(.repository(try RepositorySource(address: url, directory: directory, in: entry)))
        case .command(let command): try add(command: command, in: entry)
        case .url(let address): try addPip(address.split(whereSeparator: \.isWhitespace).map(String.init), in: entry)
        case .unsupported(let prefix):
            throw HostError(
                .unsupportedRequirement,
                "the requirement `\(ArgumentRules.shown(entry))` starts with `\(ArgumentRules.shown(prefix)):`, which is none of pip, conda, repo, cmd"
            )
        case .stylesheet, .script, .module, .cache:
            throw HostError(
                .unsupportedRequirement, "the requirement `\(ArgumentRules.shown(entry))` is for browsers")
        }
        texts.append(entry)
    }

    private mutating func add(_ entry: EnvironmentEntry) throws {
        switch entry {
        case .command(let text):
            try ArgumentRules.check(text)
            try add(command: text, in: text)
            texts.append(text)
        case .variables(let given):
            for variable in given {
                guard ArgumentRules.isWord(variable.name.drop { $0 == "_" }, "_"),
                    !variable.value.utf8.contains(0), variable.value.utf8.count <= ArgumentRules.longestText
                else {
                    throw ArgumentRules.refusal(variable.name, "it is no name of a variable, or its value is none")
                }
                guard !variable.name.hasPrefix("LD_"), !variable.name.hasPrefix("DYLD_") else {
                    throw ArgumentRules.refusal(
                        variable.name, "it would have other libraries loaded into the interpreter")
                }
                variables.append(variable)
            }
        case .gputil(let options): graphics = GraphicsChoice(options)
        // Meant for a Jupyter engine; it does not concern this one.
        case .binder: break
        case .other(let type, _):
            throw HostError(
                .unsupportedRequirement,
                "the env entry of type `\(ArgumentRules.shown(type))` is none of gputil, variable, binder")
        }
    }

    private mutating func addPip(_ words: [String], in entry: String) throws {
        let words = try PipWord.parse(words, in: entry)
        if words.contains(where: { if case .option = $0 { false } else { true } }) { steps.append(.pip(words)) }
    }

    // MARK: Commands

    /// Carries out in its own way what it understands of a command; the rest needs a shell, and consent.
    private mutating func add(command text: String, in entry: String) throws {
        guard !text.allSatisfy(\.isWhitespace) else { return }
        guard let commands = ShellWords.commands(text) else { return steps.append(.command(text)) }
        var copy = self
        for words in commands where try !copy.interpret(words, in: entry) { return steps.append(.command(text)) }
        self = copy
    }

    private mutating func interpret(_ words: [String], in entry: String) throws -> Bool {
        let program = words[0]
        let rest = Array(words.dropFirst())
        switch program {
        case "conda", "mamba", "micromamba": return try interpretConda(rest, in: entry)
        // The plugin gets the environment that is being made anyway.
        case "activate": return true
        case "source" where rest.first == "activate": return true
        // What may not be passed to pip without consent is a command like any other.
        case "pip" where rest.first == "install", "pip3" where rest.first == "install":
            do { try addPip(Array(rest.dropFirst()), in: entry) } catch { return false }
        case "python" where rest.starts(with: ["-m", "pip", "install"]),
            "python3" where rest.starts(with: ["-m", "pip", "install"]):
            do { try addPip(Array(rest.dropFirst(3)), in: entry) } catch { return false }
        case "git" where rest.first == "clone": return try interpretClone(Array(rest.dropFirst()), in: entry)
        default: return false
        }
        return true
    }

    private mutating func interpretConda(_ words: [String], in entry: String) throws -> Bool {
        switch words.first {
        case "create": creation = try CondaCall(Array(words.dropFirst()), in: entry)
        case "env" where words.dropFirst().first == "create":
            creation = try CondaCall(environmentFile: Array(words.dropFirst(2)), in: entry)
        case "install":
            let call = try CondaCall(Array(words.dropFirst()), in: entry)
            if !call.isEmpty { steps.append(.conda(call)) }
        case "activate": break
        case "config": return try channels.configure(Array(words.dropFirst()), in: entry)
        default: return false
        }
        return true
    }

    private mutating func interpretClone(_ given: [String], in entry: String) throws -> Bool {
        var words = given[...]
        var plain: [String] = []
        var revision: String?
        while let word = words.popFirst() {
            switch word {
            case "-q", "--quiet", "--single-branch", "--progress": continue
            case "--depth": _ = words.popFirst()
            case "-b", "--branch": revision = words.popFirst()
            case _ where word.hasPrefix("--depth="): continue
            case _ where word.hasPrefix("-"): return false
            default: plain.append(word)
            }
        }
        guard let url = plain.first, plain.count <= 2 else { return false }
        let named = Requirement("repo: \(url)", for: .nativePython)
        guard case .repository(_, let directory) = named.kind else { return false }
        steps.append(
            .repository(
                try RepositorySource(
                    address: url, revision: revision, directory: plain.count > 1 ? plain[1] : directory, in: entry)))
        return true
    }

    /// The shell commands, which need consent.
    package var commands: [String] { steps.compactMap { if case .command(let text) = $0 { text } else { nil } } }
}
