/// Takes a simple command line apart, as a shell would.
enum ShellWords {
    /// The commands between `&&`, each as its words; nil when the line needs a shell (variables, pipes, redirections).
    static func commands(_ text: String) -> [[String]]? {
        var commands: [[String]] = [[]]
        var word: String?
        var quote: Character?
        var characters = Array(text)[...]
        func close() {
            if let finished = word { commands[commands.count - 1].append(finished) }
            word = nil
        }
        while let character = characters.popFirst() {
            if let open = quote {
                if character == open {
                    quote = nil
                } else if open == "\"" && "$`\\".contains(character) {
                    return nil
                } else {
                    word?.append(character)
                }
                continue
            }
            switch character {
            case "\"", "'":
                quote = character
                word = word ?? ""
            case " ", "\t": close()
            case "&":
                guard characters.first == "&" else { return nil }
                characters.removeFirst()
                close()
                commands.append([])
            case ">", "<":
                // A bound of a version, as people write without quotes; elsewhere a redirection.
                guard let text = word, text.first?.isLetter == true,
                    characters.first.map({ $0 == "=" || $0.isNumber }) == true
                else { return nil }
                word = text + String(character)
            case "$", "`", "\\", "|", ";", "(", ")", "#", "?", "\n", "\r": return nil
            case "*" where word == nil: return nil
            default: word = (word ?? "") + String(character)
            }
        }
        guard quote == nil else { return nil }
        close()
        return commands.allSatisfy { !$0.isEmpty } ? commands : nil
    }
}
