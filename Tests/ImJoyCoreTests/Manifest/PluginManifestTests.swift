internal import ImJoyCore
internal import Testing

struct PluginManifestTests {
    static let minimal = """
        <config lang="json">
        {
          "name": "Blur",
          "type": "native-python",
          "version": "0.1.0",
          "api_version": "0.1.8",
          "description": "Blurs an image.",
          "tags": ["CPU", "GPU"],
          "ui": "Radius: {id: 'sigma', type: 'number', min: 0, placeholder: 1.5} px",
          "requirements": {"CPU": ["numpy", "pip: -U scipy"], "GPU": ["conda: cupy", "repo: https://example.org/a/tools.git"]},
          "x_lab": 7
        }
        </config>
        <script lang="python">
        print(1)
        </script>
        """

    @Test func `a plain plugin decodes without a word`() throws {
        let decoded = PluginManifest.decode(PluginFile(parsing: Self.minimal))
        #expect(decoded.diagnostics.map(\.description) == [])
        let manifest = try #require(decoded.manifest)
        #expect(manifest.name == "Blur")
        #expect(manifest.type == .nativePython)
        #expect(manifest.tag == "CPU")
        #expect(manifest.requirements.map(\.kind) == [.packages(["numpy"]), .pip(["-U", "scipy"])])
        #expect(manifest.fields["x_lab"]?.int == 7)
        #expect(manifest.scripts.count == 1)
    }

    @Test func `a chosen tag selects its values`() throws {
        let manifest = try PluginManifest(PluginFile(parsing: Self.minimal), tag: "GPU")
        #expect(
            manifest.requirements.map(\.kind) == [
                .conda(["cupy"]), .repository(url: "https://example.org/a/tools.git", directory: "tools"),
            ])
        let config = try manifest.ui.config(op: manifest.name, overrides: [("sigma", "2.5")])
        #expect(config.json() == #"{"type":"Blur","sigma":2.5}"#)
    }
}
