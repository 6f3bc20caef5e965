#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
public import SystemPackage

/// The calls of the system that sockets with a place in the file system need.
enum UnixSocket {
    /// A new socket that child processes do not inherit.
    static func make() throws -> FileDescriptor {
        #if canImport(Glibc)
            let type = Int32(SOCK_STREAM.rawValue)
        #else
            let type = SOCK_STREAM
        #endif
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) >= 0 else {
            let error = Errno(rawValue: errno)
            close(descriptor)
            throw error
        }
        return FileDescriptor(rawValue: descriptor)
    }

    /// Calls `body` with the address of `path`; throws `invalidArgument` when the path is longer than addresses are.
    static func withAddress<R>(
        of path: FilePath, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> R
    ) throws -> R {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.string.utf8)
        let capacity = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard !bytes.isEmpty, bytes.count <= capacity, !bytes.contains(0) else {
            throw RPCError(
                .invalidArgument,
                "the path of a socket has 1 to \(capacity) bytes, not \(bytes.count) as in \(path.string); use a shorter folder"
            )
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return try withUnsafePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// Whether `error` says that nobody listens at a place that is there.
    static func isDeserted(_ error: any Error) -> Bool { error as? Errno == .connectionRefused }

    /// A descriptor that is connected to whoever listens at `path`.
    static func connect(to path: FilePath) throws -> FileDescriptor {
        let descriptor = try make()
        do {
            try withAddress(of: path) { address, length in
                while imjoyConnect(descriptor.rawValue, address, length) < 0 {
                    guard errno == EINTR else { throw Errno(rawValue: errno) }
                }
            }
        } catch {
            try? descriptor.close()
            throw error
        }
        return descriptor
    }
}

/// The system's `connect`, whose name the function above has taken.
private func imjoyConnect(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    connect(descriptor, address, length)
}

extension PipeTransport {
    /// A link to the program that listens at `path` on this machine.
    ///
    /// Throws `disconnected` when nobody does, and `invalidArgument` for a path that is too long for a socket.
    public init(connectingTo path: FilePath, limits: RPCLimits = .default) throws {
        let descriptor: FileDescriptor
        do {
            descriptor = try UnixSocket.connect(to: path)
        } catch let error as Errno {
            throw RPCError(.disconnected, "nobody can be reached at \(path.string)", cause: error)
        }
        self.init(input: descriptor, output: descriptor, limits: limits)
    }
}
