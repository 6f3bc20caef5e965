/// The parts of an http address that references need to look at.
struct WebAddress {
    /// `http` or `https`.
    var scheme: String
    /// Host and port in lowercase, with a user's name before it perhaps.
    var authority: String
    /// Empty, or starting with `/`; percent-encoded, as the query and the fragment are.
    var path: String
    /// After `?`, without it.
    var query: String?
    /// After `#`, without it.
    var fragment: String?

    /// Nil when the text is not an http or https address with a host.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes.matches("://", at: colon) else { return nil }
        scheme = String(decoding: bytes[..<colon].map(\.lowercasedASCII), as: UTF8.self)
        guard scheme == "http" || scheme == "https" else { return nil }
        var rest = text.utf8.dropFirst(colon + 3)
        if let hash = rest.firstIndex(of: UInt8(ascii: "#")) {
            fragment = Self.encoded(rest[rest.index(after: hash)...])
            rest = rest[..<hash]
        }
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            query = Self.encoded(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        let slash = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        authority = String(decoding: rest[..<slash].map(\.lowercasedASCII), as: UTF8.self)
        path = Self.encoded(rest[slash...])
        guard !authority.isEmpty else { return nil }
    }

    /// Encoded text is ASCII: no accent joins a separator, which would no longer be found then.
    private static func encoded(_ part: Substring.UTF8View) -> String {
        PercentCoding.encode(String(decoding: part, as: UTF8.self), .address)
    }

    /// The host without port and user.
    var host: String {
        let name = authority.split(separator: "@").last ?? ""
        return String(name.split(separator: ":").first ?? "")
    }

    /// The path's parts, without empty ones.
    var components: [String] { path.split(separator: "/").map(String.init) }

    /// The address as text; what an address cannot hold, such as a space, is percent-encoded.
    var text: String {
        var text = "\(scheme)://\(authority)" + PercentCoding.encode(path, .address)
        if let query { text += "?" + PercentCoding.encode(query, .address) }
        if let fragment { text += "#" + PercentCoding.encode(fragment, .address) }
        return text
    }

    /// The address of `reference`, which is relative to the folder of this address.
    ///
    /// `.` and `..` parts are resolved; `..` does not climb above the host.
    func resolving(_ reference: String) -> String {
        if let whole = WebAddress(reference) { return whole.text }
        var result = self
        var relative = reference[...]
        (result.query, result.fragment) = (nil, nil)
        if let mark = relative.firstIndex(of: "?") {
            result.query = String(relative[relative.index(after: mark)...])
            relative = relative[..<mark]
        }
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().map(String.init)
        if relative.hasPrefix("/") { parts = [""] }
        if parts.isEmpty { parts = [""] }
        let added = relative.split(separator: "/", omittingEmptySubsequences: true)
        for part in added {
            switch part {
            case ".": continue
            case "..": if parts.count > 1 { parts.removeLast() }
            default: parts.append(String(part))
            }
        }
        result.path = parts.joined(separator: "/")
        if relative.isEmpty || relative.hasSuffix("/") || added.last == "." || added.last == ".." { result.path += "/" }
        return result.text
    }
}

/// Percent-encoding of addresses and queries (RFC 3986).
package enum PercentCoding {
    package enum Part {
        /// Escapes that are there stay, and so do the separators of an address.
        case address
        /// One value of a query: everything that could end it is encoded.
        case queryValue
        /// A value that may end or begin anywhere, such as a tag: everything but letters, digits and `-._~` is encoded.
        case unreserved
    }

    package static func encode(_ text: String, _ part: Part) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for (index, byte) in bytes.enumerated() {
            if isKept(byte, part) || (byte == UInt8(ascii: "%") && part == .address && isEscape(bytes, index)) {
                result.append(byte)
            } else {
                result.append(UInt8(ascii: "%"))
                result.append(contentsOf: hex(byte).utf8.map { $0 >= UInt8(ascii: "a") ? $0 - 32 : $0 })
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isEscape(_ bytes: [UInt8], _ index: Int) -> Bool {
        index + 2 < bytes.count && bytes[index + 1].hexValue != nil && bytes[index + 2].hexValue != nil
    }

    private static func isKept(_ byte: UInt8, _ part: Part) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            return true
        case UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "!"), UInt8(ascii: "$"),
            UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: ","),
            UInt8(ascii: ";"):
            return part != .unreserved
        case UInt8(ascii: "?"), UInt8(ascii: "="), UInt8(ascii: "&"), UInt8(ascii: "+"), UInt8(ascii: "#"),
            UInt8(ascii: "["), UInt8(ascii: "]"):
            return part == .address && byte != UInt8(ascii: "#")
        default: return false
        }
    }

    /// Decodes escapes; one that is not well formed stays as it is, and ill-formed UTF-8 becomes U+FFFD.
    static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%"), isEscape(bytes, index), let high = bytes[index + 1].hexValue,
                let low = bytes[index + 2].hexValue
            {
                result.append(UInt8(high << 4 | low))
                index += 3
            } else {
                result.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
