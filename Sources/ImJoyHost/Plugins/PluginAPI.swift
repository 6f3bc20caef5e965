internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections

/// The functions that a plugin may call: the service behind its `api`.
///
/// Every function is there in camelCase and in snake_case. Those that need a screen, or other plugins, which this host
/// has not, are there too and say so when they are called.
struct PluginAPI: Sendable {
    let manifest: PluginManifest
    let file: PluginFile
    let settings: PluginSettings
    let frontEnd: any HostFrontEnd
    /// Takes over an interface that the plugin exports by a call.
    let onExport: @Sendable (RemoteObject) -> Void

    private var name: String { manifest.name }

    var service: RPCService {
        RPCService("imjoy", summary: "What this host does for \(name).") {
            Self.withAliases(notices + storage + refusals)
            RPCExport.group("utils") { Self.withAliases(utilities) }
            for (name, value) in constants { RPCExport(name, constant: value) }
        }
    }

    // MARK: Telling people

    private var notices: [RPCExport] {
        [
            RPCExport(raw: "log") { arguments in show(.log(plugin: name, Self.text(arguments))) },
            RPCExport(raw: "info") { arguments in show(.log(plugin: name, Self.text(arguments))) },
            RPCExport(raw: "error") { arguments in show(.error(plugin: name, Self.text(arguments))) },
            RPCExport(raw: "alert") { arguments in show(.message(plugin: name, Self.notice(arguments))) },
            RPCExport(raw: "showMessage") { arguments in show(.message(plugin: name, Self.notice(arguments))) },
            RPCExport(raw: "showSnackbar") { arguments in show(.message(plugin: name, Self.notice(arguments))) },
            RPCExport(raw: "showStatus") { arguments in show(.status(plugin: name, Self.notice(arguments))) },
            RPCExport(raw: "showProgress") { arguments in try progress(arguments) },
            RPCExport(raw: "progress") { arguments in try progress(arguments) },
        ]
    }

    private func show(_ event: HostEvent) -> RPCValue {
        frontEnd.show(event)
        return .null
    }

    private func progress(_ arguments: RPCArguments) throws -> RPCValue {
        guard let fraction = Self.fraction(arguments[0]) else {
            throw RPCError(
                .invalidArgument, "progress is a number from 0 to 1 or a percentage, not \(arguments[0].kindName)")
        }
        return show(.progress(plugin: name, fraction))
    }

    /// Numbers below 1 are fractions, others percentages. A whole 1 is 1 %, as ever, but 1.0 means done.
    static func fraction(_ value: RPCValue) -> Double? {
        guard let number = value.doubleValue, number.isFinite else { return nil }
        if case .double(1) = value { return 1 }
        return min(max(number < 1 ? number : number / 100, 0), 1)
    }

    /// All arguments as one line.
    static func text(_ arguments: RPCArguments) -> String {
        let parts = arguments.positional.map(plainText)
        return (parts + arguments.named.map { "\($0.key)=\(plainText($0.value))" }).joined(separator: " ")
    }

    /// The text of a notice, which may be given plainly, as `content` or with a title.
    static func notice(_ arguments: RPCArguments) -> String {
        let parts = ["title", "content"].compactMap { name in
            let part = arguments.option(name)
            return part.isNull ? nil : plainText(part)
        }
        return parts.isEmpty ? arguments.positional.first.map(plainText) ?? "" : parts.joined(separator: ": ")
    }

    private static func plainText(_ value: RPCValue) -> String { value.stringValue ?? value.description }

    // MARK: Keeping values

    private var storage: [RPCExport] {
        [
            RPCExport(raw: "echo") { arguments in arguments[0] },
            RPCExport("getConfig") { (name: String) in try readConfig(name) },
            RPCExport("setConfig") { (name: String, value: RPCValue?) in
                guard !isField(name) else {
                    throw RPCError(.refused, "`\(name)` is read from the plugin's config block and cannot be set")
                }
                try settings.set(name, value ?? .null)
            },
            RPCExport("getAttachment") { (name: String) in file.attachment(name) },
            RPCExport("export") { (interface: RemoteObject) in onExport(interface) },
        ]
    }

    /// `_name` reads the field `name` of the plugin's config block.
    private func isField(_ name: String) -> Bool {
        name.hasPrefix("_") && manifest.fields[String(name.dropFirst())] != nil
    }

    private func readConfig(_ name: String) throws -> RPCValue {
        guard isField(name) else { return try settings.value(name) }
        return RPCValue(manifest.fields[String(name.dropFirst())] ?? .null)
    }

    private var constants: [(String, RPCValue)] {
        let tag: RPCValue = manifest.tag.map { .string($0) } ?? .null
        return [
            ("TAG", tag), ("WORKSPACE", "default"), ("ENGINE_URL", nil), ("FILE_MANAGER_URL", nil),
            ("config", ["workspace": "default", "tag": tag, "engine": nil, "file_manager": nil]),
        ]
    }

    // MARK: Utilities

    private var utilities: [RPCExport] {
        [
            RPCExport("sleep") { (seconds: Double) in
                guard seconds.isFinite, seconds <= 1e9 else {
                    throw RPCError(.invalidArgument, "utils.sleep takes a number of seconds, not \(seconds)")
                }
                try await Task.sleep(for: .seconds(max(seconds, 0)))
            },
            RPCExport("openUrl") { (address: String) in frontEnd.show(.openURL(plugin: name, address)) },
            RPCExport(raw: "$forceUpdate") { _ in .null },
        ]
    }

    // MARK: What this host has not

    private static let needsScreen = [
        "prompt", "confirm", "showDialog", "showFileDialog", "createWindow", "getWindow", "exportFile",
    ]
    private static let needsManager = [
        "getPlugin", "loadPlugin", "run", "call", "installPlugin", "uninstallPlugin", "register", "unregister",
        "registerService", "unregisterService", "getService", "getServices", "getEngine", "getEngineFactory",
        "getFileManager", "getFileUrl", "getFilePath", "requestUploadUrl", "uploadFileToUrl", "downloadFileFromUrl",
    ]

    private var refusals: [RPCExport] {
        Self.needsScreen.map { function in
            RPCExport(raw: function) { _ in
                throw RPCError(.refused, "`api.\(function)` needs a screen, and this host has none")
            }
        }
            + Self.needsManager.map { function in
                RPCExport(raw: function) { _ in
                    throw RPCError(.refused, "`api.\(function)` is not available: this host runs one plugin by itself")
                }
            }
    }

    // MARK: Names

    private static func withAliases(_ exports: [RPCExport]) -> [RPCExport] {
        exports.flatMap { export in
            let alias = snakeCase(export.name)
            return alias == export.name ? [export] : [export, export.renamed(alias)]
        }
    }

    static func snakeCase(_ name: String) -> String {
        var result = ""
        for character in name {
            if character.isUppercase {
                result += "_" + character.lowercased()
            } else {
                result.append(character)
            }
        }
        return result
    }
}
