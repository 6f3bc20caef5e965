internal import SystemPackage

/// Reads whole files without trusting their size.
enum BoundedFileReading {
    /// The bytes of a file of at most `limit` bytes.
    static func bytes(of path: FilePath, limit: Int) throws(ManifestError) -> [UInt8] {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
            return try file.closeAfter { try read(file, path, limit) }
        } catch let error as ManifestError {
            throw error
        } catch {
            throw ManifestError(.unreadable, "cannot read \(path): \(error)")
        }
    }

    private static func read(_ file: FileDescriptor, _ path: FilePath, _ limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let chunk = 1 << 16
        while bytes.count <= limit {
            let want = min(max(chunk, bytes.count), limit + 1 - bytes.count)
            let count = try withUnsafeTemporaryAllocation(byteCount: want, alignment: 1) { buffer in
                let count = try file.read(into: buffer)
                bytes.append(contentsOf: UnsafeRawBufferPointer(buffer)[..<count])
                return count
            }
            if count == 0 { return bytes }
        }
        throw ManifestError(
            .tooLarge, "\(path) is larger than the limit of \(limit) bytes for a plugin file; keep data out of it")
    }
}
