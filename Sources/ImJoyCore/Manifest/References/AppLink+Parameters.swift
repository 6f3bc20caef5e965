extension AppLink {
    /// The short names of parameters.
    private static let aliases = [
        "plugin": "p", "workspace": "w", "repo": "r", "engine": "e", "token": "t", "start": "s", "load": "l",
    ]

    /// Parameters with a meaning, by their long names.
    private static let known: Set<String> = [
        "plugin", "upgrade", "workspace", "repo", "engine", "engineType", "spec", "token", "start", "load",
        "fullscreen", "standalone", "workflow", "flags", "expose", "name", "binder", "data", "config", "server_url",
        "service_id",
    ]

    /// The value of a parameter by its long name or its alias; of several the first, and empty text for one without
    /// a value.
    ///
    /// Setting replaces the first of them and removes the others; setting nil removes all.
    public subscript(name: String) -> String? {
        get { parameters.first { Self.isNamed($0, name) }.map { $0.value ?? "" } }
        set {
            let place = parameters.firstIndex { Self.isNamed($0, name) }
            var kept = parameters.filter { !Self.isNamed($0, name) }
            if let newValue {
                let old = place.map { parameters[$0].name }
                kept.insert(Parameter(name: old ?? name, value: newValue), at: place ?? kept.count)
            }
            parameters = kept
        }
    }

    private static func isNamed(_ parameter: Parameter, _ name: String) -> Bool {
        parameter.name == name || parameter.name == aliases[name]
    }

    /// A plugin to install, or text to search the store for.
    public var plugin: String? {
        get { self["plugin"] }
        set { self["plugin"] = newValue }
    }

    /// What ``plugin`` asks for.
    public enum PluginRequest: Sendable, Hashable {
        /// Offer this plugin.
        case reference(PluginReference)
        /// Open the store with this search text.
        case search(String)
    }

    /// What ``plugin`` asks for: a reference when it is an address or has the form `USER/REPO:NAME`, else a search.
    public var pluginRequest: PluginRequest? {
        guard let plugin, !plugin.isEmpty else { return nil }
        guard let reference = try? PluginReference(plugin) else { return .search(plugin) }
        if case .named = reference.kind, !isLite { return .search(plugin) }
        return .reference(reference)
    }

    /// Show the dialog even when the plugin is installed in the same version.
    public var isUpgrade: Bool { self["upgrade"] != nil }

    /// The workspace to open; made when there is none of this name.
    public var workspace: String? {
        get { self["workspace"] }
        set { self["workspace"] = newValue }
    }

    /// A plugin repository to add.
    public var repository: String? {
        get { self["repo"] }
        set { self["repo"] = newValue }
    }

    /// The address of an engine to connect to.
    public var engine: String? {
        get { self["engine"] }
        set { self["engine"] = newValue }
    }

    /// `jupyter` or `binder`.
    public var engineType: String { self["engineType"] ?? "jupyter" }

    /// The Binder image of an engine of type `binder`.
    public var binderSpec: String { self["spec"] ?? "oeway/imjoy-binder-image/master" }

    /// The secret with which to connect to the engine.
    public var token: String? {
        get { self["token"] }
        set { self["token"] = newValue }
    }

    /// The plugin to run when it is loaded.
    public var start: String? {
        get { self["start"] }
        set { self["start"] = newValue }
    }

    /// An address whose content goes to the started plugin.
    public var load: String? { self["load"] }

    /// The encoded workflow, as written; ignored when there is a ``plugin``.
    public var workflow: String? {
        get { self["workflow"] }
        set { self["workflow"] = newValue }
    }

    /// Whether the started window fills the page; an old parameter.
    public var isFullscreen: Bool { self["fullscreen"].map { $0 != "0" && $0 != "false" } ?? false }
    /// Whether the started window stands alone in the page; an old parameter.
    public var isStandalone: Bool { self["standalone"].map { $0 != "0" && $0 != "false" } ?? false }
    /// Whether to expose the API on the page, for a page around it.
    public var exposesAPI: Bool { self["expose"].map { $0 != "0" && $0 != "false" } ?? false }

    /// Switches such as `quiet`.
    public var flags: [String] {
        (self["flags"] ?? "").split(separator: ",").map { $0.trimmingSpaces }.filter { !$0.isEmpty }
    }

    /// The parameters that mean nothing to the app.
    public var custom: [Parameter] {
        let short = Set(Self.aliases.values)
        return parameters.filter { !Self.known.contains($0.name) && !short.contains($0.name) }
    }

    /// All parameters as the `data` of a started plugin.
    public var runData: ManifestObject {
        ManifestObject(parameters.map { ManifestObject.Entry($0.name, ManifestValue($0.value ?? "")) })
    }

    /// The JSON of a parameter of the lite app, such as `data` or `config`; nil when there is none.
    ///
    /// Throws a ``ManifestError`` with places in the value when it is no JSON.
    public func json(_ name: String) throws(ManifestError) -> ManifestValue? {
        guard let text = self[name] else { return nil }
        return try ManifestValue(parsingJSON: Array(text.utf8), name: name)
    }
}
