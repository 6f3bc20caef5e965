#if canImport(Glibc)
    internal import Glibc
#endif
internal import ImJoyHost
internal import Synchronization

/// Shows what a plugin does: a live status line on a terminal, plain lines in a pipe or a file.
final class TerminalFrontEnd: HostFrontEnd {
    private struct State {
        var status = ""
        var progress: Double?
        /// Progress already told, in tenths, so that a pipe gets ten lines and not thousands.
        var toldTenths = -1
        var isShowing = false
    }
    private let state = Mutex(State())
    private let isTerminal = isatty(STDERR_FILENO) == 1

    func show(_ event: HostEvent) {
        state.withLock { state in
            switch event {
            case .environment(let line): setStatus(line, &state)
            case .status(_, let text): setStatus(text, &state)
            case .progress(_, let fraction): setProgress(fraction, &state)
            case .log(let plugin, let line): write("\(plugin) | \(line)", &state)
            case .error(let plugin, let line): write("\(plugin) | error: \(line)", &state)
            case .message(let plugin, let text): write("\(plugin): \(text)", &state)
            case .openURL(let plugin, let address): write("\(plugin): see \(address)", &state)
            case .warning(let plugin, let text): write("\(plugin): warning: \(text)", &state)
            }
        }
    }

    /// Takes the status line away, before results are printed.
    func finish() {
        state.withLock { clear(&$0) }
    }

    private func setStatus(_ text: String, _ state: inout State) {
        guard text != state.status else { return }
        state.status = text
        if isTerminal { draw(&state) } else { StandardError.write(text) }
    }

    private func setProgress(_ fraction: Double, _ state: inout State) {
        state.progress = fraction
        if isTerminal { return draw(&state) }
        let tenths = Int(fraction * 10)
        guard tenths != state.toldTenths else { return }
        state.toldTenths = tenths
        StandardError.write("progress: \(Int(fraction * 100)) %")
    }

    private func write(_ line: String, _ state: inout State) {
        let wasShowing = state.isShowing
        clear(&state)
        StandardError.write(line)
        if wasShowing { draw(&state) }
    }

    private func clear(_ state: inout State) {
        guard state.isShowing else { return }
        StandardError.put("\r\u{1b}[2K")
        state.isShowing = false
    }

    private func draw(_ state: inout State) {
        var size = winsize()
        let width = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20 ? Int(size.ws_col) : 80
        var line = ""
        if let progress = state.progress {
            let filled = Int((progress * 20).rounded())
            line = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
            let percent = "\(Int(progress * 100))"
            line += String(repeating: " ", count: 4 - percent.count) + percent + " % "
        }
        // The status is one line, whatever it holds.
        line += TerminalText.withoutControls(state.status).split(separator: "\n").joined(separator: " ")
        StandardError.put("\r\u{1b}[2K" + line.prefix(width - 1))
        state.isShowing = true
    }
}
