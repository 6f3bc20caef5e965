#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import Dispatch
internal import Synchronization
public import SystemPackage

/// A place in the file system where programs of this machine can reach us.
///
/// ```swift
/// let listener = try UnixSocketListener(at: "/run/user/1000/cells.sock")
/// while let transport = try await listener.accept() {
///     …
/// }
/// ```
/// Only programs of the same user can connect. The file goes when the listener is closed; one that a program has left
/// behind that is not running any more is replaced.
public final class UnixSocketListener: Sendable {
    /// Where it listens.
    public let path: FilePath
    private let limits: RPCLimits
    private let descriptor: FileDescriptor
    private let waiter: InterruptibleDescriptor
    private let thread = DispatchQueue(label: "imjoy.socket.accept")
    /// The file's own number, by which one that has been replaced is known.
    private let file: ino_t
    private let isClosed = Atomic(false)

    /// Starts to listen; `limits` are those of the links that it accepts.
    ///
    /// Throws `refused` when another program listens there, and `Errno` when the file cannot be made.
    public init(at path: FilePath, limits: RPCLimits = .default) throws {
        self.path = path
        self.limits = limits
        descriptor = try UnixSocket.make()
        do {
            do {
                try Self.bind(descriptor, to: path)
            } catch Errno.addressInUse {
                try Self.removeDeserted(path)
                try Self.bind(descriptor, to: path)
            }
            // Nobody can connect before `listen`, so nobody else has.
            guard chmod(path.string, 0o600) == 0 else { throw Errno(rawValue: errno) }
            file = try Self.information(of: path).st_ino
            guard listen(descriptor.rawValue, 64) == 0 else { throw Errno(rawValue: errno) }
            waiter = try InterruptibleDescriptor(descriptor)
        } catch {
            try? descriptor.close()
            throw error
        }
    }

    deinit {
        close()
        try? descriptor.close()
    }

    private static func bind(_ descriptor: FileDescriptor, to path: FilePath) throws {
        try UnixSocket.withAddress(of: path) { address, length in
            guard systemBind(descriptor.rawValue, address, length) == 0 else { throw Errno(rawValue: errno) }
        }
    }

    /// Removes the file of a listener whose program is gone.
    private static func removeDeserted(_ path: FilePath) throws {
        // Connecting to a file that is no socket is refused as well.
        guard try information(of: path).st_mode & S_IFMT == S_IFSOCK else { throw Errno.addressInUse }
        do {
            try UnixSocket.connect(to: path).close()
        } catch  where UnixSocket.isDeserted(error) {
            guard unlink(path.string) == 0 else { throw Errno(rawValue: errno) }
            return
        }
        throw RPCError(.refused, "another program listens at \(path.string) already")
    }

    private static func information(of path: FilePath) throws -> stat {
        var information = stat()
        guard lstat(path.string, &information) == 0 else { throw Errno(rawValue: errno) }
        return information
    }

    /// Waits for the next program that connects; nil when the listener is closed or the task is cancelled.
    public func accept() async throws -> PipeTransport? {
        let accepted: FileDescriptor? = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                thread.async { continuation.resume(with: Result { try self.acceptNext() }) }
            }
        } onCancel: {
            close()
        }
        return accepted.map { PipeTransport(input: $0, output: $0, limits: limits) }
    }

    private func acceptNext() throws -> FileDescriptor? {
        while true {
            do {
                try waiter.waitForInput()
            } catch is CancellationError {
                return nil
            }
            let accepted = systemAccept(descriptor.rawValue)
            if accepted >= 0 {
                _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
                return FileDescriptor(rawValue: accepted)
            }
            // Whoever has connected may have gone again.
            guard [EINTR, EAGAIN, EWOULDBLOCK, ECONNABORTED].contains(errno) else { throw Errno(rawValue: errno) }
        }
    }

    /// Ends ``accept()`` and removes the file. Links that were accepted live on.
    public func close() {
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        waiter.interrupt()
        // Those who connect from now on are refused at once.
        shutdown(descriptor.rawValue, Int32(SHUT_RDWR))
        if (try? Self.information(of: path).st_ino) == file { unlink(path.string) }
    }
}

private func systemBind(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    bind(descriptor, address, length)
}

private func systemAccept(_ descriptor: Int32) -> Int32 { accept(descriptor, nil, nil) }
