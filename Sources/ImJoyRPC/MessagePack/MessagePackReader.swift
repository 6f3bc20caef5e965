package import ImJoyCore
internal import OrderedCollections

/// Reads MessagePack into plain values; byte strings are slices of the frame.
///
/// Every length is a claim: it is compared with the bytes that are left and with ``RPCLimits`` before anything is
/// made from it.
package struct MessagePackReader {
    private let bytes: SharedBytes
    private let limits: RPCLimits
    /// Where the next value starts.
    package private(set) var offset = 0
    /// Values that may still be claimed. A list takes all its elements when its length is read, so that lists inside
    /// lists cannot claim the same memory again and again.
    private var valuesLeft: Int

    package init(_ bytes: SharedBytes, limits: RPCLimits = .default) {
        self.bytes = bytes
        self.limits = limits
        valuesLeft = limits.maxValues
    }

    /// The one value that fills `bytes`.
    package static func decode(_ bytes: SharedBytes, limits: RPCLimits = .default) throws(RPCError) -> RPCValue {
        var reader = MessagePackReader(bytes, limits: limits)
        let value = try reader.read()
        guard reader.offset >= bytes.count else {
            throw RPCError(
                .protocolViolation,
                "\(bytes.count - reader.offset) bytes follow the value that ends at offset \(reader.offset)")
        }
        return value
    }

    /// The next value.
    package mutating func read() throws(RPCError) -> RPCValue {
        let (start, limits) = (offset, limits)
        let (value, end, left) = try bytes.withUnsafeBytes { memory throws(RPCError) -> (RPCValue, Int, Int) in
            var cursor = MessagePackCursor(
                memory: memory, bytes: bytes, limits: limits, offset: start, valuesLeft: valuesLeft)
            return (try cursor.read(depth: 0), cursor.offset, cursor.valuesLeft)
        }
        (offset, valuesLeft) = (end, left)
        return value
    }
}

/// Reads where the bytes lie, which have been lent for that long: most of the time of a small message goes here.
private struct MessagePackCursor {
    let memory: UnsafeRawBufferPointer
    let bytes: SharedBytes
    let limits: RPCLimits
    var offset: Int
    var valuesLeft: Int

    private var remaining: Int { memory.count - offset }

    private mutating func advance(_ count: Int) throws(RPCError) -> Int {
        guard count <= remaining else {
            throw RPCError(
                .protocolViolation,
                "the MessagePack data is cut off: \(count) bytes wanted at offset \(offset), but there are only \(remaining)"
            )
        }
        defer { offset += count }
        return offset
    }

    private mutating func readByte() throws(RPCError) -> UInt8 { memory[try advance(1)] }

    private mutating func readInteger<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) throws(RPCError) -> T {
        T(bigEndian: memory.loadUnaligned(fromByteOffset: try advance(MemoryLayout<T>.size), as: type))
    }

    private mutating func readLength<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) throws(RPCError) -> Int {
        Int(try readInteger(type))
    }

    private mutating func readBytes(_ count: Int) throws(RPCError) -> SharedBytes {
        let start = try advance(count)
        return bytes.slice(start..<start + count)
    }

    mutating func read(depth: Int) throws(RPCError) -> RPCValue {
        guard depth <= limits.maxDepth else {
            throw RPCError(
                .limitExceeded, "values are nested deeper than \(limits.maxDepth) at offset \(offset)")
        }
        typealias Format = MessagePackFormat
        let first = try readByte()
        switch first {
        case ...Format.maxPositiveFixInt: return .int(Int64(first))
        case Format.minNegativeFixInt...: return .int(Int64(Int8(bitPattern: first)))
        case Format.fixMap..<Format.fixArray: return try readMap(Int(first & 0x0f), depth)
        case Format.fixArray..<Format.fixString: return try readArray(Int(first & 0x0f), depth)
        case Format.fixString..<Format.null: return .string(try readText(Int(first & 0x1f)))
        case Format.null: return .null
        case Format.false: return .bool(false)
        case Format.true: return .bool(true)
        case Format.bin8: return .bytes(try readBytes(try readLength(UInt8.self)))
        case Format.bin16: return .bytes(try readBytes(try readLength(UInt16.self)))
        case Format.bin32: return .bytes(try readBytes(try readLength(UInt32.self)))
        case Format.float32: return .double(Double(Float(bitPattern: try readInteger(UInt32.self))))
        case Format.float64: return .double(Double(bitPattern: try readInteger(UInt64.self)))
        case Format.uint8: return .int(Int64(try readByte()))
        case Format.uint16: return .int(Int64(try readInteger(UInt16.self)))
        case Format.uint32: return .int(Int64(try readInteger(UInt32.self)))
        case Format.uint64: return RPCValue(try readInteger(UInt64.self))
        case Format.int8: return .int(Int64(try readInteger(Int8.self)))
        case Format.int16: return .int(Int64(try readInteger(Int16.self)))
        case Format.int32: return .int(Int64(try readInteger(Int32.self)))
        case Format.int64: return .int(try readInteger(Int64.self))
        case Format.string8: return .string(try readText(try readLength(UInt8.self)))
        case Format.string16: return .string(try readText(try readLength(UInt16.self)))
        case Format.string32: return .string(try readText(try readLength(UInt32.self)))
        case Format.array16: return try readArray(try readLength(UInt16.self), depth)
        case Format.array32: return try readArray(try readLength(UInt32.self), depth)
        case Format.map16: return try readMap(try readLength(UInt16.self), depth)
        case Format.map32: return try readMap(try readLength(UInt32.self), depth)
        case Format.fixExt1...Format.fixExt16: return try readExtension(1 << Int(first - Format.fixExt1))
        case Format.ext8: return try readExtension(try readLength(UInt8.self))
        case Format.ext16: return try readExtension(try readLength(UInt16.self))
        case Format.ext32: return try readExtension(try readLength(UInt32.self))
        default:
            throw RPCError(
                .protocolViolation,
                "byte 0x\(String(first, radix: 16)) at offset \(offset - 1) starts no MessagePack value")
        }
    }

    private mutating func readText(_ count: Int) throws(RPCError) -> String {
        let start = try advance(count)
        let text = UnsafeRawBufferPointer(rebasing: memory[start..<start + count])
            .withMemoryRebound(to: UInt8.self, Self.text)
        guard let text else { throw RPCError(.protocolViolation, "the text at offset \(start) is not UTF-8") }
        return text
    }

    /// Most text is ASCII, which needs no check beyond that.
    private static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        var union: UInt8 = 0
        for byte in bytes { union |= byte }
        return union < 0x80 ? String(decoding: bytes, as: UTF8.self) : String(validating: bytes, as: UTF8.self)
    }

    private mutating func readArray(_ count: Int, _ depth: Int) throws(RPCError) -> RPCValue {
        try claim(count, each: 1, "list")
        var elements: [RPCValue] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try read(depth: depth + 1)) }
        return .array(elements)
    }

    private mutating func readMap(_ count: Int, _ depth: Int) throws(RPCError) -> RPCValue {
        try claim(count, each: 2, "mapping")
        var members = RPCObject(minimumCapacity: count)
        for _ in 0..<count {
            let start = offset
            let key = try read(depth: depth + 1)
            guard let name = Self.text(ofKey: key) else {
                throw RPCError(.protocolViolation, "the key at offset \(start) is \(key.kindName), not text")
            }
            members.updateValue(try read(depth: depth + 1), forKey: name)
        }
        return .object(members)
    }

    /// Keys that are numbers or booleans are read as their text, as JSON would have them.
    private static func text(ofKey key: RPCValue) -> String? {
        switch key {
        case .string(let text): text
        case .int(let number): "\(number)"
        case .uint(let number): "\(number)"
        case .double(let number): "\(number)"
        case .bool(let flag): "\(flag)"
        case .null: "null"
        default: nil
        }
    }

    /// Checks a claim of `count` members made of `each` values, each of which takes a byte at least.
    private mutating func claim(_ count: Int, each: Int, _ what: String) throws(RPCError) {
        guard count <= valuesLeft / each, count <= remaining / each else {
            throw RPCError(
                .limitExceeded,
                "a \(what) at offset \(offset) claims \(count) members, with \(remaining) bytes and \(valuesLeft) values left"
            )
        }
        valuesLeft -= count * each
    }

    private mutating func readExtension(_ count: Int) throws(RPCError) -> RPCValue {
        let type = try readInteger(Int8.self)
        return .tagged(type: "msgpack:\(type)", ["data": .bytes(try readBytes(count))])
    }
}
