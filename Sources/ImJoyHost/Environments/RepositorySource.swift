internal import ImJoyCore

/// A Git repository that a plugin wants beside it: `repo: URL[@REVISION] [DIRECTORY]`.
struct RepositorySource: Sendable, Hashable {
    let url: String
    /// A branch, a tag or a commit; nil takes the default branch as it is when the environment is built.
    let revision: String?
    /// Its folder among the plugin's work files.
    let directory: String

    /// Checks what a plugin wrote; `entry` is named in errors.
    init(address: String, revision: String? = nil, directory: String, in entry: String) throws {
        let parts = Requirement.repositoryParts(address)
        url = parts.url
        self.revision = revision ?? parts.revision
        self.directory = directory
        try Self.checkURL(url, in: entry)
        try self.revision.map { try Self.checkRevision($0, in: entry) }
        try ArgumentRules.checkPath(directory, in: entry)
        guard directory.split(separator: "/", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty && $0 != "." })
        else { throw ArgumentRules.refusal(entry, "`\(ArgumentRules.shown(directory))` is no name for a folder") }
    }

    private static func checkURL(_ url: String, in entry: String) throws {
        if url.contains("://") {
            _ = try CodeAddress(url, schemes: ["https", "ssh", "file"], in: entry)
            return
        }
        // `git@host:path`, which is ssh; `ext::command` would run a command.
        let parts = url.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let names = parts.first?.split(separator: "@", omittingEmptySubsequences: false) ?? []
        guard parts.count == 2, (1...2).contains(names.count), names.allSatisfy({ ArgumentRules.isWord($0, ".-_") }),
            ArgumentRules.isWord(parts[1].drop { $0 == "/" || $0 == "~" }, "./-_~+")
        else {
            throw ArgumentRules.refusal(
                entry, "`\(ArgumentRules.shown(url))` is no address of a repository",
                hint: "write `https://…`, `ssh://…`, `user@host:path` or `file:///…`")
        }
    }

    /// A revision that Git cannot take for an option or an expression.
    static func checkRevision(_ revision: String, in entry: String) throws {
        guard ArgumentRules.isWord(revision, "._-/+"), !revision.contains(".."), !revision.hasSuffix("/"),
            !revision.hasSuffix(".lock"), !revision.contains("//")
        else {
            throw ArgumentRules.refusal(
                entry, "`\(ArgumentRules.shown(revision))` is no name of a branch, a tag or a commit")
        }
    }

    /// The revision, when it names one commit for good.
    var commit: String? {
        guard let revision, revision.utf8.count == 40, revision.allSatisfy({ $0.isHexDigit && !$0.isUppercase })
        else { return nil }
        return revision
    }

    var description: String { url + (revision.map { "@\($0)" } ?? "") }
}
