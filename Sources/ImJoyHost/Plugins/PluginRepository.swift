internal import ImJoyCore
internal import SystemPackage

/// The plugins that a host knows by name, running or not.
struct PluginRepository: Sendable {
    /// One plugin, and where it came from.
    struct Entry: Sendable {
        let name: String
        var file: PluginFile
        /// The file to read again; nil for a plugin that came as text.
        var path: FilePath?
    }
    private(set) var entries: [String: Entry] = [:]

    /// The names, in alphabetical order.
    var names: [String] { entries.keys.sorted() }

    subscript(name: String) -> Entry? { entries[name] }

    /// Makes a plugin known in place of one of the same name.
    mutating func insert(_ entry: Entry) { entries[entry.name] = entry }

    /// What `paths` hold: plugin files, and those in folders, without the folders in them.
    ///
    /// A file that is named itself must be a plugin, one that merely lies in a folder is passed over with a warning. So
    /// is the second of two files in folders that hold plugins of one name.
    static func read(_ paths: [FilePath]) throws(HostError) -> (entries: [Entry], warnings: [String]) {
        var found: [Entry] = []
        var warnings: [String] = []
        for path in paths {
            guard Files.isFolder(path) else {
                found.append(try entry(path))
                continue
            }
            for name in Files.names(in: path).sorted() where name.hasSuffix(".imjoy.html") {
                do {
                    let entry = try entry(path.appending(name))
                    if let first = found.first(where: { $0.name == entry.name }) {
                        warnings.append(
                            "\(entry.file.name) is left out: \(first.file.name) holds a plugin called \(entry.name) too"
                        )
                    } else {
                        found.append(entry)
                    }
                } catch {
                    warnings.append("\(path.appending(name)) is left out: \(error.message)")
                }
            }
        }
        return (found, warnings)
    }

    static func entry(_ path: FilePath) throws(HostError) -> Entry {
        do {
            let file = try PluginFile(contentsOf: path)
            return Entry(name: try PluginManifest(file).name, file: file, path: path)
        } catch {
            throw HostError(.invalidPlugin, "\(error)")
        }
    }

    /// The plugin that a reference means, when it is among these: by its name, or by the name of its file.
    func find(_ reference: PluginReference) -> Entry? {
        switch reference.kind {
        case .named(let name), .plugin(let name, _): entries[name]
        case .file(let url):
            entries.values.first { entry in
                guard let file = entry.path?.lastComponent?.string else { return false }
                let end = url.split(separator: "/").last?.prefix { $0 != "?" && $0 != "#" } ?? ""
                return end == file || end == file.split(separator: " ").joined(separator: "%20")
            }
        case .source, .gist, .webApp: nil
        }
    }
}

// MARK: Dependencies

extension PluginRepository {
    /// The plugins that must run before `manifest`'s, each after those that it needs itself.
    ///
    /// A dependency that is not here or cannot run here is told in `warnings`: the plugin may do without it. Throws
    /// `dependency` for plugins that need each other, `invalidPlugin` for one whose manifest has errors.
    func dependencies(of manifest: PluginManifest) throws(HostError) -> (order: [Dependency], warnings: [String]) {
        var search = DependencySearch(repository: self)
        try search.visit(manifest)
        return (search.order, search.warnings)
    }

    /// A plugin that another one needs, in the variant that it needs.
    struct Dependency: Sendable {
        var entry: Entry
        var manifest: PluginManifest
    }
}

private struct DependencySearch {
    let repository: PluginRepository
    var order: [PluginRepository.Dependency] = []
    var warnings: [String] = []
    /// The plugins on the way from the first one to the one being looked at.
    private var path: [String] = []

    init(repository: PluginRepository) { self.repository = repository }

    mutating func visit(_ manifest: PluginManifest) throws(HostError) {
        path.append(manifest.name)
        defer { path.removeLast() }
        for text in manifest.dependencies {
            guard let reference = try? PluginReference(text), let entry = repository.find(reference) else {
                warnings.append(
                    "the dependency `\(text)` of \(manifest.name) is not here; put its file into a folder of plugins")
                continue
            }
            if let start = path.firstIndex(of: entry.name) {
                let circle = (path[start...] + [entry.name]).joined(separator: " needs ")
                throw HostError(.dependency, "\(circle): dependencies must not lead back to the plugin they start from")
            }
            guard !order.contains(where: { $0.entry.name == entry.name }) else { continue }
            let needed: PluginManifest
            do {
                needed = try PluginManifest(entry.file, tag: reference.tag)
            } catch {
                throw HostError(.invalidPlugin, "\(error)")
            }
            try visit(needed)
            switch needed.type {
            case .nativePython: order.append(PluginRepository.Dependency(entry: entry, manifest: needed))
            // It is nothing but its dependencies.
            case .collection: break
            default:
                warnings.append(
                    "the dependency \(entry.name) of \(manifest.name) is left out: this host cannot run plugins of type `\(needed.type)`"
                )
            }
        }
    }
}
