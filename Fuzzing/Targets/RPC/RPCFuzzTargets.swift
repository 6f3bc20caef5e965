internal import ImJoyCore
public import ImJoyFuzzTargets
@testable internal import ImJoyRPC
internal import OrderedCollections
internal import Synchronization

/// The targets that need ImJoyRPC.
public enum RPCFuzzTargets {
    public static let all: [FuzzTarget] = [messagePack, v1, pipeFrame, hypha]

    /// What is read is written so that reading it gives the same.
    private static let messagePack = FuzzTarget("messagepack") { bytes in
        expectReadable {
            let value = try MessagePackReader.decode(bytes)
            guard let written = try? MessagePackWriter.encode(value) else { return }
            // Names that occurred twice are there once now, and numbers have their shortest form.
            let again = try MessagePackReader.decode(SharedBytes(copying: written))
            let twice = try MessagePackWriter.encode(again)
            precondition(twice == written)
        }
    }

    /// A value of the ImJoy dialect as it comes out of a frame.
    private static let v1 = FuzzTarget("v1") { bytes in
        expectReadable {
            let value = try MessagePackReader.decode(bytes)
            let decoded = try ImJoyDecoder(caller: Nobody()).decode(value)
            // Payloads are those of the input, never more.
            precondition(payload(of: decoded) <= bytes.count * 2)
            precondition(decoded.description.utf8.count < 1 << 20)
        }
    }

    /// A whole frame of a pipe, prefix included.
    private static let pipeFrame = FuzzTarget("pipeframe") { bytes in
        expectReadable {
            let message = try PipeFrame.decode(bytes)
            let pieces = try PipeFrame.encode(message)
            let again = try PipeFrame.decode(SharedBytes(copying: pieces.flatMap { [UInt8]($0) }))
            precondition(again.description == message.description)
        }
    }

    /// Messages of the Hypha dialect, one after the other, each after two bytes of its length: a client takes them, answers
    /// what it was asked, and keeps to its limits.
    private static let hypha = FuzzTarget("hypha") { bytes in
        var limits = RPCLimits()
        limits.maxExports = 64
        limits.maxConcurrentInboundCalls = 8
        let names = Names()
        var machine = HyphaMachine(
            identity: HyphaMachine.Identity(clientID: "us", workspace: "here"), limits: limits, makeID: names.next)
        let echo: RPCObject = [
            "id": "echo", "config": ["visibility": "public"],
            "echo": .function(RPCFunction(raw: "echo") { _ in .null }),
        ]
        _ = try? machine.register(HyphaService(echo))
        let reference = HyphaReference(target: "here/them", method: "services.theirs.call")
        var waiting = (try? machine.call(CallID(number: 1), reference, positional: [1], named: [:])) == nil ? 0 : 1
        var place = 0
        while place + 2 <= bytes.count {
            let length = Int(bytes[place]) << 8 | Int(bytes[place + 1])
            let end = min(place + 2 + length, bytes.count)
            let message = bytes.slice(place + 2..<end)
            place = end
            expectReadable {
                for action in machine.receive(try HyphaFrame.decode(message, limits: limits), caller: Nobody()) {
                    switch action {
                    case .serve(let call):
                        _ = machine.finish(call, .success(call.arguments.positional.first ?? .null))
                    case .send(let frame): _ = try frame.pieces()
                    case .resume: waiting -= 1
                    default: break
                    }
                }
            }
            precondition(machine.exportCount <= limits.maxExports + 2 && machine.servingCount == 0)
        }
        for action in machine.disconnect(RPCError(.disconnected, "that was all")) {
            if case .resume = action { waiting -= 1 }
        }
        precondition(waiting == 0 && machine.sessions.isEmpty && machine.partial.isEmpty && machine.long.isEmpty)
    }

    /// The same names in every run, which inputs can say.
    private final class Names: Sendable {
        private let last = Atomic(0)
        @Sendable func next() -> String { "s\(last.add(1, ordering: .relaxed).newValue)" }
    }

    /// Runs `body`, which may throw an `RPCError` with a sentence.
    private static func expectReadable(_ body: () throws -> Void) {
        do { try body() } catch {
            guard let error = error as? RPCError else { preconditionFailure("\(error)") }
            precondition(error.message.utf8.count > 10)
        }
    }

    private static func payload(of value: RPCValue) -> Int {
        switch value {
        case .bytes(let bytes): bytes.count
        case .ndarray(let array): array.byteCount
        case .array(let elements): elements.reduce(0) { $0 + payload(of: $1) }
        case .object(let members), .tagged(_, let members): members.values.reduce(0) { $0 + payload(of: $1) }
        case .remote(let object): object.members.values.reduce(0) { $0 + payload(of: $1) }
        default: 0
        }
    }
}

/// Nothing is called.
private final class Nobody: RemoteCaller {
    func call(
        _ reference: RemoteReference, positional: [RPCValue], named: RPCObject, options: RPCCallOptions
    ) async throws -> RPCValue {
        throw RPCError(.disconnected, "nobody is there")
    }
    func dispose(objectID: String, owner: WireID?) async throws {}
}
