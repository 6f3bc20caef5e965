internal import ImJoyCore
internal import Testing

struct RequirementTests {
    @Test(arguments: [
        ("numpy", Requirement.Kind.packages(["numpy"])), ("numpy  scipy>=1", .packages(["numpy", "scipy>=1"])),
        ("pip: -U numpy scipy", .pip(["-U", "numpy", "scipy"])), ("pip:h5py keras", .pip(["h5py", "keras"])),
        ("conda: -c chan chan2::pkg", .conda(["-c", "chan", "chan2::pkg"])),
        ("repo: https://example.org/a/b.git", .repository(url: "https://example.org/a/b.git", directory: "b")),
        ("repo:https://example.org/a/b dir", .repository(url: "https://example.org/a/b", directory: "dir")),
        ("repo: git@example.org:a/b.git", .repository(url: "git@example.org:a/b.git", directory: "b")),
        (
            "repo: https://example.org/a/b.git@v1.2",
            .repository(url: "https://example.org/a/b.git@v1.2", directory: "b")
        ),
        ("cmd:pip install -r x.txt", .command("pip install -r x.txt")),
        (" pip install a b", .command("pip install a b")),
        ("git clone https", .command("git clone https")), ("pip", .packages(["pip"])),
        ("cmd: echo a: b", .command("echo a: b")),
        ("git+https://example.org/a.git@v1", .url("git+https://example.org/a.git@v1")),
        ("https://example.org/a.whl", .url("https://example.org/a.whl")),
        ("pkg @ https://example.org/a.whl", .url("pkg @ https://example.org/a.whl")),
        ("apt: x", .unsupported(prefix: "apt")),
    ])
    func `native Python forms`(_ text: String, _ kind: Requirement.Kind) {
        #expect(Requirement(text, for: .nativePython).kind == kind)
    }

    @Test(arguments: [
        ("https://example.org/a/b.git@v1.2", "https://example.org/a/b.git", "v1.2"),
        ("https://example.org/a/b@main", "https://example.org/a/b", "main"),
        ("https://example.org/a/b.git@feature/x", "https://example.org/a/b.git", "feature/x"),
        ("https://me@example.org/a/b", "https://me@example.org/a/b", nil),
        ("https://me@example.org", "https://me@example.org", nil),
        ("git@example.org:b.git", "git@example.org:b.git", nil),
        ("git@example.org:a/b.git@v1", "git@example.org:a/b.git", "v1"),
        ("https://example.org/@me/b", "https://example.org/@me/b", nil), ("", "", nil), ("@", "@", nil),
        ("https://example.org/a/b.git@", "https://example.org/a/b.git", ""),
    ])
    func `a repository's revision stands behind its address`(_ text: String, _ url: String, _ revision: String?) {
        let parts = Requirement.repositoryParts(text)
        #expect(parts.url == url)
        #expect(parts.revision == revision)
    }

    @Test(arguments: [
        ("https://example.org/a.CSS", Requirement.Kind.stylesheet("https://example.org/a.CSS")),
        ("css:https://example.org/a", .stylesheet("https://example.org/a")),
        ("https://example.org/a.mjs", .module("https://example.org/a.mjs")),
        ("mjs: https://example.org/a", .module("https://example.org/a")),
        ("a.js", .script("a.js")), ("js:https://example.org/x", .script("https://example.org/x")),
        ("cache:https://example.org/m", .cache("https://example.org/m")),
        ("https://example.org/npm/apexcharts", .script("https://example.org/npm/apexcharts")),
        ("https://example.org/npm/@scope/p@1.2.11", .script("https://example.org/npm/@scope/p@1.2.11")),
        ("lodash", .unsupported(prefix: "")),
    ])
    func `browser forms`(_ text: String, _ kind: Requirement.Kind) {
        for type in [PluginType.window, .iframe, .webWorker] { #expect(Requirement(text, for: type).kind == kind) }
    }

    @Test func `Python in a browser takes bare names and prefixes`() {
        #expect(Requirement("numpy", for: .webPython).kind == .packages(["numpy"]))
        #expect(Requirement("package: a b", for: .webPython).kind == .packages(["a", "b"]))
        #expect(Requirement("js:https://x.y/a.js", for: .webPython).kind == .script("https://x.y/a.js"))
    }
}

struct PluginVersionTests {
    @Test(arguments: [("0.1.9", "0.1.10"), ("0.1", "0.1.1"), ("1.0.0-beta", "1.0.1"), ("", "0.0.1"), ("0.9", "1")])
    func `versions are ordered by their numbers`(_ low: String, _ high: String) {
        #expect(PluginVersion(low) < PluginVersion(high))
        #expect(PluginVersion(high) > PluginVersion(low))
    }

    @Test(arguments: [("1.0.0-beta", "1.0.0"), ("1", "1.0.0"), ("x.1", "0.1"), ("0.1.8", "0.1.8.0"), ("", "0")])
    func `zeros at the end and words do not count`(_ a: String, _ b: String) {
        #expect(PluginVersion(a) == PluginVersion(b))
        #expect(PluginVersion(a).hashValue == PluginVersion(b).hashValue)
    }

    @Test func `a part too large for an integer is clamped`() {
        #expect(PluginVersion("99999999999999999999.1").components == [.max, 1])
    }
}
