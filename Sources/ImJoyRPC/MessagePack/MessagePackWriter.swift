internal import ImJoyCore
internal import OrderedCollections

/// Writes plain values as MessagePack, each in its shortest form.
package struct MessagePackWriter {
    var writer: ByteWriter

    package init(reserving capacity: Int = 0) { writer = ByteWriter(reserving: capacity) }

    package var bytes: [UInt8] { writer.bytes }

    /// The bytes of one value; throws for values that a dialect should have written out before.
    package static func encode(_ value: RPCValue) throws(RPCError) -> [UInt8] {
        var writer = MessagePackWriter()
        try writer.write(value)
        return writer.bytes
    }

    package mutating func write(_ value: RPCValue) throws(RPCError) {
        switch value {
        case .null: writer.append(MessagePackFormat.null)
        case .bool(let flag): writer.append(flag ? MessagePackFormat.true : MessagePackFormat.false)
        case .int(let number): write(number)
        case .uint(let number): write(number)
        case .double(let number):
            writer.append(MessagePackFormat.float64)
            writer.appendBigEndian(number.bitPattern)
        case .string(let text): try write(text)
        case .bytes(let bytes):
            try writeLength(
                bytes.count, short: nil, MessagePackFormat.bin8, MessagePackFormat.bin16, MessagePackFormat.bin32,
                "bytes")
            writer.append(contentsOf: bytes)
        case .array(let elements):
            try writeLength(
                elements.count, short: (MessagePackFormat.fixArray, 16), nil, MessagePackFormat.array16,
                MessagePackFormat.array32, "list")
            for element in elements { try write(element) }
        case .object(let members):
            try writeLength(
                members.count, short: (MessagePackFormat.fixMap, 16), nil, MessagePackFormat.map16,
                MessagePackFormat.map32, "mapping")
            for (key, member) in members {
                try write(key)
                try write(member)
            }
        case .ndarray, .error, .function, .remote, .tagged:
            throw RPCError(.invalidArgument, "\(value.kindName) has no MessagePack form of its own")
        }
    }

    private mutating func write(_ text: String) throws(RPCError) {
        let utf8 = text.utf8
        try writeLength(
            utf8.count, short: (MessagePackFormat.fixString, 32), MessagePackFormat.string8,
            MessagePackFormat.string16, MessagePackFormat.string32, "text")
        writer.append(contentsOf: text)
    }

    private mutating func writeLength(
        _ count: Int, short: (base: UInt8, limit: Int)?, _ code8: UInt8?, _ code16: UInt8, _ code32: UInt8,
        _ what: String
    ) throws(RPCError) {
        if let short, count < short.limit {
            writer.append(short.base | UInt8(count))
        } else if let code8, count <= UInt8.max {
            writer.append(code8)
            writer.append(UInt8(count))
        } else if count <= UInt16.max {
            writer.append(code16)
            writer.appendBigEndian(UInt16(count))
        } else if count <= UInt32.max {
            writer.append(code32)
            writer.appendBigEndian(UInt32(count))
        } else {
            throw RPCError(.limitExceeded, "a \(what) of \(count) is longer than MessagePack can say (\(UInt32.max))")
        }
    }

    private mutating func write(_ number: Int64) {
        if number >= 0 { return write(UInt64(number)) }
        switch number {
        case (-32)...: writer.append(UInt8(bitPattern: Int8(number)))
        case Int64(Int8.min)...:
            writer.append(MessagePackFormat.int8)
            writer.appendBigEndian(Int8(number))
        case Int64(Int16.min)...:
            writer.append(MessagePackFormat.int16)
            writer.appendBigEndian(Int16(number))
        case Int64(Int32.min)...:
            writer.append(MessagePackFormat.int32)
            writer.appendBigEndian(Int32(number))
        default:
            writer.append(MessagePackFormat.int64)
            writer.appendBigEndian(number)
        }
    }

    private mutating func write(_ number: UInt64) {
        switch number {
        case ...UInt64(MessagePackFormat.maxPositiveFixInt): writer.append(UInt8(number))
        case ...UInt64(UInt8.max):
            writer.append(MessagePackFormat.uint8)
            writer.append(UInt8(number))
        case ...UInt64(UInt16.max):
            writer.append(MessagePackFormat.uint16)
            writer.appendBigEndian(UInt16(number))
        case ...UInt64(UInt32.max):
            writer.append(MessagePackFormat.uint32)
            writer.appendBigEndian(UInt32(number))
        default:
            writer.append(MessagePackFormat.uint64)
            writer.appendBigEndian(number)
        }
    }
}
