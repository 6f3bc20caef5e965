internal import ImJoyCore

/// Where code comes from that is in no package index: an archive, or a Git repository.
///
/// Only `https`, `ssh` and `file` are taken: nobody on the way can change what these bring.
struct CodeAddress: Sendable, Hashable {
    /// The whole address, as it is handed on.
    let text: String
    let scheme: String
    let host: String
    /// After host and port, before `?` and `#`.
    let path: String
    let fragment: String?

    /// Checks an address; `schemes` are those that this use of it takes.
    init(_ text: String, schemes: [String], in entry: String) throws {
        func refuse(_ reason: String, hint: String? = nil) -> HostError {
            ArgumentRules.refusal(entry, reason, hint: hint)
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !"\"'`\\<>|^{}".utf8.contains($0) }) else {
            throw refuse("the address holds characters that addresses do not have", hint: "write them as %xx")
        }
        guard let mark = text.firstRange(of: "://"), ArgumentRules.isWord(text[..<mark.lowerBound], "+.-") else {
            throw refuse("it is no address", hint: "write one that starts with `https://`")
        }
        scheme = text[..<mark.lowerBound].lowercased()
        guard schemes.contains(scheme) else {
            let hint = scheme == "http" ? "use `https://`" : nil
            throw refuse(
                "`\(scheme)://` is none of \(schemes.map { "`\($0)://`" }.joined(separator: ", "))", hint: hint)
        }
        var rest = text[mark.upperBound...]
        if let hash = rest.firstIndex(of: "#") {
            fragment = String(rest[rest.index(after: hash)...])
            rest = rest[..<hash]
        } else {
            fragment = nil
        }
        if let question = rest.firstIndex(of: "?") { rest = rest[..<question] }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        path = String(rest[slash...])
        let user = authority.lastIndex(of: "@").map { authority[..<$0] }
        guard user?.contains(":") != true else {
            throw refuse(
                "it holds a password, which would end up in logs", hint: "let git or pip ask a credential helper")
        }
        let named = user.map { authority[authority.index(after: $0.endIndex)...] } ?? authority
        host = named.lowercased()
        if scheme == "file" || scheme == "git+file" {
            guard host.isEmpty, !path.split(separator: "/").contains("..") else {
                throw refuse("a file address has three slashes and no `..`")
            }
        } else {
            try Self.checkHost(host, user: user, entry)
        }
        self.text = text
    }

    private static func checkHost(_ host: String, user: Substring?, _ entry: String) throws {
        let name = host.split(separator: ":").first.map(String.init) ?? ""
        guard ArgumentRules.isWord(name, ".-_"), user.map({ ArgumentRules.isWord($0, ".-_") }) ?? true else {
            throw ArgumentRules.refusal(entry, "it names no host")
        }
        // Where cloud machines answer with credentials, and services of this machine itself.
        guard name != "localhost", !name.hasSuffix(".localhost"), !name.hasPrefix("127."), !name.hasPrefix("169.254."),
            name != "0.0.0.0"
        else { throw ArgumentRules.refusal(entry, "the host `\(name)` is this machine or a link-local address") }
    }

    /// The last part of the path, with the `+` of local versions as it is in names of wheels.
    var fileName: String {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        return name.replacing("%2B", with: "+").replacing("%2b", with: "+")
    }

    /// The SHA-256 that the address itself demands, in lower-case digits.
    var sha256: String? {
        guard let fragment else { return nil }
        for part in fragment.split(separator: "&") where part.hasPrefix("sha256=") {
            return part.dropFirst(7).lowercased()
        }
        return nil
    }

    static let archiveSuffixes = [".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"]

    /// An archive for pip: a wheel or the sources of a package.
    static func archive(_ text: String, in entry: String) throws -> CodeAddress {
        let address = try CodeAddress(text, schemes: ["https", "file"], in: entry)
        guard archiveSuffixes.contains(where: address.fileName.lowercased().hasSuffix),
            ArgumentRules.isWord(address.fileName, "._-+!")
        else {
            let hint =
                address.path.hasSuffix(".git")
                ? "write `git+` in front of it" : "it ends in \(archiveSuffixes.joined(separator: ", "))"
            throw ArgumentRules.refusal(entry, "the address is none of a wheel or an archive", hint: hint)
        }
        if let sha256 = address.sha256 {
            guard sha256.utf8.count == 64, sha256.allSatisfy(\.isHexDigit) else {
                throw ArgumentRules.refusal(entry, "`sha256=` is not followed by 64 hexadecimal digits")
            }
        }
        return address
    }

    /// A repository for pip: `git+https://…@revision`.
    static func versionControl(_ text: String, in entry: String) throws -> CodeAddress {
        let address = try CodeAddress(text, schemes: ["git+https", "git+ssh", "git+file"], in: entry)
        let revision = Requirement.repositoryParts(String(text.prefix { $0 != "#" })).revision
        try revision.map { try RepositorySource.checkRevision($0, in: entry) }
        return address
    }
}
