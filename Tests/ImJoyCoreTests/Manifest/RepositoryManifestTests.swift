internal import ImJoyCore
internal import Testing

struct RepositoryAddressTests {
    @Test(arguments: [
        ("u/r", "https://raw.githubusercontent.com/u/r/master/manifest.imjoy.json", "u/r"),
        ("https://github.com/a/b.git", "https://raw.githubusercontent.com/a/b/master/manifest.imjoy.json", "a/b"),
        ("https://github.com/a/b.git.git", "https://raw.githubusercontent.com/a/b/master/manifest.imjoy.json", "a/b"),
        ("https://github.com/a/b/", "https://raw.githubusercontent.com/a/b/master/manifest.imjoy.json", "a/b"),
        ("http://www.github.com/a/b", "https://raw.githubusercontent.com/a/b/master/manifest.imjoy.json", "a/b"),
        (
            "https://github.com/a.x/b.c", "https://raw.githubusercontent.com/a.x/b.c/master/manifest.imjoy.json",
            "a.x/b.c"
        ),
    ])
    func `a repository without a revision is looked for on two branches`(
        _ text: String, _ url: String, _ short: String
    ) throws {
        let address = try RepositoryAddress(text)
        #expect(address.manifestURLs == [url, url.replacingFirst("/master/", with: "/main/")])
        #expect(address.description == short)
        #expect(try RepositoryAddress(address.description) == address)
    }

    @Test(arguments: [
        ("u/r@X", "https://raw.githubusercontent.com/u/r/X/manifest.imjoy.json"),
        ("https://github.com/a/b/tree/main", "https://raw.githubusercontent.com/a/b/main/manifest.imjoy.json"),
        (
            "https://github.com/a/b/tree/feature/x",
            "https://raw.githubusercontent.com/a/b/feature/x/manifest.imjoy.json"
        ),
        ("https://github.com/a/b/blob/main/m.json", "https://raw.githubusercontent.com/a/b/main/m.json"),
        ("https://x.org/dir/manifest.imjoy.json", "https://x.org/dir/manifest.imjoy.json"),
        ("https://x.org/a b.json?v=1", "https://x.org/a%20b.json?v=1"),
        // No names of GitHub's, and a branch whose spaces would be lost when it is written behind an `@`.
        ("https://github.com/u/p@x", "https://github.com/u/p@x"),
        ("https://github.com/u/p x", "https://github.com/u/p%20x"),
        ("https://github.com/u/p/tree/%20x", "https://raw.githubusercontent.com/u/p/x/manifest.imjoy.json"),
        ("https://github.com/u/p/tree/%20", "https://github.com/u/p/tree/%20"),
    ])
    func `a revision or an address is looked for in one place`(_ text: String, _ url: String) throws {
        let address = try RepositoryAddress(text)
        #expect(address.manifestURLs == [url])
        #expect(try RepositoryAddress(address.description) == address)
    }

    @Test(arguments: ["", "r", "a/b/c", "/b", "a/", "a/b@", "../..", "a b/c", "a:b/c"])
    func `other text is no repository`(_ text: String) {
        let error = #expect(throws: ReferenceError.self) { try RepositoryAddress(text) }
        #expect(error?.message.contains("USER/REPO") == true)
    }
}

struct RepositoryManifestTests {
    private func decode(
        _ text: String, url: String = "https://x.org/repo/manifest.imjoy.json"
    ) -> RepositoryManifest.Decoded {
        RepositoryManifest.decode(Array(text.utf8), url: url)
    }

    @Test(arguments: [
        ("", "a.imjoy.html", "https://x.org/repo/a.imjoy.html"),
        ("plugins", "a.imjoy.html", "https://x.org/repo/plugins/a.imjoy.html"),
        ("plugins/", "./sub/../a b.imjoy.html", "https://x.org/repo/plugins/a%20b.imjoy.html"),
        ("..", "a.imjoy.html", "https://x.org/a.imjoy.html"),
        ("../../..", "a.imjoy.html", "https://x.org/a.imjoy.html"),
        ("/top", "a.imjoy.html", "https://x.org/top/a.imjoy.html"),
        ("https://y.org/base", "a.imjoy.html", "https://y.org/base/a.imjoy.html"),
        ("https://y.org/base/", "https://z.org/a.imjoy.html?x=1", "https://z.org/a.imjoy.html?x=1"),
        ("", "a.imjoy.html?v=2", "https://x.org/repo/a.imjoy.html?v=2"),
    ])
    func `the address of a plugin follows from the root`(_ root: String, _ uri: String, _ url: String) throws {
        let text = #"{"uri_root": "\#(root)", "plugins": [{"name": "P", "uri": "\#(uri)"}]}"#
        let manifest = try #require(decode(text).manifest)
        #expect(manifest.plugin("P")?.url == url)
        #expect(manifest.plugin("P")?.uri == uri)
    }

    static let example = """
        {
          "name": "Lab plugins",
          "description": "What we use.",
          "version": "0.2.0",
          "uri_root": "",
          "plugins": [
            {"name": "3D Histogram", "version": "0.1.2", "tags": ["CPU"], "description": "d", "extra": 1},
            {"name": "Gone", "disabled": true},
            {"name": "Unet Segmentation", "uri": "unet.imjoy.html", "requirements": {"CPU": ["numpy"]}}
          ],
          "collections": [{"name": "Basics", "plugins": ["3D Histogram"], "workspace": "w", "description": "c"}],
          "x_extra": [1, 2]
        }
        """

    @Test func `names, defaults, disabled entries and collections`() throws {
        let decoded = decode(Self.example)
        #expect(decoded.diagnostics.map(\.description) == [])
        let manifest = try #require(decoded.manifest)
        #expect(manifest.name == "Lab plugins")
        #expect(manifest.description == "What we use.")
        #expect(manifest.version == "0.2.0")
        #expect(manifest.plugins.map(\.name) == ["3D Histogram", "Unet Segmentation"])
        let histogram = try #require(manifest.plugin("3D Histogram"))
        #expect(histogram.uri == "3D Histogram.imjoy.html")
        #expect(histogram.url == "https://x.org/repo/3D%20Histogram.imjoy.html")
        #expect(histogram.version == "0.1.2")
        #expect(histogram.tags == ["CPU"])
        #expect(histogram.labels == [])
        #expect(histogram.description == "d")
        #expect(histogram.storageKey == "3D_Histogram")
        #expect(manifest.plugin("Gone") == nil)
        #expect(manifest.plugin("3d histogram") == nil)
        #expect(
            manifest.collections == [
                RepositoryManifest.Collection(
                    name: "Basics", description: "c", plugins: ["3D Histogram"], workspace: "w")
            ])
    }

    @Test func `printing and reading again is the identity`() throws {
        let manifest = try #require(decode(Self.example).manifest)
        let again = try RepositoryManifest(parsing: Array(manifest.json().utf8), url: manifest.url)
        #expect(again.fields == manifest.fields)
        #expect(again.plugins == manifest.plugins)
        #expect(again.json() == manifest.json())
        #expect(manifest.fields["x_extra"]?.list?.count == 2)
    }

    @Test(arguments: [
        (#"{"plugins": {}}"#, "repository.wrong-type", 1, 13), ("{\n\"plugin\": []}", "repository.no-plugins", 1, 1),
        ("[]", "repository.not-an-object", 1, 1), ("", "json.empty", 1, 1),
        ("{\"plugins\": [\n  {\"uri\": \"x\"}]}", "repository.bad-entry", 2, 3),
        ("{\"plugins\": [\n  5]}", "repository.bad-entry", 2, 3),
        ("{\"plugins\": [{\"name\": \"a\"},\n {\"name\": \"a\"}]}", "repository.duplicate-name", 2, 11),
        (#"{"plugins": [{"name": "a", "uri": 5}]}"#, "repository.wrong-type", 1, 35),
        (#"{"name": 5, "plugins": []}"#, "repository.wrong-type", 1, 10),
        (#"{"plugins": [], "collections": {}}"#, "repository.wrong-type", 1, 32),
        (#"{"plugins": [], "collections": [{}]}"#, "repository.bad-entry", 1, 33),
        ("{\"plugins\": [\n{\"name\": \"a\"}\n{\"name\": \"b\"}]}", "json.missing-comma", 2, 14),
    ])
    func `a mistake is found at its place`(_ text: String, _ code: String, _ line: Int, _ column: Int) {
        let found = decode(text).diagnostics
        #expect(found.map(\.code.rawValue) == [code])
        #expect(found.first.map { [$0.line, $0.column] } == [line, column])
        #expect(found.first?.hint != nil)
    }

    @Test func `an entry that cannot be used does not spoil the others`() throws {
        let manifest = try #require(decode(#"{"plugins": [5, {"uri": "x"}, {"name": "a"}]}"#).manifest)
        #expect(manifest.plugins.map(\.name) == ["a"])
        #expect(throws: ManifestError.self) { try RepositoryManifest(parsing: Array("{".utf8), url: "u") }
    }

    // MARK: Generating

    private static func file(_ name: String, _ extra: String = "") -> PluginFile {
        PluginFile(
            parsing: """
                <config lang="json">{"name": "\(name)", "type": "window", "api_version": "0.1.8"\(extra)}</config>
                <script lang="javascript">api.export({})</script>
                """)
    }

    @Test func `a manifest is made of plugin files and keeps what was there`() throws {
        let old = try #require(decode(Self.example).manifest)
        let files = [
            ("sub/b c.imjoy.html", Self.file("Beta")),
            ("a.imjoy.html", Self.file("Alpha", #", "tags": ["x"], "ui": {"x": "u"}, "x_lab": 1"#)),
        ]
        let made = try RepositoryManifest.generated(from: files, existing: old, url: old.url)
        #expect(made.plugins.map(\.name) == ["Alpha", "Beta"])
        #expect(made.plugin("Beta")?.url == "https://x.org/repo/sub/b%20c.imjoy.html")
        #expect(made.plugin("Alpha")?.fields["ui"]?["x"]?.string == "u")
        #expect(made.plugin("Alpha")?.fields["x_lab"]?.int == 1)
        #expect(made.name == "Lab plugins")
        #expect(made.fields.keys == old.fields.keys)
        #expect(made.collections == old.collections)
        let fresh = try RepositoryManifest.generated(from: files)
        #expect(fresh.json().hasPrefix("{\n  \"version\": \"0.2.0\",\n  \"uri_root\": \"\",\n  \"plugins\": ["))
    }

    @Test func `twins and files with errors are refused`() throws {
        let twins = #expect(throws: ManifestError.self) {
            try RepositoryManifest.generated(from: [("a", Self.file("A")), ("b", Self.file("A"))])
        }
        #expect(twins?.message.contains("a and b") == true)
        #expect(throws: ManifestError.self) {
            try RepositoryManifest.generated(from: [("a", PluginFile(parsing: "<config>{}</config>"))])
        }
    }
}
