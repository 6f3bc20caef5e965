internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyHost

@Suite(.timeLimit(.minutes(20)))
struct `Services of plugins` {
    private static func provider(_ name: String) -> TestPlugin {
        .methods(
            name,
            """
            async def register(self):
                self.id = await api.registerService(
                    {"type": "denoiser", "name": "mean", "version": 2, "apply": lambda x: [api.config.name, x]})
                return self.id
            async def unregister(self):
                await api.unregisterService(self.id)
            def objects(self):
                return len(api._rpc._object_store)
            """)
    }
    private static var user: TestPlugin {
        .methods(
            "User",
            """
            async def find(self, query):
                return [[s.name, s.provider, await s.apply(1)] for s in await api.getServices(query)]
            async def only(self, query):
                try:
                    return await (await api.getService(query)).apply(2)
                except Exception as error:
                    return str(error)
            async def use(self):
                self.service = await api.getService("mean")
            async def again(self):
                try:
                    return await self.service.apply(3)
                except ConnectionError as error:
                    return "gone"
            """)
    }

    @Test func `are found by what they say, may share a name, and go with their plugins`() async throws {
        try await TestPlugins(Self.provider("First"), Self.provider("Second"), Self.user).start { plugins in
            let first = try await plugins.start("First")
            let second = try await plugins.start("Second")
            let user = try await plugins.start("User")
            let id = try await first.call("register")
            #expect(try await user.call("only", ["mean"]).description == "[\"First\", 2]")
            try await second.call("register")
            let both = try await user.call("find", [["type": "denoiser"]])
            #expect(
                both.description == "[[\"mean\", \"First\", [\"First\", 1]], [\"mean\", \"Second\", [\"Second\", 1]]]")
            let ambiguous = try await user.call("only", ["mean"])
            #expect(ambiguous.stringValue?.contains("from First, Second; name one by `id` or `provider`") == true)
            #expect(
                try await user.call("only", [["name": "mean", "provider": "Second"]]).description == "[\"Second\", 2]")
            #expect(try await user.call("only", [id]).description == "[\"First\", 2]")
            #expect(try await user.call("find", [["type": "denoiser", "version": 3]]).arrayValue?.isEmpty == true)
            try await first.call("unregister")
            // The plugin's side is let go as well.
            #expect(try await first.call("objects").intValue == 1)
            let twice = await #expect(throws: PluginFailure.self) { try await first.call("unregister") }
            #expect(twice?.message.contains("First has registered no service") == true)
            try await user.call("use")
            try await plugins.stop("Second")
            #expect(try await user.call("again").stringValue == "gone")
            #expect(try await user.call("find", [[:]]).arrayValue?.isEmpty == true)
            let none = try await user.call("only", ["mean"])
            #expect(none.stringValue?.contains("no plugin has registered the service") == true)
        }
    }

    @Test(arguments: [
        ("{'name': 'op', 'run': lambda ctx: 1}", "'Provider/op'"),
        ("{'type': 'operator', 'name': 'Provider', 'ui': 'n: {id: \"n\"}'}", "'Provider'"),
        ("{'type': '@operator', 'name': 'op'}", "'Provider/op'"),
        ("{'type': 'operator'}", "a service needs a `name`"),
        ("5", "a service is a mapping with `name` and `type`, not a whole number"),
        ("{'type': '@nonsense', 'name': 'n'}", "there is no service type @nonsense; known are @operator, @engine"),
        ("{'type': '@model', 'name': 'n'}", "a service of type @model needs a function `predict`"),
        ("{'type': '@transformation', 'name': 'n', 'fit': print}", "needs a function `transform`"),
        (
            "{'type': 'engine', 'name': 'n'}",
            "a service of type engine needs the flag `engine` in the config of Provider"
        ),
        ("{'type': 'file-manager', 'name': 'n', 'url': 'u'}", "None"),
    ])
    func `are checked when they are registered`(service: String, answer: String) async throws {
        let plugin = TestPlugin.methods(
            "Provider",
            """
            async def run(self, ctx):
                try:
                    answer = await api.register(\(service))
                    return repr(answer) if "rovider" in answer else "None"
                except Exception as error:
                    return str(error)
            """, config: "\"flags\": [\"file-manager\"]")
        let result = try await TestPlugins(plugin).run()
        #expect(result.stringValue?.contains(answer) == true, "\(result)")
    }

    @Test func `that are operators run, replace each other, and default to the plugin's run`() async throws {
        let plugin = TestPlugin.methods(
            "Provider",
            """
            async def run(self, ctx):
                return "plain"
            async def operators(self):
                await api.register(name="one", run=lambda ctx: "old", ui="")
                await api.register(name="one", run=lambda ctx: "new", ui="")
                await api.register({"name": "two", "type": "operator"})
                found = await api.getServices({"type": "@operator"})
                return [[s.name, await s.run({})] for s in found]
            """)
        try await TestPlugins(plugin).start { plugins in
            let provider = try await plugins.start("Provider")
            #expect(try await provider.call("operators").description == "[[\"one\", \"new\"], [\"two\", \"plain\"]]")
        }
    }

    @Test func `that manage files or engines are what the functions for them look for`() async throws {
        let provider = TestPlugin.methods(
            "Provider",
            """
            async def setup(self):
                await api.registerService({
                    "type": "file-manager", "name": "files", "url": "here",
                    "getFileUrl": lambda file: "file://" + file["path"], "listFiles": lambda path: [path]})
                await api.registerService({"type": "engine", "name": "e", "url": "u", "about": lambda: "an engine"})
                await api.registerService({"type": "engine-factory", "name": "f", "addEngine": lambda config: config})
            async def run(self, ctx):
                results = [
                    await api.getFileUrl({"path": "/a", "file_manager": "here"}), await api.getFileUrl(path="/b"),
                    await (await api.getFileManager("here")).listFiles("p"), await (await api.getEngine("u")).about(),
                    await (await api.getEngineFactory("f")).addEngine(5),
                ]
                for call in (lambda: api.getEngine("other"), lambda: api.requestUploadUrl({"path": "p"})):
                    try:
                        await call()
                    except Exception as error:
                        results.append(str(error))
                return results
            """, config: "\"flags\": [\"file-manager\", \"engine\", \"engine-factory\"]")
        let result = try await TestPlugins(provider).run().arrayValue ?? []
        #expect(
            result.prefix(5).map(\.description) == ["\"file:///a\"", "\"file:///b\"", "[\"p\"]", "\"an engine\"", "5"])
        #expect(
            result[5].stringValue
                == "this needs a service of type `engine` for other, and no running plugin has registered one")
        #expect(result[6].stringValue?.hasPrefix("this needs a service of type `file-manager`") == true)
    }
}
