internal import ImJoyRPCTestSupport
internal import Synchronization
internal import Testing

@testable internal import ImJoyRPC

@Suite struct `A message queue` {
    private static func message(_ number: Int) -> RPCMessage { ["n": .int(Int64(number))] }

    @Test func `keeps the order and holds writers back while it is full`() async throws {
        try await within {
            let queue = MessageQueue(capacity: 2)
            let writer = Task {
                for number in 0..<50 { try await queue.push(Self.message(number)) }
                queue.finish()
            }
            var numbers: [Int] = []
            while let message = try await queue.next() { numbers.append(message["n"].intValue ?? -1) }
            #expect(numbers == Array(0..<50))
            try await writer.value
        }
    }

    @Test func `wakes the next writer when the one before it was cancelled`() async throws {
        try await within {
            for _ in 0..<50 {
                let queue = MessageQueue(capacity: 1)
                try await queue.push(Self.message(0))
                let first = Task { try await queue.push(Self.message(1)) }
                let second = Task { try await queue.push(Self.message(2)) }
                await Task.yield()
                first.cancel()
                var numbers = Set<Int>()
                let reader = Task { () -> Set<Int> in
                    while let message = try await queue.next() { numbers.insert(message["n"].intValue ?? -1) }
                    return numbers
                }
                try await second.value
                _ = try? await first.value
                queue.finish()
                #expect(try await reader.value.isSuperset(of: [0, 2]))
            }
        }
    }

    @Test func `releases everybody when it is finished`() async throws {
        struct Damage: Error {}
        try await within {
            let full = MessageQueue(capacity: 1)
            try await full.push(Self.message(0))
            let writer = Task { try await full.push(Self.message(1)) }
            await Task.yield()
            full.finish(throwing: Damage())
            await #expect(throws: Damage.self) { try await writer.value }
            await #expect(throws: Damage.self) { try await full.push(Self.message(2)) }
            #expect(try await full.next()?["n"].intValue == 0)
            await #expect(throws: Damage.self) { try await full.next() }

            let empty = MessageQueue(capacity: 1)
            let reader = Task { try await empty.next() }
            await Task.yield()
            empty.finish()
            #expect(try await reader.value == nil)
            await #expect(throws: RPCError.self) { try await empty.push(Self.message(0)) }
        }
    }

    @Test func `lets a cancelled reader go`() async throws {
        try await within {
            let queue = MessageQueue(capacity: 1)
            let reader = Task { try await queue.next() }
            await Task.yield()
            reader.cancel()
            await #expect(throws: CancellationError.self) { _ = try await reader.value }
            try await queue.push(Self.message(1))
            #expect(try await queue.next()?["n"].intValue == 1)
        }
    }

    @Test func `calls its reader for each message, in order, whoever adds it`() async throws {
        try await within {
            let queue = MessageQueue(capacity: 2)
            let numbers = Guarded<[Int]>([])
            try await queue.push(Self.message(0))
            let reader = Task {
                try await queue.forEach { message in
                    numbers.withLock { $0.append(message["n"].intValue ?? -1) }
                    return true
                }
            }
            for number in 1..<50 { try await queue.push(Self.message(number)) }
            queue.finish()
            try await reader.value
            #expect(numbers.withLock { $0 } == Array(0..<50))
        }
    }

    @Test func `calls its reader once at a time`() async throws {
        try await within {
            let queue = MessageQueue(capacity: 4)
            let underWay = Atomic(0)
            let count = Atomic(0)
            let reader = Task {
                try await queue.forEach { _ in
                    #expect(underWay.add(1, ordering: .relaxed).newValue == 1)
                    let end = ContinuousClock.now + .microseconds(20)
                    while ContinuousClock.now < end {}
                    underWay.subtract(1, ordering: .relaxed)
                    return count.add(1, ordering: .relaxed).newValue < 400
                }
            }
            await withTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        for number in 0..<100 { try? await queue.push(Self.message(writer * 100 + number)) }
                    }
                }
            }
            try await reader.value
            #expect(count.load(ordering: .relaxed) == 400)
        }
    }

    @Test func `calls its reader no more once that has had enough`() async throws {
        struct Damage: Error {}
        try await within {
            let queue = MessageQueue(capacity: 4)
            for number in 0..<3 { try await queue.push(Self.message(number)) }
            let count = Atomic(0)
            try await queue.forEach { _ in count.add(1, ordering: .relaxed).newValue < 2 }
            #expect(count.load(ordering: .relaxed) == 2)
            #expect(try await queue.next()?["n"].intValue == 2)
            queue.finish(throwing: Damage())
            await #expect(throws: Damage.self) { try await queue.forEach { _ in true } }
        }
    }

    @Test func `lets a cancelled reader go that is called`() async throws {
        try await within {
            let queue = MessageQueue(capacity: 1)
            let count = Atomic(0)
            let reader = Task { try await queue.forEach { _ in count.add(1, ordering: .relaxed).newValue > 0 } }
            try await queue.push(Self.message(0))
            #expect(try await eventually { count.load(ordering: .relaxed) == 1 })
            reader.cancel()
            await #expect(throws: CancellationError.self) { try await reader.value }
            try await queue.push(Self.message(1))
            #expect(try await queue.next()?["n"].intValue == 1)
        }
    }
}
