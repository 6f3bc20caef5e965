internal import ImJoyCore
internal import Testing

struct AppLinkTests {
    @Test func `every parameter has its meaning under both names`() throws {
        let link = try AppLink(
            "https://imjoy.io/#/app?plugin=u/r:Foo@GPU&upgrade=1&workspace=w%201&repo=u/r&engine=http://localhost:9527"
                + "&engineType=binder&spec=a/b/c&token=t&start=Foo&load=https://x.org/a&fullscreen=1&standalone"
                + "&flags=quiet,x&expose=1&sample=7")
        let short = try AppLink(
            "https://imjoy.io/#/app/?p=u/r:Foo@GPU&w=w+1&r=u/r&e=http://localhost:9527&t=t&s=Foo&l=https://x.org/a")
        for link in [link, short] {
            #expect(link.plugin == "u/r:Foo@GPU")
            #expect(link.pluginRequest == .reference(try PluginReference("u/r:Foo@GPU")))
            #expect(link.workspace == "w 1")
            #expect(link.repository == "u/r")
            #expect(link.engine == "http://localhost:9527")
            #expect(link.token == "t")
            #expect(link.start == "Foo")
            #expect(link.load == "https://x.org/a")
            #expect(!link.isLite)
        }
        #expect(link.isUpgrade && link.isFullscreen && link.isStandalone && link.exposesAPI)
        #expect(link.engineType == "binder")
        #expect(link.binderSpec == "a/b/c")
        #expect(link.flags == ["quiet", "x"])
        #expect(link.custom == [AppLink.Parameter(name: "sample", value: "7")])
        #expect(link.runData["sample"]?.string == "7")
        #expect(link.runData.count == link.parameters.count)
        #expect(!short.isUpgrade && !short.isFullscreen && !short.exposesAPI)
        #expect(short.engineType == "jupyter")
        #expect(short.binderSpec == "oeway/imjoy-binder-image/master")
        #expect(short.flags == [])
        #expect(short.workflow == nil)
    }

    @Test(arguments: [
        ("https://imjoy.io/#/app?p=blur", AppLink.PluginRequest.search("blur")),
        ("https://imjoy.io/#/app?p=two%20words", .search("two words")),
        ("https://imjoy.io/#/app?p=a/b", .search("a/b")),
    ])
    func `plain text searches the store`(_ text: String, _ request: AppLink.PluginRequest) throws {
        #expect(try AppLink(text).pluginRequest == request)
    }

    @Test func `a workflow keeps its plus signs`() throws {
        for written in ["EQbw+-$A", "EQbw -$A", "EQbw%2B-$A", "EQbw+-%24A"] {
            let link = try AppLink("https://imjoy.io/#/app?workflow=\(written)&x=a+b")
            #expect(link.workflow == "EQbw+-$A")
            #expect(link["x"] == "a b")
            #expect(link.description == "https://imjoy.io/#/app?workflow=EQbw+-$A&x=a%20b")
        }
    }

    @Test func `the lite app has an ordinary query`() throws {
        let link = try AppLink(
            "https://imjoy.io/lite?plugin=https://x.org/p.imjoy.html&data=%7B%22a%22%3A%201%7D&config={}&server_url=https://h.org&mine=1"
        )
        #expect(link.isLite)
        #expect(try link.json("data")?.json() == #"{"a":1}"#)
        #expect(try link.json("config")?.json() == "{}")
        #expect(try link.json("nothing") == nil)
        #expect(throws: ManifestError.self) { try AppLink("https://imjoy.io/lite?data={").json("data") }
        #expect(link["server_url"] == "https://h.org")
        #expect(link.custom.map(\.name) == ["mine"])
        #expect(try AppLink("https://imjoy.io/lite?p=Foo").pluginRequest == .reference(try PluginReference("Foo")))
    }

    @Test(arguments: [
        "https://imjoy.io/#/app", "https://imjoy.io/#/app/?p=u/r:A%20B", "https://imjoy.io/lite?x&y=&z=%26%3D%23",
        "https://imjoy.io/#/app?workflow=a+b&q=%E2%82%AC", "http://localhost:8080/sub/#/app?p=x&p=y",
        "https://imjoy.io/?a=1#/app?b=2", "https://imjoy.io/lite",
    ])
    func `reading and printing is the identity`(_ text: String) throws {
        let link = try AppLink(text)
        #expect(link.description == text)
        #expect(try AppLink(link.description) == link)
    }

    @Test(arguments: [
        "https://imjoy.io/lite?\u{301}x", "https://imjoy.io/#/app?\u{301}x=1", "https://imjoy.io/\u{fc}/lite?a=b c",
        "https://imjoy.io/lite?", "HTTPS://ImJoy.io/#/app?&",
    ])
    func `a link that is not quite one is printed as one`(_ text: String) throws {
        let link = try AppLink(text)
        #expect(try AppLink(link.description) == link)
        #expect(link.description.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f })
    }

    @Test func `setting a parameter keeps the others in place`() throws {
        var link = try AppLink("https://imjoy.io/#/app?a=1&p=x&b=2&plugin=y")
        link.plugin = "u/r:A & B"
        link.workspace = "w"
        link["b"] = nil
        #expect(link.description == "https://imjoy.io/#/app?a=1&p=u/r:A%20%26%20B&workspace=w")
        link.plugin = nil
        #expect(link.description == "https://imjoy.io/#/app?a=1&workspace=w")
        var made = AppLink.app
        made.workflow = "a+b"
        made.start = "P"
        made.token = "t"
        made.engine = "http://h"
        made.repository = "u/r"
        #expect(made.description == "https://imjoy.io/#/app?workflow=a+b&start=P&token=t&engine=http://h&repo=u/r")
        #expect(AppLink.lite.description == "https://imjoy.io/lite")
    }

    @Test(arguments: [
        "", "imjoy.io/#/app", "https://imjoy.io/", "https://imjoy.io/#/docs?p=x", "https://imjoy.io/#/apple?p=x",
    ])
    func `another address is no app link`(_ text: String) {
        let error = #expect(throws: ReferenceError.self) { try AppLink(text) }
        #expect(error?.code == .malformed)
    }
}
