#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
public import SystemPackage

/// A Zarr store that is a folder, as most are on a disk.
///
/// Files appear under their names only when they are complete. Keys that would leave the folder, also by a symbolic link,
/// are refused.
public struct ZarrFolder: ZarrBlockingStore {
    /// The folder.
    public let path: FilePath

    /// The store in the folder at `path`, which is made by the first write when it is not there.
    public init(_ path: FilePath) { self.path = path }

    /// See ``ZarrStore/read(_:_:limit:)``.
    public func read(_ key: String, _ part: ZarrPart, limit: Int) async throws(ImageError) -> SharedBytes? {
        try readNow(key, part, limit: limit)
    }

    /// See ``ZarrStore/write(_:to:)``.
    public func write(_ bytes: SharedBytes?, to key: String) async throws(ImageError) { try writeNow(bytes, to: key) }

    /// See ``ZarrStore/list(_:)``.
    public func list(_ key: String) async throws(ImageError) -> [String] { try listNow(key) }

    package func readNow(_ key: String, _ part: ZarrPart, limit: Int) throws(ImageError) -> SharedBytes? {
        guard let place = try location(of: key) else { return nil }
        do {
            let file = try FileDescriptor.open(place, .readOnly, options: [.closeOnExec, .nonBlocking])
            defer { try? file.close() }
            var status = stat()
            guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
            // A folder of deeper chunks may have the name.
            guard status.st_mode & S_IFMT == S_IFREG else { return nil }
            let size = Int(status.st_size)
            guard let range = part.range(in: size) else { throw ZarrPart.beyond(key, part, count: size) }
            guard range.count <= limit else {
                throw ImageError(.tooLarge, "\(key) holds \(range.count) bytes, the limit is \(limit)")
            }
            return try Self.read(file, range, key: key)
        } catch let error as ImageError {
            throw error
        } catch Errno.noSuchFileOrDirectory, Errno.notDirectory {
            return nil
        } catch {
            throw failure(error, key, "cannot be read")
        }
    }

    private static func read(_ file: FileDescriptor, _ range: Range<Int>, key: String) throws -> SharedBytes {
        let storage = try asImageError { () throws(NDArrayError) in try NDStorage(claimedByteCount: range.count) }
        let target = UnsafeMutableRawBufferPointer(start: storage.base, count: range.count)
        var filled = 0
        while filled < range.count {
            let got = try file.read(
                fromAbsoluteOffset: Int64(range.lowerBound + filled),
                into: UnsafeMutableRawBufferPointer(rebasing: target[filled...]))
            guard got > 0 else { throw ZarrPart.beyond(key, .range(range), count: range.lowerBound + filled) }
            filled += got
        }
        return SharedBytes(storage)
    }

    package func writeNow(_ bytes: SharedBytes?, to key: String) throws(ImageError) {
        try ZarrKey.check(key)
        let target = path.appending(key)
        guard let bytes else {
            guard try location(of: key) != nil else { return }
            let result = target.withPlatformString { unlink($0) }
            guard result == 0 || errno == ENOENT else {
                throw failure(Errno(rawValue: errno), key, "cannot be removed")
            }
            return
        }
        try makeFolder(target.removingLastComponent(), key)
        let file = try AtomicFile(replacing: target)
        do throws(ImageError) { try file.append(bytes) } catch {
            file.discard()
            throw error
        }
        try file.commit()
    }

    package func listNow(_ key: String) throws(ImageError) -> [String] {
        let place = key.isEmpty ? path : try location(of: key)
        guard let place else { return [] }
        do { return try FolderContents.names(in: place).sorted() } catch {
            throw failure(error, key, "cannot be listed")
        }
    }

    /// Where the file of a key lies, all links followed; nil when there is none.
    private func location(of key: String) throws(ImageError) -> FilePath? {
        try ZarrKey.check(key)
        guard let root = FolderContents.resolved(path), let place = FolderContents.resolved(path.appending(key)) else {
            return nil
        }
        try checkInside(place, root, key)
        return place
    }

    private func checkInside(_ place: FilePath, _ root: FilePath, _ key: String) throws(ImageError) {
        guard place.starts(with: root) else {
            throw ImageError(.malformed, "\(key) is a link that leads out of the folder", file: path)
        }
    }

    /// Makes a folder with those around it; the last of them that exists must lie inside.
    private func makeFolder(_ folder: FilePath, _ key: String) throws(ImageError) {
        if let place = FolderContents.resolved(folder) {
            guard let root = FolderContents.resolved(path) else { return }
            return try checkInside(place, root, key)
        }
        if folder != path { try makeFolder(folder.removingLastComponent(), key) }
        let result = folder.withPlatformString { mkdir($0, 0o777) }
        guard result == 0 || errno == EEXIST else { throw failure(Errno(rawValue: errno), key, "cannot be written") }
    }

    private func failure(_ error: any Error, _ key: String, _ what: String) -> ImageError {
        ImageError(.system, "\(key.isEmpty ? "the folder" : key) \(what): \(error)", file: path)
    }
}

/// What the system says about folders.
enum FolderContents {
    /// The path with all links followed; nil when there is nothing.
    static func resolved(_ path: FilePath) -> FilePath? {
        guard let found = path.withPlatformString({ realpath($0, nil) }) else { return nil }
        defer { free(found) }
        return FilePath(platformString: found)
    }

    static func isFolder(_ path: FilePath) -> Bool {
        var status = stat()
        return path.withPlatformString { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// True for a link too, whatever it leads to.
    static func exists(_ path: FilePath) -> Bool {
        var status = stat()
        return path.withPlatformString { lstat($0, &status) } == 0
    }

    /// The names in a folder, in no order.
    static func names(in folder: FilePath) throws -> [String] {
        guard let stream = folder.withPlatformString({ opendir($0) }) else { throw Errno(rawValue: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let length = MemoryLayout.size(ofValue: entry.pointee.d_name)
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix(length).prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Removes a folder with all that is in it; links are removed, not followed.
    static func remove(_ folder: FilePath) {
        var status = stat()
        guard folder.withPlatformString({ lstat($0, &status) }) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            _ = folder.withPlatformString { unlink($0) }
            return
        }
        for name in (try? names(in: folder)) ?? [] { remove(folder.appending(name)) }
        _ = folder.withPlatformString { rmdir($0) }
    }
}
