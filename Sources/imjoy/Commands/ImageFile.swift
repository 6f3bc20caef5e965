internal import ImJoyCore
internal import SystemPackage

/// How the commands of `image` read files, in one place.
enum ImageFile {
    /// The image in the file at `path`.
    static func read(_ path: String) throws -> Image {
        do { return try Image(contentsOf: FilePath(path)) } catch { throw CommandFailure(error) }
    }

    /// The image at one of its resolutions, the finest being 0; files that are read at once have just that one.
    static func read(_ path: String, level: Int) throws -> Image {
        guard level == 0 else {
            throw CommandFailure(.usage, "error: \(path) has no level \(level); it has one resolution, level 0")
        }
        return try read(path)
    }
}
