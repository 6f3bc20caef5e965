internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyHost

@Suite(.timeLimit(.minutes(20)))
struct `An outcome` {
    @Test func `comes to all who wait, and the first one counts`() async throws {
        let outcome = Outcome<Int>()
        #expect(!outcome.isResolved)
        let waiting = (0..<100).map { _ in Task { try await outcome.value() } }
        await Task.yield()
        outcome.resolve(.success(5))
        outcome.resolve(.failure(CancellationError()))
        for task in waiting { #expect(try await task.value == 5) }
        #expect(outcome.isResolved)
        #expect(try await outcome.value() == 5)
    }

    @Test func `need not be waited for by tasks that are cancelled`() async throws {
        for delay in [0, 1, 5] {
            let outcome = Outcome<Int>()
            let task = Task { try await outcome.value() }
            if delay > 0 { try await Task.sleep(for: .milliseconds(delay)) }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            outcome.resolve(.success(1))
            #expect(try await outcome.value() == 1)
        }
    }

    @Test func `reaches who waits while it comes, however the two meet`() async throws {
        for _ in 0..<200 {
            let outcome = Outcome<Int>()
            async let value = outcome.value()
            async let resolved: Void = outcome.resolve(.success(7))
            await resolved
            #expect(try await value == 7)
        }
    }
}

@Suite(.timeLimit(.minutes(20)))
struct `Events of a plugin` {
    @Test func `are limited, and forget those who are gone`() async throws {
        let events = PluginEvents()
        for number in 0..<1024 {
            let handler = RPCFunction(raw: "handler") { _ in .null }
            try await events.on("e", handler, owner: number % 2 == 0 ? "even" : "odd", catchesUp: false)
        }
        let more = RPCFunction(raw: "more") { _ in .null }
        let error = await #expect(throws: RPCError.self) {
            try await events.on("e", more, owner: nil, catchesUp: false)
        }
        #expect(error?.code == .overloaded)
        events.forget(owner: "even")
        try await events.on("e", more, owner: nil, catchesUp: false)
        await events.off("e", owner: "odd")
        await events.off(nil, owner: nil)
        try await events.emit("e", 1)
    }

    @Test func `are kept for one who asks for what was missed`() async throws {
        let events = PluginEvents()
        try await events.emit("e", 1)
        try await events.emit("e", 2)
        let (heard, source) = AsyncStream.makeStream(of: Int.self)
        let handler = RPCFunction("handler") { (value: Int) in _ = source.yield(value) }
        try await events.on("e", handler, owner: nil, catchesUp: true)
        try await events.emit("e", 3)
        source.finish()
        var values: [Int] = []
        for await value in heard { values.append(value) }
        #expect(values == [2, 3])
    }
}

@Suite struct `A form that a plugin shows` {
    @Test(
        arguments: [
            ("text", "text"),
            (.array(["plain", ["label": "{id: 'a'}"]]), "plain<br>label: {id: 'a'}<br>"),
            (["size": ["id": "s", "type": "number"]], "size: {\"id\":\"s\",\"type\":\"number\"}"),
            (5, ""),
        ] as [(RPCValue, String)])
    func `may be markup, pieces of it, or labels with fields`(form: RPCValue, markup: String) {
        #expect(PluginAPI.markup(form) == markup)
    }
}
