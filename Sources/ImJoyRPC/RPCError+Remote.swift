extension RPCError {
    /// Reads an error as peers send it: Python sends a whole traceback as text, JavaScript `Class: message`.
    ///
    /// The last line says what happened and becomes the message; the text is kept as the trace when there is more.
    package init(remoteText text: String) {
        let lines = text.split(whereSeparator: \.isNewline)
        guard lines.count > 1 else {
            self.init(.remoteFailure, text.isEmpty ? "the far side failed without saying why" : text)
            return
        }
        // Exceptions with a message of several lines end with them; their first line names the exception.
        let start = lines.lastIndex { $0.hasPrefix("  ") || $0.hasPrefix("Traceback ") }.map { $0 + 1 } ?? 0
        let message = start < lines.count ? lines[start...].joined(separator: "\n") : String(lines[lines.count - 1])
        self.init(.remoteFailure, message, remoteTrace: text)
    }
}
