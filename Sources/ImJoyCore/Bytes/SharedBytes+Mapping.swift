#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
public import SystemPackage

/// Unmaps its pages when the last slice of a mapped file goes.
private final class MappedPages: @unchecked Sendable {
    // Sendable by immutability: the pages are mapped read-only and the two fields never change.
    let base: UnsafeMutableRawPointer
    let count: Int

    init(base: UnsafeMutableRawPointer, count: Int) {
        self.base = base
        self.count = count
    }

    deinit { munmap(base, count) }
}

extension SharedBytes {
    /// Maps the file at `path` read-only; the pages are unmapped when the last slice goes.
    ///
    /// Reading a page of a file that another process truncated meanwhile ends the program with a bus error: copy
    /// files that may shrink with ``reading(contentsOf:limit:)``. Throws `Errno` when the file cannot be opened or is no regular file.
    public static func mapping(contentsOf path: FilePath) throws -> SharedBytes {
        let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
        defer { try? file.close() }
        let size = try regularFileSize(file)
        guard size > 0 else { return .empty }
        guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.rawValue, 0), base != MAP_FAILED else {
            throw Errno(rawValue: errno)
        }
        let pages = MappedPages(base: base, count: size)
        return SharedBytes(unsafeNoCopy: UnsafeRawBufferPointer(start: base, count: size), owner: pages)
    }

    /// Reads the whole file at `path` into memory, refusing files above `limit` bytes before any is taken.
    ///
    /// Throws `Errno`: `.fileTooLarge` above the limit, otherwise what the system says.
    public static func reading(contentsOf path: FilePath, limit: Int = .max) throws -> SharedBytes {
        let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
        defer { try? file.close() }
        let size = try regularFileSize(file)
        guard size <= limit else { throw Errno.fileTooLarge }
        var filled = 0
        let whole = try SharedBytes(count: size) { target in
            while filled < size {
                let got = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: target[filled...]))
                if got == 0 { break }
                filled += got
            }
        }
        return whole.slice(0..<filled)
    }

    private static func regularFileSize(_ file: FileDescriptor) throws -> Int {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw Errno.isDirectory }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Errno.invalidArgument }
        return Int(status.st_size)
    }
}
