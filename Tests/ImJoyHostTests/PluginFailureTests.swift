internal import ImJoyRPC
internal import Testing

@testable internal import ImJoyHost

@Suite(.timeLimit(.minutes(20)))
struct `A plugin that fails` {
    @Test(arguments: [false, true])
    func `in run is told with its own line`(isAsync: Bool) async throws {
        let plugin = TestPlugin.running("x = 1\nraise ValueError('no luck')", isAsync: isAsync)
        let failure = try await plugin.failure()
        #expect(failure.plugin == "Test")
        #expect(failure.stage == .function("run"))
        #expect(failure.line == 12)
        #expect(failure.message == "ValueError: no luck")
        #expect(
            failure.description == """
                Test.imjoy.html:12: error: the plugin Test failed in `run`: ValueError: no luck
                  | Traceback (most recent call last):
                  |   File "Test.imjoy.html", line 12, in run
                  |     raise ValueError('no luck')
                  | ValueError: no luck
                """)
    }

    @Test(arguments: [false, true])
    func `in setup does not get to run`(isAsync: Bool) async throws {
        let plugin = TestPlugin(
            script: """
                class Plugin:
                    \(isAsync ? "async def" : "def") setup(self):
                        raise KeyError("model")
                    def run(self, ctx):
                        api.log("run was called")
                api.export(Plugin())
                """)
        let recorder = Recorder()
        let failure = try await plugin.failure(frontEnd: recorder)
        #expect(failure.stage == .function("setup"))
        #expect(failure.line == 8)
        #expect(failure.message == "KeyError: 'model'")
        #expect(!recorder.lines.contains { $0.contains("run was called") })
    }

    @Test func `to parse is told with the line of the mistake`() async throws {
        let failure = try await TestPlugin(script: "x = 1\ndef broken(:\n    pass").failure()
        #expect(failure.stage == .script)
        #expect(failure.line == 7)
        #expect(failure.message == "SyntaxError: invalid syntax")
        #expect(failure.description.contains("  |     def broken(:\n  |                ^"))
    }

    @Test func `while its script runs is told with the line`() async throws {
        let failure = try await TestPlugin(script: "import no_such_module_at_all").failure()
        #expect(failure.stage == .script)
        #expect(failure.line == 6)
        #expect(failure.message == "ModuleNotFoundError: No module named 'no_such_module_at_all'")
    }

    @Test func `to find an error that another one led to is told with the outer line`() async throws {
        let failure = try await TestPlugin.running(
            "try:\n    {}['a']\nexcept KeyError as error:\n    raise OSError('b') from error"
        )
        .failure()
        #expect(failure.line == 14)
        #expect(failure.message == "OSError: b")
        #expect(failure.description.contains("KeyError: 'a'"))
    }

    @Test(arguments: [
        ("import os; os._exit(3)", "its process ended with status 3"),
        ("import ctypes; ctypes.string_at(0)", "its process was killed by signal 11 (SIGSEGV, invalid memory access)"),
        ("import os; os.abort()", "its process was killed by signal 6 (SIGABRT, abort)"),
        (
            "import os; os.kill(os.getpid(), 9)",
            "its process was killed by signal 9 (SIGKILL, often for lack of memory)"
        ),
        ("import sys; sys.exit(4)", "its process ended with status 4"),
        ("import sys; sys.exit('enough')", "its process ended with status 1"),
    ])
    func `by ending its process is told how that ended`(body: String, message: String) async throws {
        let failure = try await TestPlugin.running("print('about to end')\n" + body).failure()
        #expect(failure.stage == .function("run"))
        #expect(failure.message == message)
        #expect(failure.output.first == "about to end")
    }

    @Test func `by leaving an async function through sys exit ends with its status`() async throws {
        let failure = try await TestPlugin.running("import sys; sys.exit(5)", isAsync: true).failure()
        #expect(failure.message == "its process ended with status 5")
        #expect(failure.output.isEmpty)
    }

    @Test func `by calling sys exit while it is imported is told with the line`() async throws {
        let failure = try await TestPlugin(script: "import sys\nsys.exit(7)").failure()
        #expect(failure.stage == .script)
        #expect(failure.line == 7)
        #expect(failure.message == "SystemExit: 7")
    }

    @Test func `to export anything is told so`() async throws {
        let failure = try await TestPlugin(script: "x = 1").failure()
        #expect(failure.stage == .script)
        #expect(failure.message == "RuntimeError: the script ran to its end without calling api.export(...)")
        #expect(!failure.description.hasSuffix("\n"))
    }

    @Test func `to export run is told what it exports`() async throws {
        let failure = try await TestPlugin(script: "api.export({'setup': lambda: None, 'go': lambda: 1, 'n': 5})")
            .failure()
        #expect(failure.stage == .function("run"))
        #expect(failure.message == "it exports no such function, only setup, go")
    }

    @Test(arguments: [
        ("a = {}; a['a'] = a; return a", "RecursionError: maximum recursion depth exceeded"),
        ("return 2**64", "OverflowError: Integer value out of range"),
        ("return [-2**63 - 1]", "OverflowError: Integer value out of range"),
    ])
    func `because its result cannot be sent says so`(body: String, reason: String) async throws {
        let failure = try await TestPlugin.running(body).failure()
        #expect(failure.message.hasPrefix("ValueError: what `run` returned cannot be sent: \(reason)"))
    }

    @Test func `because its result is nested too deep ends with a sentence`() async throws {
        let failure = try await TestPlugin.running("a = 1\nfor _ in range(200): a = [a]\nreturn a").failure()
        #expect(failure.message.contains("nested deeper than"))
    }

    @Test func `by being cancelled from inside is an error and no silence`() async throws {
        let failure = try await TestPlugin.running(
            "import asyncio\ntask = asyncio.ensure_future(asyncio.sleep(60))\ntask.cancel()\nawait task", isAsync: true
        ).failure()
        #expect(failure.line == 14)
        #expect(failure.message == "RuntimeError: the call was cancelled by the plugin itself")
    }

    @Test func `in a task before it has exported is told with the line`() async throws {
        let failure = try await TestPlugin(
            script: """
                import asyncio
                async def main():
                    await asyncio.sleep(0.05)
                    raise ValueError("late")
                asyncio.ensure_future(main())
                """
        ).failure()
        #expect(failure.stage == .script)
        #expect(failure.line == 9)
        #expect(failure.message == "ValueError: late")
    }

    @Test(arguments: [
        "b'junk' * 100",  // lengths beyond every limit
        "b'\\x10\\0\\0\\0\\x08\\0\\0\\0' + b'\\xc1' * 8",  // a header that is no MessagePack
        "b'\\x20\\0\\0\\0\\x20\\0\\0\\0' + b'\\0' * 24",  // a header longer than its frame
        "b'\\x0a\\0\\0\\0\\x02\\0\\0\\0\\x90\\x90'",  // a header that is no pair
    ])
    func `by writing junk to the protocol is cut off with a reason`(junk: String) async throws {
        let failure = try await TestPlugin.running(
            """
            import os, stat
            for number in range(3, 20):
                try:
                    if stat.S_ISFIFO(os.fstat(number).st_mode): os.write(number, \(junk))
                except OSError:
                    pass
            """
        ).failure()
        #expect(failure.message.hasPrefix("the connection was lost: "))
        #expect(!failure.message.contains("its process"))
    }

    @Test func `by sending forged messages does the host no harm`() async throws {
        // Unknown types, missing fields, answers nobody waits for and calls of what does not exist.
        let result = try await TestPlugin.running(
            """
            send = api._rpc._connection.emit
            for message in [
                {}, {"type": None}, {"type": 5}, {"type": "nonsense"}, {"type": "executed"}, {"type": "disposed"},
                {"type": "method"}, {"type": "method", "object_id": "x", "name": "y", "args": [], "promise": [1, 2]},
                {"type": "callback", "id": "none", "args": "text"}, {"type": "disposeObject", "object_id": 7},
                {"type": "interfaceSetAsRemote"}, {"type": "error", "message": [1]}, {"type": "log", "message": {}},
                {"type": "setInterface", "api": 5},
            ]:
                send(message)
            return 42
            """
        ).run()
        #expect(result.intValue == 42)
    }
}

@Suite(.timeLimit(.minutes(20)))
struct `A plugin that leaves things behind` {
    @Test func `loses its processes, also those in sessions of their own`() async throws {
        let plugin = TestPlugin.running(
            """
            import os, subprocess, tempfile
            print("scratch: " + os.environ["TMPDIR"])
            tempfile.mkstemp()
            os.makedirs(os.environ["TMPDIR"] + "/a/b")
            subprocess.Popen(["sleep", "1000"])
            subprocess.Popen(["sleep", "1000"], start_new_session=True)
            subprocess.Popen("setsid sh -c 'trap \\"\\" TERM HUP; sleep 1000 & sleep 1000' &", shell=True)
            import time; time.sleep(0.2)
            """)
        let recorder = Recorder()
        let mark = plugin.mark
        let alive = try await plugin.start(frontEnd: recorder) { instance in
            try await instance.run()
            return Processes.marked(mark).count
        }
        // The supervisor, the worker and at least four sleepers and shells.
        #expect(alive >= 6)
        #expect(recorder.scratch != nil)
    }

    @Test func `loses them also when it crashes`() async throws {
        let failure = try await TestPlugin.running(
            "import os, subprocess\nsubprocess.Popen(['setsid', 'sleep', '1000'])\nos._exit(9)"
        ).failure()
        #expect(failure.message == "its process ended with status 9")
    }

    @Test func `does not keep its host waiting for a thread`() async throws {
        let clock = ContinuousClock()
        let end = try await TestPlugin.running(
            "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()"
        )
        .start { plugin in
            try await plugin.run()
            return clock.now
        }
        #expect(clock.now - end < .seconds(60))
    }

    @Test func `is ended when the caller loses patience`() async throws {
        let plugin = TestPlugin.running("import time\nprint('hanging')\ntime.sleep(1000)")
        let recorder = Recorder()
        let task = Task { try await plugin.run(frontEnd: recorder) }
        while !recorder.lines.contains("log: hanging") { try await Task.sleep(for: .milliseconds(10)) }
        let start = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func `is ended when it hangs in its script`() async throws {
        let plugin = TestPlugin(script: "import time\nprint('hanging')\ntime.sleep(1000)")
        let recorder = Recorder()
        let task = Task { try await plugin.run(frontEnd: recorder) }
        while !recorder.lines.contains("log: hanging") { try await Task.sleep(for: .milliseconds(10)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `may take a moment to end when it is asked to`() async throws {
        let recorder = Recorder()
        _ = try await TestPlugin(
            script:
                "import time\napi.export({'setup': lambda: None, 'run': lambda ctx: 1, 'exit': lambda: print('bye')})"
        ).run(frontEnd: recorder)
        #expect(recorder.lines.contains("log: bye"))
    }

    @Test func `is not waited for when its exit hangs`() async throws {
        let recorder = Recorder()
        let script = """
            import time
            api.export({"setup": lambda: None, "run": lambda ctx: 1, "exit": lambda: time.sleep(1000)})
            """
        let end = try await TestPlugin(script: script).start(frontEnd: recorder) { plugin in
            try await plugin.run()
            return ContinuousClock.now
        }
        #expect(ContinuousClock.now - end < .seconds(12))
        #expect(recorder.lines.contains { $0.hasPrefix("warning: `exit` failed") })
    }
}
