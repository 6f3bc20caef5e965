internal import Foundation
internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyHost

/// Methods by which a plugin tells what it holds: memory in KiB, callbacks, and objects that it has lent.
private let measuring = """
    def held(self):
        with open("/proc/self/status") as file:
            memory = next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))
        rpc = api._rpc
        return {"memory": memory, "callbacks": len(rpc._store._store) + len(rpc._store.partners),
                "objects": len(rpc._object_store), "handlers": sum(map(len, rpc._connection._event_handlers.values()))}
    """

/// What a plugin's `held` says.
private struct Held: CustomStringConvertible {
    let memory, callbacks, objects, handlers: Int

    init(of plugin: PluginInstance) async throws {
        let answer = try await plugin.call("held")
        func number(_ name: String) throws -> Int { try #require(answer[name].intValue) }
        (memory, callbacks) = (try number("memory"), try number("callbacks"))
        (objects, handlers) = (try number("objects"), try number("handlers"))
    }

    var description: String { "\(memory) KiB, \(callbacks) callbacks, \(objects) objects, \(handlers) handlers" }

    /// The memory of this process in KiB.
    static func own() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    }
}

@Suite(.timeLimit(.minutes(10)))
struct `Plugins that call each other through the host` {
    /// `IMJOY_CALL_ROUNDS` sets how many rounds there are; each is two calls and two callbacks.
    private static let rounds = ProcessInfo.processInfo.environment["IMJOY_CALL_ROUNDS"].flatMap { Int($0) } ?? 100

    @Test func `exchange arrays and callbacks many times, and keep nothing`() async throws {
        func plugin(_ name: String, calls other: String) -> TestPlugin {
            .methods(
                name,
                """
                async def rounds(self, count):
                    other = await api.getPlugin("\(other)")
                    for number in range(count):
                        image = np.full((128, 128), number % 1000, np.uint16)
                        seen = []
                        def callback(part, n):
                            seen.append(n)
                            return part * 2
                        result = await other.scale(image, callback)
                        assert seen == [number % 1000], seen
                        assert result.shape == (128, 128) and result.dtype == np.uint16
                        assert (result == number % 1000 * 2 + 1).all()
                    return count
                async def scale(self, image, callback):
                    return await callback(image, int(image[0, 0])) + np.uint16(1)
                \(measuring)
                """
            ).importing("import numpy as np")
        }
        let rounds = Self.rounds
        try await TestPlugins(plugin("A", calls: "B"), plugin("B", calls: "A")).start { plugins in
            let a = try await plugins.start("A")
            let b = try await plugins.start("B")
            // What is made once, such as buffers and caches, is there after some calls.
            for plugin in [a, b] { try await plugin.call("rounds", [.int(Int64(max(rounds / 10, 10)))]) }
            let (beforeA, beforeB, before) = (try await Held(of: a), try await Held(of: b), try Held.own())
            let start = ContinuousClock.now
            async let fromA = a.call("rounds", [.int(Int64(rounds))])
            async let fromB = b.call("rounds", [.int(Int64(rounds))])
            #expect(try await fromA.intValue == rounds)
            #expect(try await fromB.intValue == rounds)
            let time = ContinuousClock.now - start
            let (afterA, afterB, after) = (try await Held(of: a), try await Held(of: b), try Held.own())
            let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
            print(
                """
                \(2 * rounds) calls with \(2 * rounds) callbacks, 4 arrays of 32 KiB each: \(seconds) s, \
                \(Int(Double(2 * rounds) / seconds)) calls/s
                A: \(beforeA) -> \(afterA)
                B: \(beforeB) -> \(afterB)
                host: \(before) KiB -> \(after) KiB
                """)
            for (first, last) in [(beforeA, afterA), (beforeB, afterB)] {
                #expect(last.callbacks == 0)
                // Its own interface.
                #expect(last.objects == 1)
                #expect(last.handlers == first.handlers)
                #expect(last.memory - first.memory < 8 << 10)
            }
            #expect(after - before < 32 << 10)
            for plugin in [a, b] {
                let counts = try #require(plugin.connection).openCounts
                #expect(counts.waits == 0)
                // The API, and the other plugin as `getPlugin` gave it.
                #expect(counts.exports == 2)
            }
        }
    }

    @Test func `keep objects that they were given until they let them go`() async throws {
        let maker = TestPlugin.methods(
            "Maker",
            """
            def make(self, start):
                count = [start]
                def next():
                    count[0] += 1
                    return count[0]
                return {"_rintf": True, "next": next, "start": start}
            \(measuring)
            """)
        let user = TestPlugin.methods(
            "User",
            """
            async def run(self, ctx):
                maker = await api.getPlugin("Maker")
                first, second = await maker.make(10), await maker.make(20)
                values = [await first.next(), await first.next(), await second.next()]
                await asyncio.gather(api.disposeObject(first), api.dispose_object(second))
                async with maker.make(30) as third:
                    values.append(await third.next())
                for object in (first, 5, {}):
                    try:
                        await api.disposeObject(object)
                        values.append("disposed")
                    except Exception as error:
                        values.append(str(error))
                try:
                    await first.next()
                except Exception as error:
                    values.append(type(error).__name__)
                # Giving up what `getPlugin` gave does the plugin no harm.
                await api.disposeObject(maker)
                async with api.getPlugin("Maker") as maker:
                    values.append(await (await maker.make(40)).next())
                return values
            \(measuring)
            """)
        try await TestPlugins(user, maker).start { plugins in
            let user = try await plugins.start("User")
            let values = try await user.run().arrayValue ?? []
            #expect(values.prefix(4).compactMap(\.intValue) == [11, 12, 21, 31])
            #expect(values[4].stringValue?.contains("not found") == true, "\(values)")
            #expect(values[5].stringValue == "this is no object of another plugin or of the host")
            #expect(values[6].stringValue == "this is no object of another plugin or of the host")
            #expect(values[7].stringValue == "Exception")
            #expect(values[8].intValue == 41)
            let maker = try #require(plugins["Maker"])
            let held = try await Held(of: maker)
            // Its interface, and the one object that was not given back.
            #expect(held.objects == 2)
            #expect(held.callbacks == 0)
            #expect(try await Held(of: user).callbacks == 0)
            #expect(user.connection?.openCounts.exports == 1)
            try await plugins.stop("Maker")
            #expect(user.connection?.openCounts.exports == 1)
        }
    }

    @Test func `may call a plain callback once, and functions of objects often`() async throws {
        let taker = TestPlugin.methods(
            "Taker",
            """
            async def take(self, once, often):
                results = [await once(1), await often.tell(2), await often.tell(3)]
                try:
                    await once(4)
                except Exception as error:
                    results.append("once" in str(error))
                return results
            """)
        let giver = TestPlugin.methods(
            "Giver",
            """
            async def run(self, ctx):
                taker = await api.getPlugin("Taker")
                async def tell(n): return n * 10
                return await taker.take(lambda n: n, {"_rintf": True, "tell": tell})
            """)
        let result = try await TestPlugins(giver, taker).run()
        #expect(result[0].intValue == 1)
        #expect(result[1].intValue == 20)
        #expect(result[2].intValue == 30)
        #expect(result[3].boolValue == true)
    }

    @Test func `hear of each other's events`() async throws {
        let source = TestPlugin.methods(
            "Source",
            """
            async def tell(self, value):
                await api.emit("changed", value)
                return self.heard
            def setup(self):
                self.heard = []
                return api.on("asked", lambda value: self.heard.append(value))
            """)
        let listener = TestPlugin.methods(
            "Listener",
            """
            async def run(self, ctx):
                source = await api.getPlugin("Source")
                self.heard = []
                def failing(value): raise ValueError("not " + str(value))
                await source.tell("missed")
                await source.on("changed", self.heard.append, True)
                await source.on("close", lambda _: print("closed"))
                await source.emit("asked", "by the listener")
                told = await source.tell("told")
                await source.on("changed", failing)
                try:
                    await source.tell("bad")
                except Exception as error:
                    self.heard.append("1 of 2 handlers failed" in str(error))
                await source.off("changed")
                await source.tell("unheard")
                return [self.heard, told]
            \(measuring)
            """)
        let recorder = Recorder()
        try await TestPlugins(listener, source).start(frontEnd: recorder) { plugins in
            let listener = try await plugins.start("Listener")
            let result = try await listener.run()
            #expect(
                result[0].arrayValue?.map(\.description) == ["\"missed\"", "\"told\"", "\"bad\"", "true"], "\(result)")
            #expect(result[1][0].stringValue == "by the listener")
            // Its interface, and the list with the handler of `close`.
            #expect(try await Held(of: listener).objects == 2)
            try await plugins.stop("Source")
            while !recorder.lines.contains("log: closed") { try await Task.sleep(for: .milliseconds(10)) }
            #expect(try await Held(of: listener).callbacks == 0)
        }
    }
}

extension TestPlugin {
    /// The same plugin with a line before everything else in its script.
    fileprivate func importing(_ line: String) -> TestPlugin {
        var plugin = self
        plugin.script = line + "\n" + script
        return plugin
    }
}
