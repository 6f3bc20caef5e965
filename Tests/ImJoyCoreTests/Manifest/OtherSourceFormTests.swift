internal import ImJoyCore
internal import SystemPackage
internal import Testing

struct OtherSourceFormTests {
    // MARK: Python

    @Test func `a Python script is a plugin called like its file`() throws {
        let text = "from imjoy_rpc import api\n\n    # odd\napi.export({'run': print})\n"
        let file = PluginFile(pythonScript: text, name: "/tmp/measure cells.py")
        let decoded = PluginManifest.decode(file)
        #expect(decoded.diagnostics.map(\.description) == [])
        let manifest = try #require(decoded.manifest)
        #expect(manifest.name == "measure cells")
        #expect(manifest.type == .nativePython)
        #expect(manifest.language == "python")
        #expect(manifest.scripts.map(\.content) == [text])
        #expect(manifest.scripts[0].location(line: 4, column: 1).description == "4:1")
        #expect(file.description == text)
    }

    @Test func `the name is cut to 32 characters`() throws {
        let name = String(repeating: "ä", count: 40)
        let manifest = try PluginManifest(PluginFile(pythonScript: "", name: name + ".py"))
        #expect(manifest.name == String(repeating: "ä", count: 32))
        #expect(
            PluginManifest.decode(PluginFile(pythonScript: "", name: "")).errors.map(\.code) == ["config.empty-name"])
    }

    // MARK: Markdown

    static let document = """
        # Title

        <!-- ImJoyPlugin: {"type": "window", "name": "Viewer", "hide_code_block": true} -->
        ```js
        api.export(new Viewer())
        ```

        Text `<!-- ImJoyPlugin -->` in a line.

        ```js
        // no plugin: no comment before it
        ```

        <!-- ImJoyPlugin -->

        ~~~~py
        print(1)
        ~~~
        print(2)
        ~~~~
        <!-- ImJoyPlugin:
        { "version": "2.0",
          "typo": 1, "nmae": "x" } -->
          ```html
          <config lang="json">
          {"name": "Whole", "type": "window", "api_version": "0.1.8",}
          </config>
          <script lang="javascript">api.export({})</script>
          ```
        <!-- ImJoyPlugin: {"type": "web-worker"} -->
        A paragraph between them.
        ```js
        ```
        <!-- other -->
        ```js
        ```
        <!-- ImJoyPlugin: {"name": "Open"
          "type": "web-worker"} -->
        ```javascript runnable
        api .export ({})
        """

    @Test func `the plugins of a document are its marked code blocks`() throws {
        let files = PluginFile.plugins(inMarkdown: Self.document, name: "doc.md")
        let decoded = files.map { PluginManifest.decode($0) }
        #expect(files.count == 4)
        #expect(
            decoded.map { $0.diagnostics.map(\.heading) } == [
                [], [],
                ["doc.md:26:61: error: JSON allows no comma before `}` (remove the comma)"],
                ["doc.md:37:34: error: a comma is missing after this value (add `,`)"],
            ])
        let viewer = try #require(decoded[0].manifest)
        #expect(viewer.name == "Viewer")
        #expect(viewer.type == .window)
        #expect(viewer.version == "0.1.0")
        #expect(viewer.apiVersion == "0.1.8")
        #expect(!viewer.isPassive)
        #expect(viewer.fields["hide_code_block"]?.bool == true)
        #expect(viewer.scripts.map(\.content) == ["api.export(new Viewer())\n"])
        #expect(viewer.scripts[0].location(line: 1, column: 5).description == "5:5")

        let bare = try #require(decoded[1].manifest)
        #expect(bare.name == "Plugin 2")
        #expect(bare.type == .nativePython)
        #expect(bare.isPassive)
        #expect(bare.scripts.map(\.content) == ["print(1)\n~~~\nprint(2)\n"])
        #expect(bare.scripts[0].firstLine == 17)
        #expect(bare.language == "python")
        #expect(files[2].scripts[0].firstLine == 28)
        #expect(files[3].scripts[0].content == "api .export ({})")
    }

    @Test(arguments: [
        ("```js\n1\n```", "web-worker"), ("```\n1\n```", "web-worker"), ("```JavaScript x\n1\n```", "web-worker"),
        ("```python\n1\n```", "native-python"), ("~~~py {x}\n1", "native-python"),
    ])
    func `the language of the code gives the type`(_ code: String, _ type: String) throws {
        let file = try #require(PluginFile.plugins(inMarkdown: "<!-- ImJoyPlugin -->\n" + code).first)
        let manifest = try PluginManifest(file)
        #expect(manifest.type.rawValue == type)
        #expect(manifest.isPassive)
        #expect(manifest.scripts.count == 1)
    }

    @Test func `mistakes in a marked block are found in the document`() throws {
        let text = "a\n\n<!-- ImJoyPlugin: {\n \"tpye\": \"window\",\n \"flags\": 5} -->\n\n```ruby\nputs 1\n```\n"
        let file = try #require(PluginFile.plugins(inMarkdown: text, name: "d.md").first)
        let found = PluginManifest.decode(file).diagnostics
        #expect(found.map(\.code.rawValue) == ["config.missing-field", "config.unknown-field", "config.wrong-type"])
        #expect(found.map { [$0.line, $0.column] } == [[3, 19], [4, 2], [5, 11]])
        #expect(found[1].excerpt == " \"tpye\": \"window\",\n ^~~~~~")
    }

    @Test(arguments: [
        "", "<!-- ImJoyPlugin -->", "<!-- ImJoyPlugin -->\n", "<!-- ImJoyPlugin", "```js\n<!-- ImJoyPlugin -->\n```",
        "<!-- ImJoyPlugins -->\n```js\n```", "    <!-- ImJoyPlugin -->\n```js\n```", "<!-- ImJoyPlugin -->\n``\n``",
        "<!-- ImJoyPlugin\n```js\n1\n```\n-->",
    ])
    func `other documents hold no plugin`(_ text: String) {
        #expect(PluginFile.plugins(inMarkdown: text).isEmpty)
    }

    @Test func `a block that ends with the document is read`() {
        for text in [
            "<!-- ImJoyPlugin -->\n```js", "<!-- ImJoyPlugin -->\n```js\n", "<!-- ImJoyPlugin -->\r\n```js\r\n1\r\n```",
        ] {
            let files = PluginFile.plugins(inMarkdown: text)
            #expect(files.count == 1)
            #expect(files.first.map { PluginManifest.decode($0).errors.isEmpty } == true)
        }
    }

    @Test func `many marks cost no more than one`() {
        let block = "<!-- ImJoyPlugin: {} -->\n```js\n1\n```\n"
        #expect(PluginFile.plugins(inMarkdown: String(repeating: block, count: 3000)).count == 3000)
        #expect(PluginFile.plugins(inMarkdown: String(repeating: "<!-- ImJoyPlugin: {\n", count: 20_000)).isEmpty)
    }

    @Test func `a file is read by its suffix`() throws {
        let folder = FixturePlugins.folder
        #expect(try PluginFile.plugins(contentsOf: folder.appending("time-course.imjoy.html")).count == 1)
        let document = try PluginFile.plugins(contentsOf: folder.appending("tutorial.md"))
        #expect(document.map { PluginManifest.decode($0).diagnostics.map(\.description) } == [[], [], []])
        #expect(
            document.compactMap { PluginManifest.decode($0).manifest?.name } == ["Hello", "Plugin 2", "Whole File"])
        let script = try PluginFile.plugins(contentsOf: folder.appending("count_spots.py"))
        #expect(script.compactMap { PluginManifest.decode($0).manifest?.name } == ["count_spots"])
        #expect(throws: ManifestError.self) { try PluginFile.plugins(contentsOf: folder.appending("none.md")) }
    }
}
