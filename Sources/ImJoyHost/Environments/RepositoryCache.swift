internal import Crypto
internal import SystemPackage

/// Fetches repositories, each commit once, and lays them out where a plugin finds them.
///
/// A bare repository for each address below `repositories` keeps what was fetched, so a commit that is named in full
/// needs no network the second time. Environments hold copies of their own and do not change when the cache does.
struct RepositoryCache: Sendable {
    let folder: FilePath
    let runner: CommandRunner
    let report: @Sendable (String) -> Void

    /// Options for every call: nothing of a repository may start a program.
    private static let safeguards = [
        "-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never", "-c", "core.fsmonitor=false",
        "-c", "gc.auto=0", "-c", "advice.detachedHead=false", "-c", "init.defaultBranch=main",
    ]

    static func program() throws -> FilePath {
        guard let git = Files.findProgram("git") else {
            throw HostError(
                .environment, "repositories are fetched with git, and there is no program `git`", hint: "install git")
        }
        return git
    }

    /// Puts the files of `source` into `target`, which is made; returns the commit.
    func checkOut(_ source: RepositorySource, into target: FilePath, unlessDone: FilePath) async throws -> String {
        let git = try Self.program()
        let mirror = folder.appending(Self.name(of: source.url) + ".git")
        let lock = try await FileLock.acquire(FilePath("\(mirror).lock")) {
            report("waiting for another program that fetches \(source.url)")
        }
        defer { lock.release() }
        let commit = try await fetch(source, to: mirror, git)
        try Files.createFolder(target)
        func call(_ arguments: [String]) async throws {
            _ = try await lines(git, ["-C", target.string] + arguments, unlessDone: unlessDone)
        }
        try await call(["init", "--quiet", "--template="])
        try await call(["fetch", "--quiet", "--depth", "1", "--no-tags", "file://\(mirror)", commit])
        try await call(["checkout", "--quiet", "--detach", commit])
        try await call(["remote", "add", "origin", source.url])
        return commit
    }

    private func fetch(_ source: RepositorySource, to mirror: FilePath, _ git: FilePath) async throws -> String {
        let here = ["--git-dir=\(mirror)"]
        if (try? await lines(git, here + ["rev-parse", "--git-dir"])) == nil {
            try Task.checkCancellation()
            // Not there, or left by somebody who was killed while making it.
            Files.remove(mirror)
            _ = try await lines(git, ["init", "--quiet", "--bare", "--template=", mirror.string])
        }
        if let commit = source.commit, (try? await lines(git, here + ["cat-file", "-e", "\(commit)^{commit}"])) != nil {
            return commit
        }
        try Task.checkCancellation()
        let revision = source.revision ?? "HEAD"
        let kept = "refs/imjoy/\(source.commit ?? "latest")"
        report("fetching \(source.description)")
        do {
            let arguments = ["fetch", "--quiet", "--depth", "1", "--no-tags", "--no-recurse-submodules", "--force"]
            _ = try await lines(git, here + arguments + ["--", source.url, "+\(revision):\(kept)"])
        } catch let error as HostError where error.code == .environment {
            throw Self.explained(error, source)
        }
        let answer = try await lines(git, here + ["rev-parse", "--verify", "\(kept)^{commit}"])
        guard let commit = answer.last(where: { $0.utf8.count >= 40 && $0.allSatisfy(\.isHexDigit) }) else {
            throw HostError(.environment, "git does not tell the commit of \(source.description)", output: answer)
        }
        // Kept under its own name, so that the next fetch of another revision does not let it go.
        _ = try await lines(git, here + ["update-ref", "refs/imjoy/\(commit)", commit])
        return commit
    }

    private static func explained(_ error: HostError, _ source: RepositorySource) -> HostError {
        let signs = ["couldn't find remote ref", "not our ref", "unadvertised object", "no such remote ref"]
        if let revision = source.revision,
            error.output.contains(where: { line in signs.contains { line.lowercased().contains($0) } })
        {
            return HostError(
                .environment, "the repository \(source.url) has no branch, tag or commit `\(revision)`",
                hint: "correct what stands after the `@`", output: error.output)
        }
        return HostError(
            .environment,
            "the repository \(source.url) cannot be fetched: git \(error.message.suffix(while: { $0 != "`" }).drop { $0 == " " })",
            hint: "check the address and that you may read it; git asks for no password here", output: error.output)
    }

    private func lines(_ git: FilePath, _ arguments: [String], unlessDone: FilePath? = nil) async throws -> [String] {
        let tail = LogTail()
        try await runner.run(
            git, Self.safeguards + arguments, in: folder, unlessDone: unlessDone, onLine: { tail.append($0) })
        return tail.lines
    }

    /// A folder name for an address, the same on every run.
    private static func name(of url: String) -> String {
        String(SHA256.hash(data: Array(url.utf8)).hexadecimal.prefix(20))
    }
}

extension StringProtocol {
    /// The longest end of the text whose characters all satisfy `condition`.
    fileprivate func suffix(while condition: (Character) -> Bool) -> String {
        String(reversed().prefix(while: condition).reversed())
    }
}
