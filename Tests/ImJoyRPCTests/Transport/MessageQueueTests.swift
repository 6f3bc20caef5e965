internal import ImJoyRPCTestSupport
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
}
