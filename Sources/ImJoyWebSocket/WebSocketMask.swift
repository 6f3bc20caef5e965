/// The four bytes by which a client hides what it sends from proxies (RFC 6455, section 5.3).
struct WebSocketMask: Hashable, Sendable {
    /// In the order of the wire, the first byte in the lowest place.
    private let pattern: UInt32

    init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
        pattern = UInt32(a) | UInt32(b) << 8 | UInt32(c) << 16 | UInt32(d) << 24
    }

    /// A mask that the peer's other programs cannot foretell.
    static func random() -> WebSocketMask { WebSocketMask(pattern: .random(in: 0...UInt32.max)) }

    private init(pattern: UInt32) { self.pattern = pattern }

    var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: pattern >> (8 * $0)) } }

    /// Masks or unmasks in place; `offset` is the place of the first byte in its frame's payload.
    func apply(to bytes: UnsafeMutableRawBufferPointer, offset: Int) {
        guard let base = bytes.baseAddress else { return }
        // Eight bytes at a time, which also makes debug builds bearable.
        let turned = offset % 4 == 0 ? pattern : pattern >> (8 * (offset % 4)) | pattern << (32 - 8 * (offset % 4))
        let wide = (UInt64(turned) << 32 | UInt64(turned)).littleEndian
        var index = 0
        while index + 8 <= bytes.count {
            let word = base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            base.storeBytes(of: word ^ wide, toByteOffset: index, as: UInt64.self)
            index += 8
        }
        while index < bytes.count {
            bytes[index] ^= UInt8(truncatingIfNeeded: turned >> (8 * (index % 4)))
            index += 1
        }
    }
}
