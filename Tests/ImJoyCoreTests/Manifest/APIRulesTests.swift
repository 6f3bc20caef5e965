internal import ImJoyCore
internal import Testing

struct APIRulesTests {
    @Test(arguments: [
        ("0.1.0", true, false, APIRules.FileDialogResult.path, false, false),
        ("0.1.1", true, false, .path, false, false), ("0.1.2", false, false, .path, false, false),
        ("0.1.3", false, false, .path, false, false), ("0.1.4", false, false, .object, false, false),
        ("0.1.5", false, false, .object, false, false), ("0.1.6", false, true, .object, false, false),
        ("0.1.7", false, true, .object, false, true), ("0.1.8", false, true, .list, true, true),
        ("0.1.10", false, true, .list, true, true), ("0.2.1", false, true, .list, true, true),
        ("9.0", false, true, .list, true, true),
    ])
    func `each level has its rules`(
        _ version: String, _ mode: Bool, _ language: Bool, _ result: APIRules.FileDialogResult, _ passive: Bool,
        _ encoding: Bool
    ) {
        let rules = APIRules(PluginVersion(version))
        #expect(rules.acceptsMode == mode)
        #expect(rules.needsConfigLanguage == language)
        #expect(rules.fileDialogResult == result)
        #expect(rules.hasPassivePlugins == passive)
        #expect(rules.hasCustomEncoding == encoding)
        #expect(rules.hasSnakeCaseNames == (PluginVersion(version) >= "0.2"))
    }

    @Test(arguments: [
        ("fs", "0.1.6", APIRules.Availability.available), ("fs", "0.1.7", .missing),
        ("utils.assert", "0.1.6", .available), ("utils.assert", "0.1.8", .missing),
        ("getFileUrl", "0.1.5", .available), ("getFileUrl", "0.1.6", .deprecated),
        ("requestUploadUrl", "0.1.8", .deprecated), ("getFileManager", "0.1.5", .missing),
        ("getEngine", "0.1.6", .available), ("registerService", "0.1.7", .missing),
        ("registerService", "0.1.8", .available), ("config", "0.1.7", .missing), ("registerCodec", "0.1.8", .missing),
        ("registerCodec", "0.2.3", .available), ("alert", "0.1.0", .available), ("anything", "0.1.0", .available),
    ])
    func `members come and go`(_ name: String, _ version: String, _ availability: APIRules.Availability) {
        #expect(APIRules(PluginVersion(version)).availability(of: name) == availability)
    }

    @Test func `a type grows old`() throws {
        #expect(APIRules("0.1.7").availability(of: PluginType.webPythonWindow) == .available)
        #expect(APIRules("0.1.8").availability(of: PluginType.webPythonWindow) == .deprecated)
        #expect(APIRules("0.1.8").availability(of: PluginType.window) == .available)
        let manifest = try PluginManifest(try FixturePlugins.load("legacy-denoise"))
        #expect(manifest.rules.acceptsMode)
    }
}
