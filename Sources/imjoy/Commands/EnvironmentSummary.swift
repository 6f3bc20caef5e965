#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif
internal import ImJoyCore
internal import ImJoyHost

/// What `imjoy env` tells about an environment.
enum EnvironmentSummary {
    typealias Entry = EnvironmentStore.Entry

    // MARK: Text

    static func lines(_ entry: Entry) -> [String] {
        var lines = [entry.key]
        func field(_ name: String, _ values: [String]) {
            for (index, value) in values.enumerated() {
                let label = index == 0 ? "\(name):" : ""
                lines.append("  \(label)\(String(repeating: " ", count: max(1, 15 - label.count)))\(value)")
            }
        }
        field("folder", ["\(entry.path)"])
        field("state", [entry.state.rawValue])
        field("used by", entry.users.map { "\($0.plugin), last \(EnvironmentRecord.text($0.lastUsed))" })
        guard let record = entry.record else { return lines }
        field("size", [ByteCount.text(record.size)])
        field("created", [record.created].compactMap { $0.map(EnvironmentRecord.text) })
        field("asked for", record.requirements)
        field("name made of", record.parts)
        field("repositories", record.repositories.map { "\($0.name): \($0.source) at \($0.version)" })
        field("archives", record.archives.map { "\($0.source) \($0.version)" })
        field("packages", record.packages.map(text))
        return lines
    }

    private static func text(_ package: EnvironmentRecord.Package) -> String {
        "\(package.name) \(package.version)" + (package.source.isEmpty ? "" : " (\(package.source))")
    }

    // MARK: JSON

    static func json(_ entry: Entry) -> ManifestValue { ManifestValue(members(entry)) }

    private static func members(_ entry: Entry) -> ManifestObject {
        ManifestObject([
            .init("name", ManifestValue(entry.key)), .init("path", ManifestValue("\(entry.path)")),
            .init("state", ManifestValue(entry.state.rawValue)),
            .init("size", entry.record.map { ManifestValue($0.size) } ?? .null),
            .init("lastUsed", entry.lastUsed.map { ManifestValue(EnvironmentRecord.text($0)) } ?? .null),
            .init("python", entry.record.map { ManifestValue($0.python) } ?? .null),
            .init(
                "plugins",
                ManifestValue(
                    entry.users.map {
                        [
                            "name": ManifestValue($0.plugin),
                            "lastUsed": ManifestValue(EnvironmentRecord.text($0.lastUsed)),
                        ]
                    })),
        ])
    }

    static func detailedJSON(_ entry: Entry) -> ManifestValue {
        var members = members(entry)
        members["record"] = entry.record?.json ?? .null
        return ManifestValue(members)
    }

    // MARK: Two of them

    /// What one environment has that another has not.
    struct Difference {
        private let left: Entry
        private let right: Entry
        private let parts: (left: [String], right: [String])
        private let packages: (left: [String], right: [String])

        init(_ left: Entry, _ right: Entry) {
            self.left = left
            self.right = right
            parts = Self.compare(left.record?.parts ?? [], right.record?.parts ?? [])
            packages = Self.compare(
                (left.record?.packages ?? []).map(EnvironmentSummary.text),
                (right.record?.packages ?? []).map(EnvironmentSummary.text))
        }

        private static func compare(_ left: [String], _ right: [String]) -> ([String], [String]) {
            (left.filter { !right.contains($0) }, right.filter { !left.contains($0) })
        }

        var lines: [String] {
            guard left.key != right.key else { return ["both are \(left.key)"] }
            var lines = ["- \(left.key)", "+ \(right.key)", "name made of"]
            lines += parts.left.map { "- \($0)" } + parts.right.map { "+ \($0)" }
            lines.append(packages.left.isEmpty && packages.right.isEmpty ? "packages are equal" : "packages")
            return lines + packages.left.map { "- \($0)" } + packages.right.map { "+ \($0)" }
        }

        var json: ManifestValue {
            func list(_ texts: [String]) -> ManifestValue { ManifestValue(texts.map { ManifestValue($0) }) }
            return [
                "left": ManifestValue(left.key), "right": ManifestValue(right.key),
                "parts": ["left": list(parts.left), "right": list(parts.right)],
                "packages": ["left": list(packages.left), "right": list(packages.right)],
            ]
        }
    }
}
