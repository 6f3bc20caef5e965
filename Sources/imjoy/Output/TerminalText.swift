#if canImport(Glibc)
    internal import Glibc
#endif

/// Text of plugins and files on its way to a terminal, which it must not steer.
enum TerminalText {
    /// `text` without control characters when `descriptor` is a terminal, as it is otherwise. Line ends and tabs stay.
    static func printable(_ text: String, on descriptor: Int32) -> String {
        guard isatty(descriptor) == 1 else { return text }
        return withoutControls(text)
    }

    static func withoutControls(_ text: String) -> String {
        let kept = text.unicodeScalars.filter { scalar in
            scalar == "\t" || scalar == "\n" || (scalar.value >= 32 && !(127..<160).contains(scalar.value))
        }
        return String(String.UnicodeScalarView(kept))
    }
}
