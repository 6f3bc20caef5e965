#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif
#if canImport(Glibc)
    internal import Glibc
#endif
internal import ImJoyRPC
package import SystemPackage

/// The few file operations that the host needs, each whole or not at all.
package enum Files {
    package static func exists(_ path: FilePath) -> Bool { access(path.string, F_OK) == 0 }

    /// True for a file that may be run; folders are none.
    package static func isExecutable(_ path: FilePath) -> Bool {
        var status = stat()
        guard stat(path.string, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { return false }
        return access(path.string, X_OK) == 0
    }

    /// True for a folder, also one that a symbolic link leads to.
    package static func isFolder(_ path: FilePath) -> Bool {
        var status = stat()
        return stat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// `path` seen from the current folder.
    package static func absolute(_ path: FilePath) -> FilePath {
        path.isAbsolute ? path : FilePath(FileManager.default.currentDirectoryPath).pushing(path)
    }

    /// Makes a folder and those above it, when it is not there yet; throws also when nothing can be put into it.
    package static func createFolder(_ path: FilePath) throws {
        let hint = "set IMJOY_HOME to a folder that you may write to"
        do {
            try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        } catch {
            throw HostError(.storage, "the folder \(path) cannot be made: \(reason(error))", hint: hint)
        }
        guard access(path.string, W_OK | X_OK) == 0 else {
            throw HostError(.storage, "the folder \(path) cannot be written to: \(Errno(rawValue: errno))", hint: hint)
        }
    }

    /// Writes a file under a temporary name, then renames it, so that nobody ever sees half of it.
    package static func write(_ bytes: some Collection<UInt8>, to path: FilePath) throws {
        let temporary = FilePath("\(path).\(RandomID.make().prefix(8)).tmp")
        do {
            let file = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter { _ = try file.writeAll(bytes) }
            guard rename(temporary.string, path.string) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            unlink(temporary.string)
            throw HostError(.storage, "\(path) cannot be written: \(reason(error))")
        }
    }

    /// Removes a file or a whole folder; no harm when it is not there.
    package static func remove(_ path: FilePath) {
        try? FileManager.default.removeItem(atPath: path.string)
    }

    /// The names in a folder; none when it cannot be read.
    package static func names(in path: FilePath) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path.string)) ?? []
    }

    /// The program called `name` in the folders of `PATH`.
    package static func findProgram(_ name: String) -> FilePath? {
        if name.contains("/") { return isExecutable(FilePath(name)) ? absolute(FilePath(name)) : nil }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.lazy.map { absolute(FilePath(String($0)).appending(name)) }.first(where: isExecutable)
    }

    /// What a system call or a file operation says went wrong.
    package static func reason(_ error: any Error) -> String {
        if let error = error as? Errno { return "\(error)" }
        if let error = error as? CocoaError, let underlying = error.underlying { return "\(underlying)" }
        return "\(error)"
    }
}

extension Files {
    /// Where a symbolic link leads; nil when there is none.
    static func linkTarget(_ path: FilePath) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let count = readlink(path.string, start, buffer.count)
            guard count > 0, count < buffer.count else { return nil }
            return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// Makes a symbolic link, in place of one that is there.
    static func link(_ path: FilePath, to target: FilePath) throws {
        let temporary = FilePath("\(path).\(RandomID.make().prefix(8)).tmp")
        guard symlink(target.string, temporary.string) == 0, rename(temporary.string, path.string) == 0 else {
            let reason = Errno(rawValue: errno)
            unlink(temporary.string)
            throw HostError(.storage, "the link \(path) cannot be made: \(reason)")
        }
    }

    /// The place that a path leads to in the end; nil when there is nothing.
    static func resolved(_ path: FilePath) -> FilePath? {
        guard let resolved = realpath(path.string, nil) else { return nil }
        defer { free(resolved) }
        return FilePath(String(cString: resolved))
    }

    /// The text of a small file; nil when it is not there, too large or no UTF-8.
    static func text(_ path: FilePath, limit: Int = 16 << 20) -> String? {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return nil }
        defer { try? file.close() }
        var status = stat()
        guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
            return nil
        }
        var bytes: [UInt8] = []
        let isRead: Void? = try? withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
            while case let count = try file.read(into: buffer), count > 0, bytes.count <= limit {
                bytes.append(contentsOf: buffer[..<count])
            }
        }
        return isRead == nil ? nil : String(validating: bytes, as: UTF8.self)
    }
}

extension Files {
    /// The bytes of all files below a folder; links are not followed.
    static func size(of folder: FilePath) -> Int {
        var total = 0
        for name in names(in: folder) {
            let path = folder.appending(name)
            var status = stat()
            guard lstat(path.string, &status) == 0 else { continue }
            total += status.st_mode & S_IFMT == S_IFDIR ? size(of: path) : Int(status.st_size)
        }
        return total
    }
}
