#if canImport(Glibc)
    internal import Glibc
#endif
internal import SystemPackage

/// A lock between processes; the system releases it when its holder dies.
struct FileLock: Sendable {
    private let file: FileDescriptor
    private let path: FilePath

    /// Takes the lock, or nil when another process or task holds it.
    static func tryAcquire(_ path: FilePath) -> FileLock? { try? attempt(path) }

    /// Waits for the lock; calls `onWait` once when somebody else holds it.
    static func acquire(_ path: FilePath, onWait: () -> Void) async throws -> FileLock {
        try Files.createFolder(path.removingLastComponent())
        var hasWaited = false
        while true {
            if let lock = try attempt(path) { return lock }
            if !hasWaited { onWait() }
            hasWaited = true
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private static func attempt(_ path: FilePath) throws -> FileLock? {
        do {
            let file = try FileDescriptor.open(
                path, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
            var now = stat()
            var named = stat()
            // A holder removes the file before it lets go, so the name may lead to another file by now.
            if flock(file.rawValue, LOCK_EX | LOCK_NB) == 0, fstat(file.rawValue, &now) == 0,
                stat(path.string, &named) == 0, now.st_ino == named.st_ino
            {
                return FileLock(file: file, path: path)
            }
            try file.close()
            return nil
        } catch {
            throw HostError(.storage, "the lock \(path) cannot be made: \(Files.reason(error))")
        }
    }

    func release() {
        unlink(path.string)
        // A child that is just being made may hold a copy of the descriptor; closing ours alone would not let go.
        flock(file.rawValue, LOCK_UN)
        try? file.close()
    }
}
