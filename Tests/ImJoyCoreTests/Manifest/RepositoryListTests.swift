internal import ImJoyCore
internal import Testing

struct RepositoryListTests {
    private func manifest(_ json: String) throws -> RepositoryManifest {
        try RepositoryManifest(parsing: Array(json.utf8), url: "https://example.org/manifest.imjoy.json")
    }

    @Test func `a new list holds the team's repositories`() {
        #expect(RepositoryList().entries.map(\.name) == ["ImJoy Repository", "ImJoy Demos"])
        #expect(
            RepositoryList().entries.map(\.address.description) == [
                "imjoy-team/imjoy-plugins", "imjoy-team/imjoy-demo-plugins",
            ])
    }

    @Test func `adding takes name and description from the manifest`() throws {
        var list = RepositoryList()
        let address = try RepositoryAddress("lab/plugins")
        list.add(try manifest(#"{"name": "Lab", "description": "Ours", "plugins": []}"#), at: address)
        #expect(list.entries.last?.name == "Lab")
        #expect(list.entries.last?.description == "Ours")
        // The same repository by its whole address replaces the entry.
        list.add(
            try manifest(#"{"name": "Lab 2", "plugins": []}"#),
            at: try RepositoryAddress("https://github.com/lab/plugins.git"))
        #expect(list.entries.count == 3)
        #expect(list.entries.last?.name == "Lab 2")
        #expect(list.entries.last?.description == nil)
        // A name that is taken gives way to the address.
        list.add(try manifest(#"{"name": "Lab 2", "plugins": []}"#), at: try RepositoryAddress("other/plugins@v1"))
        #expect(list.entries.map(\.name) == ["ImJoy Repository", "ImJoy Demos", "Lab 2", "other/plugins@v1"])
        list.add(try manifest(#"{"plugins": []}"#), at: try RepositoryAddress("https://example.org/m.json"))
        #expect(list.entries.last?.name == "https://example.org/m.json")
        let wasThere = list.remove(address)
        let isStillThere = list.remove(address)
        #expect(wasThere && !isStillThere)
        #expect(list.entries.count == 4)
    }

    @Test func `a list is written and read, and the team's repositories come back`() throws {
        var list = RepositoryList()
        list.add(
            try manifest(#"{"name": "Lab", "description": "Ours", "plugins": []}"#),
            at: try RepositoryAddress("lab/plugins"))
        #expect(RepositoryList(list.value) == list)
        list.remove(try RepositoryAddress("imjoy-team/imjoy-plugins"))
        let read = RepositoryList(list.value)
        #expect(read.entries.map(\.name) == ["ImJoy Demos", "Lab", "ImJoy Repository"])
        #expect(RepositoryList(.null) == RepositoryList())
        #expect(RepositoryList([["name": "x"], ["url": "nothing"], 5]) == RepositoryList())
        #expect(RepositoryList([["url": "a/b"]]).entries.first?.name == "a/b")
    }

    @Test(arguments: [
        ("", ["Blur", "Threshold", "Nuclei"]), ("BLUR", ["Blur"]), ("smooth", ["Blur"]),
        ("segment", ["Threshold", "Nuclei"]),
        ("  nuclei ", ["Nuclei"]), ("nothing", []),
    ])
    func `the store is searched by name, description and labels`(_ text: String, _ names: [String]) throws {
        let repository = try manifest(
            #"{"plugins": [{"name": "Blur", "description": "Smooths an image"}, {"name": "Threshold", "labels": ["segmentation"]}, {"name": "Nuclei", "labels": ["Segments"]}]}"#
        )
        #expect(repository.plugins(matching: text).map(\.name) == names)
    }
}
