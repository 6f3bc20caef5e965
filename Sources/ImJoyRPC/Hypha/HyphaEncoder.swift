internal import ImJoyCore
internal import OrderedCollections

/// Writes values out in the Hypha dialect (API version 3): functions become addresses, arrays and errors tagged mappings.
///
/// As with ``ImJoyEncoder``, what encoding lends to the peer is collected in ``exports`` and belongs to nobody until the
/// caller commits it.
struct HyphaEncoder {
    /// Who writes, and for which call.
    struct Context {
        var clientID: String
        var workspace: String
        /// The base address of our server, when it has told one.
        var server: String?
        /// Where functions in the value are kept: for as long as the call runs, or until its answer is forgotten.
        var session: String
        /// In answers, functions are named with the workspace.
        var isAnswer = false
    }

    /// What the value being encoded lends to the peer.
    struct Exports {
        /// Functions of the session, by their names in it.
        var functions: [(name: String, function: RPCFunction)] = []
        /// Objects, which become services of their own.
        var services: [(id: String, members: RPCObject)] = []
        var count: Int { functions.count + services.count }
    }
    private(set) var exports = Exports()

    let context: Context
    /// Closures that belong to a service of ours, with their paths.
    let serviceMethods: [ObjectIdentifier: String]
    let limits: RPCLimits
    let codecs: [String: RPCCodec]
    let makeID: () -> String
    /// Whether the peer can reach a function of another client under the address that it has.
    let isReachable: (HyphaReference) -> Bool

    init(
        context: Context, serviceMethods: [ObjectIdentifier: String] = [:], limits: RPCLimits = .default,
        codecs: [String: RPCCodec] = [:], makeID: @escaping () -> String,
        isReachable: @escaping (HyphaReference) -> Bool = { _ in true }
    ) {
        self.context = context
        self.serviceMethods = serviceMethods
        self.limits = limits
        self.codecs = codecs
        self.makeID = makeID
        self.isReachable = isReachable
    }

    /// A value as an argument or a result.
    mutating func encode(_ value: RPCValue) throws(RPCError) -> RPCValue { try encode(value, depth: 0) }

    private mutating func encode(_ value: RPCValue, depth: Int) throws(RPCError) -> RPCValue {
        guard depth <= limits.maxDepth else {
            throw RPCError(.limitExceeded, "the value is nested deeper than \(limits.maxDepth)")
        }
        switch value {
        case .null, .bool, .int, .uint, .double, .string, .bytes: return value
        case .array(let elements):
            var encoded: [RPCValue] = []
            encoded.reserveCapacity(elements.count)
            for element in elements { encoded.append(try encode(element, depth: depth + 1)) }
            return .array(encoded)
        case .object(let members):
            return .object(
                Self.isObject(members) ? try lend(members, depth: depth) : try encodeEach(members, depth: depth))
        // An object of somebody else goes on with the addresses that its functions have.
        case .remote(let object): return .object(try encodeEach(object.members, depth: depth))
        case .ndarray(let array): return .object(WireArray.encode(array))
        case .error(let error): return .object(Self.encode(error))
        case .function(let function): return .object(encode(function))
        case .tagged(let type, let fields): return .object(try encode(fields, of: type, depth: depth))
        }
    }

    /// An error as it goes out; its kind is told where a caller can act on it, which other peers do not look at.
    static func encode(_ error: RPCError) -> RPCObject {
        var fields: RPCObject = [
            WireTag.type: "error", WireTag.value: .string(error.message),
            HyphaTag.trace: .string(error.remoteTrace ?? error.description),
        ]
        if HyphaTag.codes.contains(error.code) { fields[WireTag.code] = .string(error.code.description) }
        return fields
    }

    private mutating func encodeEach(_ members: RPCObject, depth: Int) throws(RPCError) -> RPCObject {
        var encoded = RPCObject(minimumCapacity: members.count + 1)
        for (name, member) in members { encoded[name] = try encode(member, depth: depth + 1) }
        return encoded
    }

    // MARK: Values with a type

    /// Types whose name comes first among their fields, as in the recordings of Python.
    private static let ownTypes: Set<String> = ["ndarray", "typedarray", "memoryview", "set", "orderedmap", "error"]

    private mutating func encode(_ fields: RPCObject, of type: String, depth: Int) throws(RPCError) -> RPCObject {
        var (type, fields) = (type, fields)
        if type == RPCGenerator.type, let generator = RPCGenerator(fields: fields) { return encode(generator) }
        if let written = try codecs[type]?.write(fields) {
            fields = written
            // A codec may say that its value is of another type.
            type = fields.removeValue(forKey: WireTag.type)?.stringValue ?? type
        }
        var encoded = try encodeEach(fields, depth: depth)
        if Self.ownTypes.contains(type) {
            encoded.updateValue(.string(type), forKey: WireTag.type, insertingAt: 0)
        } else {
            encoded[WireTag.type] = .string(type)
        }
        return encoded
    }

    private mutating func encode(_ generator: RPCGenerator) -> RPCObject {
        let id = makeID()
        exports.functions.append((id, generator.next))
        exports.functions.append((id + RPCGenerator.closeSuffix, generator.close))
        return [
            WireTag.type: .string(RPCGenerator.type), HyphaTag.server: server, HyphaTag.target: .string(ownTarget),
            HyphaTag.method: .string("\(context.session).\(id)"),
            HyphaTag.closeMethod: .string("\(context.session).\(id)\(RPCGenerator.closeSuffix)"), HyphaTag.promise: "*",
            HyphaTag.documentation: "Remote generator",
        ]
    }

    // MARK: Functions and objects

    private var server: RPCValue { context.server.map { .string($0) } ?? .null }

    private var ownTarget: String { context.isAnswer ? "\(context.workspace)/\(context.clientID)" : context.clientID }

    private mutating func encode(_ function: RPCFunction) -> RPCObject {
        switch function.kind {
        case .local(let local):
            if let path = serviceMethods[ObjectIdentifier(local)] { return method(function, at: path) }
        case .remote(.address(let reference), _) where isReachable(reference):
            return described(
                function,
                [
                    WireTag.type: "method", HyphaTag.server: reference.server.map { .string($0) } ?? .null,
                    HyphaTag.target: .string(reference.target), HyphaTag.method: .string(reference.method),
                    HyphaTag.promise: reference.promise.wireValue, WireTag.name: .string(function.name),
                ])
        // A function that the peer cannot reach goes out as one of ours, which passes the call on.
        case .remote: break
        }
        let id = makeID()
        let name = function.name.isEmpty ? id : "\(id)#\(function.name)"
        exports.functions.append((name, function))
        return described(
            function,
            [
                WireTag.type: "method", HyphaTag.server: server, HyphaTag.target: .string(ownTarget),
                HyphaTag.method: .string("\(context.session).\(name)"),
                WireTag.name: function.name.isEmpty ? .null : .string(function.name), HyphaTag.promise: "*",
            ])
    }

    /// A function of a service of ours.
    private func method(_ function: RPCFunction, at path: String) -> RPCObject {
        described(
            function,
            [
                WireTag.type: "method", HyphaTag.server: server, HyphaTag.target: .string(ownTarget),
                HyphaTag.method: .string(path), HyphaTag.promise: "*",
                WireTag.name: function.name.isEmpty ? .null : .string(function.name),
                HyphaTag.isAsync: .bool(function.isAsynchronous),
            ])
    }

    private func described(_ function: RPCFunction, _ fields: RPCObject) -> RPCObject {
        var fields = fields
        fields[HyphaTag.documentation] = function.documentation.map { .string($0) } ?? .null
        if let schema = function.schema { fields[HyphaTag.schema] = schema }
        return fields
    }

    /// `_rintf: true` with a function directly in it asks for a service that lives until it is disposed of.
    private static func isObject(_ members: RPCObject) -> Bool {
        guard members[WireTag.interface]?.boolValue == true else { return false }
        return members.values.contains { if case .function(let function) = $0 { !function.isRemote } else { false } }
    }

    private mutating func lend(_ members: RPCObject, depth: Int) throws(RPCError) -> RPCObject {
        let id = "_rintf_\(makeID())"
        var encoded = RPCObject(minimumCapacity: members.count + 2)
        for (name, member) in members {
            if case .function(let function) = member, !function.isRemote {
                encoded[name] = .object(method(function, at: "services.\(id).\(name)"))
            } else {
                encoded[name] = try encode(member, depth: depth + 1)
            }
        }
        let dispose = RPCFunction(raw: HyphaTag.dispose) { _ in .null }
        encoded[HyphaTag.dispose] = .object(method(dispose, at: "services.\(id).\(HyphaTag.dispose)"))
        encoded[HyphaTag.serviceID] = .string(id)
        exports.services.append((id, members))
        return encoded
    }
}

extension HyphaReference.PromiseForm {
    var wireValue: RPCValue {
        switch self {
        case .shared: "*"
        case .functions: true
        case .none: false
        }
    }

    /// Reads `_rpromise`; a function without one wants no answer.
    init(wireValue: RPCValue?) {
        switch wireValue {
        case .string("*")?: self = .shared
        case .bool(true)?: self = .functions
        default: self = .none
        }
    }
}
