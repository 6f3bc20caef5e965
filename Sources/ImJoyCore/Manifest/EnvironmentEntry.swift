/// One entry of a plugin's `env`.
public enum EnvironmentEntry: Sendable, Equatable {
    /// A shell command, most often `conda create …`.
    case command(String)
    /// Pick free graphics processors and make only these visible.
    case gputil(options: ManifestObject)
    /// Environment variables for the plugin's process.
    case variables([Variable])
    /// The Binder image and kernel for a Jupyter engine.
    case binder(spec: String?, kernel: String?, skipRequirements: Bool)
    /// An object with a `type` that is none of these.
    case other(type: String, ManifestObject)

    /// A variable and its value.
    public struct Variable: Sendable, Hashable {
        /// The variable's name.
        public let name: String
        /// Its value, as text.
        public let value: String

        /// Makes a variable.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    static let types = ["gputil", "variable", "binder"]

    /// Makes an entry of an object; nil when it has no `type`.
    init?(_ object: ManifestObject) {
        guard let type = object["type"]?.string else { return nil }
        let options = object["options"]?.object ?? ManifestObject()
        switch type {
        case "gputil": self = .gputil(options: options)
        case "variable":
            self = .variables(options.entries.map { Variable(name: $0.key, value: $0.value.string ?? $0.value.json()) })
        case "binder":
            self = .binder(
                spec: object["spec"]?.string, kernel: object["kernel"]?.string,
                skipRequirements: object["skip_requirements"]?.bool ?? false)
        default: self = .other(type: type, object)
        }
    }
}
