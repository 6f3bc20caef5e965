#if IMJOY_THREAD_SANITIZER
    internal import ImJoyRPC

    /// The lock that the thread sanitizer can see, in place of `Synchronization.Mutex`.
    typealias Mutex = ImJoyRPC.Mutex
#endif
