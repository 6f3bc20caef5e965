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

    /// Draws mistakes; each kind gets its turn, and its places are drawn without repetition.
    private static func draw(_ count: Int, seed: UInt64, of isWanted: (String) -> Bool) throws -> [(Mistake, [UInt8])] {
        var generator = SeededGenerator(seed: seed)
        let files = try fixtures.map { try MistakeSites($0) }
        let bytes = Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.bytes) })
        var kinds = Dictionary(grouping: files.flatMap(\.mistakes).filter { isWanted($0.kind) }, by: \.kind)
            .sorted { $0.key < $1.key }.map { $0.value.shuffled(using: &generator) }
        var drawn: [(Mistake, [UInt8])] = []
        while drawn.count < count, kinds.contains(where: { !$0.isEmpty }) {
            for index in kinds.indices where drawn.count < count {
                if let mistake = kinds[index].popLast() { drawn.append((mistake, bytes[mistake.fixture] ?? [])) }
            }
        }
        return drawn
    }

    private static func isPart(_ kind: String) -> Bool { MistakeSites.partPrefixes.contains { kind.hasPrefix($0) } }

    /// Each mistake must be reported in its place, and nearly all of them with the fix.
    private func check(_ drawn: [(Mistake, [UInt8])], _ name: String) {
        var unnamed: [String] = []
        for (mistake, bytes) in drawn {
            let outcome = Self.outcome(mistake, bytes)
            #expect(outcome.isPlaced, "\(outcome.text)")
            if !outcome.namesFix { unnamed.append(outcome.text) }
        }
        let named = drawn.count - unnamed.count
        print("mistakes in \(name): \(drawn.count) made, \(named) reported with their fix")
        #expect(drawn.count == 500)
        // Of some misspelt names another known name is as near.
        #expect(named * 100 >= drawn.count * 98, "\(unnamed.joined(separator: "\n"))")
    }

    @Test(.timeLimit(.minutes(30)))
    func `500 seeded mistakes are found in their place, and the hints name the fix`() throws {
        check(try Self.draw(500, seed: 2024) { !Self.isPart($0) }, "files and configs")
    }

    @Test(.timeLimit(.minutes(30)))
    func `500 seeded mistakes in forms, requirements, schemas and YAML are found in their place too`() throws {
        check(try Self.draw(500, seed: 7) { Self.isPart($0) }, "forms, requirements, schemas and YAML")
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
