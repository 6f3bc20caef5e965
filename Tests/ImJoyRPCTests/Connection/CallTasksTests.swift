internal import ImJoyRPCTestSupport
internal import Synchronization
internal import Testing

@testable internal import ImJoyRPC

@Suite struct `The tasks of calls` {
    @Test func `begin where they are started, when that is wished and no other one runs`() async throws {
        try await within {
            let tasks = CallTasks()
            let order = Guarded<[String]>([])
            tasks.start(here: true) { order.withLock { $0.append("first") } }
            order.withLock { $0.append("started") }
            #expect(order.withLock { $0 } == ["first", "started"])

            // A task that waits has been begun as well, and those after it go their own way.
            let (waiting, source) = AsyncStream<Never>.makeStream()
            tasks.start(here: true) {
                order.withLock { $0.append("second") }
                for await _ in waiting {}
            }
            #expect(order.withLock { $0 }.last == "second")
            let isOver = Guarded(false)
            isOver.withLock { value in
                // On this thread the lock would never be free.
                tasks.start(here: true) {
                    let isOver = isOver.withLock { $0 }
                    order.withLock { $0.append(isOver ? "third" : "too early") }
                }
                value = true
            }
            source.finish()
            await tasks.end()
            #expect(order.withLock { $0 }.contains("third"))
        }
    }

    @Test func `are cancelled and awaited at the end, and none begins after it`() async throws {
        try await within {
            let tasks = CallTasks()
            let ended = Atomic(0)
            for index in 0..<20 {
                tasks.start(here: index == 0) {
                    while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
                    ended.add(1, ordering: .relaxed)
                }
            }
            await tasks.end()
            #expect(ended.load(ordering: .relaxed) == 20)
            tasks.start(here: true) { ended.add(1, ordering: .relaxed) }
            await tasks.end()
            #expect(ended.load(ordering: .relaxed) == 20)
        }
    }

    @Test func `are cancelled while they hold the thread they were started on`() async throws {
        try await within {
            let tasks = CallTasks()
            let hasBegun = Atomic(false)
            let thread = Task.detached {
                tasks.start(here: true) {
                    hasBegun.store(true, ordering: .relaxed)
                    // Never waits.
                    while !Task.isCancelled { await Self.compute() }
                }
            }
            while !hasBegun.load(ordering: .relaxed) { try await Task.sleep(for: .milliseconds(1)) }
            await tasks.end()
            await thread.value
        }
    }

    private static func compute() async {}

    private enum Place { @TaskLocal static var name = "nowhere" }

    @Test func `see nothing of whoever starts them`() async throws {
        try await within {
            let tasks = CallTasks()
            let seen = Guarded<[String]>([])
            Place.$name.withValue("here") {
                for here in [true, false] {
                    tasks.start(here: here) { seen.withLock { $0.append(Place.name) } }
                }
            }
            await tasks.end()
            #expect(seen.withLock { $0 } == ["nowhere", "nowhere"])
        }
    }

    @Test func `know quick functions by their last calls`() {
        let function = RPCFunction("f") { () in }
        #expect(!function.isQuick)
        for _ in 0..<16 { function.noteCall(lasting: .microseconds(5)) }
        #expect(function.isQuick)
        function.noteCall(lasting: .milliseconds(1))
        for _ in 0..<64 {
            function.noteCall(lasting: .microseconds(5))
            #expect(!function.isQuick)
        }
        for _ in 0..<16 { function.noteCall(lasting: .microseconds(5)) }
        #expect(function.isQuick)
    }

    /// A function that used to be quick waits for another call of the same link.
    @Test(arguments: [EveryTransport.socket, .pipesGlued])
    func `do not keep other calls out when a quick function waits`(over transport: EveryTransport) async throws {
        try await within {
            let (waiting, source) = AsyncStream<Never>.makeStream()
            let isToWait = Atomic(false)
            let enter = RPCFunction("enter") { () in
                guard isToWait.load(ordering: .relaxed) else { return "open" }
                for await _ in waiting {}
                return "opened"
            }
            let service = RPCService("gate") {
                RPCExport("enter", constant: .function(enter))
                RPCExport("open") { () in source.finish() }
            }
            let link = try transport.link()
            let far = try RPCConnection(over: link.there, as: ImJoyPluginRole(name: "gate"), exporting: service)
            async let running: Void = far.run()
            let role = ImJoyCoreRole(name: "gate", type: "rpc-worker")
            try await withRPCConnection(over: link.here, as: role, exporting: RPCService("host") {}) { connection in
                let gate = try await connection.remoteInterface()
                let first: String = try await gate.enter()
                #expect(first == "open")
                // However long that took here.
                for _ in 0..<100 { enter.noteCall(lasting: .zero) }
                #expect(enter.isQuick)
                isToWait.store(true, ordering: .relaxed)
                async let entered: String = gate.enter()
                try await Task.sleep(for: .milliseconds(20))
                try await gate.open()
                let state = try await entered
                #expect(state == "opened")
            }
            try await running
        }
    }
}
