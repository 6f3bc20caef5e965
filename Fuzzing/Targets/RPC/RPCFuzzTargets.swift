internal import ImJoyCore
public import ImJoyFuzzTargets
internal import ImJoyRPC
internal import OrderedCollections

/// The targets that need ImJoyRPC.
public enum RPCFuzzTargets {
    public static let all: [FuzzTarget] = [messagePack, v1, pipeFrame]

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
