internal import ImJoyCore

/// One argument of `pip install`, known for what it is.
enum PipWord: Sendable, Hashable {
    /// A name with versions perhaps, from the package index.
    case package(String)
    case option(String)
    /// A file or folder among the plugin's work files.
    case path(String)
    /// A wheel or source archive, fetched by us before pip sees it.
    case archive(CodeAddress)
    case versionControl(CodeAddress)

    var text: String {
        switch self {
        case .package(let text), .option(let text), .path(let text): text
        case .archive(let address), .versionControl(let address): address.text
        }
    }

    /// Options that have the meaning that plugins want, for pip and for uv alike; the values are what is passed on.
    private static let flags = [
        "-U": "--upgrade", "--upgrade": "--upgrade", "--pre": "--pre", "--no-deps": "--no-deps",
        "--no-cache-dir": "--no-cache-dir", "--force-reinstall": "--force-reinstall", "-I": "--force-reinstall",
        "--ignore-installed": "--force-reinstall", "--no-build-isolation": "--no-build-isolation",
    ]
    /// Options that change nothing in an environment of the plugin's own.
    private static let idle: Set<String> = [
        "-q", "-qq", "-qqq", "--quiet", "-v", "--verbose", "-y", "--yes", "--no-input", "--prefer-binary",
        "--no-compile",
    ]
    private static let namedPackages: Set<String> = ["--no-binary", "--only-binary"]
    private static let files = ["-r": "-r", "--requirement": "-r", "-c": "-c", "--constraint": "-c"]
    private static let editable: Set<String> = ["-e", "--editable"]
    private static let indexes: Set<String> = [
        "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--trusted-host", "--no-index", "--index",
        "--default-index", "--proxy", "--cert",
    ]

    /// Takes the words of an entry apart; throws for what is not passed on.
    static func parse(_ given: [String], in entry: String) throws -> [PipWord] {
        var words = joined(given)[...]
        var result: [PipWord] = []
        while let word = words.popFirst() {
            guard word.hasPrefix("-") else {
                result.append(try plain(word, in: entry))
                continue
            }
            let sign = word.hasPrefix("--") ? word.firstIndex(of: "=") : nil
            let name = sign.map { String(word[..<$0]) } ?? word
            var value = sign.map { String(word[word.index(after: $0)...]) }
            if let flag = flags[name], value == nil {
                result.append(.option(flag))
            } else if idle.contains(name), value == nil {
                continue
            } else if namedPackages.contains(name) || files[name] != nil || editable.contains(name) {
                value = value ?? words.popFirst()
                guard let value else { throw ArgumentRules.refusal(entry, "`\(name)` is followed by nothing") }
                result += try option(name, value, in: entry)
            } else {
                throw refusal(of: name, in: entry)
            }
        }
        return result
    }

    private static func option(_ name: String, _ value: String, in entry: String) throws -> [PipWord] {
        if namedPackages.contains(name) {
            guard value.split(separator: ",").allSatisfy({ $0 == ":all:" || ArgumentRules.isWord($0, "._-") }) else {
                throw ArgumentRules.refusal(entry, "`\(ArgumentRules.shown(value))` is no list of packages")
            }
            return [.option("\(name)=\(value)")]
        }
        if editable.contains(name), value.contains("://") {
            return [.option("-e"), .versionControl(try CodeAddress.versionControl(value, in: entry))]
        }
        try ArgumentRules.checkPath(value, in: entry)
        return [.option(files[name] ?? "-e"), .path(value)]
    }

    private static func refusal(of name: String, in entry: String) -> HostError {
        if indexes.contains(name) {
            return ArgumentRules.refusal(
                entry, "`\(ArgumentRules.shown(name))` would have a plugin choose where packages come from",
                hint: "choose an index yourself, in pip's own settings (PIP_INDEX_URL, UV_INDEX_URL)")
        }
        return ArgumentRules.refusal(entry, "plugins may not pass `\(ArgumentRules.shown(name))` to pip")
    }

    /// A word that is no option: a package, an address or a path.
    static func plain(_ word: String, in entry: String) throws -> PipWord {
        if let mark = word.firstRange(of: "://") {
            // `name@https://…`: the name is not needed to install it.
            let start = word[..<mark.lowerBound].lastIndex(of: "@").map { word.index(after: $0) } ?? word.startIndex
            let address = String(word[start...])
            if address.hasPrefix("git+") { return .versionControl(try CodeAddress.versionControl(address, in: entry)) }
            return .archive(try CodeAddress.archive(address, in: entry))
        }
        if word.contains("/") || word.hasPrefix(".") || word.hasPrefix("~") {
            try ArgumentRules.checkPath(word, in: entry)
            return .path(word.hasPrefix(".") ? word : "./\(word)")
        }
        guard ArgumentRules.isWord(word, "._-[],<>=!~*+") else {
            throw ArgumentRules.refusal(entry, "`\(ArgumentRules.shown(word))` is no name of a package")
        }
        return .package(normalized(word))
    }

    /// The name as package indexes compare it: `Scikit_Image>=0.2` and `scikit-image>=0.2` are the same.
    private static func normalized(_ word: String) -> String {
        let end = word.firstIndex { "[<>=!~".contains($0) } ?? word.endIndex
        var name = ""
        for character in word[..<end].lowercased() {
            let isSeparator = "-_.".contains(character)
            if !isSeparator { name.append(character) } else if name.last != "-" { name.append("-") }
        }
        return name + word[end...]
    }

    /// `numpy >= 1.2` as one word, and `name @ address` too.
    private static func joined(_ words: [String]) -> [String] {
        var result: [String] = []
        var isOpen = false
        for word in words {
            let continues = word.first.map { "<>=!~,@[".contains($0) } ?? false
            if let last = result.last, isOpen || continues, !last.hasPrefix("-") {
                result[result.count - 1] = last + word
            } else {
                result.append(word)
            }
            isOpen = word.last.map { "<>=!~,@".contains($0) } ?? false
        }
        return result
    }

    /// Checks the lines of a requirements file that came with a repository, as if the plugin had written them.
    static func checkFile(_ text: String, named name: String) throws {
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
            // Markers (`; python_version < "3.8"`) and hashes are pip's own business.
            for word in words where word.hasPrefix("-") && !word.hasPrefix("--hash") {
                let option = String(word.prefix { $0 != "=" })
                if indexes.contains(option) { throw refusal(of: option, in: "\(name): \(line)") }
            }
        }
    }
}
