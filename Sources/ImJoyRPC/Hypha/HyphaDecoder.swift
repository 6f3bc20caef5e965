internal import ImJoyCore
internal import OrderedCollections

/// Reads values of the Hypha dialect (API version 3).
///
/// Tags it has no case for come out as ``RPCValue/tagged(type:_:)`` with their members read.
struct HyphaDecoder {
    let caller: any RemoteCaller
    let limits: RPCLimits
    /// The workspace of whoever sent the value: a bare client in it is one of that workspace.
    let workspace: String
    /// The call that brought the value, named when one of its functions is called.
    var parent: String?
    var codecs: [String: RPCCodec] = [:]

    func decode(_ value: RPCValue) throws(RPCError) -> RPCValue { try decode(value, depth: 0) }

    private func decode(_ value: RPCValue, depth: Int) throws(RPCError) -> RPCValue {
        guard depth <= limits.maxDepth else {
            throw RPCError(.limitExceeded, "the value is nested deeper than \(limits.maxDepth)")
        }
        switch value {
        case .array(let elements):
            var decoded: [RPCValue] = []
            decoded.reserveCapacity(elements.count)
            for element in elements { decoded.append(try decode(element, depth: depth + 1)) }
            return .array(decoded)
        case .object(let fields):
            if let tag = fields[WireTag.type]?.stringValue { return try decode(fields, tag: tag, depth: depth) }
            let members = try decodeEach(fields, depth: depth)
            guard let id = members[HyphaTag.serviceID]?.stringValue,
                members[HyphaTag.dispose]?.functionValue != nil
            else { return .object(members) }
            return .remote(RemoteObject(members: members, objectID: id, caller: caller))
        default: return value
        }
    }

    private func decodeEach(_ fields: RPCObject, depth: Int) throws(RPCError) -> RPCObject {
        var decoded = RPCObject(minimumCapacity: fields.count)
        for (name, field) in fields { decoded[name] = try decode(field, depth: depth + 1) }
        return decoded
    }

    private func decode(_ fields: RPCObject, tag: String, depth: Int) throws(RPCError) -> RPCValue {
        var content = fields
        content.removeValue(forKey: WireTag.type)
        if let codec = codecs[tag], let value = try codec.read(try decodeEach(content, depth: depth)) { return value }
        switch tag {
        case "method": return .function(try decodeFunction(fields))
        case RPCGenerator.type: return .tagged(type: tag, try decodeGenerator(fields).fields)
        case "ndarray": if let array = try WireArray.decode(fields) { return array }
        case "typedarray": if let array = try WireArray.decodeTyped(fields) { return array }
        case "memoryview": if case .bytes(let bytes)? = fields[WireTag.value] { return .bytes(bytes) }
        case "error": return .error(Self.error(fields))
        default: break
        }
        return .tagged(type: tag, try decodeEach(content, depth: depth))
    }

    private static func error(_ fields: RPCObject) -> RPCError {
        var error = RPCError(remoteText: fields[WireTag.value]?.stringValue ?? "")
        // An asynchronous method of Python sends its whole traceback as the text, and this beside it.
        if error.remoteTrace == nil, let trace = fields[HyphaTag.trace]?.stringValue, !trace.isEmpty {
            error.remoteTrace = trace
        }
        let code = fields[WireTag.code]?.stringValue
        if let code = HyphaTag.codes.first(where: { $0.description == code }) { error.code = code }
        return error
    }

    // MARK: Functions

    private func decodeReference(_ fields: RPCObject, method: String = HyphaTag.method) throws(RPCError)
        -> HyphaReference
    {
        try HyphaReference(fields, method: method, workspace: workspace, parent: parent)
    }

    private func decodeFunction(_ fields: RPCObject) throws(RPCError) -> RPCFunction {
        let reference = try decodeReference(fields)
        var function = RPCFunction(
            .address(reference), name: fields[WireTag.name]?.stringValue ?? Self.name(of: reference), caller: caller)
        function.documentation = fields[HyphaTag.documentation]?.stringValue
        if case .object? = fields[HyphaTag.schema] { function.schema = fields[HyphaTag.schema] }
        return function
    }

    /// The part of a path that its owner has added for people.
    private static func name(of reference: HyphaReference) -> String {
        let path = reference.method
        if let mark = path.lastIndex(of: "#") { return String(path[path.index(after: mark)...]) }
        return path.split(separator: ".").last.map(String.init) ?? path
    }

    private func decodeGenerator(_ fields: RPCObject) throws(RPCError) -> RPCGenerator {
        let next = RPCFunction(.address(try decodeReference(fields)), name: "next", caller: caller)
        guard fields[HyphaTag.closeMethod] != nil else {
            return RPCGenerator(next: next, close: RPCFunction("close") { () in })
        }
        let close = try decodeReference(fields, method: HyphaTag.closeMethod)
        return RPCGenerator(next: next, close: RPCFunction(.address(close), name: "close", caller: caller))
    }
}
