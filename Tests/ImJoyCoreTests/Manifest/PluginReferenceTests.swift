internal import ImJoyCore
internal import Testing

struct PluginReferenceTests {
    private static func gitHub(_ user: String, _ repository: String, _ revision: String? = nil) throws
        -> RepositoryAddress
    { try RepositoryAddress("\(user)/\(repository)", revision: revision) }

    // MARK: Names

    @Test(
        arguments: [
            ("u/r:Foo", "u/r", nil, "Foo", nil, "u/r:Foo"), ("u/r:Foo@GPU", "u/r", nil, "Foo", "GPU", "u/r:Foo"),
            ("u/r@abc:Foo@GPU", "u/r", "abc", "Foo", "GPU", "u/r@abc:Foo"),
            ("u/r: A B ", "u/r", nil, "A B", nil, "u/r:A B"),
            (" u/r : Foo @ Linux CPU ", "u/r", nil, "Foo", "Linux CPU", "u/r:Foo"),
            ("u/r@feature/x:Foo", "u/r", "feature/x", "Foo", nil, "u/r@feature/x:Foo"),
            ("first.last/my.repo:Foo", "first.last/my.repo", nil, "Foo", nil, "first.last/my.repo:Foo"),
            ("u/r:Localization File (csv)", "u/r", nil, "Localization File (csv)", nil, "u/r:Localization File (csv)"),
            ("u/r:Foo@", "u/r", nil, "Foo", nil, "u/r:Foo"),
        ] as [(String, String, String?, String, String?, String)])
    func `a plugin of a repository`(
        _ text: String, _ repository: String, _ revision: String?, _ name: String, _ tag: String?, _ origin: String
    ) throws {
        let reference = try PluginReference(text)
        #expect(reference.kind == .plugin(name: name, in: try RepositoryAddress(repository, revision: revision)))
        #expect(reference.tag == tag)
        #expect(reference.origin == origin)
    }

    @Test(arguments: [("Foo@GPU", "Foo", "GPU"), (" Foo ", "Foo", nil), ("3D Histogram", "3D Histogram", nil)])
    func `a bare name`(_ text: String, _ name: String, _ tag: String?) throws {
        let reference = try PluginReference(text)
        #expect(reference.kind == .named(name))
        #expect(reference.tag == tag)
        #expect(reference.origin == name)
    }

    // MARK: Addresses

    @Test(arguments: [
        ("https://github.com/u/r/blob/main/p.imjoy.html", "https://raw.githubusercontent.com/u/r/main/p.imjoy.html"),
        (
            "https://github.com/u/r/blob/feature/x/dir/p.imjoy.html",
            "https://raw.githubusercontent.com/u/r/feature/x/dir/p.imjoy.html"
        ),
        (
            "https://github.com/u/r/blob/master/p.imjoy.html?raw=true",
            "https://raw.githubusercontent.com/u/r/master/p.imjoy.html?raw=true"
        ),
        ("https://github.com/u/r/raw/main/p.imjoy.html", "https://github.com/u/r/raw/main/p.imjoy.html"),
        ("http://localhost:8000/p.imjoy.html", "http://localhost:8000/p.imjoy.html"),
        ("http://github.com/u/r/blob/main/p.imjoy.html", "https://raw.githubusercontent.com/u/r/main/p.imjoy.html"),
        (
            "https://www.github.com/u/r/blob/main/p.imjoy.html",
            "https://raw.githubusercontent.com/u/r/main/p.imjoy.html"
        ),
        (
            "HTTPS://GitHub.com/a.b/c.d/blob/v1/p.imjoy.html#L5",
            "https://raw.githubusercontent.com/a.b/c.d/v1/p.imjoy.html"
        ),
        (
            "https://github.com/u/r/blob/main/3D Histogram.imjoy.html",
            "https://raw.githubusercontent.com/u/r/main/3D%20Histogram.imjoy.html"
        ),
        ("https://x.org/a%20b/p (1).imjoy.html", "https://x.org/a%20b/p%20(1).imjoy.html"),
        ("https://x.org/é.imjoy.html", "https://x.org/%C3%A9.imjoy.html"),
        ("https://x.org/p.imjoy.html?token=a&v=1", "https://x.org/p.imjoy.html?token=a&v=1"),
        (
            "https://gist.githubusercontent.com/u/0ab1/raw/p.imjoy.html",
            "https://gist.githubusercontent.com/u/0ab1/raw/p.imjoy.html"
        ),
        (
            "https://dl.dropboxusercontent.com/s/x/p.imjoy.html?dl=1",
            "https://dl.dropboxusercontent.com/s/x/p.imjoy.html?dl=1"
        ),
        ("https://gist.github.com/u/0ab1/raw/ff/p.imjoy.html", "https://gist.github.com/u/0ab1/raw/ff/p.imjoy.html"),
        ("https://x.org/u@v/p.imjoy.html", "https://x.org/u@v/p.imjoy.html"),
    ])
    func `a plugin file at an address`(_ text: String, _ url: String) throws {
        let reference = try PluginReference(text)
        #expect(reference.kind == .file(url: url))
        #expect(reference.tag == nil)
        #expect(try PluginReference(try #require(reference.origin)).kind == reference.kind)
    }

    /// The forms that core 0.14.5 takes for web applications, with what they are meant to be.
    @Test(
        arguments: [
            ("https://x.org/p.imjoy.html@GPU", "https://x.org/p.imjoy.html", "GPU", "https://x.org/p.imjoy.html"),
            ("https://x.org/p.imjoy.html?q@GPU", "https://x.org/p.imjoy.html?q", "GPU", "https://x.org/p.imjoy.html?q"),
            ("https://x.org/p.imjoy.html@GPU?q", "https://x.org/p.imjoy.html?q", "GPU", "https://x.org/p.imjoy.html?q"),
            ("https://x.org/p.imjoy.html?@GPU", "https://x.org/p.imjoy.html", "GPU", "https://x.org/p.imjoy.html"),
            (
                "https://x.org/p.imjoy.html@Linux%20CPU", "https://x.org/p.imjoy.html", "Linux CPU",
                "https://x.org/p.imjoy.html"
            ),
            (
                "https://github.com/u/r/blob/main/p.imjoy.html@GPU",
                "https://raw.githubusercontent.com/u/r/main/p.imjoy.html",
                "GPU", "https://github.com/u/r/blob/main/p.imjoy.html"
            ),
            (
                "https://x.org/p.imjoy.html@GPU?user=a@b", "https://x.org/p.imjoy.html?user=a%40b", "GPU",
                "https://x.org/p.imjoy.html?user=a%40b"
            ),
            (
                "https://x.org/p.imjoy.html?user=a@b&v=1", "https://x.org/p.imjoy.html?user=a%40b&v=1", nil,
                "https://x.org/p.imjoy.html?user=a%40b&v=1"
            ),
        ] as [(String, String, String?, String)])
    func `a tag after an address`(_ text: String, _ url: String, _ tag: String?, _ origin: String) throws {
        let reference = try PluginReference(text)
        #expect(reference.kind == .file(url: url))
        #expect(reference.tag == tag)
        #expect(reference.origin == origin)
    }

    @Test(
        arguments: [
            ("https://gist.github.com/u/0ab1", "https://api.github.com/gists/0ab1", nil, nil),
            ("https://gist.github.com/0ab1", "https://api.github.com/gists/0ab1", nil, nil),
            ("https://gist.github.com/u/0ab1/", "https://api.github.com/gists/0ab1", nil, nil),
            ("http://gist.github.com/u/0ab1?x=1", "https://api.github.com/gists/0ab1", nil, nil),
            ("https://gist.github.com/u/0ab1/ff00", "https://api.github.com/gists/0ab1/ff00", nil, nil),
            ("https://gist.github.com/u/0ab1@GPU", "https://api.github.com/gists/0ab1", nil, "GPU"),
            ("https://gist.github.com/u/0ab1/ff00/@GPU", "https://api.github.com/gists/0ab1/ff00", nil, "GPU"),
            (
                "https://gist.github.com/u/0ab1#file-b-imjoy-html", "https://api.github.com/gists/0ab1", "b-imjoy-html",
                nil
            ),
            (
                "https://gist.github.com/u/0ab1/ff00?x#file-b-imjoy-html@GPU", "https://api.github.com/gists/0ab1/ff00",
                "b-imjoy-html", "GPU"
            ),
        ] as [(String, String, String?, String?)])
    func `a gist`(_ text: String, _ url: String, _ mark: String?, _ tag: String?) throws {
        let reference = try PluginReference(text)
        guard case .gist(let gist) = reference.kind else {
            Issue.record("\(reference.kind) is no gist")
            return
        }
        #expect(gist.url == url)
        #expect(gist.fileMark == mark)
        #expect(reference.tag == tag)
        #expect(try PluginReference(try #require(reference.origin)).kind == reference.kind)
    }

    @Test(arguments: [
        "https://kitware.github.io/itk-vtk-viewer/app/", "https://x.org/p.html", "https://x.org",
        "https://x.org/?p=a.imjoy.html", "https://github.com/u/r", "https://github.com/u/r/blob/main/README.md",
        "https://x.org/@user/app",
    ])
    func `any other address is a web app`(_ text: String) throws {
        let reference = try PluginReference(text)
        #expect(reference.kind == .webApp(url: text))
        #expect(reference.tag == nil)
        #expect(reference.origin == text)
    }

    /// Each has a mark where another reading would find a second one.
    @Test(
        arguments: [
            ("https://gist.github.com/0/#0ab2/ff00?@x#PU'", "x#PU'"), ("https://gist.github.com/u/0#file-a@b@", nil),
            ("https://gist.github.com/u/0/ff?x@GPU.imjoy.html", "GPU.imjoy.html"),
            ("https://gist.github.com/u/0/raw/p.imjoy.html@a@b", "a@b"),
            ("https://h.org/p.imjoy.html@a%23b", "a#b"), ("https://h.org/p.imjoy.html@line%0Aend", "line\nend"),
            ("https://h.org/p.imjoy.html?raw=true@a%3Db", "a=b"), ("https://h.org/p.imjoy.html?raw=1@a%25b", "a%b"),
            ("https://h.org/p.imjoy.html@T/q.imjoy.html@U?r", "T/q.imjoy.html@U"),
            ("https://h.org/p.imjoy.html@T?", "T"), ("https://h.org/p.imjoy.html@T#", "T"),
            ("https://h.org/p.imjoy.html@T#f@U", "T"), ("https://h.org/p.imjoy.html@#f@U", nil),
            ("https://h.org/@u/p.imjoy.html?q@T#f", "T"), ("https://h.org/@u/p.imjoy.html#f@T", "T"),
            ("https://h.org/p.imjoy.html@\u{301}b", "\u{301}b"), ("https://h.org/p.imjoy.html@\u{fc} b", "\u{fc} b"),
            ("u/r: //Foo", nil), ("u/..git@x:Foo", nil), ("u/r:Foo@a@b#c?d", "a@b#c?d"), ("Foo@\u{301}b", "\u{301}b"),
        ] as [(String, String?)])
    func `printed and read again, a reference is the same`(_ text: String, _ tag: String?) throws {
        let reference = try PluginReference(text)
        #expect(reference.tag == tag)
        let again = try PluginReference(reference.description)
        #expect(again == reference, "\(reference)")
        let origin = try PluginReference(#require(reference.origin))
        #expect(origin.kind == reference.kind && origin.tag == nil, "\(origin)")
    }

    @Test func `an accent after a revision's mark does not hide it`() throws {
        let address = try RepositoryAddress("https://github.com/u/r/tree/%CC%81x")
        #expect(address.revision == "\u{301}x")
        #expect(try RepositoryAddress(address.description) == address)
    }

    @Test func `text with a line end is a plugin file`() throws {
        let reference = try PluginReference("<config>\n{}</config>", tag: "GPU")
        #expect(reference.kind == .source("<config>\n{}</config>"))
        #expect(reference.tag == "GPU")
        #expect(reference.origin == nil)
    }

    @Test(arguments: [
        ("", "empty"), ("   ", "empty"), ("u/r", "USER/REPO:NAME"), ("u/r:", "names no plugin"),
        ("u/r:@GPU", "names no plugin"), ("@GPU", "names no plugin"), ("a/b/c:Foo", "not a repository"),
        ("u/:Foo", "not a repository"), ("/r:Foo", "not a repository"), ("u/r@:Foo", "not a repository"),
        ("file:///home/x.imjoy.html", "http:// and https://"), ("ftp://x/p.imjoy.html", "http:// and https://"),
        ("../x.imjoy.html", "https://"), ("https://gist.github.com/u", "the address of a gist"),
        ("https://gist.github.com/", "the address of a gist"),
        ("https://gist.github.com/u/0ab1/nothex", "not a revision"),
        ("https://gist.github.com/u/0ab1/ff/00", "the address of a gist"),
    ])
    func `text of no known form is refused with what to write`(_ text: String, _ part: String) {
        let error = #expect(throws: ReferenceError.self) { try PluginReference(text) }
        #expect(error?.code == .malformed)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        "u/r:Foo@GPU", "u/r@a/b:Foo", "Foo@GPU", "https://x.org/p.imjoy.html?q@GPU", "https://x.org/app?x=1#y",
        "https://gist.github.com/u/0ab1/ff00#file-b-imjoy-html@GPU", "https://x.org/a b.imjoy.html@GPU?user=a@b",
        "https://gist.github.com/u/0ab1@GPU", "a\nb", "https://gist.github.com/u/0ab1/ff00#file-b \u{0}-imjoy-html@GPU",
    ])
    func `printing and reading again is the identity`(_ text: String) throws {
        let reference = try PluginReference(text)
        #expect(try PluginReference(reference.description) == reference)
    }

    @Test func `an object names its reference and tag`() throws {
        let reference = try PluginReference(["uri": "u/r:Foo@CPU", "tag": "GPU", "engine_mode": "auto"])
        #expect(reference == (try PluginReference("u/r:Foo", tag: "GPU")))
        #expect(try PluginReference(["src": "Foo"]).kind == .named("Foo"))
        #expect(throws: ReferenceError.self) { try PluginReference(["name": "Foo"]) }
        #expect(throws: ReferenceError.self) { try PluginReference(5) }
    }

    // MARK: Following

    private static let manifest =
        #"{"name": "R", "plugins": [{"name": "Foo"}, {"name": "Web", "uri": "https://x.org/app"}, {"name": "A B", "uri": "dir/a b.imjoy.html"}]}"#

    private static let fetch: PluginReference.Fetch = { url in
        switch url {
        case "https://raw.githubusercontent.com/u/r/master/manifest.imjoy.json",
            "https://raw.githubusercontent.com/u/r/abc/manifest.imjoy.json",
            "https://raw.githubusercontent.com/u/new/main/manifest.imjoy.json":
            Array(manifest.utf8)
        case "https://raw.githubusercontent.com/u/bad/master/manifest.imjoy.json": Array("{".utf8)
        case "https://api.github.com/gists/0ab1", "https://api.github.com/gists/0ab1/ff00":
            Array(
                #"{"files": {"README.md": {"raw_url": "https://g/r"}, "a.imjoy.html": {"raw_url": "https://g/a b"}, "My b.imjoy.html": {"raw_url": "https://g/b"}}}"#
                    .utf8)
        case "https://api.github.com/gists/0ab2": Array(#"{"files": {"README.md": {"raw_url": "https://g/r"}}}"#.utf8)
        case "https://api.github.com/gists/0ab3": Array(#"{"message": "rate limit"}"#.utf8)
        case "https://api.github.com/gists/0ab4": Array("<html>".utf8)
        default: nil
        }
    }

    @Test(
        arguments: [
            ("u/r:Foo", "https://raw.githubusercontent.com/u/r/master/Foo.imjoy.html", nil, "u/r:Foo"),
            ("u/r:Foo@GPU", "https://raw.githubusercontent.com/u/r/master/Foo.imjoy.html", "GPU", "u/r:Foo"),
            ("u/r@abc:Foo@GPU", "https://raw.githubusercontent.com/u/r/abc/Foo.imjoy.html", "GPU", "u/r@abc:Foo"),
            ("u/r: A B ", "https://raw.githubusercontent.com/u/r/master/dir/a%20b.imjoy.html", nil, "u/r:A B"),
            ("u/new:Foo", "https://raw.githubusercontent.com/u/new/main/Foo.imjoy.html", nil, "u/new:Foo"),
            ("https://gist.github.com/u/0ab1", "https://g/a%20b", nil, "https://gist.github.com/u/0ab1"),
            (
                "https://gist.github.com/u/0ab1/ff00@GPU", "https://g/a%20b", "GPU",
                "https://gist.github.com/u/0ab1/ff00"
            ),
            (
                "https://gist.github.com/u/0ab1#file-my-b-imjoy-html", "https://g/b", nil,
                "https://gist.github.com/u/0ab1#file-my-b-imjoy-html"
            ),
            ("https://x.org/p.imjoy.html@GPU", "https://x.org/p.imjoy.html", "GPU", "https://x.org/p.imjoy.html"),
        ] as [(String, String, String?, String)])
    func `following a reference ends at a file`(
        _ text: String, _ url: String, _ tag: String?, _ origin: String
    ) async throws {
        let location = try await PluginReference(text).resolved(fetch: Self.fetch)
        #expect(location == PluginLocation(place: .file(url: url), tag: tag, origin: origin))
    }

    @Test func `following a web app, source text and a bare name`() async throws {
        let scope = try RepositoryManifest(
            parsing: Array(Self.manifest.utf8), url: "https://x.org/m/manifest.imjoy.json",
            address: try RepositoryAddress("u/r"))
        #expect(
            try await PluginReference("Foo@GPU").resolved(in: scope, fetch: Self.fetch)
                == PluginLocation(place: .file(url: "https://x.org/m/Foo.imjoy.html"), tag: "GPU", origin: "u/r:Foo"))
        #expect(
            try await PluginReference("u/r:Web").resolved(fetch: Self.fetch).place == .webApp(url: "https://x.org/app"))
        #expect(
            try await PluginReference("https://x.org/app").resolved(fetch: Self.fetch).place
                == .webApp(url: "https://x.org/app"))
        #expect(try await PluginReference("a\nb").resolved(fetch: Self.fetch).place == .source("a\nb"))
    }

    @Test(arguments: [
        ("u/r:Nope", ReferenceError.Code.pluginNotFound, "`Nope` cannot be found in the repository u/r"),
        ("u/r:Fooo", .pluginNotFound, "did you mean `Foo`?"), ("u/r:foo", .pluginNotFound, "did you mean `Foo`?"),
        ("u/gone:Foo", .notFound, "u/gone has no manifest at https://raw"), ("u/bad:Foo", .badReply, "has errors"),
        ("Bar", .noScope, "USER/REPO:Bar"), ("https://gist.github.com/u/0ab9", .notFound, "0ab9"),
        ("https://gist.github.com/u/0ab2", .pluginNotFound, "only `README.md`"),
        ("https://gist.github.com/u/0ab3", .badReply, "rate limit"),
        ("https://gist.github.com/u/0ab4", .badReply, "JSON"),
    ])
    func `following a reference that leads nowhere says why`(
        _ text: String, _ code: ReferenceError.Code, _ part: String
    ) async throws {
        let reference = try PluginReference(text)
        let error = await #expect(throws: ReferenceError.self) { try await reference.resolved(fetch: Self.fetch) }
        #expect(error?.code == code)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }

    @Test func `a bare name that the scope lacks is not found`() throws {
        let scope = try RepositoryManifest(parsing: Array(Self.manifest.utf8), url: "https://x.org/manifest.imjoy.json")
        let error = #expect(throws: ReferenceError.self) { try PluginReference("Bar").located(in: scope) }
        #expect(error?.code == .pluginNotFound)
    }
}
