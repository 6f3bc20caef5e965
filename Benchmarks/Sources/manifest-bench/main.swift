internal import ImJoyCore

// How long reading many plugin files takes: 1,000 files of at least 20 kB that hold every kind of block, half of them
// with a config in JSON and half in YAML.

/// Text of at least `count` bytes, in which line numbers keep files from being equal.
func lines(_ count: Int, _ line: (Int) -> String) -> String {
    var text = ""
    var number = 0
    while text.utf8.count < count {
        text += line(number) + "\n"
        number += 1
    }
    return text
}

func config(_ number: Int, isYAML: Bool) -> String {
    let fields: [(String, String)] = [
        ("name", "\"Plugin \(number)\""), ("type", "\"native-python\""), ("version", "\"0.\(number).0\""),
        ("api_version", "\"0.1.8\""), ("description", "\"Counts nuclei in image \(number), “quickly”.\""),
        ("tags", "[\"CPU\", \"GPU\"]"),
        (
            "ui",
            "[\"Radius {id: 'sigma', type: 'number', min: 0, max: 20, placeholder: 1.5} px\", \"Method {id: 'm', "
                + "type: 'choose', options: ['otsu', 'li', 'local'], placeholder: 'li'}\"]"
        ),
        ("inputs", "{\"image\": {\"ndarray\": {\"ndim\": 2, \"dtype\": [\"uint8\", \"uint16\"]}}}"),
        ("outputs", "{\"type\": \"object\", \"properties\": {\"count\": {\"type\": \"integer\", \"minimum\": 0}}}"),
        (
            "requirements",
            "{\"CPU\": [\"numpy scipy\", \"pip: scikit-image>=0.26\"], \"GPU\": [\"conda: -c rapids cupy\"]}"
        ),
        ("env", "[\"conda create -n plugin python=3.11\", {\"type\": \"variable\", \"options\": {\"THREADS\": 2}}]"),
        ("dependencies", "[\"lab/plugins@v2:Image Viewer@stable\"]"), ("defaults", "{\"w\": 20, \"h\": 10}"),
    ]
    let texts = fields.map { isYAML ? "\($0.0): \($0.1)" : "  \"\($0.0)\": \($0.1)" }
    return isYAML ? texts.joined(separator: "\n") : "{\n" + texts.joined(separator: ",\n") + "\n}"
}

func file(_ number: Int) -> [UInt8] {
    let isYAML = number % 2 == 1
    let python = lines(6_000) { "    if a\($0) < b and \"</div>\" in text: print(f'{a\($0)} of \(number)')" }
    let text = """
        <!-- Made for a measurement. -->
        <docs lang="markdown">
        # Plugin \(number)
        \(lines(3_000) { "- item \($0) of `x < y`, with **words** & <b>markup</b>" })</docs>
        <config lang="\(isYAML ? "yaml" : "json")">
        \(config(number, isYAML: isYAML))
        </config>
        <script lang="python">
        \(python)</script>
        <script lang="python" tag="GPU">
        import cupy
        </script>
        <window lang="html">
        <div>
        \(lines(4_000) { "<p class=\"c\($0)\" @click=\"run(\($0))\">row <br> {{ items[\($0)] }} </p>" })</div>
        </window>
        <style lang="css">
        \(lines(3_000) { ".c\($0) > p { color: #00\($0 % 10)0ff; }" })</style>
        <link rel="stylesheet" href="https://example.org/a.css"/>
        <attachment name="classes.csv">
        \(lines(3_000) { "\($0),class \($0),\"a & b\"" })</attachment>
        <notes>for nobody</notes>
        """
    return Array(text.utf8)
}

let files = (0..<1_000).map(file)
let bytes = files.reduce(0) { $0 + $1.count }
let smallest = files.map(\.count).min() ?? 0

var best = Duration.seconds(1_000)
for _ in 0..<5 {
    var blocks = 0
    var fields = 0
    let duration = ContinuousClock().measure {
        for (number, bytes) in files.enumerated() {
            let file = PluginFile(parsing: bytes, name: "plugin-\(number).imjoy.html")
            let decoded = PluginManifest.decode(file, tag: "GPU")
            blocks += file.blocks.count
            fields += decoded.diagnostics.isEmpty ? decoded.manifest?.fields.count ?? 0 : 0
        }
    }
    // Files that are not read whole, or in which something is found, would not be what is measured.
    precondition(blocks == 9 * files.count && fields == 13 * files.count, "\(blocks) blocks, \(fields) fields")
    best = min(best, duration)
}
let seconds = Double(best.components.attoseconds) * 1e-18 + Double(best.components.seconds)
let megabytes = Double(bytes) / 1e6
print(
    "\(files.count) plugin files of \(smallest) bytes or more: \(Int(seconds * 1000)) ms, "
        + "\(Int(megabytes / seconds)) MB/s (best of 5, one thread)")
