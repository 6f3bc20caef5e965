internal import ImJoyCore
internal import Testing

/// Mistakes of every kind, drawn by a generator with a seed from all places where they can be made.
///
/// A diagnostic is in the right place when it stands where the mistake was made: at the missing or superfluous mark,
/// at the start of the misspelt name, at the start of the value of the wrong type, at the opening tag of the block.
struct SeededMistakeTests {
    private static let fixtures = [
        "nuclei-counter", "slice-viewer", "gui-worker", "file-importer", "image-annotator", "deep-scan", "frame-tool",
        "time-course", "sequence-tools",
    ]

    struct Outcome {
        var isPlaced = false
        var namesFix = false
        var text = ""
    }

    static func outcome(_ mistake: Mistake, _ bytes: [UInt8]) -> Outcome {
        let spoilt = mistake.apply(bytes)
        let found = PluginManifest.decode(PluginFile(parsing: spoilt, name: mistake.fixture)).diagnostics
        let place = SourceText(spoilt).location(at: mistake.place)
        let here = found.filter { $0.line == place.line && $0.column == place.column }
        let names = here.contains { $0.hint?.contains(mistake.fix) == true }
        let all = found.map(\.description).joined(separator: "\n")
        return Outcome(
            isPlaced: !here.isEmpty, namesFix: names,
            text: "\(mistake.kind) in \(mistake.fixture), expected at \(place) with \(mistake.fix)\n\(all)")
    }

    @Test(.timeLimit(.minutes(1)))
    func `500 seeded mistakes are found in their place, and the hints name the fix`() throws {
        var generator = SeededGenerator(seed: 2024)
        let files = try Self.fixtures.map { try MistakeSites($0) }
        let bytes = Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.bytes) })
        // Each kind gets its turn; its places are drawn without repetition.
        var kinds = Dictionary(grouping: files.flatMap(\.mistakes), by: \.kind).sorted { $0.key < $1.key }
            .map { $0.value.shuffled(using: &generator) }
        var drawn: [Mistake] = []
        while drawn.count < 500 {
            for index in kinds.indices where drawn.count < 500 {
                if let mistake = kinds[index].popLast() { drawn.append(mistake) }
            }
        }
        var named = 0
        for mistake in drawn {
            let outcome = Self.outcome(mistake, bytes[mistake.fixture] ?? [])
            #expect(outcome.isPlaced, "\(outcome.text)")
            if outcome.namesFix { named += 1 }
        }
        #expect(drawn.count == 500)
        #expect(named >= 475)
    }

    @Test(arguments: fixtures)
    func `every colon that is left out of a config is reported`(_ name: String) throws {
        let sites = try MistakeSites(name)
        for mistake in sites.mistakes where mistake.kind == "missing colon" {
            let outcome = Self.outcome(mistake, sites.bytes)
            #expect(outcome.isPlaced && outcome.namesFix, "\(outcome.text)")
        }
    }
}
