internal import ImJoyCore

/// Turns the bytes of a connection into messages and control frames, however they are cut.
///
/// It checks each thing as soon as it is there (RFC 6455, section 5): a frame's first two bytes before its length, its
/// length before its payload, text while it comes. It takes no memory for more than a message may have.
struct WebSocketFrameReader {
    /// Something whole that has come.
    enum Event: Hashable {
        case message(WebSocketMessage)
        case ping([UInt8])
        case pong([UInt8])
        case close(WebSocketClose)
    }

    private struct Frame {
        var kind: WebSocketFrameKind
        var isFinal: Bool
        var mask: WebSocketMask?
        var length: Int
        var received = 0
    }

    private enum Expecting {
        case header
        case payload(Frame)
        /// After a close or a violation nothing is read.
        case nothing
    }

    private let role: WebSocketRole
    private let maxMessageBytes: Int
    private let acceptsText: Bool
    private var expecting = Expecting.header
    private var header: [UInt8] = []
    private var control: [UInt8] = []
    private var message: PartialMessage?

    init(role: WebSocketRole, configuration: WebSocketConfiguration = WebSocketConfiguration()) {
        self.role = role
        maxMessageBytes = configuration.maxMessageBytes
        acceptsText = configuration.acceptsText
        header.reserveCapacity(14)
    }

    /// Whether nothing is read any more, because of a close or a violation.
    var isDone: Bool {
        if case .nothing = expecting { true } else { false }
    }

    /// The next thing in `input`, whose bytes up to there are dropped; nil when all are used and more are needed.
    ///
    /// Throws the close that the far side is owed when it breaks the protocol; nothing can be read after that.
    mutating func next(_ input: inout Slice<UnsafeRawBufferPointer>) throws(WebSocketClose) -> Event? {
        do throws(WebSocketClose) {
            while true {
                switch expecting {
                case .nothing:
                    input = input.suffix(0)
                    return nil
                case .header:
                    guard try readHeader(&input) else { return nil }
                case .payload(var frame):
                    try readPayload(&input, &frame)
                    guard frame.received == frame.length else {
                        expecting = .payload(frame)
                        return nil
                    }
                    expecting = .header
                    if let event = try finish(frame) { return event }
                }
            }
        } catch {
            expecting = .nothing
            message = nil
            throw error
        }
    }

    // MARK: Headers

    /// Collects a header; false when it is not complete yet.
    private mutating func readHeader(_ input: inout Slice<UnsafeRawBufferPointer>) throws(WebSocketClose) -> Bool {
        while header.count < 2 {
            guard let byte = input.popFirst() else { return false }
            header.append(byte)
            if header.count == 2 { try checkStart() }
        }
        let needed = 2 + lengthBytes + (header[1] & 0x80 == 0 ? 0 : 4)
        while header.count < needed {
            guard let byte = input.popFirst() else { return false }
            header.append(byte)
        }
        try begin(try claimedLength())
        header.removeAll(keepingCapacity: true)
        return true
    }

    private var lengthBytes: Int {
        switch header[1] & 0x7F {
        case 126: 2
        case 127: 8
        default: 0
        }
    }

    private static func violation(_ reason: String) -> WebSocketClose { WebSocketClose(.protocolError, reason) }

    /// What the first two bytes tell.
    private func checkStart() throws(WebSocketClose) {
        guard header[0] & 0x70 == 0 else { throw Self.violation("a reserved bit is set") }
        guard let kind = WebSocketFrameKind(rawValue: header[0] & 0x0F) else {
            throw Self.violation("there are no frames of kind \(header[0] & 0x0F)")
        }
        guard (header[1] & 0x80 != 0) == (role == .server) else {
            throw Self.violation(role == .server ? "a client's frame is not masked" : "a server's frame is masked")
        }
        if kind.isControl {
            guard header[0] & 0x80 != 0 else { throw Self.violation("a control frame is fragmented") }
            guard header[1] & 0x7F <= WebSocketFrameKind.maxControlBytes else {
                throw Self.violation("a control frame has more than \(WebSocketFrameKind.maxControlBytes) bytes")
            }
        } else if (kind == .continuation) != (message != nil) {
            throw Self.violation(
                kind == .continuation ? "there is no message to continue" : "the message before it is not complete")
        }
        if kind == .text, !acceptsText { throw WebSocketClose(.unsupportedData, "text messages are not taken here") }
    }

    private func claimedLength() throws(WebSocketClose) -> Int {
        let count = lengthBytes
        guard count > 0 else { return Int(header[1] & 0x7F) }
        let length = header[2..<2 + count].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(Int.max) else { throw Self.violation("a length has its highest bit set") }
        guard length > (count == 2 ? 125 : 0xFFFF) else {
            throw Self.violation("a length is written with more bytes than it needs")
        }
        return Int(length)
    }

    /// Makes room for a payload of `length` bytes when it is allowed.
    private mutating func begin(_ length: Int) throws(WebSocketClose) {
        // Checked before.
        guard let kind = WebSocketFrameKind(rawValue: header[0] & 0x0F) else { return }
        var frame = Frame(kind: kind, isFinal: header[0] & 0x80 != 0, mask: nil, length: length)
        if header[1] & 0x80 != 0 {
            let key = header.suffix(4)
            let start = key.startIndex
            frame.mask = WebSocketMask(key[start], key[start + 1], key[start + 2], key[start + 3])
        }
        if kind.isControl {
            control.removeAll(keepingCapacity: true)
        } else {
            var partial = message ?? PartialMessage(isText: kind == .text)
            // The message leaves the property, so that its block has one owner.
            message = nil
            guard length <= maxMessageBytes - partial.count else {
                throw WebSocketClose(.messageTooBig, "a message has more than \(maxMessageBytes) bytes")
            }
            try partial.reserve(length, isLast: frame.isFinal, limit: maxMessageBytes)
            message = partial
        }
        expecting = .payload(frame)
    }

    // MARK: Payloads

    private mutating func readPayload(
        _ input: inout Slice<UnsafeRawBufferPointer>, _ frame: inout Frame
    ) throws(WebSocketClose) {
        let bytes = UnsafeRawBufferPointer(rebasing: input.prefix(frame.length - frame.received))
        input = input.dropFirst(bytes.count)
        guard !bytes.isEmpty else { return }
        if frame.kind.isControl {
            let start = control.count
            control += bytes
            if let mask = frame.mask {
                control.withUnsafeMutableBytes {
                    mask.apply(to: UnsafeMutableRawBufferPointer(rebasing: $0[start...]), offset: frame.received)
                }
            }
        } else {
            try message?.append(bytes, mask: frame.mask, offset: frame.received)
        }
        frame.received += bytes.count
    }

    private mutating func finish(_ frame: Frame) throws(WebSocketClose) -> Event? {
        switch frame.kind {
        case .ping: return .ping(control)
        case .pong: return .pong(control)
        case .close:
            let close = try Self.close(control)
            expecting = .nothing
            return .close(close)
        case .continuation, .text, .binary:
            guard frame.isFinal, let whole = message else { return nil }
            message = nil
            return .message(try whole.finish())
        }
    }

    /// Reads what a close frame holds (sections 5.5.1 and 7.4).
    private static func close(_ payload: [UInt8]) throws(WebSocketClose) -> WebSocketClose {
        guard payload.count >= 2 else {
            guard payload.isEmpty else { throw violation("a close frame has half a code") }
            return WebSocketClose(.noStatus)
        }
        let code = WebSocketClose.Code(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
        guard code.canBeSent else { throw violation("\(code) is no code to close with") }
        guard let reason = String(validating: payload.dropFirst(2), as: UTF8.self) else {
            throw WebSocketClose(.invalidData, "the reason of a close is no UTF-8")
        }
        return WebSocketClose(code, reason)
    }
}

/// The fragments of a message that have come so far, joined.
private struct PartialMessage {
    private let isText: Bool
    private var storage: NDStorage?
    private(set) var count = 0
    private var check = UTF8Check()

    init(isText: Bool) { self.isText = isText }

    /// Makes room for `length` more bytes.
    mutating func reserve(_ length: Int, isLast: Bool, limit: Int) throws(WebSocketClose) {
        let needed = count + length
        let capacity = storage?.byteCount ?? 0
        guard needed > capacity else { return }
        // Room for the fragments to come costs addresses only: the system gives memory when it is written to.
        let wanted = isLast ? needed : max(needed, min(4 * capacity, limit))
        do {
            let larger = try NDStorage(claimedByteCount: wanted)
            if let storage { larger.base.copyMemory(from: storage.base, byteCount: count) }
            storage = larger
        } catch {
            throw WebSocketClose(.messageTooBig, "there is no memory for a message of \(needed) bytes")
        }
    }

    mutating func append(
        _ bytes: UnsafeRawBufferPointer, mask: WebSocketMask?, offset: Int
    ) throws(WebSocketClose) {
        guard let storage, let source = bytes.baseAddress, bytes.count <= storage.byteCount - count else { return }
        let target = UnsafeMutableRawBufferPointer(start: storage.base + count, count: bytes.count)
        target.baseAddress?.copyMemory(from: source, byteCount: bytes.count)
        mask?.apply(to: target, offset: offset)
        count += bytes.count
        if isText, !check.accept(UnsafeRawBufferPointer(target)) { throw Self.invalidText }
    }

    private static let invalidText = WebSocketClose(.invalidData, "a text message is no UTF-8")

    func finish() throws(WebSocketClose) -> WebSocketMessage {
        guard check.isAtBoundary else { throw Self.invalidText }
        let bytes = storage.map { SharedBytes($0).slice(0..<count) } ?? .empty
        guard isText else { return .binary(bytes) }
        return .text(bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
    }
}
