internal import ImJoyCore
internal import ImJoyHost

/// What the environment of a native-python plugin takes, for `imjoy inspect`.
struct EnvironmentNeeds {
    private let asks: [EnvironmentRequest.Ask]
    /// What no consent makes possible, as sentences.
    let refusals: [String]

    /// Nil for plugins of other types, which get no environment.
    init?(_ manifest: PluginManifest) {
        guard manifest.type == .nativePython else { return nil }
        let (request, refusals) = EnvironmentRequest.reading(manifest)
        asks = request.asks
        self.refusals = refusals.map { "\($0)" }
    }

    /// Labels and what belongs to each, in the order in which it happens.
    var fields: [(label: String, texts: [String])] {
        let labels: [(EnvironmentRequest.Ask.Kind, String)] = [
            (.python, "python"), (.repository, "clones"), (.conda, "conda"), (.packages, "installs"),
            (.address, "fetches"), (.command, "runs"), (.variable, "variables"), (.gpu, "needs"),
        ]
        return labels.map { kind, label in
            let texts = asks.filter { $0.kind == kind }.map { ask in
                // One package in a line reads best, except where options belong to all of them.
                kind == .packages && !ask.text.contains(" -") && !ask.text.hasPrefix("-")
                    ? ask.text.split(separator: " ").map(String.init) : [ask.text]
            }.flatMap(\.self)
            return (label, kind == .command ? texts.map { "\($0)   (only with --allow-commands)" } : texts)
        }
    }

    var json: ManifestValue {
        [
            "asks": ManifestValue(
                asks.map {
                    [
                        "kind": ManifestValue($0.kind.rawValue), "text": ManifestValue($0.text),
                        "needsConsent": ManifestValue($0.needsConsent),
                    ]
                }),
            "refused": ManifestValue(refusals.map { ManifestValue($0) }),
        ]
    }
}
