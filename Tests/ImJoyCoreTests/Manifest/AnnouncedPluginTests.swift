internal import ImJoyCore
internal import Testing

struct AnnouncedPluginTests {
    private static let config: ManifestObject = ManifestObject([
        .init("name", "Viewer"), .init("version", "0.1.0"), .init("description", "Shows volumes."),
        .init("api_version", "0.2.3"), .init("id", "viewer-1"), .init("allow_execution", true),
        .init("type", "rpc-window"), .init("inputs", ["image": ["ndarray": true]]), .init("x_own", [1, "</config>"]),
    ])

    @Test func `what a page announces is stored as a file with its address`() throws {
        let url = "https://example.org/viewer/?a=1&b=<2>"
        let file = try PluginFile(announced: Self.config, at: url)
        let manifest = try PluginManifest(file)
        #expect(manifest.name == "Viewer")
        #expect(manifest.type == .rpcWindow)
        #expect(manifest.baseFrame == url)
        #expect(manifest.fields["uri"]?.string == url)
        #expect(manifest.fields["origin"]?.string == url)
        #expect(manifest.fields["x_own"]?[1]?.string == "</config>")
        #expect(manifest.inputSchema != nil)
        #expect(file.blocks.map(\.kind) == [.config])
        #expect(try PluginManifest(PluginFile(parsing: file.description)).fields == manifest.fields)
    }

    @Test(
        arguments: [
            ("name", nil, "`name` is missing"), ("id", 5, "`id` must be text, found a number"),
            ("name", ManifestValue(String(repeating: "é", count: 49)), "`name` has 49 characters; 48 are allowed"),
            ("description", ManifestValue(String(repeating: "x", count: 257)), "256 are allowed"),
            ("version", ManifestValue(String(repeating: "1", count: 33)), "32 are allowed"),
            ("allow_execution", nil, "it is missing"), ("allow_execution", "yes", "found text"),
            ("ui", ManifestValue(String(repeating: "x", count: 2049)), "`ui` has 2049 characters"),
            ("type", "native-python", "`type` must be one of `web-worker`"), ("type", 5, "found 5"),
            ("inputs", "image", "`inputs` must be an object or a list, found text"),
            ("outputs", true, "`outputs` must be an object or a list"),
        ] as [(String, ManifestValue?, String)])
    func `a config that breaks a rule is refused with the rule`(_ key: String, _ value: ManifestValue?, _ part: String)
    {
        var config = Self.config
        config[key] = value
        let error = #expect(throws: ManifestError.self) { try PluginFile(announced: config, at: "https://x.org") }
        #expect(error?.code == .invalid)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("https://x.org") == true)
    }

    @Test func `all broken rules are named, and null is no value`() throws {
        let error = #expect(throws: ManifestError.self) { try PluginFile(announced: ManifestObject(), at: "u") }
        for key in ["name", "version", "description", "api_version", "id", "allow_execution"] {
            #expect(error?.message.contains("`\(key)`") == true)
        }
        var config = Self.config
        for key in ["type", "inputs", "outputs", "ui"] { config[key] = .null }
        #expect(throws: Never.self) { try PluginFile(announced: config, at: "https://x.org") }
    }
}
