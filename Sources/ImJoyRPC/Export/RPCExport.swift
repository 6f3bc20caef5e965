internal import OrderedCollections

/// One thing that the far side may use: a function, a value, or a group of them.
public struct RPCExport: Sendable {
    /// The name that the far side uses.
    public let name: String
    /// One line on what it does.
    public let summary: String
    let value: RPCValue

    private init(name: String, summary: String, value: RPCValue) {
        self.name = name
        self.summary = summary
        self.value = value
    }

    private init(name: String, summary: String, function: RPCFunction) {
        var function = function
        if !summary.isEmpty { function.documentation = summary }
        self.init(name: name, summary: summary, value: .function(function))
    }

    /// A closure under a name; its own signature says what it takes.
    public init<each A: RPCDecodable, R: RPCEncodable>(
        _ name: String, summary: String = "",
        _ body: @escaping @Sendable @concurrent (repeat each A) async throws -> R
    ) {
        self.init(name: name, summary: summary, function: RPCFunction(name, body))
    }

    /// A closure without a result.
    public init<each A: RPCDecodable>(
        _ name: String, summary: String = "",
        _ body: @escaping @Sendable @concurrent (repeat each A) async throws -> Void
    ) {
        self.init(name: name, summary: summary, function: RPCFunction(name, body))
    }

    /// A closure that reads its arguments itself: any number of them, or named ones.
    public init(
        raw name: String, summary: String = "",
        _ body: @escaping @Sendable @concurrent (RPCArguments) async throws -> RPCValue
    ) {
        self.init(name: name, summary: summary, function: RPCFunction(raw: name, body))
    }

    /// A value that is one already, copied to the far side once.
    public init(_ name: String, summary: String = "", constant value: RPCValue) {
        self.init(name: name, summary: summary, value: value)
    }

    /// A plain value, copied to the far side once.
    public init(_ name: String, summary: String = "", value: some RPCEncodable) throws {
        self.init(name: name, summary: summary, value: try value.rpcValue())
    }

    /// Exports under a common name: `utils.sleep`.
    public static func group(
        _ name: String, summary: String = "", @RPCExportBuilder _ exports: () throws -> [RPCExport]
    ) rethrows -> RPCExport {
        RPCExport(name: name, summary: summary, value: .object(RPCService.members(try exports())))
    }

    /// The same export under another name.
    public func renamed(_ alias: String) -> RPCExport {
        RPCExport(name: alias, summary: summary, value: value)
    }
}
