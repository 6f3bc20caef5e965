internal import OrderedCollections

/// Reads values of the ImJoy dialect (API version 0.2.3).
///
/// Tags it has no case for come out as ``RPCValue/tagged(type:_:)``: sets, ordered maps and objects with their
/// members read, all others with their fields as they were.
package struct ImJoyDecoder {
    private let caller: any RemoteCaller
    private let limits: RPCLimits
    private let codecs: [String: RPCCodec]

    init(caller: any RemoteCaller, limits: RPCLimits, codecs: [String: RPCCodec]) {
        self.caller = caller
        self.limits = limits
        self.codecs = codecs
    }

    /// Reads for `caller`, who gets the calls of the functions in what is read.
    package init(caller: any RemoteCaller, limits: RPCLimits = .default) {
        self.init(caller: caller, limits: limits, codecs: [:])
    }

    package func decode(_ value: RPCValue) throws(RPCError) -> RPCValue { try decode(value, depth: 0) }

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
        case .object(var fields):
            if let tag = fields[WireTag.type]?.stringValue {
                return try decode(fields, tag: tag, depth: depth)
            }
            let objectID = fields.removeValue(forKey: WireTag.interface)?.stringValue
            let members = try decodeEach(fields, depth: depth)
            guard let objectID else { return .object(members) }
            return .remote(RemoteObject(members: members, objectID: objectID, caller: caller))
        default: return value
        }
    }

    private func decodeEach(_ fields: RPCObject, depth: Int) throws(RPCError) -> RPCObject {
        var decoded = RPCObject(minimumCapacity: fields.count)
        for (name, field) in fields { decoded[name] = try decode(field, depth: depth + 1) }
        return decoded
    }

    private func decode(_ fields: RPCObject, tag: String, depth: Int) throws(RPCError) -> RPCValue {
        if let codec = codecs[tag] {
            var content = fields
            content.removeValue(forKey: WireTag.type)
            if content[WireTag.interface] != nil { content = try decodeEach(content, depth: depth) }
            if let value = try codec.read(content) { return value }
        }
        switch tag {
        case "callback", "interface": return .function(try decodeFunction(fields, tag: tag))
        case "ndarray": return try WireArray.decode(fields) ?? untouched(fields, tag: tag)
        case "typedarray": return try WireArray.decodeTyped(fields) ?? untouched(fields, tag: tag)
        case "memoryview":
            guard case .bytes(let bytes) = fields[WireTag.value] else { return untouched(fields, tag: tag) }
            return .bytes(bytes)
        case "error":
            var error = RPCError(remoteText: fields[WireTag.value]?.stringValue ?? "unknown error")
            if fields[WireTag.code]?.stringValue == RPCError.Code.disconnected.description {
                error.code = .disconnected
            }
            return .error(error)
        default:
            let isRead = fields[WireTag.interface] != nil || tag == "set" || tag == "orderedmap"
            guard isRead else { return untouched(fields, tag: tag) }
            var members = fields
            members.removeValue(forKey: WireTag.type)
            return .tagged(type: tag, try decodeEach(members, depth: depth))
        }
    }

    private func untouched(_ fields: RPCObject, tag: String) -> RPCValue {
        var members = fields
        members.removeValue(forKey: WireTag.type)
        return .tagged(type: tag, members)
    }

    /// The reference inside an encoded function.
    func decodeReference(_ fields: RPCObject, tag: String) throws(RPCError) -> RemoteReference {
        let target = fields[WireTag.target].flatMap(WireID.init)
        if tag == "callback" {
            guard let id = fields[WireTag.value].flatMap(WireID.init) else {
                throw RPCError(.protocolViolation, "a callback without an id: \(RPCValue.object(fields))")
            }
            return .callback(id: id, target: target)
        }
        guard let object = fields[WireTag.interface]?.stringValue, let path = fields[WireTag.value]?.stringValue else {
            throw RPCError(
                .protocolViolation, "an interface function without an object or a name: \(RPCValue.object(fields))")
        }
        return .method(object: object, path: path, target: target)
    }

    private func decodeFunction(_ fields: RPCObject, tag: String) throws(RPCError) -> RPCFunction {
        let reference = try decodeReference(fields, tag: tag)
        return RPCFunction(reference, name: fields[WireTag.name]?.stringValue ?? reference.path, caller: caller)
    }
}
