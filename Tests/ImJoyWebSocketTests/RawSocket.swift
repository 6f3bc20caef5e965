#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import Dispatch
internal import SystemPackage

/// A TCP socket without any protocol, to send what no client would and to see each byte that comes back.
final class RawSocket: Sendable {
    let descriptor: FileDescriptor
    private let thread = DispatchQueue(label: "raw socket")

    init(descriptor: FileDescriptor) { self.descriptor = descriptor }

    deinit { try? descriptor.close() }

    /// Connects to a port of this machine; small buffers make a slow reader felt soon.
    init(connectingTo port: Int, receiveBuffer: Int32? = nil) throws {
        let number = socket(AF_INET, RawSocket.stream, 0)
        descriptor = FileDescriptor(rawValue: number)
        if var size = receiveBuffer {
            setsockopt(number, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        try Self.withLoopback(port: port) { address, length in
            guard connect(number, address, length) == 0 else { throw Errno(rawValue: errno) }
        }
    }

    #if canImport(Glibc)
        static let stream = Int32(SOCK_STREAM.rawValue)
    #else
        static let stream = SOCK_STREAM
    #endif

    static func withLoopback<R>(
        port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> R
    ) throws -> R {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return try withUnsafePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// Sends all bytes, which fails without harm when the other side has gone.
    func send(_ bytes: [UInt8]) async {
        await onThread {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(self.descriptor.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    func send(_ text: String) async { await send(Array(text.utf8)) }

    /// Says that nothing more comes from here.
    func endOutput() { shutdown(descriptor.rawValue, Int32(SHUT_WR)) }

    /// Ends both directions, which also wakes a thread that waits.
    func abort() { shutdown(descriptor.rawValue, Int32(SHUT_RDWR)) }

    /// At most `count` bytes, fewer at the end of the stream.
    func receive(_ count: Int) async -> [UInt8] {
        await onThread {
            var all: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65536)
            while all.count < count {
                let wanted = min(buffer.count, count - all.count)
                let got = buffer.withUnsafeMutableBytes { recv(self.descriptor.rawValue, $0.baseAddress, wanted, 0) }
                guard got > 0 else { break }
                all += buffer[..<got]
            }
            return all
        }
    }

    func receiveAll() async -> [UInt8] { await receive(.max) }

    /// The head of an HTTP message with its empty line, nil when the stream ends before.
    func receiveHead() async -> String? {
        var head: [UInt8] = []
        while !head.ends(with: Array("\r\n\r\n".utf8)) {
            let byte = await receive(1)
            if byte.isEmpty { return nil }
            head += byte
        }
        return String(decoding: head, as: UTF8.self)
    }

    /// The next whole frame, nil when the stream ends before.
    func receiveFrame() async -> Frame? {
        var bytes = await receive(2)
        guard bytes.count == 2 else { return nil }
        let form = bytes[1] & 127 == 127 ? 8 : bytes[1] & 127 == 126 ? 2 : 0
        bytes += await receive(form + (bytes[1] & 128 == 0 ? 0 : 4))
        let length = form == 0 ? Int(bytes[1] & 127) : bytes[2...].prefix(form).reduce(0) { $0 << 8 | Int($1) }
        bytes += await receive(length)
        return Frame.all(in: bytes).frames.first
    }

    /// The next frame, to which a close frame with `code` is the answer, and the last thing that comes from here.
    func answerClose(_ code: Int) async -> Frame? {
        let frame = await receiveFrame()
        await send(Frame.close(code).bytes)
        endOutput()
        return frame
    }

    private func onThread<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
        await withCheckedContinuation { continuation in thread.async { continuation.resume(returning: body()) } }
    }
}

extension Array where Element: Equatable {
    fileprivate func ends(with other: [Element]) -> Bool { suffix(other.count).elementsEqual(other) }
}

/// A port of this machine whose connections the test handles byte by byte.
final class RawListener: Sendable {
    let port: Int
    private let descriptor: FileDescriptor
    private let thread = DispatchQueue(label: "raw listener")

    init() throws {
        let listening = socket(AF_INET, RawSocket.stream, 0)
        descriptor = FileDescriptor(rawValue: listening)
        try RawSocket.withLoopback(port: 0) { address, length in
            guard bind(listening, address, length) == 0, listen(listening, 16) == 0 else {
                throw Errno(rawValue: errno)
            }
        }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listening, $0, &length) }
        }
        guard status == 0 else { throw Errno(rawValue: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { try? descriptor.close() }

    func accept() async throws -> RawSocket {
        let accepted: Int32 = try await withCheckedThrowingContinuation { continuation in
            thread.async {
                let accepted = systemAccept(self.descriptor.rawValue)
                continuation.resume(
                    with: accepted >= 0 ? .success(accepted) : .failure(Errno(rawValue: errno)))
            }
        }
        return RawSocket(descriptor: FileDescriptor(rawValue: accepted))
    }
}

private func systemAccept(_ descriptor: Int32) -> Int32 { accept(descriptor, nil, nil) }
