internal import ImJoyCore
package import ImJoyRPC
internal import OrderedCollections

private struct Broken: Error, CustomStringConvertible { var description: String { "the lamp is off" } }

/// Everything that one client offers another one in tests.
package let everything = RPCService("everything", summary: "Whatever is needed.") {
    RPCExport("echo", summary: "Gives back what it got.") { (value: RPCValue) in value }
    RPCExport("kind", summary: "What it got.") { (value: RPCValue) in value.kindName }
    RPCExport("size") { (stream: RemoteStream) async throws -> Int in try await stream.read().count }
    RPCExport("add") { (a: Int, b: Int) in a + b }
    RPCExport("fail") { () async throws -> Int in throw Broken() }
    RPCExport("whoami") { () in
        [
            RPCCallContext.current?.from, RPCCallContext.current?.workspace,
            RPCCallContext.current?.user["id"].stringValue,
        ]
    }
    RPCExport("nobody") { () async throws in try await Task.sleep(for: .seconds(3600)) }
    RPCExport("often") { (ask: RPCFunction, count: Int) async throws -> Int in
        var sum = 0
        for index in 0..<count { sum += try await ask(index) }
        return sum
    }
    RPCExport("counter") { (start: Int) -> RPCValue in
        let count = Guarded(start)
        let next = RPCFunction("next") { () in
            count.withLock { value -> Int in
                value += 1
                return value
            }
        }
        return ["_rintf": true, "start": .int(Int64(start)), "next": .function(next)]
    }
    RPCExport("adder") { (first: Int) in RPCFunction("add") { (second: Int) in first + second } }
    RPCExport("numbers") { (count: Int) in RPCStream(AsyncStream { $0.feed(0..<count) }) }
    RPCExport("sum") { (stream: RPCStream) async throws -> Int in
        var sum = 0
        for try await number in stream.decoded(as: Int.self) { sum += number }
        return sum
    }
    RPCExport.group("deep") {
        RPCExport(raw: "names", summary: "The names of its arguments.") { arguments in
            .array(arguments.named.keys.map { .string($0) })
        }
    }
    RPCExport("version", constant: "1.0")
}

extension AsyncStream<Int>.Continuation {
    package func feed(_ numbers: Range<Int>) {
        for number in numbers { yield(number) }
        finish()
    }
}
