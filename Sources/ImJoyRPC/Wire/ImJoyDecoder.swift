internal import ImJoyCore
internal import OrderedCollections

/// Reads values of the ImJoy dialect (API version 0.2.3).
///
/// Tags it has no case for come out as ``RPCValue/tagged(type:_:)``: sets, ordered maps and objects with their
/// members read, all others with their fields as they were.
struct ImJoyDecoder {
    let caller: any RemoteCaller
    let limits: RPCLimits
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
        case "ndarray": return try decodeArray(fields) ?? untouched(fields, tag: tag)
        case "typedarray": return try decodeTypedArray(fields) ?? untouched(fields, tag: tag)
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

    /// Nil for element types that we have no array of (text, dates): they stay as they came.
    private func decodeArray(_ fields: RPCObject) throws(RPCError) -> RPCValue? {
        guard let name = fields[WireTag.dtype]?.stringValue, let (dtype, order) = DType.parse(numPy: name) else {
            return nil
        }
        guard let lengths = fields[WireTag.shape]?.arrayValue, let content = fields[WireTag.value],
            let bytes = Self.joined(content)
        else {
            throw RPCError(.protocolViolation, "an ndarray without bytes or shape: \(RPCValue.object(fields))")
        }
        var shape: [Int] = []
        for length in lengths {
            guard let length = length.intValue else {
                throw RPCError(.protocolViolation, "the shape of an ndarray is \(RPCValue.array(lengths))")
            }
            shape.append(length)
        }
        return try Self.array(bytes, dtype: dtype, order: order, shape: shape)
    }

    private func decodeTypedArray(_ fields: RPCObject) throws(RPCError) -> RPCValue? {
        guard let name = fields[WireTag.dtype]?.stringValue, let (dtype, order) = DType.parse(numPy: name),
            case .bytes(let bytes) = fields[WireTag.value]
        else { return nil }
        return try Self.array(bytes, dtype: dtype, order: order, shape: [bytes.count / dtype.byteCount])
    }

    private static func array(
        _ bytes: SharedBytes, dtype: DType, order: DType.ByteOrder, shape: [Int]
    ) throws(RPCError) -> RPCValue {
        do {
            let native = order == .native ? bytes : bytes.reversingUnits(of: dtype.swapUnit)
            return .ndarray(try AnyNDArray(sharing: native, dtype: dtype, shape: shape))
        } catch {
            throw RPCError(.protocolViolation, "the array cannot be: \(error.message)", cause: error)
        }
    }

    /// JavaScript peers send large arrays in pieces.
    private static func joined(_ content: RPCValue) -> SharedBytes? {
        if case .bytes(let bytes) = content { return bytes }
        guard let pieces = content.arrayValue?.map(\.bytesValue), !pieces.contains(nil) else { return nil }
        return SharedBytes(count: pieces.reduce(0) { $0 + ($1?.count ?? 0) }) { target in
            var start = 0
            for piece in pieces.compactMap(\.self) {
                piece.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target[start...]).copyMemory(from: $0) }
                start += piece.count
            }
        }
    }
}

extension SharedBytes {
    /// A copy with the bytes of every `size`-byte unit in reverse order.
    fileprivate func reversingUnits(of size: Int) -> SharedBytes {
        withUnsafeBytes { source in
            SharedBytes(count: source.count) { target in
                for index in source.indices {
                    let unit = index / size * size
                    // A last unit that is cut off is refused by the array afterwards.
                    target[index] = source[Swift.min(unit + size - 1 - (index - unit), source.count - 1)]
                }
            }
        }
    }
}
