public import OrderedCollections

/// What we let the far side call: a value, so it can be built, listed and tested with no connection at all.
///
/// ```swift
/// let service = RPCService("segmenter", summary: "Finds cells.") {
///     RPCExport("threshold") { (image: NDArray<UInt8>, level: UInt8) in image .> level }
/// }
/// let mask = try await service.call("threshold", [image.rpcValue(), 128])
/// ```
/// Only what is listed can be reached; there is no path into other properties.
public struct RPCService: Sendable {
    /// The name of the service, for people.
    public let name: String
    /// One line on what it is for.
    public let summary: String
    /// What it exports, in order.
    public let exports: [RPCExport]

    /// Of two exports with one name the later one wins.
    public init(_ name: String, summary: String = "", @RPCExportBuilder _ exports: () throws -> [RPCExport]) rethrows {
        self.name = name
        self.summary = summary
        self.exports = try exports()
    }

    /// Calls an export here, without a connection; groups are reached by dotted names.
    @discardableResult
    public func call(_ path: String, _ arguments: [RPCValue] = [], named: RPCObject = [:]) async throws -> RPCValue {
        let member = RemoteMember(root: .object(members), path: path.split(separator: ".").map(String.init))
        return try await member.function().call(RPCArguments(arguments, named: named))
    }

    /// The exports as the mapping that goes over the wire.
    package var members: RPCObject { Self.members(exports) }

    static func members(_ exports: [RPCExport]) -> RPCObject {
        RPCObject(exports.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }
}
