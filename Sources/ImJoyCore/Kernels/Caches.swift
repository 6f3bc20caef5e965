#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What the processor keeps near.
enum Caches {
    /// Bytes of the largest cache, 32 MiB where the system does not tell.
    static let largest: Int = {
        #if os(Linux)
            let known = max(sysconf(Int32(_SC_LEVEL3_CACHE_SIZE)), sysconf(Int32(_SC_LEVEL2_CACHE_SIZE)))
            if known > 0 { return known }
        #endif
        return 32 << 20
    }()
}
