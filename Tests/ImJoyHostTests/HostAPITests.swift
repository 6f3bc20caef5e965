internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections
internal import SystemPackage
internal import Testing

@testable internal import ImJoyHost

@Suite(.timeLimit(.minutes(20)))
struct `A plugin's script` {
    @Test(arguments: ["from imjoy_rpc import api", "from imjoy import api", "import imjoy; api = imjoy.api"])
    func `finds the api under its old and its new name`(line: String) async throws {
        let recorder = Recorder()
        let plugin = TestPlugin(
            script: "del api\n\(line)\napi.export({'setup': lambda: api.log('ready'), 'run': lambda ctx: 1})")
        #expect(try await plugin.run(frontEnd: recorder).intValue == 1)
        #expect(recorder.lines.contains("log: ready"))
    }

    @Test(arguments: ["Plugin", "Plugin()", "{'setup': Plugin().setup, 'run': Plugin().run}"])
    func `may export a class, an instance or a mapping`(exported: String) async throws {
        let plugin = TestPlugin(
            script: """
                class Plugin:
                    value = 5
                    def setup(self): pass
                    def run(self, ctx): return "ran"
                    def _hidden(self): pass
                api.export(\(exported))
                """)
        try await plugin.start { plugin in
            #expect(try await plugin.run().stringValue == "ran")
            #expect(try plugin.interface.members["_hidden"] == nil)
            let value = try plugin.interface.members["value"]
            #expect(value?.intValue == (exported.hasPrefix("{") ? nil : 5))
        }
    }

    @Test func `sees its own imports and functions in its methods`() async throws {
        let plugin = TestPlugin(
            script: """
                import math
                FACTOR = 2
                def helper(x): return math.floor(x) * FACTOR
                class Plugin:
                    def setup(self): pass
                    def run(self, ctx): return [helper(3.5), __name__]
                if __name__ == "__main__":
                    api.export(Plugin())
                """)
        let result = try await plugin.run()
        #expect(result[0].intValue == 6)
        #expect(result[1].stringValue == "__main__")
    }

    @Test func `may export later, from a task`() async throws {
        let plugin = TestPlugin(
            script: """
                import asyncio
                async def main():
                    await asyncio.sleep(0.1)
                    await api.log("connected")
                    api.export({"setup": lambda: None, "run": lambda ctx: 3})
                asyncio.ensure_future(main())
                """)
        #expect(try await plugin.run().intValue == 3)
    }

    @Test func `may be several, which share their names`() async throws {
        var plugin = TestPlugin(script: "x = 20\ndef setup(): pass")
        plugin.blocks = """
            <script lang="python">
            y = 22
            api.export({"setup": setup, "run": lambda ctx: x + y})
            </script>
            """
        #expect(try await plugin.run().intValue == 42)
        plugin.blocks = "<script lang=\"python\">\nraise ValueError('second')\n</script>"
        let failure = try await plugin.failure()
        #expect(failure.line == 10)
    }

    @Test func `may wait in async functions while the host calls others`() async throws {
        let plugin = TestPlugin(
            script: """
                import asyncio
                gate = asyncio.Event()
                class Plugin:
                    async def setup(self): pass
                    async def run(self, ctx):
                        await gate.wait()
                        return "open"
                    def open(self): gate.set()
                api.export(Plugin())
                """)
        try await plugin.start { plugin in
            async let result = plugin.run()
            try await plugin.call("open")
            #expect(try await result.stringValue == "open")
        }
    }

    @Test func `takes keyword arguments and nested functions`() async throws {
        let plugin = TestPlugin(
            script: """
                def add(a, b=1, *, c=0): return a + b + c
                api.export({"setup": lambda: None, "run": lambda ctx: 0, "math": {"add": add}, "add": add})
                """)
        try await plugin.start { plugin in
            #expect(try await plugin.call("add", [1]).intValue == 2)
            #expect(try await plugin.call("add", [1], named: ["b": 5, "c": 10]).intValue == 16)
            #expect(try await plugin.call("math.add", [2, 3]).intValue == 5)
            let sum: Int = try await plugin.interface.add(1, b: 2)
            #expect(sum == 3)
        }
    }

    @Test func `of a passive plugin need not export`() async throws {
        let recorder = Recorder()
        try await TestPlugin(script: "print('passive')", config: "\"passive\": true").start(frontEnd: recorder) {
            plugin in
            let interface = try plugin.interface
            #expect(interface.members["passive"]?.boolValue == true)
        }
        #expect(recorder.lines.contains("log: passive"))
    }

    @Test func `without setup is worth a warning`() async throws {
        let recorder = Recorder()
        _ = try await TestPlugin(script: "api.export({'run': lambda ctx: None})").run(frontEnd: recorder)
        #expect(recorder.lines.contains("warning: it exports no function `setup`"))
    }

    @Test func `runs in the variant that was asked for`() async throws {
        let plugin = TestPlugin.running(
            "return [api.TAG, await api.getConfig('_mode'), api.config.tag]", isAsync: true,
            config: "\"tags\": [\"fast\", \"exact\"], \"mode\": {\"fast\": \"f\", \"exact\": \"e\"}")
        let first = try await plugin.run()
        #expect(first[0].stringValue == "fast")
        let second = try await plugin.run(tag: "exact")
        #expect(second[0].stringValue == "exact")
        #expect(second[2].stringValue == "exact")
    }

    @Test func `sees the variables and the interpreter of its config block`() async throws {
        let result = try await TestPlugin.running(
            "import os\nreturn [os.environ.get(n) for n in ('FROM_CMD', 'IMJOY_PLUGIN_MARK', 'IMJOY_HOME')]",
            config: "\"cmd\": \"FROM_CMD=yes python\""
        )
        .run()
        #expect(result[0].stringValue == "yes")
        #expect(result[1].stringValue?.hasPrefix("imjoy-test-") == true)
        // Variables of the host that it has no need of.
        #expect(result[2].isNull)
    }

    @Test func `works in the folder of its workspace, with a temporary folder of its own`() async throws {
        let recorder = Recorder()
        let result = try await TestPlugin.running(
            """
            import os, tempfile
            print("scratch: " + tempfile.gettempdir())
            return [os.getcwd(), api.WORK_DIR, os.environ["WORK_DIR"], tempfile.gettempdir()]
            """
        ).run(frontEnd: recorder)
        let folder = TestHome.configuration.workFolder.string
        #expect(result.arrayValue?.prefix(3).map(\.stringValue) == [folder, folder, folder])
        #expect(result[3].stringValue?.hasPrefix(TestHome.configuration.scratchFolder.string) == true)
    }

    @Test(arguments: ["\n", "\r\n"], ["", "\u{FEFF}"])
    func `keeps its line numbers whatever the file's line ends`(lineEnd: String, mark: String) async throws {
        let text =
            mark
            + TestPlugin.running("x = 1\nraise ValueError('here')").text.split(
                separator: "\n", omittingEmptySubsequences: false
            )
            .joined(separator: lineEnd)
        let file = PluginFile(parsing: text, name: "<stdin>")
        do {
            try await Slots.shared.use {
                try await Host(TestHome.configuration).withPlugin(file) { plugin in _ = try await plugin.run() }
            }
            Issue.record("it did not fail")
        } catch let failure as PluginFailure {
            #expect(failure.line == 12)
            #expect(failure.description.hasPrefix("<stdin>:12: error: "))
        }
    }

    @Test func `runs below a YAML config block too`() async throws {
        let text = """
            <config lang="yaml">
            name: Yaml
            type: native-python
            version: 0.1.0
            description: A test.
            requirements:
            </config>
            <script lang="python">
            from imjoy import api
            api.export({"setup": lambda: None, "run": lambda ctx: "yaml"})
            </script>
            """
        let result = try await Slots.shared.use {
            try await Host(TestHome.configuration).withPlugin(PluginFile(parsing: text, name: "y.imjoy.html")) {
                plugin in
                try await plugin.run()
            }
        }
        #expect(result.stringValue == "yaml")
    }
}

@Suite(.timeLimit(.minutes(20)))
struct `The functions of the host` {
    @Test func `reach a plugin in both spellings, also from its own callbacks`() async throws {
        let recorder = Recorder()
        _ = try await TestPlugin.running(
            """
            await api.log("one", 2, [3])
            await api.info("an info")
            await api.error("an error")
            await api.alert("a plain alert")
            await api.alert({"title": "Title", "content": "text"})
            await api.alert(content="by keyword")
            await api.showMessage("a message", 5)
            await api.show_message("a message in snake case")
            await api.showSnackbar("a snack", 5)
            await api.showStatus("working")
            await api.show_status("still working")
            await api.showProgress(0.25)
            await api.show_progress(50)
            await api.showProgress(1)
            await api.progress(1.0)
            await api.utils.openUrl("https://example.org")
            await api.utils.open_url("https://example.com")
            await api.utils.sleep(0.01)
            await api.utils["$forceUpdate"]()
            """, isAsync: true
        ).run(frontEnd: recorder)
        let lines = recorder.lines.filter { !$0.hasPrefix("environment") }
        #expect(
            lines == [
                "log: one 2 [3]", "log: an info", "error: an error", "message: a plain alert", "message: Title: text",
                "message: by keyword", "message: a message", "message: a message in snake case", "message: a snack",
                "status: working", "status: still working", "progress: 0.25", "progress: 0.5", "progress: 0.01",
                "progress: 1.0", "url: https://example.org", "url: https://example.com",
            ])
    }

    @Test func `are shown all, in the order in which a plugin tells them, when it waits for none`() async throws {
        let recorder = Recorder()
        _ = try await TestPlugin.running(
            """
            for step in range(400):
                api.showStatus(str(step))
                if step % 40 == 0: api.showMessage("m%d" % step)
            return None
            """
        ).run(frontEnd: recorder)
        let expected = (0..<400).flatMap { step in
            ["status: \(step)"] + (step.isMultiple(of: 40) ? ["message: m\(step)"] : [])
        }
        #expect(recorder.lines.filter { !$0.hasPrefix("environment") } == expected)
    }

    @Test(arguments: [
        ("api.showProgress('much')", "progress is a number from 0 to 1 or a percentage, not text"),
        ("api.utils.sleep(float('nan'))", "utils.sleep takes a number of seconds, not nan"),
        ("api.showDialog({})", "`api.showDialog` needs a screen, and this host has none"),
        ("api.show_dialog({})", "`api.showDialog` needs a screen, and this host has none"),
        (
            "api.installPlugin({'src': 'x'})",
            "`api.installPlugin` is not available: this host installs nothing; put the plugin's file into a folder that it is given"
        ),
        ("api.setConfig('_name', 5)", "`_name` is read from the plugin's config block and cannot be set"),
        ("api.setConfig('f', lambda: 1)", "setConfig keeps numbers, text, lists and mappings, not a function"),
    ])
    func `refuse with a sentence what they cannot do`(call: String, message: String) async throws {
        let result = try await TestPlugin.running(
            "try:\n    await \(call)\nexcept Exception as error:\n    return str(error)", isAsync: true
        ).run()
        #expect(result.stringValue == message)
    }

    @Test func `are attributes that are missing when there is no such function`() async throws {
        let failure = try await TestPlugin.running("await api.noSuchFunction()", isAsync: true).failure()
        #expect(failure.line == 11)
    }

    @Test func `keep settings between runs, with their types`() async throws {
        let plugin = TestPlugin(
            name: "Settings \(RandomName.make())",
            script: """
                class Plugin:
                    def setup(self): pass
                    async def write(self):
                        await api.setConfig("text", "é")
                        await api.set_config("number", 2.5)
                        await api.setConfig("list", [1, {"a": None}])
                        await api.setConfig("gone", 1)
                        await api.setConfig("gone", None)
                    async def run(self, ctx):
                        names = ["text", "number", "list", "gone", "never", "_version", "_description", "_none"]
                        return [await api.getConfig(name) for name in names]
                api.export(Plugin())
                """)
        _ = try await plugin.start { plugin in try await plugin.call("write") }
        let result = try await plugin.run()
        #expect(result[0].stringValue == "é")
        #expect(result[1].doubleValue == 2.5)
        #expect(result[2][0].intValue == 1)
        #expect(result[3].isNull)
        #expect(result[4].isNull)
        #expect(result[5].stringValue == "0.1.0")
        #expect(result[6].stringValue == "A test.")
        #expect(result[7].isNull)
        let file = TestHome.configuration.settingsFolder.appending("\(plugin.name).json")
        #expect(Files.exists(file))
        Files.remove(file)
    }

    @Test func `hand out attachments`() async throws {
        var plugin = TestPlugin.running(
            "return [await api.getAttachment('notes'), await api.get_attachment('none')]", isAsync: true)
        plugin.blocks = "<attachment name=\"notes\">some text</attachment>"
        let result = try await plugin.run()
        #expect(result[0].stringValue?.trimmingSpaces == "some text")
        #expect(result[1].isNull)
    }

    @Test func `call back while they are being called`() async throws {
        let plugin = TestPlugin(
            script: """
                class Plugin:
                    def setup(self): pass
                    async def run(self, ctx):
                        done = []
                        for step in range(20):
                            done.append(await ctx.data.progress.report(step))
                        await ctx.data.once(99)
                        return done
                api.export(Plugin())
                """)
        let once = RPCFunction("once") { (value: Int) in #expect(value == 99) }
        let report = RPCFunction("report") { (step: Int) in step * 2 }
        let result = try await plugin.run(
            data: ["once": .function(once), "progress": ["_rintf": true, "report": .function(report)]])
        #expect(result.arrayValue?.compactMap(\.intValue) == (0..<20).map { $0 * 2 })
    }

    @Test func `are told the lines that a plugin prints, as well as they can be read`() async throws {
        let recorder = Recorder()
        _ = try await TestPlugin.running(
            """
            import os, sys
            print("first")
            print("second", file=sys.stderr)
            os.write(1, b"bad \\xff\\xfe utf-8\\r\\n")
            os.write(2, b"a" * 70000 + b"\\nno end")
            """
        ).run(frontEnd: recorder)
        let lines = recorder.lines
        #expect(lines.contains("log: first"))
        #expect(lines.contains("log: second"))
        #expect(lines.contains("log: bad \u{FFFD}\u{FFFD} utf-8"))
        #expect(lines.contains("log: " + String(repeating: "a", count: 65536)))
        #expect(lines.contains("log: " + String(repeating: "a", count: 70000 - 65536)))
        #expect(lines.last == "log: no end")
    }

    @Test func `are still there for a plugin that closes its output`() async throws {
        let recorder = Recorder()
        let result = try await TestPlugin.running(
            "import os, sys\nsys.stdout.close()\nos.close(1)\nos.close(2)\nawait api.log('still here')\nreturn 5",
            isAsync: true
        ).run(frontEnd: recorder)
        #expect(result.intValue == 5)
        #expect(recorder.lines.contains("log: still here"))
    }

    @Test func `scale progress as ever`() {
        let cases: [(RPCValue, Double?)] = [
            (0, 0), (0.5, 0.5), (1, 0.01), (1.0, 1), (2, 0.02), (50, 0.5), (100, 1), (250, 1), (-3, 0), ("1", nil),
            (.double(.nan), nil), (.double(.infinity), nil), (.null, nil),
        ]
        for (value, fraction) in cases { #expect(PluginAPI.fraction(value) == fraction, "\(value)") }
    }
}

/// Names that no other test has.
enum RandomName {
    static func make() -> String { String(UInt64.random(in: 0...UInt64.max), radix: 36) }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
