/// The plugin repositories that a host offers, in the order in which they were added.
///
/// The two of the ImJoy team are always among them. Each repository and each name occurs once.
///
/// ```swift
/// var list = RepositoryList()
/// list.add(manifest, at: try RepositoryAddress("lab/plugins"))
/// print(list.entries.map(\.name))     // ["ImJoy Repository", "ImJoy Demos", "Lab"]
/// ```
public struct RepositoryList: Sendable, Equatable {
    /// One repository of a list.
    public struct Entry: Sendable, Equatable {
        /// What the store calls it.
        public let name: String
        /// Where it is.
        public let address: RepositoryAddress
        /// What the store says about it.
        public let description: String?
    }

    /// The repositories, in order.
    public private(set) var entries: [Entry]

    /// The list of a new host.
    public init() { entries = Self.defaults }

    /// Reads a list of objects with `name`, `url` and `description`, as ``value`` writes it.
    ///
    /// Entries without a usable `url` are left out, and the repositories of the ImJoy team are added when they are
    /// missing.
    public init(_ value: ManifestValue) {
        entries = []
        for entry in value.list ?? [] {
            guard let url = entry["url"]?.string, let address = try? RepositoryAddress(url) else { continue }
            add(entry["name"]?.string, entry["description"]?.string, address)
        }
        for entry in Self.defaults where !entries.contains(where: { $0.address == entry.address }) {
            add(entry.name, entry.description, entry.address)
        }
    }

    /// The list as objects with `name`, `url` and `description`.
    public var value: ManifestValue {
        ManifestValue(
            entries.map { entry in
                var fields: [ManifestObject.Entry] = [
                    .init("name", ManifestValue(entry.name)),
                    .init("url", ManifestValue(entry.address.description)),
                ]
                if let text = entry.description { fields.append(.init("description", ManifestValue(text))) }
                return ManifestValue(ManifestObject(fields))
            })
    }

    /// Adds a repository whose manifest has been read; one that is there already gets the new name and description.
    ///
    /// When another repository has the name, this one is called by its address.
    public mutating func add(_ manifest: RepositoryManifest, at address: RepositoryAddress) {
        add(manifest.name, manifest.description, address)
    }

    private mutating func add(_ name: String?, _ description: String?, _ address: RepositoryAddress) {
        let place = entries.firstIndex { $0.address == address }
        let isTaken = entries.contains { $0.name == name && $0.address != address }
        let entry = Entry(
            name: isTaken ? address.description : name ?? address.description, address: address,
            description: description)
        if let place { entries[place] = entry } else { entries.append(entry) }
    }

    /// Removes a repository; false when it is not in the list. One of the ImJoy team is back when the list is read
    /// again.
    @discardableResult
    public mutating func remove(_ address: RepositoryAddress) -> Bool {
        let count = entries.count
        entries.removeAll { $0.address == address }
        return entries.count < count
    }

    private static let defaults: [Entry] = [
        ("ImJoy Repository", "imjoy-team/imjoy-plugins", "Plugins of the ImJoy team"),
        ("ImJoy Demos", "imjoy-team/imjoy-demo-plugins", "Plugins that show single features"),
    ].compactMap { name, path, description in
        (try? RepositoryAddress(path)).map { Entry(name: name, address: $0, description: description) }
    }
}

extension RepositoryManifest {
    /// The plugins in whose name, description or labels `text` occurs, in any case; all of them for empty text.
    public func plugins(matching text: String) -> [Plugin] {
        let wanted = text.trimmingSpaces.lowercased()
        guard !wanted.isEmpty else { return plugins }
        return plugins.filter { plugin in
            ([plugin.name, plugin.description ?? ""] + plugin.labels).contains { $0.lowercased().contains(wanted) }
        }
    }
}
