#if IMJOY_THREAD_SANITIZER
    internal import ImJoyCore

    /// The lock that the thread sanitizer can see, in place of `Synchronization.Mutex`.
    private typealias Mutex = ImJoyCore.Mutex
#endif
internal import Synchronization

/// A value behind a lock, which closures can share.
package final class Guarded<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    package init(_ value: Value) { self.value = Mutex(value) }

    package func withLock<R: Sendable, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R {
        try value.withLock { (value) throws(E) in try body(&value) }
    }
}
