#if canImport(Glibc)
    internal import Glibc
#endif

/// What the terminal at standard output can show, as far as its environment says.
struct TerminalAbilities {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    private let variables: [String: String]

    init(variables: [String: String]) { self.variables = variables }

    static var current: TerminalAbilities {
        let names = [
            "TERM", "COLORTERM", "NO_COLOR", "KITTY_WINDOW_ID", "TERM_PROGRAM", "TMUX", "STY", "COLUMNS", "LINES",
        ]
        var variables: [String: String] = [:]
        for name in names { if let value = getenv(name) { variables[name] = String(cString: value) } }
        return TerminalAbilities(variables: variables)
    }

    private func value(_ name: String) -> String { variables[name]?.lowercased() ?? "" }

    /// The best way to show a picture.
    var mode: PictureMode {
        if !isTerminal || !value("NO_COLOR").isEmpty || value("TERM") == "dumb" || value("TERM").isEmpty {
            return .ascii
        }
        // Programs that share a terminal pass neither protocol on.
        if !value("TMUX").isEmpty || !value("STY").isEmpty { return .blocks }
        let program = value("TERM_PROGRAM")
        if !value("KITTY_WINDOW_ID").isEmpty || value("TERM").contains("kitty") || value("TERM").contains("ghostty")
            || program == "wezterm" || program == "ghostty"
        {
            return .kitty
        }
        let isSixel = ["sixel", "mlterm", "foot", "yaft"].contains { value("TERM").contains($0) }
        return isSixel || program == "mintty" || program == "iterm.app" ? .sixel : .blocks
    }

    /// Whether 24 bits of colour are understood; 256 colours are by all of today.
    var isTrueColour: Bool {
        if ["truecolor", "24bit"].contains(value("COLORTERM")) || value("TERM").contains("direct") { return true }
        return !isTerminal || ["kitty", "ghostty", "foot", "alacritty"].contains { value("TERM").contains($0) }
    }

    /// Columns, rows, and the width of a column in pixels of the screen.
    var size: (columns: Int, rows: Int, cellWidth: Int) {
        var window = winsize()
        if isTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 {
            let cell = Int(window.ws_xpixel) / Int(window.ws_col)
            return (Int(window.ws_col), Int(window.ws_row), cell > 3 ? min(cell, 40) : 8)
        }
        return (variables["COLUMNS"].flatMap { Int($0) } ?? 80, variables["LINES"].flatMap { Int($0) } ?? 24, 8)
    }
}

/// How a picture is shown.
enum PictureMode: String, CaseIterable {
    case blocks, sixel, kitty, ascii
}
