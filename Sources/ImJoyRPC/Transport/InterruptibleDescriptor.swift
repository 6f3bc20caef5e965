#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import ImJoyCore
internal import Synchronization
internal import SystemPackage

/// Blocking reads and writes that another thread can end at once.
///
/// The descriptor is made non-blocking, and every wait also watches a pipe that ``interrupt()`` writes to.
final class InterruptibleDescriptor: Sendable {
    private let descriptor: FileDescriptor
    private let wakeReader: FileDescriptor
    private let wakeWriter: FileDescriptor

    private let isInterrupted = Atomic(false)

    /// Writing to a pipe whose reader is gone must be an error, not the end of the program; a handler that the program
    /// has set itself stays.
    private static let ignoresBrokenPipes: Void = {
        if let previous = signal(SIGPIPE, SIG_IGN) { signal(SIGPIPE, previous) }
    }()

    init(_ descriptor: FileDescriptor) throws {
        Self.ignoresBrokenPipes
        self.descriptor = descriptor
        (wakeReader, wakeWriter) = try FileDescriptor.pipe(options: [.closeOnExec])
        let flags = fcntl(descriptor.rawValue, F_GETFL)
        guard flags >= 0, fcntl(descriptor.rawValue, F_SETFL, flags | O_NONBLOCK) >= 0 else {
            throw Errno(rawValue: errno)
        }
    }

    deinit {
        try? wakeReader.close()
        try? wakeWriter.close()
    }

    /// Ends the wait under way and all later ones with `CancellationError`.
    func interrupt() {
        guard !isInterrupted.exchange(true, ordering: .relaxed) else { return }
        withUnsafeBytes(of: UInt8(1)) { _ = try? wakeWriter.write($0) }
    }

    /// Fills `buffer`; returns fewer bytes only when the stream ends.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var filled = 0
        while filled < buffer.count {
            try checkInterruption()
            do {
                let got = try descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                if got == 0 { break }
                filled += got
            } catch Errno.resourceTemporarilyUnavailable {
                try wait(for: Int16(POLLIN))
            }
        }
        return filled
    }

    /// Reads what there is, at most as much as `buffer` takes, and waits for the first byte; 0 at the end of the stream.
    func readSome(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let patience = ContinuousClock.now + Self.patience
        while true {
            try checkInterruption()
            do {
                return try descriptor.read(into: buffer)
            } catch Errno.resourceTemporarilyUnavailable {
                // Whoever talks answers soon; being woken takes longer than a short look.
                if ContinuousClock.now < patience { sched_yield() } else { try wait(for: Int16(POLLIN)) }
            }
        }
    }

    /// How long a reader looks for more before it sleeps.
    private static let patience = Duration.microseconds(200)

    /// Writes as much of `pieces` as goes without waiting and leaves the rest in it; true when nothing is left.
    func writeNow(_ pieces: inout [SharedBytes]) throws -> Bool {
        while let first = pieces.first {
            try checkInterruption()
            if first.isEmpty {
                pieces.removeFirst()
                continue
            }
            var written: Int
            do {
                written = try write(pieces.prefix(16))
            } catch Errno.resourceTemporarilyUnavailable {
                return false
            }
            while let piece = pieces.first, written >= piece.count {
                written -= piece.count
                pieces.removeFirst()
            }
            if written > 0 { pieces[0] = pieces[0].slice(written..<pieces[0].count) }
        }
        return true
    }

    /// Writes all of `pieces`, gathered into as few system calls as it takes.
    func write(_ pieces: [SharedBytes]) throws {
        var rest = pieces
        while try !writeNow(&rest) { try wait(for: Int16(POLLOUT)) }
    }

    /// One `writev`; its vectors point into `pieces`, which stay alive for the call.
    private func write(_ pieces: ArraySlice<SharedBytes>) throws -> Int {
        let vectors = pieces.map { piece in
            piece.withUnsafeBytes {
                iovec(iov_base: UnsafeMutableRawPointer(mutating: $0.baseAddress), iov_len: $0.count)
            }
        }
        while true {
            let count = withExtendedLifetime(pieces) { writev(descriptor.rawValue, vectors, Int32(vectors.count)) }
            if count >= 0 { return count }
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
    }

    /// Waits until there is something to read.
    func waitForInput() throws {
        try checkInterruption()
        try wait(for: Int16(POLLIN))
    }

    /// A stream that never makes us wait would not be ended by the wake pipe.
    private func checkInterruption() throws {
        if isInterrupted.load(ordering: .relaxed) { throw CancellationError() }
    }

    private func wait(for events: Int16) throws {
        var watched = [
            pollfd(fd: descriptor.rawValue, events: events, revents: 0),
            pollfd(fd: wakeReader.rawValue, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&watched, 2, -1) < 0 {
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
        if watched[1].revents != 0 { throw CancellationError() }
    }
}
