#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import SystemPackage

/// A file that appears under its name only when it is complete.
struct AtomicFile {
    private let target: FilePath
    private let temporary: FilePath
    let descriptor: FileDescriptor

    /// Starts a temporary file in the folder of `target`, which must be a regular file if it exists.
    init(replacing target: FilePath) throws(ImageError) {
        var status = stat()
        if target.withPlatformString({ stat($0, &status) }) == 0, status.st_mode & S_IFMT != S_IFREG {
            // Renaming would replace a device or a pipe by a file.
            throw ImageError.system(
                status.st_mode & S_IFMT == S_IFDIR ? .isDirectory : .invalidArgument, file: target,
                doing: "cannot be written")
        }
        let name = target.lastComponent?.string ?? "image"
        let random = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        self.target = target
        // Long names leave no room for a suffix, so the temporary name takes only their start.
        temporary = target.removingLastComponent().appending(".\(name.prefix(40)).\(random).tmp")
        do {
            descriptor = try FileDescriptor.open(
                temporary, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
        } catch {
            throw AtomicFile.failure(error, target)
        }
    }

    /// Writes `bytes` after what was written before.
    func append(_ bytes: SharedBytes) throws(ImageError) {
        do {
            try bytes.withUnsafeBytes { buffer in _ = try descriptor.writeAll(buffer) }
        } catch {
            throw AtomicFile.failure(error, target)
        }
    }

    /// Closes the file and gives it its name; discards it when that fails.
    func commit() throws(ImageError) {
        do {
            try descriptor.close()
        } catch {
            remove()
            throw AtomicFile.failure(error, target)
        }
        let result = temporary.withPlatformString { from in target.withPlatformString { to in rename(from, to) } }
        guard result == 0 else {
            let error = Errno(rawValue: errno)
            remove()
            throw AtomicFile.failure(error, target)
        }
    }

    /// Closes and removes the unfinished file.
    func discard() {
        try? descriptor.close()
        remove()
    }

    private func remove() { _ = temporary.withPlatformString { unlink($0) } }

    private static func failure(_ error: any Error, _ target: FilePath) -> ImageError {
        if let error = error as? Errno { return .system(error, file: target, doing: "cannot be written") }
        return ImageError(.system, "cannot be written: \(error)", file: target)
    }
}
