internal import ImJoyCore

/// What texts of plugin files may not hold on their way to the command lines of other programs.
///
/// Everything here is decided before any process starts.
enum ArgumentRules {
    static let longestText = 4096
    static let mostEntries = 256

    /// An error about a requirement or `env` entry that is not carried out.
    static func refusal(_ entry: String, _ reason: String, hint: String? = nil) -> HostError {
        HostError(.refusedRequirement, "`\(shown(entry))` is refused: \(reason)", hint: hint)
    }

    /// `text` for a message: without control characters, and not longer than a line or two.
    static func shown(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(160) {
            if scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.count > 160 ? result + "…" : result
    }

    /// Refuses line ends, NUL and other control characters, and texts of absurd length.
    static func check(_ text: String) throws {
        guard text.utf8.count <= longestText else {
            throw refusal(text, "it has \(text.utf8.count) bytes, and the longest allowed entry \(longestText)")
        }
        guard !text.unicodeScalars.contains(where: { $0 != "\t" && ($0.value < 0x20 || $0.value == 0x7f) }) else {
            throw refusal(text, "it holds a line end or another control character")
        }
    }

    /// A path inside the work files: relative, without parts that lead out or look like an option.
    static func checkPath(_ path: String, in entry: String) throws {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !path.hasPrefix("/"), !path.hasPrefix("~") else {
            throw refusal(entry, "`\(shown(path))` leads out of the plugin's files", hint: "name a relative path")
        }
        for part in parts where part == ".." || part.lowercased() == ".git" {
            throw refusal(entry, "`\(shown(path))` leads out of the plugin's files", hint: "leave `\(part)` out")
        }
        guard !parts.contains(where: { $0.hasPrefix("-") }),
            path.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f && $0 != 0x5c })
        else { throw refusal(entry, "`\(shown(path))` is no plain path") }
    }

    static func isWord(_ text: some StringProtocol, _ further: String) -> Bool {
        guard let first = text.utf8.first, isAlphanumeric(first) else { return false }
        return text.utf8.allSatisfy { isAlphanumeric($0) || further.utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
