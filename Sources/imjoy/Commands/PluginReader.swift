#if canImport(Glibc)
    internal import Glibc
#endif
internal import ImJoyCore
internal import SystemPackage

/// Reads plugin files for the commands, and tells their problems.
enum PluginReader {
    /// The plugin at `path`, or on standard input for `-`.
    static func read(_ path: String) throws(CommandFailure) -> PluginFile {
        do {
            guard path == "-" else { return try PluginFile(contentsOf: FilePath(path)) }
            return PluginFile(parsing: try standardInput(), name: "<stdin>")
        } catch {
            throw CommandFailure(error)
        }
    }

    private static func standardInput() throws -> [UInt8] {
        var bytes: [UInt8] = []
        try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
            while case let count = try FileDescriptor.standardInput.read(into: buffer), count > 0 {
                bytes.append(contentsOf: buffer[..<count])
                guard bytes.count <= PluginFile.maximumSize else {
                    throw CommandFailure(
                        .unreadable,
                        "error: the plugin on standard input is larger than \(PluginFile.maximumSize) bytes")
                }
            }
        }
        return bytes
    }

    /// The manifest in `file`; warnings go to standard error, errors end the command.
    static func manifest(_ file: PluginFile, tag: String?, quiet: Bool) throws(CommandFailure) -> PluginManifest {
        let decoded = PluginManifest.decode(file, tag: tag)
        guard let manifest = decoded.manifest, decoded.errors.isEmpty else {
            throw CommandFailure(.unreadable, decoded.diagnostics.map(\.description).joined(separator: "\n"))
        }
        if !quiet { for warning in decoded.warnings { StandardError.write(warning.description) } }
        return manifest
    }
}
