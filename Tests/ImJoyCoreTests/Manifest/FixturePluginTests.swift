internal import ImJoyCore
internal import SystemPackage
internal import Testing

/// The folder of plugin files beside the tests.
enum FixturePlugins {
    static let folder = FilePath(#filePath).removingLastComponent().removingLastComponent().appending(
        "Fixtures/plugins")
    static let names = [
        "nuclei-counter", "time-course", "slice-viewer", "legacy-denoise", "hello-windows", "gui-worker",
        "file-importer",
        "image-annotator", "deep-scan", "frame-tool", "sequence-tools", "old-panel", "page-hook", "spot-worker",
    ]

    static func load(_ name: String) throws -> PluginFile {
        try PluginFile(contentsOf: folder.appending(name + ".imjoy.html"))
    }
}

struct FixturePluginTests {
    @Test(arguments: FixturePlugins.names)
    func `every fixture decodes and prints back as it was`(_ name: String) throws {
        let file = try FixturePlugins.load(name)
        let decoded = PluginManifest.decode(file)
        #expect(decoded.errors.map(\.description) == [])
        #expect(decoded.manifest != nil)
        #expect(Array(file.description.utf8) == file.source.bytes)
        let again = PluginFile(parsing: file.description, name: file.name)
        #expect(again.blocks.map(\.content) == file.blocks.map(\.content))
        #expect(again.blocks.map(\.range) == file.blocks.map(\.range))
    }

    @Test func `a Python plugin with tags everywhere`() throws {
        let file = try FixturePlugins.load("nuclei-counter")
        let cpu = PluginManifest.decode(file)
        #expect(cpu.diagnostics.map(\.description) == [])
        let manifest = try #require(cpu.manifest)
        #expect(manifest.tag == "CPU")
        #expect(manifest.scripts.map(\.content).first == "\nimport numpy as xp\n")
        #expect(manifest.scripts.count == 2)
        #expect(manifest.scripts.map(\.firstLine) == [47, 50])
        #expect(
            manifest.requirements.map(\.kind) == [
                .packages(["numpy", "scipy"]), .pip(["scikit-image>=0.22", "tifffile"]),
                .repository(url: "https://example.org/lab/nuclei-models.git", directory: "models"),
            ])
        #expect(
            manifest.environment == [
                .command("conda create -n nuclei python=3.11"),
                .variables([.init(name: "OMP_NUM_THREADS", value: "2")]),
            ])
        #expect(manifest.ui.widgets.map(\.label) == ["Smoothing (px)", "Method", "Level"])
        #expect(
            try manifest.ui.config(op: manifest.name, overrides: [("method", "Fixed level")]).json()
                == #"{"type":"Nuclei Counter","sigma":1.5,"method":"fixed","level":0.5}"#)
        #expect(file.attachment("classes.csv") == "\nid,name\n1,interphase\n2,mitosis\n")
        #expect(manifest.fields["x_group"]?["room"]?.int == 12)
        #expect(manifest.docs?.hasPrefix("\n# Nuclei counter") == true)

        let gpu = try PluginManifest(file, tag: "GPU")
        #expect(gpu.requirements.map(\.kind).last == .url("git+https://example.org/lab/fast-nuclei.git"))
        #expect(gpu.environment.count == 2)
        #expect(gpu.scripts.map(\.content).first == "\nimport cupy as xp\n")
    }

    @Test func `a worker plugin with a YAML config`() throws {
        let decoded = PluginManifest.decode(try FixturePlugins.load("time-course"))
        #expect(decoded.diagnostics.map(\.description) == [])
        let manifest = try #require(decoded.manifest)
        #expect(manifest.description == "Averages each frame of a series and plots the course.")
        #expect(manifest.fields["on"]?.string == "yes")
        #expect(manifest.icon == "📈")
        #expect(manifest.apiVersion == "0.1.8")
        #expect(
            manifest.requirements.map(\.kind) == [
                .script("https://example.org/lib/stats.min.js"), .cache("https://example.org/lib/model.bin"),
            ])
        #expect(
            try manifest.ui.config(op: "t").json() == #"{"type":"t","first":0,"last":10,"name":"mean ± sd"}"#)
    }

    @Test func `a window plugin with every kind of block`() throws {
        let file = try FixturePlugins.load("slice-viewer")
        let decoded = PluginManifest.decode(file)
        #expect(decoded.diagnostics.map(\.description) == [])
        let manifest = try #require(decoded.manifest)
        #expect(file.links.map { $0["href"] } == ["https://example.org/base.css?a=1&b=2"])
        #expect(file.styles.map(\.src) == ["https://example.org/theme.css", nil])
        #expect(file.windows.count == 1)
        #expect(file.windows[0].content.contains("<window>not a block</window>"))
        #expect(file.scripts.count == 2)
        #expect(file.attachments.map(\.content) == ["<html><body><config>{\"inner\": true}</config></body></html>"])
        #expect(file.docs?.content.contains("A literal <script> tag") == true)
        #expect(manifest.isRunnable == false)
        #expect(manifest.defaults?["w"]?.int == 30)
        #expect(
            manifest.requirements.map(\.kind) == [
                .stylesheet("https://example.org/css/viewer.css"), .script("https://example.org/npm/plotlib"),
                .module("https://example.org/gl.js"),
            ])
    }

    @Test func `an old plugin without lang and with mode`() throws {
        let decoded = PluginManifest.decode(try FixturePlugins.load("legacy-denoise"), tag: "Linux CPU")
        #expect(decoded.diagnostics.map(\.code) == ["config.tag-map-gap", "config.tag-map-key"])
        let manifest = try #require(decoded.manifest)
        #expect(manifest.type == .nativePython)
        #expect(manifest.environment.isEmpty)
        #expect(manifest.command == "KERAS_BACKEND=tensorflow python")
        #expect(
            manifest.requirements.map(\.kind) == [
                .pip(["keras"]), .command("pip install -r models/requirements.txt"),
            ])
    }

    @Test func `a byte-order mark and CRLF change nothing`() throws {
        let file = try FixturePlugins.load("hello-windows")
        let decoded = PluginManifest.decode(file)
        #expect(decoded.diagnostics.map(\.description) == [])
        #expect(decoded.manifest?.name == "Hällo")
        #expect(file.config?.location.description == "1:1")
        #expect(file.scripts[0].content == "\nconst a = 1\napi.export({setup() {}, run() { return a }})\n")
        #expect(file.scripts[0].location(line: 3, column: 1).description == "14:5")
    }

    @Test func `a file that is missing, a folder or too large is refused with a sentence`() throws {
        #expect(throws: ManifestError.self) { try PluginFile(contentsOf: "/no/such/file.imjoy.html") }
        #expect(throws: ManifestError.self) { try PluginFile(contentsOf: FixturePlugins.folder) }
        let path = FixturePlugins.folder.appending("time-course.imjoy.html")
        let error = #expect(throws: ManifestError.self) { try PluginFile(contentsOf: path, maximumSize: 100) }
        #expect(error?.code == .tooLarge)
        #expect(error?.message.contains("100 bytes") == true)
        #expect(throws: ManifestError.self) { try PluginFile(contentsOf: "/dev/zero", maximumSize: 1 << 20) }
    }
}
