#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
internal import Crypto
package import ImJoyCore
internal import SystemPackage

/// What an environment says about itself.
package struct EnvironmentRecord: Sendable {
    /// An installed package; `source` is empty for those of the package index.
    package struct Package: Sendable, Hashable {
        package var name: String
        package var version: String
        package var source = ""
    }

    /// `venv` or `conda`.
    package var kind: String
    /// Such as `CPython 3.11.7`.
    package var python: String
    /// What decided the name of the environment.
    package var parts: [String]
    /// The entries of the plugin that it was built for, as written.
    package var requirements: [String]
    package var packages: [Package] = []
    /// The repositories with the commits that were checked out.
    package var repositories: [Package] = []
    /// The archives with their SHA-256.
    package var archives: [Package] = []
    /// In bytes, when it was built.
    package var size = 0
    package var created: Date?

    package var json: ManifestValue {
        func list(_ packages: [Package]) -> ManifestValue {
            ManifestValue(
                packages.map { package in
                    var object: ManifestObject = ManifestObject([
                        .init("name", ManifestValue(package.name)), .init("version", ManifestValue(package.version)),
                    ])
                    if !package.source.isEmpty { object["source"] = ManifestValue(package.source) }
                    return ManifestValue(object)
                })
        }
        return [
            "format": ManifestValue(EnvironmentSpecification.format), "kind": ManifestValue(kind),
            "python": ManifestValue(python), "parts": ManifestValue(parts.map { ManifestValue($0) }),
            "requirements": ManifestValue(requirements.map { ManifestValue($0) }),
            "repositories": list(repositories), "archives": list(archives), "packages": list(packages),
            "size": ManifestValue(size), "created": created.map { ManifestValue(Self.text($0)) } ?? .null,
        ]
    }

    /// Nil for a record of another version of this program, or one that was damaged.
    init?(_ text: String) {
        guard let value = try? ManifestValue(parsingJSON: Array(text.utf8)),
            value["format"]?.int == EnvironmentSpecification.format, let kind = value["kind"]?.string
        else { return nil }
        func texts(_ name: String) -> [String] { value[name]?.list?.compactMap(\.string) ?? [] }
        func packages(_ name: String) -> [Package] {
            (value[name]?.list ?? []).map {
                Package(
                    name: $0["name"]?.string ?? "", version: $0["version"]?.string ?? "",
                    source: $0["source"]?.string ?? "")
            }
        }
        self.kind = kind
        python = value["python"]?.string ?? ""
        parts = texts("parts")
        requirements = texts("requirements")
        self.packages = packages("packages")
        repositories = packages("repositories")
        archives = packages("archives")
        size = value["size"]?.int ?? 0
        created = value["created"]?.string.flatMap(Self.date)
    }

    init(kind: String, parts: [String], requirements: [String]) {
        self.kind = kind
        python = ""
        self.parts = parts
        self.requirements = requirements
    }

    /// Takes over what `imjoy_inventory.py` wrote.
    mutating func add(inventory text: String) throws {
        guard let value = try? ManifestValue(parsingJSON: Array(text.utf8)), let list = value["packages"]?.list else {
            throw HostError(.environment, "the environment's Python does not tell what is installed")
        }
        python = value["python"]?.string ?? ""
        size = value["size"]?.int ?? 0
        packages = list.map {
            Package(
                name: $0["name"]?.string ?? "", version: $0["version"]?.string ?? "", source: $0["source"]?.string ?? ""
            )
        }
    }

    package static func text(_ date: Date) -> String { date.formatted(.iso8601) }
    package static func date(_ text: String) -> Date? { try? Date(text, strategy: .iso8601) }
}

/// Which plugin has used an environment, and when last.
package struct EnvironmentUser: Sendable, Hashable {
    package var plugin: String
    package var lastUsed: Date

    /// Writes it down; each plugin has a file of its own, so that hosts do not get into each other's way.
    static func note(_ plugin: String, in folder: EnvironmentFolder) throws {
        try Files.createFolder(folder.users)
        let name = String(SHA256.hash(data: Array(plugin.utf8)).hexadecimal.prefix(20))
        let value: ManifestValue = [
            "plugin": ManifestValue(plugin), "used": ManifestValue(EnvironmentRecord.text(Date())),
        ]
        try Files.write(value.json().utf8, to: folder.users.appending("\(name).json"))
    }

    /// All of them, the latest first; damaged files are left out.
    static func all(in folder: EnvironmentFolder) -> [EnvironmentUser] {
        Files.names(in: folder.users).compactMap { name -> EnvironmentUser? in
            guard name.hasSuffix(".json"), let text = Files.text(folder.users.appending(name)),
                let value = try? ManifestValue(parsingJSON: Array(text.utf8)), let plugin = value["plugin"]?.string,
                let used = value["used"]?.string.flatMap(EnvironmentRecord.date)
            else { return nil }
            return EnvironmentUser(plugin: plugin, lastUsed: used)
        }.sorted { ($1.lastUsed, $0.plugin) < ($0.lastUsed, $1.plugin) }
    }
}
