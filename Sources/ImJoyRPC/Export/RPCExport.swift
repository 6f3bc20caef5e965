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

    private init(name: String, summary: String, function: RPCFunction, parameters: RPCObject? = nil) {
        var function = function
        if !summary.isEmpty { function.documentation = summary }
        if let parameters {
            function.schema = [
                "name": .string(name), "description": .string(summary), "parameters": .object(parameters),
            ]
        }
        self.init(name: name, summary: summary, value: .function(function))
    }

    /// A closure under a name; its own signature says what it takes.
    ///
    /// ```swift
    /// RPCExport("threshold", summary: "Where an image is brighter than a level.", parameters: ["image", "level"]) {
    ///     (image: NDArray<UInt8>, level: UInt8) in image .> level
    /// }
    /// ```
    /// `parameters` names what it takes, in order, for callers that give arguments by name and for programs that choose
    /// among functions; those without a name are called `argument1` and so on.
    public init<each A: RPCDecodable, R: RPCEncodable>(
        _ name: String, summary: String = "", parameters: [String] = [],
        _ body: @escaping @Sendable @concurrent (repeat each A) async throws -> R
    ) {
        let schema = Self.schema(of: parameters, (repeat (each A).self))
        self.init(
            name: name, summary: summary, function: RPCFunction(name, parameters: parameters, body), parameters: schema)
    }

    /// A closure without a result.
    public init<each A: RPCDecodable>(
        _ name: String, summary: String = "", parameters: [String] = [],
        _ body: @escaping @Sendable @concurrent (repeat each A) async throws -> Void
    ) {
        let schema = Self.schema(of: parameters, (repeat (each A).self))
        self.init(
            name: name, summary: summary, function: RPCFunction(name, parameters: parameters, body), parameters: schema)
    }

    /// The JSON schema of a mapping that holds all arguments; those that may be missing are not required.
    private static func schema<each A: RPCDecodable>(
        of names: [String], _ types: (repeat (each A).Type)
    ) -> RPCObject {
        var properties = RPCObject()
        var required: [RPCValue] = []
        var index = 0
        for type in repeat each types {
            let name = ArgumentReader.name(at: index, of: names)
            index += 1
            properties[name] = .object(type.rpcSchema)
            if (try? type.init(rpcValue: .null)) == nil { required.append(.string(name)) }
        }
        return ["type": "object", "properties": .object(properties), "required": .array(required)]
    }

    /// A closure that reads its arguments itself: any number of them, or named ones.
    public init(
        raw name: String, summary: String = "",
        _ body: @escaping @Sendable @concurrent (RPCArguments) async throws -> RPCValue
    ) {
        self.init(name: name, summary: summary, function: RPCFunction(raw: name, body))
    }

    /// A closure that only takes note of something, in the order in which its calls come; see ``RPCFunction``.
    package init(
        inOrder name: String, summary: String = "", _ body: @escaping @Sendable (RPCArguments) throws -> RPCValue
    ) {
        self.init(name: name, summary: summary, function: RPCFunction(inOrder: name, body))
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
