/// Where the pieces of Zarr arrays lie: bytes under names, as in a folder, a web server or a bucket.
///
/// ``ZarrFolder`` and ``ZarrMemory`` are two of them; others are yours to write:
///
/// ```swift
/// let array = try await ZarrArray(opening: ZarrFolder("cells.zarr"), path: "0")
/// let corner = try await array.read([0..<1, 0..<64, 0..<64])
/// ```
///
/// Keys are relative paths with `/` between their parts, such as `0/c/3/1`, and come from files: a store refuses those that
/// lead out of it.
public protocol ZarrStore: Sendable {
    /// The bytes under `key`, or the part of them that is asked for; nil when there is nothing under the key.
    ///
    /// Throws ``ImageError``: ``ImageError/Code/tooLarge`` for more than `limit` bytes, and
    /// ``ImageError/Code/truncated`` when the part reaches beyond the end.
    func read(_ key: String, _ part: ZarrPart, limit: Int) async throws(ImageError) -> SharedBytes?

    /// Puts bytes under `key`, all or nothing; nil removes what is there.
    func write(_ bytes: SharedBytes?, to key: String) async throws(ImageError)

    /// The names directly under `key`, sorted; the empty key is the top.
    ///
    /// Throws ``ImageError`` with code ``ImageError/Code/unsupported`` where nobody knows, as on a web server.
    func list(_ key: String) async throws(ImageError) -> [String]
}

/// Which bytes of a key are wanted.
public enum ZarrPart: Hashable, Sendable {
    /// All of them.
    case all
    /// Those in a range of offsets.
    case range(Range<Int>)
    /// The last ones.
    case last(Int)
}

extension ZarrPart {
    /// The offsets meant in `count` bytes; nil when they reach beyond.
    package func range(in count: Int) -> Range<Int>? {
        switch self {
        case .all: 0..<count
        case .range(let range): range.lowerBound >= 0 && range.upperBound <= count ? range : nil
        case .last(let length): length >= 0 && length <= count ? count - length..<count : nil
        }
    }

    package static func beyond(_ key: String, _ part: ZarrPart, count: Int) -> ImageError {
        let wanted =
            switch part {
            case .all: "all bytes"
            case .range(let range): "bytes \(range)"
            case .last(let length): "the last \(length) bytes"
            }
        return ImageError(.truncated, "\(key): \(wanted) are wanted, there are \(count)")
    }
}

/// Rules for keys, which come from files and servers.
package enum ZarrKey {
    package static let longest = 4096

    /// Throws for keys that name anything but something inside of the store.
    package static func check(_ key: String) throws(ImageError) {
        let isSafe =
            !key.isEmpty && key.utf8.count <= longest
            && key.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "\\") }
            && key.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
                !$0.isEmpty && $0 != "." && $0 != ".."
            }
        guard isSafe else {
            throw ImageError(.malformed, "\"\(key.prefix(100))\" is no name for something inside of a Zarr store")
        }
    }

    /// The path without what means nothing: `/` at the ends and twice, and `.`.
    package static func normal(_ path: String) -> String {
        path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    package static func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : path + "/" + name }
}

/// A store that answers at once, so that it can be asked outside of asynchronous code.
package protocol ZarrBlockingStore: ZarrStore {
    func readNow(_ key: String, _ part: ZarrPart, limit: Int) throws(ImageError) -> SharedBytes?
    func writeNow(_ bytes: SharedBytes?, to key: String) throws(ImageError)
    func listNow(_ key: String) throws(ImageError) -> [String]
}
