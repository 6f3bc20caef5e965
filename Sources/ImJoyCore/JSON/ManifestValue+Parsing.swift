extension ManifestValue {
    /// Reads strict JSON (RFC 8259) in UTF-8.
    ///
    /// Throws ``ManifestError`` with every mistake and its place; `name` stands for the text in messages.
    public init(parsingJSON bytes: [UInt8], name: String = "<text>") throws(ManifestError) {
        let source = SourceText(bytes, name: name)
        var reader = JSONReader(bytes, source: source)
        let value = reader.read()
        let diagnostics = ManifestDiagnostic.list(reader.problems, in: source)
        guard let value, !diagnostics.contains(where: { $0.severity == .error }) else {
            throw ManifestError(invalid: name, diagnostics)
        }
        self = value
    }
}
