/// Tells the forms of references apart, by what an address leads to and not by how it is spelt.
enum ReferenceParser {
    typealias Parsed = (kind: PluginReference.Kind, tag: String?, origin: String?)

    private static let suffix = ".imjoy.html"

    static func parse(_ text: String) throws(ReferenceError) -> Parsed {
        guard !text.isEmpty else {
            throw ReferenceError(.malformed, "the reference is empty: write a name, USER/REPO:NAME or an address")
        }
        if let address = WebAddress(text) { return try parse(address) }
        let scheme = text.utf8.prefix { $0.isLetter || $0.isDigit || "+-.".utf8.contains($0) }
        if text.utf8.dropFirst(scheme.count).starts(with: "://".utf8) {
            throw ReferenceError(
                .malformed, "`\(text.shortened)`: plugins are fetched from http:// and https:// addresses only")
        }
        if text.utf8.contains(UInt8(ascii: "/")) {
            guard text.utf8.contains(UInt8(ascii: ":")) else {
                throw ReferenceError(
                    .malformed,
                    "`\(text.shortened)` is not a reference: a name has no slash; write USER/REPO:NAME or an https:// "
                        + "address")
            }
            return try parseRepositoryForm(text)
        }
        let (name, tag) = try named(text, in: text)
        return (.named(name), tag, name)
    }

    private static func parseRepositoryForm(_ text: String) throws(ReferenceError) -> Parsed {
        let (repository, rest) = text.cut(at: ":")
        let address = try RepositoryAddress(repository)
        let (name, tag) = try named(rest ?? "", in: text)
        return (.plugin(name: name, in: address), tag, "\(address):\(name)")
    }

    private static func named(_ text: String, in whole: String) throws(ReferenceError) -> (String, String?) {
        let (name, tag) = text.cut(at: "@")
        guard !name.isEmpty else {
            throw ReferenceError(
                .malformed, "`\(whole.shortened)` names no plugin: write its name, then `@TAG` if need be")
        }
        return (name, tag == "" ? nil : tag)
    }

    // MARK: Addresses

    private static func parse(_ address: WebAddress) throws(ReferenceError) -> Parsed {
        var (file, tag) = pathWithoutTag(address)
        // GitHub has no `@` in names: what follows it there is a tag, even one that ends as plugin files do.
        if address.host == "gist.github.com", !isPluginFile(file.path[...]) || file.path.contains("@") {
            return try parseGist(address)
        }
        guard isPluginFile(file.path[...]) else {
            return (.webApp(url: address.text), nil, address.text)
        }
        if tag == nil { tag = takeTag(fromQueryOf: &file) }
        file.query = withoutMarks(file.query)
        file.fragment = withoutMarks(file.fragment)
        let origin = file.text
        file.fragment = nil
        let parts = file.components
        if GitHub.isHost(file.host), parts.count > 4, parts[2] == "blob" {
            return (.file(url: GitHub.raw(file, parts)), tag, origin)
        }
        return (.file(url: file.text), tag, origin)
    }

    /// Cuts `@TAG` off after the file name; elsewhere an `@` belongs to the path.
    private static func pathWithoutTag(_ address: WebAddress) -> (file: WebAddress, tag: String?) {
        var result = address
        let path = address.path
        guard let at = path.indices.first(where: { path[$0] == "@" && isPluginFile(path[..<$0]) }) else {
            let tag = takeTag(fromFragmentOf: &result)
            return (result, tag)
        }
        result.path = String(path[..<at])
        return (result, nonEmpty(PercentCoding.decode(path[path.index(after: at)...])))
    }

    private static func isPluginFile(_ path: Substring) -> Bool {
        path.utf8.suffix(suffix.utf8.count).map(\.lowercasedASCII).elementsEqual(suffix.utf8)
    }

    private static func takeTag(fromFragmentOf address: inout WebAddress) -> String? {
        guard let fragment = address.fragment, let at = fragment.lastIndex(of: "@") else { return nil }
        address.fragment = nonEmpty(String(fragment[..<at]))
        return nonEmpty(PercentCoding.decode(fragment[fragment.index(after: at)...]))
    }

    /// `?raw=true@TAG`; what follows the `@` of a parameter such as `?user=a@b&c=d` is no tag.
    private static func takeTag(fromQueryOf address: inout WebAddress) -> String? {
        guard let query = address.query, let at = query.lastIndex(of: "@") else { return nil }
        let tag = query[query.index(after: at)...]
        guard !tag.utf8.contains(where: { "=&/?".utf8.contains($0) }) else { return nil }
        address.query = nonEmpty(String(query[..<at]))
        return nonEmpty(PercentCoding.decode(tag))
    }

    private static func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }

    /// A part that stays in the origin: an `@` in it must not look like a tag when the origin is read again.
    private static func withoutMarks(_ part: String?) -> String? {
        part.flatMap(nonEmpty)?.split(separator: "@", omittingEmptySubsequences: false).joined(separator: "%40")
    }

    private static func parseGist(_ address: WebAddress) throws(ReferenceError) -> Parsed {
        var address = address
        var tag = takeTag(fromFragmentOf: &address)
        if tag == nil, let at = address.path.lastIndex(of: "@") {
            tag = nonEmpty(PercentCoding.decode(address.path[address.path.index(after: at)...]))
            address.path = String(address.path[..<at])
        }
        if tag == nil { tag = takeTag(fromQueryOf: &address) }
        address.query = nil
        var parts = address.components
        // `USER/ID`, `USER/ID/REVISION`, or `ID` of a gist without an owner.
        if parts.count > 1 || parts.first.map({ !isHexadecimal($0) }) == true { parts = Array(parts.dropFirst()) }
        guard let id = parts.first, isHexadecimal(id), parts.count <= 2, !address.path.contains("@") else {
            throw ReferenceError(
                .malformed,
                "`\(address.text.shortened)` is not the address of a gist: "
                    + "it is https://gist.github.com/USER/ID, with /REVISION after it perhaps")
        }
        guard parts.count == 1 || isHexadecimal(parts[1]) else {
            throw ReferenceError(
                .malformed, "`\(parts[1].shortened)` is not a revision of a gist: copy it from its page")
        }
        let mark = address.fragment.flatMap { $0.hasPrefix("file-") ? PercentCoding.decode($0.dropFirst(5)) : nil }
        address.fragment = mark == nil ? nil : withoutMarks(address.fragment)
        while address.path.hasSuffix("/") { address.path.removeLast() }
        let gist = PluginReference.Gist(id: id, revision: parts.count == 2 ? parts[1] : nil, fileMark: mark)
        return (.gist(gist), tag, address.text)
    }

    private static func isHexadecimal(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64 && text.utf8.allSatisfy { $0.hexValue != nil }
    }
}
