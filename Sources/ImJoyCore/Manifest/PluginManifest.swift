/// What a plugin says about itself: its config, decoded and checked, with one tag selected.
///
/// ```swift
/// let file = try PluginFile(contentsOf: "blur.imjoy.html")
/// let decoded = PluginManifest.decode(file, tag: "GPU")
/// for diagnostic in decoded.diagnostics { print(diagnostic) }
/// if let manifest = decoded.manifest { print(manifest.name, manifest.requirements) }
/// ```
public struct PluginManifest: Sendable {
    /// The unique name of the plugin in a workspace.
    public internal(set) var name: String
    /// What runs the plugin.
    public internal(set) var type: PluginType
    /// The plugin's own version.
    public internal(set) var version: PluginVersion?
    /// The API level that the author wrote against; when the config lacks it, the newest for a config with `lang`,
    /// else 0.1.0.
    public internal(set) var apiVersion: PluginVersion
    /// One line about the plugin.
    public internal(set) var description: String?
    /// The selectable variants.
    public internal(set) var tags: [String] = []
    /// The selected variant: the one asked for, else the first of ``tags``.
    public internal(set) var tag: String?
    /// The form of the plugin's default op; without text of its own it shows ``description``.
    public internal(set) var ui: PluginUI = PluginUI()
    /// A JSON schema or property map.
    public internal(set) var inputs: ManifestValue?
    /// A JSON schema or property map.
    public internal(set) var outputs: ManifestValue?
    /// How hosts are to treat the plugin, such as `single-instance`.
    public internal(set) var flags: [String] = []
    /// An icon name, an emoji or an address; `extension` when the config names none.
    public internal(set) var icon: String = "extension"
    /// Addresses of pictures.
    public internal(set) var cover: [String] = []
    /// Free words by which a store classifies the plugin.
    public internal(set) var labels: [String] = []
    /// The environment to install into.
    public internal(set) var environment: [EnvironmentEntry] = []
    /// What to install.
    public internal(set) var requirements: [Requirement] = []
    /// References to other plugins, such as `USER/REPO:NAME@TAG`.
    public internal(set) var dependencies: [String] = []
    /// The page that hosts the plugin instead of the host's own.
    public internal(set) var baseFrame: String?
    /// The worker that hosts the plugin instead of the host's own.
    public internal(set) var baseWorker: String?
    /// The plugin exports no interface.
    public internal(set) var isPassive = false
    /// The interpreter command line of a native-python plugin, with settings of variables before it perhaps.
    public internal(set) var command: String?
    /// Options for the windows of a window plugin.
    public internal(set) var defaults: ManifestObject?
    /// Browser permissions for the plugin's frame; unknown ones are left out.
    public internal(set) var permissions: [String] = []
    /// False hides the run button.
    public internal(set) var isRunnable = true
    /// The documentation: the docs block, else the `docs` field.
    public internal(set) var docs: String?
    /// The language of the main script; `javascript` when it names none.
    public internal(set) var language = "javascript"
    /// The scripts to run, in order.
    public internal(set) var scripts: [PluginFile.Block] = []
    /// All fields of the config, those unknown here too, with tag-dependent values replaced by the selected ones.
    public internal(set) var fields: ManifestObject

    /// What data the default op takes; nil when the config says nothing or its schema cannot be used.
    public var inputSchema: DataSchema? { inputs.flatMap { try? DataSchema($0) } }
    /// What data the default op gives; nil when the config says nothing or its schema cannot be used.
    public var outputSchema: DataSchema? { outputs.flatMap { try? DataSchema($0) } }

    /// The name with spaces replaced by `_`: the key under which the plugin is stored.
    public var storageKey: String { String(name.map { $0 == " " ? "_" : $0 }) }
}

extension PluginManifest {
    /// What decoding gives: a manifest unless there were errors, and all that was found.
    public struct Decoded: Sendable {
        /// The manifest; nil when there was an error.
        public let manifest: PluginManifest?
        /// Problems of the file and its config, in file order.
        public let diagnostics: [ManifestDiagnostic]

        /// The problems that keep the plugin from being used.
        public var errors: [ManifestDiagnostic] { diagnostics.filter { $0.severity == .error } }
        /// The problems in spite of which the plugin can be used.
        public var warnings: [ManifestDiagnostic] { diagnostics.filter { $0.severity == .warning } }
    }

    /// The API level assumed for a file that names none but is otherwise of the present form.
    public static let newestAPIVersion: PluginVersion = "0.1.8"

    /// Decodes and checks the config of a file, with the variant `tag` selected, or the first.
    ///
    /// All problems are collected. The manifest is nil when any of them is an error.
    public static func decode(_ file: PluginFile, tag: String? = nil) -> Decoded {
        var decoder = ManifestDecoder(file, tag: tag)
        let manifest = decoder.decode()
        let diagnostics = ManifestDiagnostic.list(file.problems + decoder.problems, in: file.source)
        let hasErrors = diagnostics.contains { $0.severity == .error }
        return Decoded(manifest: hasErrors ? nil : manifest, diagnostics: diagnostics)
    }

    /// Decodes the config of a file, with the variant `tag` selected, or the first.
    ///
    /// Throws a ``ManifestError`` with all diagnostics when there is an error; warnings are dropped.
    public init(_ file: PluginFile, tag: String? = nil) throws(ManifestError) {
        let decoded = Self.decode(file, tag: tag)
        guard let manifest = decoded.manifest else {
            throw ManifestError(invalid: file.name, decoded.diagnostics)
        }
        self = manifest
    }
}
