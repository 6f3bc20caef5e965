internal import Dispatch
internal import SystemPackage

/// Waits until nobody holds the writing end of a pipe any more.
enum EndOfStream {
    static func wait(_ descriptor: FileDescriptor) async throws {
        let queue = DispatchQueue(label: "imjoy.end")
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            queue.async {
                withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
                    while let count = try? descriptor.read(into: buffer), count > 0 {}
                }
                continuation.resume()
            }
        }
    }
}
