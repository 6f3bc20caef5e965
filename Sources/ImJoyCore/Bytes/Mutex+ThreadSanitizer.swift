#if IMJOY_THREAD_SANITIZER
    #if canImport(Glibc)
        internal import Glibc
    #elseif canImport(Darwin)
        internal import Darwin
    #endif

    /// Stands in for `Synchronization.Mutex`, whose locking the thread sanitizer cannot see on Linux, so that it would
    /// report every access as a race.
    ///
    /// Sendable because the value is reached under the lock only. Other modules call it `Mutex` by an alias of their own.
    package final class Mutex<Value>: @unchecked Sendable {
        private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private var value: Value

        package init(_ value: Value) {
            self.value = value
            pthread_mutex_init(lock, nil)
        }

        deinit {
            pthread_mutex_destroy(lock)
            lock.deallocate()
        }

        package func withLock<R, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R {
            pthread_mutex_lock(lock)
            defer { pthread_mutex_unlock(lock) }
            return try body(&value)
        }
    }
#endif
