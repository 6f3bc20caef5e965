/// Where a plugin repository is: a GitHub repository at a revision, or the address of a manifest.
///
/// ```swift
/// let address = try RepositoryAddress("lab/plugins@v2")
/// print(address.manifestURLs)
/// // ["https://raw.githubusercontent.com/lab/plugins/v2/manifest.imjoy.json"]
/// ```
public struct RepositoryAddress: Sendable, Hashable {
    /// What kind of address it is.
    public enum Kind: Sendable, Hashable {
        /// A repository on GitHub; without a revision, its default branch.
        case gitHub(user: String, repository: String, revision: String?)
        /// A manifest at any other address.
        case manifest(url: String)
    }

    /// What kind of address it is.
    public let kind: Kind

    /// Reads `USER/REPO`, `USER/REPO@REVISION`, the address of a GitHub repository or one of its branches, or the
    /// address of a manifest.
    ///
    /// `revision` counts when the text names none. Throws a ``ReferenceError`` for any other text.
    public init(_ text: String, revision: String? = nil) throws(ReferenceError) {
        let trimmed = text.trimmingSpaces
        if let address = WebAddress(trimmed) {
            kind = Self.kind(of: address, revision)
            return
        }
        let (path, ownRevision) = trimmed.cut(at: "@")
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 2, parts.last == "" { parts.removeLast() }
        guard parts.count == 2, parts.allSatisfy(Self.isName), ownRevision != "" else {
            throw ReferenceError(
                .malformed,
                "`\(trimmed.shortened)` is not a repository: write USER/REPO, USER/REPO@REVISION or an "
                    + "https:// address")
        }
        kind = .gitHub(
            user: parts[0], repository: Self.withoutSuffix(parts[1]), revision: ownRevision ?? revision)
    }

    private static func kind(of address: WebAddress, _ revision: String?) -> Kind {
        let parts = address.components
        guard GitHub.isHost(address.host), parts.count >= 2,
            parts[..<2].allSatisfy(isGitHubName)
        else { return .manifest(url: address.text) }
        let repository = withoutSuffix(parts[1])
        if parts.count == 2 { return .gitHub(user: parts[0], repository: repository, revision: revision) }
        let rest = PercentCoding.decode(parts.dropFirst(3).joined(separator: "/")).trimmingSpaces
        switch parts[2] {
        case "tree" where !rest.isEmpty:
            return .gitHub(user: parts[0], repository: repository, revision: rest)
        case "blob" where parts.count > 4: return .manifest(url: GitHub.raw(address, parts))
        default: return .manifest(url: address.text)
        }
    }

    private static func withoutSuffix(_ name: String) -> String {
        var name = name
        while name.hasSuffix(".git"), isName(String(name.dropLast(4))) { name = String(name.dropLast(4)) }
        return name
    }

    /// Letters, digits and `-_.`; anything else is no name there, and would be read otherwise in the short form.
    private static func isGitHubName(_ text: String) -> Bool {
        isName(text) && text.utf8.allSatisfy { $0.isLetter || $0.isDigit || "-_.".utf8.contains($0) }
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text != "." && text != ".." && text.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: ":") }
    }

    /// The revision that was asked for.
    public var revision: String? {
        if case .gitHub(_, _, let revision) = kind { revision } else { nil }
    }

    /// The addresses at which the manifest may be; the first that exists counts.
    ///
    /// GitHub does not say which branch is the default one here, so `master` is tried and then `main`.
    public var manifestURLs: [String] {
        switch kind {
        case .manifest(let url): return [url]
        case .gitHub(let user, let repository, let revision):
            return (revision.map { [$0] } ?? ["master", "main"]).map { branch in
                let path = "\(user)/\(repository)/\(branch)/manifest.imjoy.json"
                return "https://\(GitHub.rawHost)/" + PercentCoding.encode(path, .address)
            }
        }
    }
}

extension RepositoryAddress: CustomStringConvertible {
    /// The short form, `USER/REPO@REVISION`, or the address of the manifest; reading it gives the same address.
    public var description: String {
        switch kind {
        case .manifest(let url): url
        case .gitHub(let user, let repository, let revision):
            "\(user)/\(repository)" + (revision.map { "@" + $0 } ?? "")
        }
    }
}

/// What is known about GitHub's addresses.
enum GitHub {
    static let rawHost = "raw.githubusercontent.com"

    static func isHost(_ host: String) -> Bool { host == "github.com" || host == "www.github.com" }

    /// The raw address of `/USER/REPO/blob/…`; the query stays.
    static func raw(_ address: WebAddress, _ parts: [String]) -> String {
        var raw = address
        (raw.scheme, raw.authority, raw.fragment) = ("https", rawHost, nil)
        raw.path = "/" + (parts[0..<2] + parts[3...]).joined(separator: "/")
        return raw.text
    }
}

extension StringProtocol {
    /// The text without spaces, tabs and line ends at its ends.
    var trimmingSpaces: String {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let bytes = Array(utf8)
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }

    /// The text before and after the first `mark`, both trimmed; nil after it when there is no mark.
    ///
    /// An accent after the mark does not hide it.
    func cut(at mark: Unicode.Scalar) -> (before: String, after: String?) {
        let scalars = unicodeScalars
        guard let place = scalars.firstIndex(of: mark) else { return (trimmingSpaces, nil) }
        return (
            String(String.UnicodeScalarView(scalars[..<place])).trimmingSpaces,
            String(String.UnicodeScalarView(scalars[scalars.index(after: place)...])).trimmingSpaces
        )
    }

    /// At most 80 characters, for messages.
    var shortened: String { utf8.count <= 80 ? String(self) : String(prefix(79)) + "…" }
}
