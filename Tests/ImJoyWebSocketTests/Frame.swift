/// One frame as the test writes or reads it, with nothing checked.
struct Frame: Hashable, Sendable, CustomStringConvertible {
    var opcode: UInt8
    var payload: [UInt8] = []
    var isFinal = true
    var reserved: UInt8 = 0
    var mask: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]
    /// Bytes for the length: 0, 2 or 8; nil for the shortest form.
    var lengthBytes: Int?
    /// A length that is not that of the payload.
    var claimed: UInt64?

    static func text(_ text: String, isFinal: Bool = true) -> Frame {
        Frame(opcode: 1, payload: Array(text.utf8), isFinal: isFinal)
    }
    static func binary(_ payload: [UInt8], isFinal: Bool = true) -> Frame {
        Frame(opcode: 2, payload: payload, isFinal: isFinal)
    }
    static func more(_ payload: [UInt8], isFinal: Bool = true) -> Frame {
        Frame(opcode: 0, payload: payload, isFinal: isFinal)
    }
    static func ping(_ payload: [UInt8] = []) -> Frame { Frame(opcode: 9, payload: payload) }
    static func pong(_ payload: [UInt8] = []) -> Frame { Frame(opcode: 10, payload: payload) }
    static func close(_ code: Int?, _ reason: String = "") -> Frame {
        Frame(opcode: 8, payload: (code.map { [UInt8($0 >> 8), UInt8($0 & 255)] } ?? []) + Array(reason.utf8))
    }

    func with(_ change: (inout Frame) -> Void) -> Frame {
        var copy = self
        change(&copy)
        return copy
    }

    var bytes: [UInt8] {
        let length = claimed ?? UInt64(payload.count)
        let form = lengthBytes ?? (length < 126 ? 0 : length < 65536 ? 2 : 8)
        var all = [opcode | reserved << 4 | (isFinal ? 0x80 : 0)]
        all.append((mask == nil ? 0 : 0x80) | (form == 0 ? UInt8(length) : form == 2 ? 126 : 127))
        all += (0..<form).reversed().map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }
        guard let mask else { return all + payload }
        return all + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    /// The frames in `bytes`, and what is left at the end.
    static func all(in bytes: [UInt8]) -> (frames: [Frame], rest: [UInt8]) {
        var frames: [Frame] = []
        var rest = bytes[...]
        while let (frame, count) = first(in: rest) {
            frames.append(frame)
            rest = rest.dropFirst(count)
        }
        return (frames, Array(rest))
    }

    private static func first(in bytes: ArraySlice<UInt8>) -> (Frame, Int)? {
        let bytes = Array(bytes)
        guard bytes.count >= 2 else { return nil }
        let form = bytes[1] & 127 == 127 ? 8 : bytes[1] & 127 == 126 ? 2 : 0
        let maskLength = bytes[1] & 128 == 0 ? 0 : 4
        let start = 2 + form + maskLength
        guard bytes.count >= start else { return nil }
        let length = form == 0 ? Int(bytes[1] & 127) : bytes[2..<2 + form].reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count >= start + length else { return nil }
        let mask = maskLength == 0 ? nil : Array(bytes[start - 4..<start])
        var payload = Array(bytes[start..<start + length])
        if let mask { payload = payload.enumerated().map { $1 ^ mask[$0 % 4] } }
        let frame = Frame(
            opcode: bytes[0] & 15, payload: payload, isFinal: bytes[0] & 128 != 0, reserved: bytes[0] >> 4 & 7,
            mask: mask)
        return (frame, start + length)
    }

    var description: String {
        let kind = [0: "more", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"][opcode] ?? "\(opcode)"
        if opcode == 8, payload.count >= 2 { return "close \(Int(payload[0]) << 8 | Int(payload[1]))" }
        let shown = payload.count > 40 ? "\(payload.count) bytes" : String(decoding: payload, as: UTF8.self)
        return "\(kind)\(isFinal ? "" : "…") \(shown)"
    }
}
