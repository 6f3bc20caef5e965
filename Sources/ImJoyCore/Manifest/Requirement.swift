/// One entry of a plugin's `requirements`.
public struct Requirement: Sendable, Hashable {
    /// What an entry asks for.
    public enum Kind: Sendable, Hashable {
        /// Packages without a prefix, for the type's own installer (`numpy scipy`).
        case packages([String])
        /// Arguments of `pip install`, options included (`pip: -U numpy`).
        case pip([String])
        /// Arguments of `conda install`, options and `channel::package` included.
        case conda([String])
        /// A Git repository to clone, into a folder of the plugin's work folder. The address may end in `@` and a
        /// revision: see ``Requirement/repositoryParts(_:)``.
        case repository(url: String, directory: String)
        /// A shell command to run in the work folder.
        case command(String)
        /// An address that goes to pip as a whole (`git+https://…`, a wheel).
        case url(String)
        /// A style sheet.
        case stylesheet(String)
        /// A classic script.
        case script(String)
        /// An ES module.
        case module(String)
        /// A file to fetch into the offline cache only.
        case cache(String)
        /// A form that no engine of this type knows.
        case unsupported(prefix: String)
    }

    /// What the entry asks for.
    public let kind: Kind
    /// The entry as written.
    public let text: String

    /// Takes an entry apart by the rules of the plugin's type.
    public init(_ text: String, for type: PluginType) {
        self.text = text
        switch type.language {
        case "javascript": kind = Self.javaScript(text)
        case "python" where type != .nativePython: kind = Self.webPython(text)
        default:
            kind = type == .rpcWindow || type == .rpcWorker ? Self.javaScript(text) : Self.native(text)
        }
    }

    private static func native(_ text: String) -> Kind {
        guard let (prefix, rest) = split(text) else {
            // pip would be asked for packages called `pip` and `install`, which somebody else may have published.
            return isShellCommand(text) ? .command(trim(text)) : .packages(words(text))
        }
        switch prefix {
        case "pip": return .pip(words(rest))
        case "conda": return .conda(words(rest))
        case "cmd": return .command(trim(rest))
        case "repo":
            let parts = words(rest)
            guard let url = parts.first else { return .repository(url: "", directory: "") }
            return .repository(url: url, directory: parts.count > 1 ? parts[1] : repositoryName(url))
        default:
            let isAddress = prefix.contains("+") || prefix.contains("http")
            return isAddress ? .url(trim(text)) : .unsupported(prefix: prefix)
        }
    }

    private static func webPython(_ text: String) -> Kind {
        guard let (prefix, rest) = split(text) else { return .packages(words(text)) }
        switch prefix {
        case "js": return .script(trim(rest))
        case "css": return .stylesheet(trim(rest))
        case "cache": return .cache(trim(rest))
        case "package": return .packages(words(rest))
        case "http", "https": return .url(trim(text))
        default: return .unsupported(prefix: prefix)
        }
    }

    private static func javaScript(_ text: String) -> Kind {
        let text = trim(text)
        if let (prefix, rest) = split(text) {
            switch prefix {
            case "css": return .stylesheet(trim(rest))
            case "mjs": return .module(trim(rest))
            case "js": return .script(trim(rest))
            case "cache": return .cache(trim(rest))
            default: break
            }
        }
        let lower = text.lowercased()
        if lower.hasSuffix(".css") { return .stylesheet(text) }
        if lower.hasSuffix(".mjs") { return .module(text) }
        if lower.hasSuffix(".js") || lower.hasPrefix("http://") || lower.hasPrefix("https://") { return .script(text) }
        return .unsupported(prefix: split(text)?.0 ?? "")
    }

    /// The parts before and after the first colon.
    private static func split(_ text: String) -> (String, String)? {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        return (trim(String(text[..<colon])), String(text[text.utf8.index(after: colon)...]))
    }

    private static func words(_ text: String) -> [String] {
        text.split { $0 == " " || $0 == "\t" || $0 == "\n" }.map(String.init)
    }

    /// True for `pip install numpy` and the like without the prefix `cmd:`.
    static func isShellCommand(_ text: String) -> Bool {
        let words = words(text)
        return words.count > 1 && ["pip", "pip3", "conda", "git", "apt-get"].contains(words[0])
    }

    private static func trim(_ text: String) -> String {
        var part = text[...]
        while part.first?.isWhitespace == true { part.removeFirst() }
        while part.last?.isWhitespace == true { part.removeLast() }
        return String(part)
    }

    /// The address of a repository and the revision after it: a branch, a tag or a commit (`….git@v1.2`).
    ///
    /// The revision follows `.git@`, or else the last `@` behind the last `/` of the path, so that `git@host:a/b.git`
    /// and `https://user@host/a/b` have none.
    public static func repositoryParts(_ url: String) -> (url: String, revision: String?) {
        let bytes = Array(url.utf8)
        func parts(at sign: Int) -> (String, String?) {
            (String(decoding: bytes[..<sign], as: UTF8.self), String(decoding: bytes[(sign + 1)...], as: UTF8.self))
        }
        if let mark = bytes.indices.last(where: { bytes[$0...].starts(with: ".git@".utf8) }) {
            return parts(at: mark + 4)
        }
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")), let sign = bytes.lastIndex(of: UInt8(ascii: "@")),
            sign > slash + 1, slash > 0, bytes[slash - 1] != UInt8(ascii: "/")
        else { return (url, nil) }
        return parts(at: sign)
    }

    /// The last part of an address, without `.git` and revision.
    private static func repositoryName(_ address: String) -> String {
        let url = repositoryParts(address).url
        let last = url.split { $0 == "/" || $0 == ":" }.last.map(String.init) ?? ""
        return last.hasSuffix(".git") ? String(last.dropLast(4)) : last
    }

    /// The prefixes that entries of a type may have.
    static func prefixes(for type: PluginType) -> [String] {
        switch type.language {
        case "javascript": ["js", "mjs", "css", "cache"]
        case "python" where type != .nativePython: ["js", "css", "cache", "package"]
        default: ["pip", "conda", "repo", "cmd"]
        }
    }
}

extension Requirement: CustomStringConvertible {
    public var description: String { text }
}
