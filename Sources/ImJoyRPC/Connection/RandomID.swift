#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import Synchronization

/// Names for what is lent out: unguessable, so that a peer reaches only what it was given.
package enum RandomID {
    /// Random bytes of the system, fetched many at a time: a system call for each name would cost more than the rest of
    /// a call. Each byte is used once and then forgotten.
    private struct Pool {
        /// As many as the system gives in one call.
        private static let size = 256
        private var bytes = [UInt8](repeating: 0, count: size)
        private var used = size

        /// The next 16 bytes.
        mutating func next() -> SIMD16<UInt8> {
            if used == bytes.count {
                let status = bytes.withUnsafeMutableBytes { getentropy($0.baseAddress!, $0.count) }
                if status != 0 { for index in bytes.indices { bytes[index] = .random(in: 0...255) } }
                used = 0
            }
            var taken = SIMD16<UInt8>()
            for index in 0..<16 {
                taken[index] = bytes[used + index]
                bytes[used + index] = 0
            }
            used += 16
            return taken
        }
    }
    private static let pool = Mutex(Pool())
    private static let digits = Array("0123456789abcdef".utf8)

    /// A random UUID (version 4, RFC 9562) in lower case.
    @Sendable
    package static func make() -> String {
        var bytes = pool.withLock { $0.next() }
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        return String(unsafeUninitializedCapacity: 36) { target in
            var place = 0
            for index in 0..<16 {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    target[place] = UInt8(ascii: "-")
                    place += 1
                }
                target[place] = digits[Int(bytes[index] >> 4)]
                target[place + 1] = digits[Int(bytes[index] & 15)]
                place += 2
            }
            return place
        }
    }
}
