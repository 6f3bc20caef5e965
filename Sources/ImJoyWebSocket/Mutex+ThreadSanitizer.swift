#if IMJOY_THREAD_SANITIZER
    internal import ImJoyCore

    /// The lock that the thread sanitizer can see, in place of `Synchronization.Mutex`.
    typealias Mutex = ImJoyCore.Mutex
#endif
