internal import Dispatch
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
package import SystemPackage

/// Copies one pipe or socket into another on a thread, and changes how the bytes arrive, never which.
package final class DripFeed: Sendable {
    package enum Style: Sendable, Hashable {
        /// As they come.
        case plain
        /// One by one.
        case singly
        /// Several messages at once: it waits until nothing more comes.
        case glued
        /// As they come, until `bytes` have passed; then the link is gone.
        case cut(after: Int)
    }

    private let total = Guarded([UInt8]())
    private let done = DispatchSemaphore(value: 0)

    /// Everything that has passed so far.
    package var passed: [UInt8] { total.withLock { $0 } }

    /// Takes both descriptors over and closes them at the end.
    package init(from source: FileDescriptor, to target: FileDescriptor, _ style: Style) {
        DispatchQueue(label: "drip").async { [self] in
            copy(source, target, style)
            // A socket has another descriptor for the other direction, so closing this one would not end it.
            shutdown(target.rawValue, Int32(SHUT_WR))
            try? source.close()
            try? target.close()
            done.signal()
        }
    }

    private func copy(_ source: FileDescriptor, _ target: FileDescriptor, _ style: Style) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        var left = Int.max
        if case .cut(let count) = style { left = count }
        var glue: [UInt8] = []
        while left > 0 {
            if style == .glued, !glue.isEmpty, !isReadable(source, milliseconds: 3) {
                guard write(glue, to: target) else { return }
                glue = []
            }
            guard let got = try? buffer.withUnsafeMutableBytes({ try source.read(into: $0) }), got > 0 else { break }
            let bytes = Array(buffer[..<min(got, left)])
            left -= bytes.count
            total.withLock { $0 += bytes }
            switch style {
            case .glued: glue += bytes
            case .singly:
                for byte in bytes { guard write([byte], to: target) else { return } }
            case .plain, .cut: guard write(bytes, to: target) else { return }
            }
        }
        _ = write(glue, to: target)
    }

    private func write(_ bytes: [UInt8], to target: FileDescriptor) -> Bool {
        (try? bytes.withUnsafeBytes { try target.writeAll($0) }) != nil
    }

    private func isReadable(_ source: FileDescriptor, milliseconds: Int32) -> Bool {
        var watched = pollfd(fd: source.rawValue, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, milliseconds) != 0
    }
}

/// What this process holds open; compare before and after.
package func openDescriptorCount() -> Int { entries(of: "/proc/self/fd") }

/// Threads of this process.
package func threadCount() -> Int { entries(of: "/proc/self/task") }

private func entries(of folder: String) -> Int {
    guard let directory = opendir(folder) else { return -1 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count
}
