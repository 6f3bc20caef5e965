internal import ImJoyCore
internal import OrderedCollections

/// N-d arrays as both dialects write them: bytes in C order, a shape, and an element type by its NumPy name.
enum WireArray {
    static func encode(_ array: AnyNDArray) -> RPCObject {
        [
            WireTag.type: "ndarray", WireTag.value: .bytes(array.bytes),
            WireTag.shape: .array(array.shape.map { .int(Int64($0)) }), WireTag.dtype: .string(array.dtype.rawValue),
        ]
    }

    /// Nil for element types that we have no array of (text, dates): they stay as they came.
    static func decode(_ fields: RPCObject) throws(RPCError) -> RPCValue? {
        guard let name = fields[WireTag.dtype]?.stringValue, let (dtype, order) = DType.parse(numPy: name) else {
            return nil
        }
        guard let lengths = fields[WireTag.shape]?.arrayValue, let content = fields[WireTag.value],
            let bytes = joined(content)
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
        return try array(bytes, dtype: dtype, order: order, shape: shape)
    }

    /// A typed array of JavaScript, which has one dimension; nil when it is none that we know.
    static func decodeTyped(_ fields: RPCObject) throws(RPCError) -> RPCValue? {
        guard let name = fields[WireTag.dtype]?.stringValue, let (dtype, order) = DType.parse(numPy: name),
            case .bytes(let bytes) = fields[WireTag.value]
        else { return nil }
        return try array(bytes, dtype: dtype, order: order, shape: [bytes.count / dtype.byteCount])
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
