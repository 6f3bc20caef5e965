/// What a host does differently for plugins of different API levels.
///
/// A host runs a plugin of any level; no level is too new.
///
/// ```swift
/// let rules = APIRules("0.1.2")
/// print(rules.fileDialogResult)                   // path
/// print(rules.availability(of: "registerService")) // missing
/// ```
public struct APIRules: Sendable, Hashable {
    /// What `showFileDialog` gives to a plugin.
    public enum FileDialogResult: Sendable, Hashable {
        /// A bare path, unless `return_object` is set.
        case path
        /// One object.
        case object
        /// A list of objects.
        case list
    }

    /// Whether a part of the API is there for a plugin.
    public enum Availability: Sendable, Hashable {
        /// There, and right to use.
        case available
        /// There, but a plugin of this level should use something else.
        case deprecated
        /// Not there.
        case missing
    }

    /// The API level of the plugin.
    public let version: PluginVersion

    /// The rules for plugins of a level.
    public init(_ version: PluginVersion) { self.version = version }

    /// Whether `mode` may stand in the place of `type`, with the names that types had then.
    public var acceptsMode: Bool { version <= "0.1.1" }
    /// Whether a config must name its language.
    public var needsConfigLanguage: Bool { version > "0.1.5" }
    /// What `showFileDialog` gives: a path up to 0.1.3, a list from 0.1.8 on.
    public var fileDialogResult: FileDialogResult {
        version <= "0.1.3" ? .path : version < "0.1.8" ? .object : .list
    }
    /// Whether `passive`, `base_frame` and `base_worker` have a meaning.
    public var hasPassivePlugins: Bool { version >= "0.1.8" }
    /// Whether objects of other kinds can take part in encoding by members of their own.
    public var hasCustomEncoding: Bool { version >= "0.1.7" }
    /// Whether members have names with underscores beside those in camel case.
    public var hasSnakeCaseNames: Bool { version >= "0.2" }

    private struct Span {
        var since: PluginVersion = "0"
        var deprecated: PluginVersion?
        /// The first level without it.
        var until: PluginVersion?
    }

    private static let members: [String: Span] = [
        "fs": Span(until: "0.1.7"), "utils.assert": Span(until: "0.1.7"),
        "getFileUrl": Span(deprecated: "0.1.6"), "requestUploadUrl": Span(deprecated: "0.1.6"),
        "getFileManager": Span(since: "0.1.6"), "getEngine": Span(since: "0.1.6"),
        "getEngineFactory": Span(since: "0.1.6"), "registerService": Span(since: "0.1.8"),
        "unregisterService": Span(since: "0.1.8"), "getWindow": Span(since: "0.1.8"),
        "loadPlugin": Span(since: "0.1.8"), "installPlugin": Span(since: "0.1.8"),
        "uninstallPlugin": Span(since: "0.1.8"), "config": Span(since: "0.1.8"),
        "registerCodec": Span(since: "0.2"), "disposeObject": Span(since: "0.2"),
    ]

    /// Whether the member `name` of `api`, such as `getFileManager` or `utils.assert`, is there.
    ///
    /// Names that no level treats specially are available.
    public func availability(of name: String) -> Availability {
        guard let span = Self.members[name] else { return .available }
        if version < span.since { return .missing }
        if let until = span.until, version >= until { return .missing }
        if let deprecated = span.deprecated, version >= deprecated { return .deprecated }
        return .available
    }

    /// Whether the type is one that a plugin of this level should use.
    public func availability(of type: PluginType) -> Availability {
        type == .webPythonWindow && version >= "0.1.8" ? .deprecated : .available
    }
}

extension PluginManifest {
    /// What a host does differently for the plugin's API level.
    public var rules: APIRules { APIRules(apiVersion) }
}
