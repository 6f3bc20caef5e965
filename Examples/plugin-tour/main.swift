import ImJoyCore

// A plugin file with a mistake that its author has not seen yet.
let text = """
    <config lang="json">
    {
      "name": "Blur",
      "type": "native-python",
      "version": "0.1.0"
      "api_version": "0.1.8",
      "tags": ["CPU", "GPU"],
      "ui": "Radius {id: 'sigma', type: 'number', min: 0, placeholder: 1.5} px",
      "requirements": {"CPU": ["scipy"], "GPU": ["pip: -U cupy"]},
      "dependencies": ["lab/plugins@v2:Image Viewer"],
      "inputs": {"image": {"ndarray": {"ndim": 2}}}
    }
    </config>
    <script lang="python">
    api.export({"run": lambda ctx: blur(ctx.data.image, ctx.config.sigma)})
    </script>
    """

// Parsing never fails: what is wrong is said with its place and the way to mend it.
let draft = PluginFile(parsing: text, name: "blur.imjoy.html")
for diagnostic in PluginManifest.decode(draft).diagnostics { print(diagnostic) }

// The mended file, with one of its variants selected.
let file = PluginFile(parsing: text.replacing(#""0.1.0""#, with: #""0.1.0","#), name: "blur.imjoy.html")
let manifest = try PluginManifest(file, tag: "GPU")
print("\n\(manifest.name) for \(manifest.tag ?? "everything") installs \(manifest.requirements)")

// What `ctx.config` of a run holds: the form's initial values, and one from a command line.
let config = try manifest.ui.config(op: manifest.name, overrides: [("sigma", "2.5")])
print("Its settings are \(config)")

// Whether the plugin takes an image is known before it is started.
let image = DataValue(AnyNDArray(NDArray<UInt8>(zeros: [32, 32])))
print("It takes the image: \(manifest.inputSchema?.matches(.object([.init("image", image)])) ?? true)")

// References say where a plugin is; nothing is fetched yet.
let viewer = try PluginReference(manifest.dependencies[0])
if case .plugin(let name, let repository) = viewer.kind {
    print("It needs `\(name)`, listed in \(repository.manifestURLs[0])")
}

// A new version: one field changes, and every other byte of the file stays as it is.
let released = try file.setting("version", to: "0.2.0")
print("Released as \(try PluginManifest(released).version ?? "nothing")")
