public import OrderedCollections

/// Our side of a connection to an ImJoy application: we are a plugin of it.
///
/// ```swift
/// let role = try ImJoyPluginRole(name: "Segmenter", version: "0.1.0")
/// let connection = RPCConnection(over: transport, as: role, exporting: RPCService("segmenter") {
///     RPCExport("run") { (image: NDArray<UInt8>) in image .> 128 }
/// })
/// ```
/// The lengths are those that applications accept; longer texts are refused here instead of there.
public struct ImJoyPluginRole: Sendable {
    /// Runs the code that the application sends; what it throws goes back as the reason.
    public typealias CodeHandler = @Sendable @concurrent (_ code: RPCObject) async throws -> Void
    /// Checks what the user has entered. The member `auth` of the result, if there is one, goes to the application.
    public typealias CredentialHandler = @Sendable @concurrent (_ credential: RPCValue) async throws -> RPCObject

    /// The types of plugin that applications know.
    private static let types: Set<String> = [
        "web-worker", "iframe", "window", "rpc-window", "rpc-worker", "collection",
    ]

    /// The plugin's name, at most 48 characters.
    public let name: String
    /// One of the types that applications know, `rpc-worker` for a program of its own.
    public let type: String
    /// At most 32 characters.
    public let version: String
    /// At most 256 characters.
    public let description: String
    /// Tells the application that it may send code.
    public let allowExecution: Bool
    /// What the application has the user enter before the plugin starts: `{id, label, value}` each.
    public var credentialFields: [RPCObject] = []
    /// Called with what the user has entered; when it throws, the plugin does not start.
    public var onCredential: CredentialHandler?
    let onExecute: CodeHandler?

    /// A plugin that refuses to run code; with `allowExecution` the code goes to `onExecute`, one piece at a time.
    ///
    /// Throws `invalidArgument` for a text that applications would not accept, and for a plugin that allows execution
    /// without `onExecute`.
    public init(
        name: String, type: String = "rpc-worker", version: String = "0.1.0", description: String = "",
        allowExecution: Bool = false, onExecute: CodeHandler? = nil
    ) throws(RPCError) {
        guard !name.isEmpty else {
            throw RPCError(.invalidArgument, "a plugin needs a name")
        }
        for (field, text, limit) in [("name", name, 48), ("version", version, 32), ("description", description, 256)] {
            let count = text.unicodeScalars.count
            guard count <= limit else {
                throw RPCError(
                    .invalidArgument, "the \(field) of a plugin has at most \(limit) characters, not \(count)")
            }
        }
        guard Self.types.contains(type) else {
            let known = Self.types.sorted().joined(separator: ", ")
            throw RPCError(.invalidArgument, "\(type) is no type of plugin; applications know \(known)")
        }
        guard !allowExecution || onExecute != nil else {
            throw RPCError(.invalidArgument, "a plugin that allows execution needs onExecute to run the code")
        }
        self.name = name
        self.type = type
        self.version = version
        self.description = description
        self.allowExecution = allowExecution
        self.onExecute = allowExecution ? onExecute : nil
    }

    /// What the plugin says about itself under the name `id`.
    func configuration(id: String) -> RPCObject {
        [
            "id": .string(id), "name": .string(name), "type": .string(type), "lang": "swift",
            "version": .string(version), "api_version": "0.2.3", "description": .string(description),
            "allow_execution": .bool(allowExecution), "dedicated_thread": true,
        ]
    }
}
