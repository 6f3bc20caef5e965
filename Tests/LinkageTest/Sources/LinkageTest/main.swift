internal import ImJoyCore

let sum = NDArray<Float>([1, 2, 3]) + NDArray<Float>([10, 20, 30])
let file = PluginFile(
    parsing: """
        <config lang="yaml">
        name: Linkage
        type: native-python
        api_version: 0.1.8
        </config>
        <script lang="python">pass</script>
        """)
let manifest = try PluginManifest(file)
print(sum, manifest.name)
