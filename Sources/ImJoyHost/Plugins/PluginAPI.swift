internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections

/// The functions that a plugin may call: the service behind its `api`.
///
/// Every function is there in camelCase and in snake_case. Those that this host cannot serve are there too and say so
/// when they are called.
struct PluginAPI: Sendable {
    let instance: PluginInstance
    let file: PluginFile
    let manager: PluginManager
    let settings: PluginSettings

    init(instance: PluginInstance, file: PluginFile, manager: PluginManager) {
        self.instance = instance
        self.file = file
        self.manager = manager
        settings = PluginSettings(folder: manager.configuration.settingsFolder, plugin: instance.name)
    }

    var manifest: PluginManifest { instance.manifest }
    var name: String { instance.name }
    var frontEnd: any HostFrontEnd { manager.configuration.frontEnd }

    var service: RPCService {
        RPCService("imjoy", summary: "What this host does for \(name).") {
            Self.withAliases(notices + questions + plugins + services + events + storage + Self.refusals)
            RPCExport.group("utils") { Self.withAliases(utilities + pickers) }
            RPCExport.group("fs") { Self.withAliases(Self.fileSystem) }
            for (name, value) in constants { RPCExport(name, constant: value) }
        }
    }

    private var constants: [(String, RPCValue)] {
        let tag: RPCValue = manifest.tag.map { .string($0) } ?? .null
        return [
            ("TAG", tag), ("WORKSPACE", "default"), ("ENGINE_URL", nil), ("FILE_MANAGER_URL", nil),
            ("config", .object(Self.configuration(of: instance))),
        ]
    }

    /// What the plugin's side and others are told about a running plugin.
    static func configuration(of instance: PluginInstance) -> RPCObject {
        let manifest = instance.manifest
        return [
            "id": .string(instance.id), "name": .string(manifest.name), "type": .string(manifest.type.rawValue),
            "workspace": "default", "namespace": nil, "tag": manifest.tag.map { .string($0) } ?? .null,
            "flags": .array(manifest.flags.map { .string($0) }), "engine": nil, "file_manager": nil,
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
