internal import Synchronization

/// A Zarr store in memory, for small arrays and for tests.
///
/// Copies share their contents.
public final class ZarrMemory: ZarrBlockingStore {
    private let values: Mutex<[String: SharedBytes]>

    /// A store with these bytes under these keys.
    public init(_ values: [String: SharedBytes] = [:]) { self.values = Mutex(values) }

    /// Everything there is.
    public var contents: [String: SharedBytes] { values.withLock { $0 } }

    /// See ``ZarrStore/read(_:_:limit:)``.
    public func read(_ key: String, _ part: ZarrPart, limit: Int) async throws(ImageError) -> SharedBytes? {
        try readNow(key, part, limit: limit)
    }

    /// See ``ZarrStore/write(_:to:)``.
    public func write(_ bytes: SharedBytes?, to key: String) async throws(ImageError) { try writeNow(bytes, to: key) }

    /// See ``ZarrStore/list(_:)``.
    public func list(_ key: String) async throws(ImageError) -> [String] { try listNow(key) }

    package func readNow(_ key: String, _ part: ZarrPart, limit: Int) throws(ImageError) -> SharedBytes? {
        try ZarrKey.check(key)
        guard let bytes = values.withLock({ $0[key] }) else { return nil }
        guard let range = part.range(in: bytes.count) else { throw ZarrPart.beyond(key, part, count: bytes.count) }
        guard range.count <= limit else {
            throw ImageError(.tooLarge, "\(key) holds \(range.count) bytes, the limit is \(limit)")
        }
        return bytes.slice(range)
    }

    package func writeNow(_ bytes: SharedBytes?, to key: String) throws(ImageError) {
        try ZarrKey.check(key)
        values.withLock { $0[key] = bytes }
    }

    package func listNow(_ key: String) throws(ImageError) -> [String] {
        let start = key.isEmpty ? "" : key + "/"
        let keys = values.withLock { [String]($0.keys) }
        let names = keys.filter { $0.hasPrefix(start) }.compactMap {
            $0.dropFirst(start.count).split(separator: "/").first.map(String.init)
        }
        return Set(names).sorted()
    }
}
