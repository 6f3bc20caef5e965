package import ImJoyCore
internal import OrderedCollections

/// Reads MessagePack into plain values; byte strings are slices of the frame.
///
/// Every length is a claim: it is compared with the bytes that are left and with ``RPCLimits`` before anything is
/// made from it.
package struct MessagePackReader {
    private var reader: ByteReader
    private let limits: RPCLimits
    /// Values that may still be claimed. A list takes all its elements when its length is read, so that lists inside
    /// lists cannot claim the same memory again and again.
    private var valuesLeft: Int

    package init(_ bytes: SharedBytes, limits: RPCLimits = .default) {
        reader = ByteReader(bytes)
        self.limits = limits
        valuesLeft = limits.maxValues
    }

    /// Where the next value starts.
    package var offset: Int { reader.offset }

    /// The one value that fills `bytes`.
    package static func decode(_ bytes: SharedBytes, limits: RPCLimits = .default) throws(RPCError) -> RPCValue {
        var reader = MessagePackReader(bytes, limits: limits)
        let value = try reader.read()
        guard reader.reader.isAtEnd else {
            throw RPCError(
                .protocolViolation,
                "\(reader.reader.remaining) bytes follow the value that ends at offset \(reader.offset)")
        }
        return value
    }

    /// The next value.
    package mutating func read() throws(RPCError) -> RPCValue {
        do {
            return try read(depth: 0)
        } catch let error as RPCError {
            throw error
        } catch {
            throw RPCError(.protocolViolation, "the MessagePack data is cut off: \(error)")
        }
    }

    private mutating func read(depth: Int) throws -> RPCValue {
        guard depth <= limits.maxDepth else {
            throw RPCError(
                .limitExceeded, "values are nested deeper than \(limits.maxDepth) at offset \(reader.offset)")
        }
        typealias Format = MessagePackFormat
        let first = try reader.readByte()
        switch first {
        case ...Format.maxPositiveFixInt: return .int(Int64(first))
        case Format.minNegativeFixInt...: return .int(Int64(Int8(bitPattern: first)))
        case Format.fixMap..<Format.fixArray: return try readMap(Int(first & 0x0f), depth)
        case Format.fixArray..<Format.fixString: return try readArray(Int(first & 0x0f), depth)
        case Format.fixString..<Format.null: return .string(try readText(Int(first & 0x1f)))
        case Format.null: return .null
        case Format.false: return .bool(false)
        case Format.true: return .bool(true)
        case Format.bin8: return .bytes(try reader.read(Int(try reader.readByte())))
        case Format.bin16: return .bytes(try reader.read(Int(try reader.readBigEndian(UInt16.self))))
        case Format.bin32: return .bytes(try reader.read(Int(try reader.readBigEndian(UInt32.self))))
        case Format.float32: return .double(Double(Float(bitPattern: try reader.readBigEndian(UInt32.self))))
        case Format.float64: return .double(Double(bitPattern: try reader.readBigEndian(UInt64.self)))
        case Format.uint8: return .int(Int64(try reader.readByte()))
        case Format.uint16: return .int(Int64(try reader.readBigEndian(UInt16.self)))
        case Format.uint32: return .int(Int64(try reader.readBigEndian(UInt32.self)))
        case Format.uint64: return RPCValue(try reader.readBigEndian(UInt64.self))
        case Format.int8: return .int(Int64(try reader.readBigEndian(Int8.self)))
        case Format.int16: return .int(Int64(try reader.readBigEndian(Int16.self)))
        case Format.int32: return .int(Int64(try reader.readBigEndian(Int32.self)))
        case Format.int64: return .int(try reader.readBigEndian(Int64.self))
        case Format.string8: return .string(try readText(Int(try reader.readByte())))
        case Format.string16: return .string(try readText(Int(try reader.readBigEndian(UInt16.self))))
        case Format.string32: return .string(try readText(Int(try reader.readBigEndian(UInt32.self))))
        case Format.array16: return try readArray(Int(try reader.readBigEndian(UInt16.self)), depth)
        case Format.array32: return try readArray(Int(try reader.readBigEndian(UInt32.self)), depth)
        case Format.map16: return try readMap(Int(try reader.readBigEndian(UInt16.self)), depth)
        case Format.map32: return try readMap(Int(try reader.readBigEndian(UInt32.self)), depth)
        case Format.fixExt1...Format.fixExt16: return try readExtension(1 << Int(first - Format.fixExt1))
        case Format.ext8: return try readExtension(Int(try reader.readByte()))
        case Format.ext16: return try readExtension(Int(try reader.readBigEndian(UInt16.self)))
        case Format.ext32: return try readExtension(Int(try reader.readBigEndian(UInt32.self)))
        default:
            throw RPCError(
                .protocolViolation,
                "byte 0x\(String(first, radix: 16)) at offset \(reader.offset - 1) starts no MessagePack value")
        }
    }

    private mutating func readText(_ count: Int) throws -> String {
        let start = reader.offset
        let bytes = try reader.read(count)
        guard let text = bytes.withUnsafeBytes({ String(validating: $0, as: UTF8.self) }) else {
            throw RPCError(.protocolViolation, "the text at offset \(start) is not UTF-8")
        }
        return text
    }

    private mutating func readArray(_ count: Int, _ depth: Int) throws -> RPCValue {
        try claim(count, each: 1, "list")
        var elements: [RPCValue] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try read(depth: depth + 1)) }
        return .array(elements)
    }

    private mutating func readMap(_ count: Int, _ depth: Int) throws -> RPCValue {
        try claim(count, each: 2, "mapping")
        var members = RPCObject(minimumCapacity: count)
        for _ in 0..<count {
            let start = reader.offset
            let key = try read(depth: depth + 1)
            guard let name = Self.text(ofKey: key) else {
                throw RPCError(.protocolViolation, "the key at offset \(start) is \(key.kindName), not text")
            }
            members[name] = try read(depth: depth + 1)
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
    private mutating func claim(_ count: Int, each: Int, _ what: String) throws {
        guard count <= valuesLeft / each, count <= reader.remaining / each else {
            throw RPCError(
                .limitExceeded,
                "a \(what) at offset \(reader.offset) claims \(count) members, with \(reader.remaining) bytes and \(valuesLeft) values left"
            )
        }
        valuesLeft -= count * each
    }

    private mutating func readExtension(_ count: Int) throws -> RPCValue {
        let type = try reader.readBigEndian(Int8.self)
        return .tagged(type: "msgpack:\(type)", ["data": .bytes(try reader.read(count))])
    }
}
