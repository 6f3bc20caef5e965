/// The name that the far side gave to one of its functions.
package enum RemoteReference: Hashable, Sendable {
    /// A function passed as a value; it answers one call.
    case callback(id: WireID, target: WireID?)
    /// A function of an object, by the path inside it; it can be called any number of times.
    case method(object: String, path: String, target: WireID?)
    /// A function in the Hypha dialect.
    case address(HyphaReference)

    /// The link of its owner.
    var target: WireID? {
        switch self {
        case .callback(_, let target), .method(_, _, let target): target
        case .address: nil
        }
    }

    var path: String {
        switch self {
        case .callback(let id, _): "\(id)"
        case .method(_, let path, _): path
        case .address(let reference): reference.method
        }
    }
}

/// An id as a peer chose it: Python takes text, JavaScript whole numbers. It goes back exactly as it came.
package enum WireID: Hashable, Sendable, CustomStringConvertible {
    /// A name, as Python chooses them.
    case text(String)
    /// A number, as JavaScript chooses them; 0 is one of them.
    case number(Int64)

    init?(_ value: RPCValue) {
        switch value {
        case .string(let text): self = .text(text)
        case .int(let number): self = .number(number)
        case .double(let number):
            guard let whole = Int64(exactly: number) else { return nil }
            self = .number(whole)
        default: return nil
        }
    }

    var value: RPCValue {
        switch self {
        case .text(let text): .string(text)
        case .number(let number): .int(number)
        }
    }

    package var description: String {
        switch self {
        case .text(let text): text
        case .number(let number): "\(number)"
        }
    }
}

/// Whoever can carry a call to the owner of a reference: a connection, or a stand-in in tests.
package protocol RemoteCaller: AnyObject, Sendable {
    func call(
        _ reference: RemoteReference, positional: [RPCValue], named: RPCObject, options: RPCCallOptions
    ) async throws -> RPCValue
    /// - Parameter owner: the link of the one who lends the object; nil for the far side itself.
    func dispose(objectID: String, owner: WireID?) async throws
    /// Calls a function whose answer nobody waits for; nothing happens when the link is gone.
    func tell(_ reference: RemoteReference, positional: [RPCValue])
}

extension RemoteCaller {
    package func tell(_ reference: RemoteReference, positional: [RPCValue]) {}
}
