internal import ImJoyCore
internal import Testing

/// What the public plugins use, seen in files of our own.
struct CorpusFeatureTests {
    private func manifest(_ name: String, tag: String? = nil) throws -> PluginManifest {
        let decoded = PluginManifest.decode(try FixturePlugins.load(name), tag: tag)
        #expect(decoded.diagnostics.map(\.description) == [])
        return try #require(decoded.manifest)
    }

    @Test func `every field that may be a tag map is one`() throws {
        let web = try manifest("gui-worker")
        #expect(web.type == .webPython)
        #expect(web.icon == "🌐")
        #expect(web.cover == ["https://example.org/web.png"])
        #expect(web.labels == ["browser"])
        #expect(web.flags == [])
        #expect(web.requirements.map(\.kind) == [.packages(["numpy"]), .script("https://example.org/a.js")])
        #expect(web.environment == [])
        let native = try manifest("gui-worker", tag: "nativePy")
        #expect(native.type == .nativePython)
        #expect(native.cover.count == 2)
        #expect(native.flags == ["single-instance"])
        #expect(native.ui.markup == "in a process")
        #expect(native.dependencies == ["lab/plugins:Viewer"])
        #expect(native.environment.count == 1)
    }

    @Test func `an importer takes files by their names`() throws {
        let importer = try manifest("file-importer")
        let inputs = try #require(importer.inputSchema)
        #expect(inputs.matches(.file(name: "a.csv", type: "text/csv", size: 10)))
        #expect(!inputs.matches(.file(name: "a.csv", type: "text/csv", size: 0)))
        #expect(!inputs.matches(.file(name: "a.tif", type: "", size: 10)))
        #expect(importer.outputSchema?.matches(.object([.init("table", .object([]))])) == true)
        #expect(importer.isRunnable == false)
        #expect(importer.rules.fileDialogResult == .path)
        #expect(
            try importer.ui.config(op: "I").json() == #"{"type":"I","first":0,"size":"","kind":"xy"}"#)
        #expect(importer.requirements.last?.kind == .script("https://example.org/npm/@scope/tables@1.2.11"))
    }

    @Test func `a misspelt tag is taken for one that has no value yet`() throws {
        let config = #"""
            <config lang="json">{"name": "A", "type": "native-python", "version": "1.0", "api_version": "0.1.8",
            "description": "", "tags": ["Windows-CPU", "Window-GPU"],
            "requirements": {"Windows-CPU": ["a"], "Windows-GPU": ["b"]}}</config><script lang="python"></script>
            """#
        let decoded = PluginManifest.decode(PluginFile(parsing: config))
        let stray = try #require(decoded.diagnostics.first { $0.code == "config.tag-map-key" })
        #expect(stray.hint == "did you mean `Window-GPU`?")
    }

    @Test func `dependencies are references`() throws {
        let annotator = try manifest("image-annotator")
        let kinds = try annotator.dependencies.map { try PluginReference($0).kind }
        #expect(
            kinds == [
                .plugin(name: "Image Selection", in: try RepositoryAddress("lab/plugins")),
                .file(url: "https://raw.githubusercontent.com/lab/plugins/master/viewer.imjoy.html"),
                .file(url: "https://gist.githubusercontent.com/lab/0123abcd/raw/io.imjoy.html"),
            ])
        #expect(annotator.cover.count == 2)
        #expect(annotator.permissions == ["camera", "microphone"])
        #expect(annotator.defaults?["fullscreen"]?.bool == true)
        #expect(annotator.requirements.last?.kind == .cache("https://example.org/models/weights.bin"))
        #expect(try FixturePlugins.load("image-annotator").attachment("page") == "<b>hello</b>")
        #expect(annotator.fields["extensions"]?[0]?.string == "tif")
    }

    @Test func `requirements and environments of engines`() throws {
        let scan = try manifest("deep-scan")
        #expect(
            scan.requirements.map(\.kind) == [
                .conda(["-c", "conda-forge", "bioconda::samtools", "h5py"]), .pip(["-U", "keras", "tensorflow"]),
                .pip(["h5py==2.10", "pillow"]), .repository(url: "https://example.org/lab/scan.git", directory: "scan"),
                .command("pip install -r scan/requirements.txt"), .url("git+https://example.org/lab/tools"),
                .packages(["numpy", "scipy"]),
            ])
        #expect(scan.environment.last == .binder(spec: "lab/image/master", kernel: "python3", skipRequirements: false))
        #expect(scan.command == "KERAS_BACKEND=tensorflow python")
        #expect(try FixturePlugins.load("deep-scan").attachment("Dockerfile") == "\nFROM scratch\n  # <script>\n")
        #expect(try PluginReference(scan.dependencies[0]).tag == "stable")
    }

    @Test func `what public files have that no page describes`() throws {
        let decoded = PluginManifest.decode(try FixturePlugins.load("spot-worker"))
        #expect(
            decoded.diagnostics.map(\.code.rawValue) == [
                "config.bad-schema", "config.empty-requirement", "json.duplicate-key",
            ])
        #expect(decoded.diagnostics.map { [$0.line, $0.column] } == [[20, 25], [25, 57], [28, 5]])
        let worker = try #require(decoded.manifest)
        #expect(worker.cover == ["https://example.org/spots.gif"])
        #expect(worker.environment == [])
        #expect(worker.ui.widgets.map(\.label) == ["Folder", "Size [X,Y,(Z)]"])
        #expect(worker.requirements.map(\.kind)[1] == .pip(["-r", "spots/requirements.txt"]))
        #expect(worker.requirements.map(\.kind)[2] == .pip(["--editable", "D:\\code\\spots"]))
        #expect(worker.docs == "\nFinds spots; `a < b` and <https://example.org/spots> are text.\n")
        #expect(worker.scripts.map(\.removedIndentation) == [2])
        #expect(try FixturePlugins.load("spot-worker").blocks.map(\.tag) == ["docs", "config", "script", "window"])
    }

    @Test(arguments: [
        (#""type": "demo/hello", "mode": "pyworker""#, "0.1.1", "native-python", []),
        (#""type": "demo/hello", "mode": "pyworker""#, "0.1.2", "demo/hello", ["config.unknown-type"]),
        (#""type": "window", "mode": "pyworker""#, "0.1.1", "window", []),
        (#""type": "demo/hello", "mode": "own""#, "0.1.0", "demo/hello", ["config.unknown-type"]),
    ])
    func `the first plugins used type for their subject`(
        _ fields: String, _ version: String, _ type: String, _ codes: [String]
    ) throws {
        let config = #"<config lang="json">{"name": "A", "api_version": "\#(version)", \#(fields)}</config>"#
        let language = type == "window" ? "javascript" : "python"
        let decoded = PluginManifest.decode(
            PluginFile(parsing: config + "<script lang=\"\(language)\">api.export({})</script>"))
        #expect(decoded.manifest?.type.rawValue == type)
        #expect(decoded.diagnostics.map(\.code.rawValue) == codes)
    }

    @Test func `rarer types and forms`() throws {
        let frame = try manifest("frame-tool")
        #expect(frame.type == .iframe)
        #expect(frame.icon == "extension")
        #expect(frame.requirements.map(\.kind) == [.script("https://example.org/a.js")])
        #expect(frame.docs == "\nOld docs without a language.\n")
        #expect(frame.ui.widgets.map(\.id) == ["n"])
        let sequence = try manifest("sequence-tools", tag: "exact")
        #expect(sequence.type == .webPython)
        #expect(sequence.labels == ["c"])
        let panel = try manifest("old-panel")
        #expect(panel.rules.availability(of: panel.type) == .available)
        #expect(try FixturePlugins.load("old-panel").links.count == 1)
        let hook = try manifest("page-hook")
        #expect(hook.type == .evil)
        #expect(
            hook.inputSchema?.matches(
                .object([
                    .init("type", .string("image/grayscale")), .init("array", .list([])), .init("width", .number(2)),
                ])) == true)
    }

    @Test(
        arguments: [
            (PluginType.window, [], ""), (.iframe, [], "⚙️"), (.rpcWindow, ["x"], "🌟"), (.nativePython, [], "🚀"),
            (.webPython, [], ""), (.nativePython, ["engine-factory", "file-manager"], "🚀⚙📁"),
            (PluginType(rawValue: "julia"), ["engine"], "🚀⚙"),
        ] as [(PluginType, [String], String)])
    func `badges show the type and the flags`(_ type: PluginType, _ flags: [String], _ badges: String) {
        #expect(type.badges(flags: flags) == badges)
    }

    @Test func `a dependency that is no reference is warned about`() throws {
        let decoded = PluginManifest.decode(
            PluginFile(
                parsing: """
                    <config lang="json">
                    {"name": "P", "type": "window", "api_version": "0.1.8",
                     "dependencies": ["lab/plugins:Viewer", "lab/plugins"]}
                    </config>
                    <script lang="javascript">api.export({})</script>
                    """))
        #expect(decoded.diagnostics.map(\.code.rawValue) == ["config.bad-dependency"])
        #expect(decoded.diagnostics.map { [$0.line, $0.column] } == [[3, 41]])
        #expect(decoded.manifest?.dependencies.count == 2)
    }
}
