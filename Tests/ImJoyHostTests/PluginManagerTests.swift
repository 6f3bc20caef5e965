internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections
internal import SystemPackage
internal import Testing

@testable internal import ImJoyHost

/// `add` and `where`, for others to call.
private var adder: TestPlugin {
    .methods(
        "Adder",
        """
        def add(self, a, b=10):
            return a + b
        def run(self, ctx):
            return {"got": ctx.data.value, "process": os.getpid()}
        """)
}

private func caller(_ body: String, config: String = "") -> TestPlugin {
    let lines = body.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
    return .methods("Caller", "async def run(self, ctx):\n" + lines.joined(separator: "\n"), config: config)
}

@Suite(.timeLimit(.minutes(20)))
struct `Plugins of one host` {
    @Test(arguments: [
        "api.getPlugin('Adder')", "api.get_plugin(' Adder ')", "api.loadPlugin('Adder')",
        "api.getPlugin({'name': 'Adder'})", "api.getPlugin(name='Adder')", "api.getPlugin({'src': 'user/repo:Adder'})",
        "api.getPlugin('user/repo@abc:Adder')", "api.getPlugin('https://example.org/x/Adder.imjoy.html?raw=true')",
    ])
    func `are started when another one asks for them, however they are named`(call: String) async throws {
        let plugins = try TestPlugins(
            caller("other = await \(call)\nreturn [await other.add(1, 2), await other.add(1, b=5), other.config.name]"),
            adder)
        let result = try await plugins.run()
        #expect(result[0].intValue == 3)
        #expect(result[1].intValue == 6)
        #expect(result[2].stringValue == "Adder")
    }

    @Test func `are run and called by name, and run once`() async throws {
        let plugins = try TestPlugins(
            caller(
                """
                first = await api.run("Adder", {"data": {"value": 5}})
                second = await api.run("Adder", data={"value": 6})
                others = await asyncio.gather(*[api.run("Adder", {"data": {"value": n}}) for n in range(10)])
                return {
                    "values": [first.got, second.got], "processes": len({r.process for r in [first, second, *others]}),
                    "sum": await api.call("Adder", "add", 20, b=3),
                }
                """),
            adder)
        let result = try await plugins.run()
        #expect(result["values"].arrayValue?.compactMap(\.intValue) == [5, 6])
        #expect(result["processes"].intValue == 1)
        #expect(result["sum"].intValue == 23)
    }

    @Test func `may come as text, and be oneself`() async throws {
        let text = TestPlugin(name: "Inner", script: "api.export({'setup': lambda: None, 'value': lambda: 7})").text
        let plugins = try TestPlugins(
            caller(
                """
                inner = await api.getPlugin(await api.getAttachment("inner"))
                me = await api.getPlugin("Caller")
                return [await inner.value(), await me.double(4), inner.config.name, await (await api.getPlugin("Inner")).value()]
                """
            ).adding("def double(self, n): return 2 * n", attachment: ("inner", text)))
        let result = try await plugins.run()
        #expect(result[0].intValue == 7)
        #expect(result[1].intValue == 8)
        #expect(result[2].stringValue == "Inner")
        #expect(result[3].intValue == 7)
    }

    @Test(arguments: [
        ("api.getPlugin('Nobody')", "there is no plugin called `Nobody`; known are Adder, Broken, Caller, Window"),
        ("api.run('Nobody')", "there is no plugin called `Nobody`"),
        ("api.call('Adder', 'subtract')", "it exports no such function, only add, run, setup"),
        ("api.call('Adder')", "`api.call` takes a plugin's name, a function's name and arguments"),
        ("api.getPlugin(5)", "a plugin is named by text, or by a mapping with `name`, `id` or `src`, not by 5"),
        ("api.getPlugin('https://example.org/App/')", "is not among the plugins here, and this host fetches nothing"),
        ("api.getPlugin('Window')", "the plugin Window is of type `jupyter-notebook`, which this host cannot run"),
        (
            "api.getPlugin('Broken')",
            "Broken.imjoy.html:11: error: the plugin Broken failed in `setup`: ValueError: no model"
        ),
        ("api.getPlugin({'name': 'Adder', 'tag': 'GPU'})", "`GPU`"),
    ])
    func `that cannot be had are refused with a sentence`(call: String, message: String) async throws {
        var window = TestPlugin(name: "Window", script: "")
        window.type = "jupyter-notebook"
        let broken = TestPlugin(
            name: "Broken",
            script:
                "class Plugin:\n    def setup(self):\n        x = 1\n        y = 2\n        z = 3\n        raise ValueError('no model')\napi.export(Plugin())"
        )
        let plugins = try TestPlugins(
            caller("try:\n    await \(call)\nexcept Exception as error:\n    return str(error)"), adder, window, broken)
        let result = try await plugins.run()
        #expect(result.stringValue?.contains(message) == true, "\(result)")
    }

    @Test func `are started once, however many ask for them at one time`() async throws {
        let plugins = try TestPlugins(adder)
        try await plugins.start { plugins in
            let instances = try await withThrowingTaskGroup(of: PluginInstance.self) { group in
                for _ in 0..<50 { group.addTask { try await plugins.start("Adder") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(instances.count == 50)
            #expect(instances.allSatisfy { $0 === instances[0] && $0.isRunning })
        }
    }

    @Test func `are started, found, stopped and started again by the program`() async throws {
        let recorder = Recorder()
        let plugins = try TestPlugins(adder, caller("return 1"))
        try await plugins.start(frontEnd: recorder) { plugins in
            #expect(plugins.names == ["Adder", "Caller"])
            #expect(plugins.running.isEmpty)
            async let first = plugins.start("Adder")
            async let second = plugins.start("Adder")
            let adder = try await first
            #expect(try await second === adder)
            try await plugins.start("Caller")
            #expect(plugins.running.map(\.name) == ["Adder", "Caller"])
            #expect(plugins["Adder"] === adder)
            #expect(plugins[adder.id] === adder)
            #expect(adder.id.hasPrefix("Adder_"))
            #expect(adder.isRunning)
            try await plugins.stop("Adder")
            #expect(!adder.isRunning)
            #expect(plugins["Adder"] == nil)
            try await adder.waitForEnd()
            let failure = await #expect(throws: PluginFailure.self) { try await adder.call("add", [1]) }
            #expect(failure?.hasEnded == true)
            #expect(failure?.message == "the plugin was stopped")
            let error = await #expect(throws: HostError.self) { try await plugins.stop("Adder") }
            #expect(error?.code == .notFound)
            let again = try await plugins.start("Adder")
            #expect(again !== adder)
            #expect(again.id != adder.id)
            #expect(try await again.call("add", [1]).intValue == 11)
            let missing = await #expect(throws: HostError.self) { try await plugins.start("Nobody") }
            #expect(missing?.code == .notFound)
            await #expect(throws: HostError.self) { try await plugins.reload("Nobody") }
        }
    }

    @Test func `are read again when they are reloaded, and others get the new one`() async throws {
        let holder = TestPlugin.methods(
            "Holder",
            """
            async def take(self):
                self.other = await api.getPlugin("Adder")
            async def use(self):
                try:
                    return await self.other.add(1)
                except ConnectionError as error:
                    return "gone: " + str(error)
            """)
        let plugins = try TestPlugins(adder, holder)
        let changed = TestPlugin.methods("Adder", "def add(self, a):\n    return a + 100")
        try await plugins.start { manager in
            let holder = try await manager.start("Holder")
            try await holder.call("take")
            #expect(try await holder.call("use").intValue == 11)
            try plugins.write(changed)
            try await manager.reload("Adder")
            #expect(
                try await holder.call("use").stringValue
                    == "gone: the plugin that was called has ended; ask for it again")
            try await holder.call("take")
            #expect(try await holder.call("use").intValue == 101)
        }
        #expect(Processes.marked(changed.mark).isEmpty)
    }

    @Test func `start after those that they depend on`() async throws {
        let recorder = Recorder()
        func plugin(_ name: String, _ dependencies: String) -> TestPlugin {
            TestPlugin(
                name: name,
                script: "print('\(name) starts')\napi.export({'setup': lambda: None, 'run': lambda ctx: 1})",
                config: "\"dependencies\": [\(dependencies)]")
        }
        var both = plugin("Both", "\"C\", \"https://example.org/D.imjoy.html\"")
        both.type = "collection"
        let plugins = try TestPlugins(
            plugin("A", "\"user/repo:B\", \"Both\", \"user/repo:Elsewhere\""), plugin("B", "\"C\""), plugin("C", ""),
            plugin("D", ""), both)
        _ = try await plugins.run(frontEnd: recorder)
        let starts = recorder.lines.filter { $0.hasSuffix("starts") }
        #expect(starts == ["log: C starts", "log: B starts", "log: D starts", "log: A starts"])
        #expect(
            recorder.lines.contains(
                "warning: the dependency `user/repo:Elsewhere` of A is not here; put its file into a folder of plugins")
        )
    }

    @Test func `that depend on each other are refused`() async throws {
        func plugin(_ name: String, needs other: String) -> TestPlugin {
            TestPlugin(
                name: name, script: "api.export({'setup': lambda: None})", config: "\"dependencies\": [\"\(other)\"]")
        }
        let plugins = try TestPlugins(
            plugin("A", needs: "B"), plugin("B", needs: "C"), plugin("C", needs: "B"), plugin("Self", needs: "Self"))
        try await plugins.start { plugins in
            let error = await #expect(throws: HostError.self) { try await plugins.start("A") }
            #expect(error?.code == .dependency)
            #expect(error?.message.hasPrefix("B needs C needs B: dependencies must not lead back") == true)
            let own = await #expect(throws: HostError.self) { try await plugins.start("Self") }
            #expect(own?.message.hasPrefix("Self needs Self: ") == true)
        }
    }

    @Test func `that wait for each other in setup are refused instead of waiting for ever`() async throws {
        func plugin(_ name: String, asks other: String) -> TestPlugin {
            TestPlugin(
                name: name,
                script: """
                    class Plugin:
                        async def setup(self):
                            await api.getPlugin("\(other)")
                    api.export(Plugin())
                    """)
        }
        let plugins = try TestPlugins(plugin("A", asks: "B"), plugin("B", asks: "C"), plugin("C", asks: "A"))
        try await plugins.start { plugins in
            let failure = await #expect(throws: PluginFailure.self) { try await plugins.start("A") }
            #expect(
                failure?.message.contains("C asks for A in its `setup`, and A waits for C") == true,
                "\(String(describing: failure))")
            #expect(plugins.running.isEmpty)
        }
    }

    @Test func `that end in their setup are told to the one who asked`() async throws {
        let leaver = TestPlugin(
            name: "Leaver",
            script: "import sys\nclass Plugin:\n    def setup(self):\n        sys.exit(6)\napi.export(Plugin())")
        let plugins = try TestPlugins(
            caller("try:\n    await api.getPlugin('Leaver')\nexcept Exception as error:\n    return str(error)"), leaver
        )
        let result = try await plugins.run()
        #expect(
            result.stringValue?.contains("the plugin Leaver failed in `setup`: its process ended with status 6")
                == true,
            "\(result)")
    }

    @Test func `that are killed fail the calls of others and of the program at once`() async throws {
        let recorder = Recorder()
        let victim = TestPlugin.methods(
            "Victim",
            """
            async def hang(self):
                print("hanging")
                await asyncio.sleep(1000)
            def process(self):
                return os.getpid()
            """)
        let plugins = try TestPlugins(
            caller(
                """
                victim = await api.getPlugin("Victim")
                try:
                    await victim.hang()
                except ConnectionError as error:
                    return str(error)
                """),
            victim)
        try await plugins.start(frontEnd: recorder) { plugins in
            let victim = try await plugins.start("Victim")
            let process = try #require(try await victim.call("process").intValue)
            let told = Task { try await plugins.start("Caller").run() }
            let own = Task { try await victim.call("hang") }
            while recorder.lines.filter({ $0 == "log: hanging" }).count < 2 {
                try await Task.sleep(for: .milliseconds(10))
            }
            let start = ContinuousClock.now
            Processes.kill(process)
            let failure = await #expect(throws: PluginFailure.self) { try await own.value }
            #expect(failure?.message == "its process was killed by signal 9 (SIGKILL, often for lack of memory)")
            #expect(failure?.output == ["hanging", "hanging"])
            #expect(try await told.value.stringValue == "the plugin that was called has ended before it answered")
            #expect(ContinuousClock.now - start < .seconds(60))
            let late = await #expect(throws: PluginFailure.self) { try await victim.call("process") }
            #expect(late?.hasEnded == true)
            await #expect(throws: PluginFailure.self) { try await victim.waitForEnd() }
            #expect(try await plugins.start("Victim").call("process").intValue != process)
        }
        #expect(recorder.lines.contains { $0.hasPrefix("warning: its process was killed by signal 9") })
    }

    @Test func `may be stopped while they start`() async throws {
        let recorder = Recorder()
        let slow = TestPlugin(
            name: "Slow",
            script: "import time\nprint('starting')\ntime.sleep(1000)\napi.export({'setup': lambda: None})")
        try await TestPlugins(slow).start(frontEnd: recorder) { plugins in
            let start = Task { try await plugins.start("Slow") }
            while !recorder.lines.contains("log: starting") { try await Task.sleep(for: .milliseconds(10)) }
            try await plugins.stop("Slow")
            await #expect(throws: PluginFailure.self) { try await start.value }
            #expect(plugins.running.isEmpty)
        }
    }

    @Test func `in folders are passed over when they are no plugins`() async throws {
        let recorder = Recorder()
        let plugins = try TestPlugins(adder)
        try Files.write("<config>{}</config>".utf8, to: plugins.path("Bad"))
        try Files.write("no plugin".utf8, to: plugins.folder.appending("notes.txt"))
        try Files.write(adder.text.utf8, to: plugins.path("Zweiter"))
        let bad = plugins.path("Bad")
        try await plugins.start(frontEnd: recorder) { plugins in
            #expect(plugins.names == ["Adder"])
            let error = #expect(throws: HostError.self) { try plugins.add(contentsOf: bad) }
            #expect(error?.code == .invalidPlugin)
        }
        #expect(recorder.lines.contains { $0.contains("Bad.imjoy.html is left out: ") })
        #expect(recorder.lines.contains { $0.contains("Zweiter.imjoy.html is left out: ") })
    }
}
