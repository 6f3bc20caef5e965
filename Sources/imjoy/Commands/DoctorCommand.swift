internal import ArgumentParser
#if canImport(Glibc)
    internal import Glibc
#endif
internal import ImJoyCore
internal import ImJoyHost

/// `imjoy doctor`: what this machine has and lacks.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at what this machine has and lacks for running plugins.",
        discussion: """
            Nothing is installed or changed. The exit status is 0 when plugins can run, 1 when something they cannot do \
            without is missing.
            """)

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let findings = try await Doctor(HostConfiguration()).examine()
        let missing = findings.filter { $0.isRequired && $0.state == .missing }
        if json {
            JSONOutput.print([
                "canRunPlugins": ManifestValue(missing.isEmpty),
                "findings": ManifestValue(
                    findings.map { finding in
                        [
                            "name": ManifestValue(finding.name), "state": ManifestValue(finding.state.rawValue),
                            "required": ManifestValue(finding.isRequired), "text": ManifestValue(finding.text),
                            "nextStep": finding.nextStep.map { ManifestValue($0) } ?? .null,
                        ]
                    }),
            ])
        } else {
            for line in Self.lines(findings) { print(TerminalText.printable(line, on: STDOUT_FILENO)) }
        }
        guard missing.isEmpty else {
            throw CommandFailure(.failed, "plugins cannot run here: \(missing.map(\.name).joined(separator: ", "))")
        }
    }

    private static func lines(_ findings: [Finding]) -> [String] {
        let words: [Finding.State: String] = [.ok: "ok", .warning: "warn", .missing: "missing", .information: "info"]
        let rows = findings.map { [words[$0.state] ?? "", $0.name, $0.text] }
        return zip(findings, Columns.lines(rows)).flatMap { finding, line in
            [line] + [finding.nextStep].compactMap { $0.map { "         -> \($0)" } }
        }
    }
}
