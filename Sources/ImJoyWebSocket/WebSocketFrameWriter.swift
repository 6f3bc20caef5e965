internal import ImJoyCore
internal import NIOCore

/// Writes frames as our end of a connection must: a client's are masked.
struct WebSocketFrameWriter {
    let role: WebSocketRole

    /// A whole control frame.
    func control(_ kind: WebSocketFrameKind, _ payload: [UInt8], allocator: ByteBufferAllocator) -> ByteBuffer {
        let payload = payload.prefix(WebSocketFrameKind.maxControlBytes)
        var buffer = allocator.buffer(capacity: payload.count + 14)
        let mask = writeHeader(kind, isFinal: true, length: payload.count, to: &buffer)
        let start = buffer.writerIndex
        buffer.writeBytes(payload)
        apply(mask, to: &buffer, from: start)
        return buffer
    }

    /// A frame with the next `length` bytes of a message.
    func data(
        _ kind: WebSocketFrameKind, isFinal: Bool, length: Int, of source: inout ByteSource,
        allocator: ByteBufferAllocator
    ) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: length + 14)
        let mask = writeHeader(kind, isFinal: isFinal, length: length, to: &buffer)
        let start = buffer.writerIndex
        source.take(length, into: &buffer)
        apply(mask, to: &buffer, from: start)
        return buffer
    }

    private func writeHeader(
        _ kind: WebSocketFrameKind, isFinal: Bool, length: Int, to buffer: inout ByteBuffer
    ) -> WebSocketMask? {
        let mask = role == .client ? WebSocketMask.random() : nil
        let maskBit: UInt8 = mask == nil ? 0 : 0x80
        buffer.writeInteger(kind.rawValue | (isFinal ? 0x80 : 0))
        switch length {
        case 0...125: buffer.writeInteger(UInt8(length) | maskBit)
        case 126...0xFFFF:
            buffer.writeInteger(126 | maskBit)
            buffer.writeInteger(UInt16(length))
        default:
            buffer.writeInteger(127 | maskBit)
            buffer.writeInteger(UInt64(length))
        }
        if let mask { buffer.writeBytes(mask.bytes) }
        return mask
    }

    private func apply(_ mask: WebSocketMask?, to buffer: inout ByteBuffer, from start: Int) {
        guard let mask else { return }
        let offset = start - buffer.readerIndex
        buffer.withUnsafeMutableReadableBytes {
            mask.apply(to: UnsafeMutableRawBufferPointer(rebasing: $0[offset...]), offset: 0)
        }
    }
}

/// The bytes of a message that are not written yet, in the pieces in which they lie in memory.
struct ByteSource: Sendable {
    private var pieces: ArraySlice<SharedBytes>
    /// What is left.
    private(set) var count: Int

    init(_ pieces: [SharedBytes]) {
        self.pieces = pieces[...]
        count = pieces.reduce(0) { $0 + $1.count }
    }

    /// Copies the next `length` bytes, which must be there.
    mutating func take(_ length: Int, into buffer: inout ByteBuffer) {
        var left = length
        while left > 0, let first = pieces.first {
            let part = min(left, first.count)
            _ = first.withUnsafeBytes { buffer.writeBytes($0[..<part]) }
            left -= part
            count -= part
            pieces.removeFirst()
            if part < first.count { pieces = [first.slice(part..<first.count)] + pieces }
        }
    }
}
