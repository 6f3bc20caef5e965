internal import ImJoyCore
internal import Testing

/// The reference parser's results, on inputs written for this purpose; names say where ours is kinder.
struct PluginFileVectorTests {
    private func kinds(_ file: PluginFile) -> [String] { file.blocks.map { $0.kind == .other ? "other" : $0.tag } }

    @Test func `an unclosed top-level link is void, where the reference loses all that follows`() {
        let file = PluginFile(
            parsing: "<link rel=\"stylesheet\" href=\"a.css\">\n<config lang=\"json\">{}</config><script>x</script>")
        #expect(kinds(file) == ["link", "config", "script"])
        #expect(file.links[0].content == "")
        #expect(file.links[0]["href"] == "a.css")
    }

    @Test func `a self-closed link is empty`() {
        let file = PluginFile(
            parsing: "<link rel=\"stylesheet\" href=\"a.css\"/>\n<config lang=\"json\">{}</config><script>x</script>")
        #expect(kinds(file) == ["link", "config", "script"])
        #expect(file.links[0].content == "")
        #expect(file.scripts[0].content == "x")
    }

    @Test func `unclosed children are closed by the block's end tag`() {
        let file = PluginFile(
            parsing: "<window><div>a<br>b<img src=\"x\"></div></window><config>{}</config>")
        #expect(file.windows.map(\.content) == ["<div>a<br>b<img src=\"x\"></div>"])
        #expect(file.config?.content == "{}")
    }

    @Test func `a less-than sign that starts no tag is text`() {
        let file = PluginFile(
            parsing: "<docs>if a < b then <notclosed and 1<2 </docs><config>{\"a\":\"<b>x\"}</config>")
        #expect(file.docs?.content == "if a < b then <notclosed and 1<2 ")
        #expect(file.config?.content == "{\"a\":\"<b>x\"}")
    }

    @Test func `tags in comments do not count and an indented script is moved left`() {
        let file = PluginFile(
            parsing:
                "<!-- <script>no</script> -->\n<script lang=\"python\">\n    a = \"</div>\"\n    b = 1\n</script>")
        #expect(file.scripts.map(\.content) == ["\na = \"</div>\"\nb = 1\n"])
        #expect(file.scripts[0].removedIndentation == 4)
        #expect(file.scripts[0].firstLine == 2)
    }

    @Test func `a script's end tag inside a string ends the script`() {
        let file = PluginFile(
            parsing: "<script lang=\"javascript\">var s=\"</script>\"; after()</script><config>{}</config>")
        #expect(file.scripts.map(\.content) == ["var s=\""])
        #expect(file.config != nil)
        #expect(file.diagnostics.map(\.code) == ["file.early-end"])
    }

    @Test func `block names are matched exactly`() {
        let file = PluginFile(parsing: "<CONFIG lang=\"json\">{}</CONFIG><Script>1</Script>")
        #expect(file.others.map(\.tag) == ["CONFIG", "Script"])
        #expect(file.config == nil)
        #expect(file.scripts.isEmpty)
        #expect(file.diagnostics.map(\.hint) == ["did you mean `<config>`?", "did you mean `<script>`?"])
    }

    @Test func `of two configs the first is used`() {
        let file = PluginFile(
            parsing: "<config lang=\"json\">{\"n\":1}</config><config lang=\"yaml\">n: 2</config>")
        #expect(kinds(file) == ["config", "config"])
        #expect(file.config?.content == "{\"n\":1}")
    }

    @Test func `attribute values may lack quotes or be missing`() {
        let file = PluginFile(parsing: "<script lang=python tag='GPU' async>1</script>")
        let script = file.scripts[0]
        #expect(script.lang == "python")
        #expect(script["tag"] == "GPU")
        #expect(script.attribute("async") != nil)
        #expect(script["async"] == nil)
    }

    @Test func `entities are decoded in attributes only`() {
        let file = PluginFile(parsing: "<attachment name=\"a&amp;b&lt;\">x &amp; y</attachment>")
        #expect(file.attachments[0]["name"] == "a&b<")
        #expect(file.attachment("a&b<") == "x &amp; y")
    }

    @Test func `docs end at the next end tag, where the reference loses what follows a literal script tag`() {
        let file = PluginFile(
            parsing: "<docs>use <script> tag</docs><config>{}</config><script>real</script>")
        #expect(file.docs?.content == "use <script> tag")
        #expect(kinds(file) == ["docs", "config", "script"])
        #expect(file.scripts[0].content == "real")
    }

    @Test func `blocks inside an attachment are its text`() {
        let file = PluginFile(
            parsing:
                "<attachment name=\"p\"><config lang=\"json\">{\"x\":1}</config><script>1</script></attachment><config>{\"y\":2}</config>"
        )
        #expect(file.attachment("p") == "<config lang=\"json\">{\"x\":1}</config><script>1</script>")
        #expect(file.config?.content == "{\"y\":2}")
        #expect(file.scripts.isEmpty)
    }

    @Test func `stray end tags are ignored but an ended paragraph makes an empty one`() {
        let file = PluginFile(parsing: "</div><config>{}</config></p>")
        #expect(kinds(file) == ["config", "other"])
        #expect(file.others[0].tag == "p")
        #expect(file.others[0].content == "")
    }

    @Test func `a page around everything hides the config`() {
        let file = PluginFile(parsing: "<!DOCTYPE html><html><body><config>{}</config></body></html>")
        #expect(file.others.map(\.tag) == ["html"])
        #expect(file.config == nil)
        let decoded = PluginManifest.decode(file)
        #expect(decoded.errors.map(\.code) == ["file.no-config"])
        #expect(decoded.errors[0].column == 16)
    }

    @Test func `a self-closed attachment is empty`() {
        let file = PluginFile(parsing: "<attachment name=\"x\"/><config>{}</config>")
        #expect(file.attachment("x") == "")
        #expect(file.config != nil)
    }

    @Test func `tabs are removed as indentation`() {
        let file = PluginFile(parsing: "<script>\n\t\tif:\n\t\t\tx\n</script>")
        #expect(file.scripts[0].content == "\nif:\n\tx\n")
        #expect(file.scripts[0].removedIndentation == 2)
    }

    @Test func `CRLF becomes LF where indentation is removed`() {
        let file = PluginFile(parsing: "<script>\r\n    a\r\n    b\r\n</script>")
        #expect(file.scripts[0].content == "\na\nb\n")
        let kept = PluginFile(parsing: "<script>\r\na\r\n    b\r\n</script>")
        #expect(kept.scripts[0].content == "\r\na\r\n    b\r\n")
    }

    @Test func `a block open at the end of the file is empty`() {
        let file = PluginFile(parsing: "<config>{}</config><script>abc")
        #expect(kinds(file) == ["config", "script"])
        #expect(file.scripts[0].content == "")
        #expect(!file.scripts[0].isClosed)
        #expect(file.diagnostics.map(\.code) == ["file.unclosed-block"])
        #expect(file.diagnostics[0].column == 20)
    }
}
