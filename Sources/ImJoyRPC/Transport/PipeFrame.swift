package import ImJoyCore
internal import OrderedCollections

/// The frame of a byte stream (Documentation/WireProtocol.md, "Pipe frames").
///
/// ```
/// u32  length of the whole frame, these eight bytes included     little-endian
/// u32  length of the header
/// header: MessagePack [[[path, length], …], message]
/// zeros up to a multiple of 64
/// buffers, each followed by zeros up to a multiple of 64
/// ```
/// Byte strings of 1 KiB and more leave the message; null stands in their place and `path` (keys and indices from the
/// top of the message) says where each belongs. A frame is read into one block aligned to 64 bytes, so arrays are used
/// where they lie.
package enum PipeFrame {
    package static let prefixLength = 8
    static let alignment = 64
    /// Levels that a frame and a message put around a value, and arrays into it, beyond ``RPCLimits/maxDepth``.
    static let envelopeDepth = 8
    /// Shorter byte strings stay in the header: a buffer of their own would cost more than it saves.
    static let smallestBuffer = 1024

    /// What a stream must deliver next.
    package struct Prefix: Hashable, Sendable {
        package var frameLength: Int
        package var headerLength: Int

        /// Checks the two lengths against `limits` before anybody takes memory for them.
        package init(_ bytes: SharedBytes, limits: RPCLimits) throws(RPCError) {
            var reader = ByteReader(bytes)
            do {
                frameLength = Int(try reader.readLittleEndian(UInt32.self))
                headerLength = Int(try reader.readLittleEndian(UInt32.self))
            } catch {
                throw RPCError(
                    .protocolViolation, "a frame prefix of \(bytes.count) bytes, \(PipeFrame.prefixLength) are needed")
            }
            guard frameLength <= limits.maxFrameBytes, headerLength <= limits.maxHeaderBytes else {
                throw RPCError(
                    .limitExceeded,
                    "a frame claims \(frameLength) bytes with a header of \(headerLength); at most \(limits.maxFrameBytes) and \(limits.maxHeaderBytes) are allowed"
                )
            }
            guard headerLength >= 1, headerLength <= frameLength - PipeFrame.prefixLength else {
                throw RPCError(
                    .protocolViolation,
                    "a frame of \(frameLength) bytes cannot hold a header of \(headerLength); the stream holds something else than frames"
                )
            }
        }
    }

    // MARK: Writing

    /// The pieces of a frame in order; payloads are referenced, not copied.
    package static func encode(_ message: RPCMessage, limits: RPCLimits = .default) throws(RPCError) -> [SharedBytes] {
        var splitter = BufferSplitter()
        let whole = RPCValue.object(message.fields)
        let stripped = BufferSplitter.hasBuffers(whole) ? splitter.strip(whole) : whole
        let table = splitter.buffers.map { RPCValue.array([.array($0.path), RPCValue($0.bytes.count)]) }
        var head = MessagePackWriter(reserving: 512)
        // The lengths, which are known afterwards.
        head.writer.append(zeros: prefixLength)
        try head.write(.array([.array(table), stripped]))
        let headerCount = head.writer.count - prefixLength
        let start = padded(head.writer.count)
        let total = splitter.buffers.reduce(start) { $0 + padded($1.bytes.count) }
        guard headerCount <= limits.maxHeaderBytes, total <= min(limits.maxFrameBytes, Int(UInt32.max)) else {
            throw RPCError(
                .limitExceeded,
                "the message takes \(total) bytes with a header of \(headerCount); at most \(min(limits.maxFrameBytes, Int(UInt32.max))) and \(limits.maxHeaderBytes) can be sent. Send large arrays in parts"
            )
        }
        head.writer.replaceLittleEndian(at: 0, UInt32(total))
        head.writer.replaceLittleEndian(at: 4, UInt32(headerCount))
        head.writer.pad(to: alignment)
        var pieces = [SharedBytes(copying: head.writer.bytes)]
        for buffer in splitter.buffers {
            pieces.append(buffer.bytes)
            let padding = padded(buffer.bytes.count) - buffer.bytes.count
            if padding > 0 { pieces.append(zeros.slice(0..<padding)) }
        }
        return pieces
    }

    private static let zeros = SharedBytes(copying: [UInt8](repeating: 0, count: alignment))

    private static func padded(_ count: Int) -> Int { (count + alignment - 1) & ~(alignment - 1) }

    private struct BufferSplitter {
        var buffers: [(path: [RPCValue], bytes: SharedBytes)] = []
        private var path: [RPCValue] = []

        /// Whether there is anything to take out; most messages are left as they are.
        static func hasBuffers(_ value: RPCValue) -> Bool {
            switch value {
            case .bytes(let bytes): bytes.count >= smallestBuffer
            case .array(let elements): elements.contains(where: hasBuffers)
            case .object(let members): members.values.contains(where: hasBuffers)
            default: false
            }
        }

        mutating func strip(_ value: RPCValue) -> RPCValue {
            switch value {
            case .bytes(let bytes) where bytes.count >= smallestBuffer:
                buffers.append((path, bytes))
                return .null
            case .array(let elements):
                var stripped: [RPCValue] = []
                stripped.reserveCapacity(elements.count)
                for (index, element) in elements.enumerated() {
                    stripped.append(strip(element, at: .int(Int64(index))))
                }
                return .array(stripped)
            case .object(let members):
                var stripped = RPCObject(minimumCapacity: members.count)
                for (name, member) in members { stripped[name] = strip(member, at: .string(name)) }
                return .object(stripped)
            default: return value
            }
        }

        private mutating func strip(_ value: RPCValue, at place: RPCValue) -> RPCValue {
            path.append(place)
            defer { path.removeLast() }
            return strip(value)
        }
    }

    // MARK: Reading

    /// The message in a whole frame, prefix included; byte strings are slices of it.
    package static func decode(_ frame: SharedBytes, limits: RPCLimits = .default) throws(RPCError) -> RPCMessage {
        guard frame.count >= prefixLength else {
            throw RPCError(.protocolViolation, "a frame of \(frame.count) bytes, \(prefixLength) are needed")
        }
        let prefix = try Prefix(frame.slice(0..<prefixLength), limits: limits)
        guard prefix.frameLength == frame.count else {
            throw RPCError(.protocolViolation, "a frame of \(frame.count) bytes says it has \(prefix.frameLength)")
        }
        let headerEnd = prefixLength + prefix.headerLength
        var headerLimits = limits
        headerLimits.maxDepth += envelopeDepth
        let header = try MessagePackReader.decode(part(prefixLength..<headerEnd, of: frame), limits: headerLimits)
        guard case .array(let parts) = header, parts.count == 2, let table = parts[0].arrayValue else {
            throw RPCError(.protocolViolation, "a frame header is \(header.kindName), not [buffers, message]")
        }
        var places = BufferPlaces()
        var start = padded(headerEnd)
        for entry in table {
            guard let path = entry[0].arrayValue, let length = entry[1].intValue, length >= 0, !path.isEmpty else {
                throw RPCError(.protocolViolation, "a buffer is described as \(entry), not [path, length]")
            }
            guard path.count <= headerLimits.maxDepth else {
                throw RPCError(
                    .limitExceeded, "the path of a buffer has \(path.count) steps; \(headerLimits.maxDepth) are allowed"
                )
            }
            guard length <= frame.count - start else {
                throw RPCError(
                    .protocolViolation, "a buffer at \(start) claims \(length) bytes of a frame of \(frame.count)")
            }
            try places.insert(part(start..<start + length, of: frame), at: path[...])
            start = min(padded(start + length), frame.count)
        }
        guard start == frame.count else {
            throw RPCError(
                .protocolViolation, "the content of a frame ends at \(start), the frame itself at \(frame.count)")
        }
        guard case .object(let fields) = try places.fill(parts[1]) else {
            throw RPCError(.protocolViolation, "a message is \(parts[1].kindName), not a mapping")
        }
        return RPCMessage(fields)
    }

    /// A slice of the frame; a small part is copied, because a slice would keep the whole frame in memory.
    private static func part(_ range: Range<Int>, of frame: SharedBytes) -> SharedBytes {
        let slice = frame.slice(range)
        return range.count < frame.count / 4 ? slice.compacted() : slice
    }

    /// Buffers by their places, as a tree, so that filling them in touches every value at most once.
    private struct BufferPlaces {
        private enum Step: Hashable { case name(String), index(Int), invalid }
        private var bytes: SharedBytes?
        private var children: [Step: BufferPlaces] = [:]

        private static func step(_ value: RPCValue) -> Step {
            switch value {
            case .string(let name): .name(name)
            case .int(let index): .index(Int(index))
            default: .invalid
            }
        }

        mutating func insert(_ buffer: SharedBytes, at path: ArraySlice<RPCValue>) throws(RPCError) {
            guard let first = path.first else {
                guard bytes == nil else { throw RPCError(.protocolViolation, "two buffers have the same path") }
                return bytes = buffer
            }
            try children[Self.step(first), default: BufferPlaces()].insert(buffer, at: path.dropFirst())
        }

        func fill(_ value: RPCValue) throws(RPCError) -> RPCValue {
            if let bytes {
                guard value.isNull, children.isEmpty else {
                    throw RPCError(.protocolViolation, "a buffer belongs where \(value.kindName) is already")
                }
                return .bytes(bytes)
            }
            var filled = value
            switch value {
            case .object(var members):
                filled = .null
                for (step, place) in children {
                    guard case .name(let name) = step, let member = members[name] else { throw Self.nowhere }
                    members[name] = try place.fill(member)
                }
                filled = .object(members)
            case .array(var elements):
                filled = .null
                for (step, place) in children {
                    guard case .index(let index) = step, elements.indices.contains(index) else { throw Self.nowhere }
                    elements[index] = try place.fill(elements[index])
                }
                filled = .array(elements)
            default:
                guard children.isEmpty else { throw Self.nowhere }
            }
            return filled
        }

        private static let nowhere = RPCError(.protocolViolation, "the path of a buffer leads nowhere in its message")
    }
}
