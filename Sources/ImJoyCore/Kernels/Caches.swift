#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What the processor keeps near.
enum Caches {
    /// Bytes of the largest cache that one core reaches, 32 MiB where the system does not tell.
    static let largest: Int = {
        #if os(Linux)
            if let told = (2...3).compactMap(size(ofIndex:)).max() { return told }
            // The C library may add up what belongs to other cores: 384 MiB where each core reaches 32.
            let known = max(sysconf(Int32(_SC_LEVEL3_CACHE_SIZE)), sysconf(Int32(_SC_LEVEL2_CACHE_SIZE)))
            if known > 0 { return min(known, 64 << 20) }
        #endif
        return 32 << 20
    }()

    #if os(Linux)
        /// What the kernel says about a cache of the first processor, such as `32768K`; nil when it says nothing.
        private static func size(ofIndex index: Int) -> Int? {
            let file = open("/sys/devices/system/cpu/cpu0/cache/index\(index)/size", O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { return nil }
            defer { close(file) }
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { buffer in
                bytes(of: buffer.prefix(max(read(file, buffer.baseAddress, buffer.count), 0)))
            }
        }

        /// The number in a text like `32768K` or `32M`; nil unless it is between 64 KiB and 4 GiB.
        static func bytes(of text: some Collection<UInt8>) -> Int? {
            var number = 0
            for byte in text {
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9") where number < 1 << 32:
                    number = 10 * number + Int(byte - UInt8(ascii: "0"))
                case UInt8(ascii: "K") where number < 1 << 32: number <<= 10
                case UInt8(ascii: "M") where number < 1 << 32: number <<= 20
                case UInt8(ascii: "\n"): break
                default: return nil
                }
            }
            return (64 << 10...4 << 30).contains(number) ? number : nil
        }
    #endif
}
