internal import ImJoyRPC

/// Functions of the classic API that have no meaning here; each says why and what to do instead.
extension PluginAPI {
    static let refusals: [RPCExport] = [
        ("installPlugin", "this host installs nothing; put the plugin's file into a folder that it is given"),
        ("uninstallPlugin", "this host installs nothing; take the plugin's file out of the folder that it is given"),
        ("uploadFileToUrl", "this host fetches and sends nothing; use `requests` or `urllib` in the plugin"),
        ("downloadFileFromUrl", "this host fetches and sends nothing; use `requests` or `urllib` in the plugin"),
        ("connectToServer", "this host connects to no servers"),
        ("updateWindow", "it is long gone from ImJoy; call `run` of the window instead"),
    ].map { name, reason in refusal("api.\(name)", named: name, reason) }

    /// The file system of browsers, up to API version 0.1.6.
    static let fileSystem: [RPCExport] = [
        "mkdir", "writeFile", "unlink", "readFile", "stat", "exists", "readdir", "rename", "rmdir", "appendFile",
    ].map { refusal("api.fs.\($0)", named: $0, "it needs a browser; use `open` and `os` in the plugin") }

    private static func refusal(_ path: String, named name: String, _ reason: String) -> RPCExport {
        RPCExport(raw: name) { _ in throw RPCError(.refused, "`\(path)` is not available: \(reason)") }
    }
}
