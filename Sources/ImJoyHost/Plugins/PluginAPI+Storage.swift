internal import ImJoyCore
internal import ImJoyRPC

/// Keeping values, and what the plugin's own file holds.
extension PluginAPI {
    var storage: [RPCExport] {
        [
            RPCExport(raw: "echo") { arguments in arguments[0] },
            RPCExport("getConfig") { (name: String) in try await readConfig(name) },
            RPCExport("setConfig") { (name: String, value: RPCValue?) in
                guard !isField(name) else {
                    throw RPCError(.refused, "`\(name)` is read from the plugin's config block and cannot be set")
                }
                try await settings.set(name, value ?? .null)
            },
            RPCExport("getAttachment") { (name: String) in file.attachment(name) },
        ]
    }

    /// `_name` reads the field `name` of the plugin's config block.
    private func isField(_ name: String) -> Bool {
        name.hasPrefix("_") && manifest.fields[String(name.dropFirst())] != nil
    }

    private func readConfig(_ name: String) async throws -> RPCValue {
        guard isField(name) else { return try settings.value(name) }
        return RPCValue(manifest.fields[String(name.dropFirst())] ?? .null)
    }
}
