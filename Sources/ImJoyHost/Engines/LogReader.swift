internal import Dispatch
#if canImport(Glibc)
    internal import Glibc
#endif
internal import Synchronization
internal import SystemPackage

/// Cuts what a process prints into lines, on a thread of its own, until nobody can write any more.
final class LogReader: Sendable {
    /// A line without an end is handed on in pieces of this size.
    private static let longestLine = 64 << 10
    private let done: Task<Void, Never>
    private let writersAreGone = Flag()

    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }

    init(_ descriptor: FileDescriptor, onLine: @escaping @Sendable (String) -> Void) {
        let queue = DispatchQueue(label: "imjoy.log")
        let writersAreGone = writersAreGone
        done = Task {
            await withCheckedContinuation { continuation in
                queue.async {
                    Self.read(descriptor, until: writersAreGone, onLine)
                    try? descriptor.close()
                    continuation.resume()
                }
            }
        }
    }

    /// Waits for the last line, which comes when nobody can write any more.
    func finish() async { await done.value }

    /// Waits for what is written already, also when somebody who should be gone could still write.
    func drain() async {
        writersAreGone.isSet.store(true, ordering: .relaxed)
        await done.value
    }

    /// Waits for something to read; false when nothing came for a while.
    private static func hasNews(_ descriptor: FileDescriptor) -> Bool {
        var watched = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, 200) != 0
    }

    private static func read(_ descriptor: FileDescriptor, until writersAreGone: Flag, _ onLine: (String) -> Void) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: longestLine, alignment: 64)
        defer { buffer.deallocate() }
        var line: [UInt8] = []
        while true {
            guard hasNews(descriptor) else {
                if writersAreGone.isSet.load(ordering: .relaxed) { break }
                continue
            }
            guard let count = try? descriptor.read(into: buffer), count > 0 else { break }
            var rest = buffer[..<count]
            while !rest.isEmpty {
                let room = rest.prefix(longestLine - line.count)
                let end = room.firstIndex(of: UInt8(ascii: "\n"))
                line.append(contentsOf: room[..<(end ?? room.endIndex)])
                rest = rest[(end.map { $0 + 1 } ?? room.endIndex)...]
                if end != nil || line.count == longestLine { flush(&line, onLine) }
            }
        }
        if !line.isEmpty { flush(&line, onLine) }
    }

    private static func flush(_ line: inout [UInt8], _ onLine: (String) -> Void) {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        onLine(String(decoding: line, as: UTF8.self))
        line.removeAll(keepingCapacity: true)
    }
}

/// Larger kernel buffers, so that arrays cross in fewer steps.
enum PipeCapacity {
    static func enlarge(_ descriptor: FileDescriptor) {
        #if os(Linux)
            // F_SETPIPE_SZ; a refusal only costs speed.
            _ = fcntl(descriptor.rawValue, 1031, Int32(1 << 20))
        #endif
    }
}
