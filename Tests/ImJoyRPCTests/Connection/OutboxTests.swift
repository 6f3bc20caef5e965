internal import ImJoyRPCTestSupport
internal import Testing

@testable internal import ImJoyRPC

/// Takes at once as many messages as it has room for, and notes which way each has come.
private final class SlowWriter: RPCMessageWriter {
    private struct State {
        var room: Int
        var log: [(number: Int, isAtOnce: Bool)] = []
    }
    private let state: Guarded<State>
    /// A message of this number is too large.
    private let tooLarge: Int?

    init(room: Int, tooLarge: Int? = nil) {
        state = Guarded(State(room: room))
        self.tooLarge = tooLarge
    }

    /// In the order in which they were sent.
    var numbers: [Int] { state.withLock { $0.log.map(\.number) } }
    var countAtOnce: Int { state.withLock { $0.log.count(where: \.isAtOnce) } }

    private func number(_ message: RPCMessage) throws -> Int {
        let number = message["n"].intValue ?? -1
        if number == tooLarge { throw RPCError(.limitExceeded, "message \(number) is too large") }
        return number
    }

    func writeNow(_ message: RPCMessage) throws -> Bool {
        let number = try number(message)
        return state.withLock { state in
            guard state.room > 0 else { return false }
            state.room -= 1
            state.log.append((number, true))
            return true
        }
    }

    func write(_ message: RPCMessage) async throws {
        let number = try number(message)
        await Task.yield()
        state.withLock { $0.log.append((number, false)) }
    }
}

/// One that can only be waited for.
private struct PlainWriter: RPCMessageWriter {
    let written: @Sendable (Int) -> Void
    func write(_ message: RPCMessage) async throws { written(message["n"].intValue ?? -1) }
}

@Suite struct `An outbox` {
    private func withOutbox(
        over writer: any RPCMessageWriter, refused: @escaping @Sendable (Int) -> Void = { _ in },
        _ body: @escaping @Sendable (Outbox<Int>) async throws -> Void
    ) async throws {
        let outbox = Outbox<Int>(capacity: 1000)
        try await within {
            async let running: Void = outbox.run(
                over: writer, message: { ["n": .int(Int64($0))] }, refused: { number, _ in refused(number) })
            // What is added before a link is there goes out with it.
            #expect(outbox.push(-1))
            outbox.flush()
            try await body(outbox)
            outbox.finish()
            try await running
        }
    }

    @Test func `sends on the thread of whoever adds, and leaves to its task what must wait`() async throws {
        let writer = SlowWriter(room: 3)
        try await withOutbox(over: writer) { outbox in
            // The task may be at work when something is added; when it has come to rest, the adder sends.
            var count = 0
            while writer.countAtOnce < 3 {
                #expect(outbox.push(count))
                count += 1
                outbox.flush()
                await Task.yield()
            }
            for number in count..<count + 10 {
                #expect(outbox.push(number))
                outbox.flush()
            }
        }
        #expect(writer.countAtOnce == 3)
        #expect(writer.numbers == Array(-1..<writer.numbers.count - 1), "the order was lost")
    }

    @Test func `keeps the order of what many threads add`() async throws {
        let writer = SlowWriter(room: 100)
        try await withOutbox(over: writer) { outbox in
            await withTaskGroup(of: Void.self) { group in
                for adder in 0..<4 {
                    group.addTask {
                        for number in 0..<100 {
                            _ = outbox.push(adder * 1000 + number)
                            outbox.flush()
                        }
                    }
                }
            }
        }
        #expect(writer.numbers.count == 401)
        for adder in 0..<4 {
            let own = writer.numbers.filter { $0 >= 0 && $0 / 1000 == adder }
            #expect(own == own.sorted() && own.count == 100)
        }
    }

    @Test func `has an adder send no more than 32 messages of others`() async throws {
        let writer = SlowWriter(room: .max)
        try await withOutbox(over: writer) { outbox in
            var (largest, count) = (0, 1)
            while largest < 32 {
                for number in 0..<100 { try #require(outbox.push(number)) }
                count += 100
                let before = writer.countAtOnce
                outbox.flush()
                largest = max(largest, writer.countAtOnce - before)
                // The task sends the rest, if it was not at work already.
                while writer.numbers.count < count { try await Task.sleep(for: .milliseconds(1)) }
            }
            #expect(largest == 32)
        }
    }

    @Test func `tells of messages that cannot be sent, and sends the others`() async throws {
        let refused = Guarded<[Int]>([])
        for writer in [SlowWriter(room: 4, tooLarge: 2), SlowWriter(room: 0, tooLarge: 2)] {
            try await withOutbox(over: writer) { number in
                refused.withLock { $0.append(number) }
            } _: { outbox in
                for number in 0..<6 {
                    #expect(outbox.push(number))
                    outbox.flush()
                }
            }
            #expect(writer.numbers == [-1, 0, 1, 3, 4, 5])
        }
        #expect(refused.withLock { $0 } == [2, 2])
    }

    @Test func `works with writers that have no quick way`() async throws {
        let written = Guarded<[Int]>([])
        let writer = PlainWriter { number in written.withLock { $0.append(number) } }
        try await withOutbox(over: writer) { outbox in
            for number in 0..<10 {
                #expect(outbox.push(number))
                outbox.flush()
            }
        }
        #expect(written.withLock { $0 } == Array(-1..<10))
    }

    @Test func `is full when nobody sends`() {
        let outbox = Outbox<Int>(capacity: 2)
        #expect(outbox.push(0) && outbox.push(1))
        outbox.flush()
        #expect(!outbox.push(2))
        outbox.finish(dropping: true)
        // Nobody waits for what is added now.
        #expect(outbox.push(3))
    }
}
