#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Immutable bytes together with whatever keeps them alive: a heap block, a mapped file, a network frame.
///
/// Copying a `SharedBytes` or taking a slice copies a pointer, never the bytes. The owner is released when the
/// last slice goes, so a small slice keeps its whole frame alive; ``compacted()`` copies when that would waste memory.
public struct SharedBytes: Sendable {
    // Never written through, and kept valid by `owner`, so it may cross tasks.
    private nonisolated(unsafe) let base: UnsafeRawPointer
    /// The number of bytes.
    public let count: Int
    private let owner: any AnyObject & Sendable

    /// Wraps memory that `owner` keeps valid and unchanged for as long as it lives.
    ///
    /// Neither the pointer nor the promise can be checked; an empty buffer may have a null base.
    public init(unsafeNoCopy bytes: UnsafeRawBufferPointer, owner: some AnyObject & Sendable) {
        self.init(base: bytes.baseAddress ?? Self.nowhere, count: bytes.count, owner: owner)
    }

    /// Copies `bytes` into a new 64-byte aligned block.
    public init(copying bytes: some Collection<UInt8>) {
        // Collections that lie in memory, which most do, are copied as a whole.
        let copy = bytes.withContiguousStorageIfAvailable { source in
            SharedBytes(count: source.count) { $0.copyMemory(from: UnsafeRawBufferPointer(source)) }
        }
        if let copy {
            self = copy
        } else {
            self.init(count: bytes.count) { target in
                _ = target.initializeMemory(as: UInt8.self, from: bytes)
            }
        }
    }

    /// Makes `count` bytes by letting `body` fill a 64-byte aligned, uninitialised block once.
    public init<E: Error>(count: Int, initializingWith body: (UnsafeMutableRawBufferPointer) throws(E) -> Void)
        throws(E)
    {
        let block = NDStorage(byteCount: count)
        try body(UnsafeMutableRawBufferPointer(start: block.base, count: count))
        self.init(block)
    }

    /// The whole of `storage`, shared.
    package init(_ storage: NDStorage) {
        self.init(base: UnsafeRawPointer(storage.base), count: storage.byteCount, owner: storage)
    }

    private init(base: UnsafeRawPointer, count: Int, owner: any AnyObject & Sendable) {
        self.base = base
        self.count = count
        self.owner = owner
    }

    /// No bytes at all.
    public static let empty = SharedBytes(copying: [])

    /// True when there is nothing in it.
    public var isEmpty: Bool { count == 0 }

    /// The bytes `range` without a copy; traps when `range` leaves `0..<count`.
    public func slice(_ range: Range<Int>) -> SharedBytes {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "slice \(range) of \(count) bytes")
        return SharedBytes(base: base + range.lowerBound, count: range.count, owner: owner)
    }

    /// The byte at `index`; traps outside `0..<count`.
    public subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < count, "byte \(index) of \(count)")
        return base.load(fromByteOffset: index, as: UInt8.self)
    }

    /// Lends the bytes for the duration of `body`.
    public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        defer { withExtendedLifetime(owner) {} }
        return try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// Lends the bytes as a bounds-checked span for the duration of `body`.
    public func withBytes<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try withUnsafeBytes { (buffer) throws(E) -> R in try body(buffer.bytes) }
    }

    /// The same bytes in a block of their own.
    public func compacted() -> SharedBytes {
        withUnsafeBytes { source in
            SharedBytes(count: source.count) { $0.copyMemory(from: source) }
        }
    }

    /// True when the first byte sits at a multiple of `alignment`.
    package func isAligned(to alignment: Int) -> Bool {
        UInt(bitPattern: base) % UInt(alignment) == 0
    }

    /// The object that keeps the bytes alive; for storages that take these bytes over.
    package var lifetimeOwner: any AnyObject & Sendable { owner }

    private nonisolated(unsafe) static let nowhere = UnsafeRawPointer(
        UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 64))
}

extension SharedBytes: Equatable {
    /// Byte-wise equality.
    public static func == (a: SharedBytes, b: SharedBytes) -> Bool {
        guard a.count == b.count else { return false }
        guard !a.isEmpty else { return true }
        return a.withUnsafeBytes { x in b.withUnsafeBytes { y in memcmp(x.baseAddress!, y.baseAddress!, x.count) == 0 }
        }
    }
}

extension SharedBytes: Hashable {
    public func hash(into hasher: inout Hasher) {
        withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension SharedBytes: CustomStringConvertible {
    /// The size, not the payload.
    public var description: String { "\(count) bytes" }
}

extension Array where Element == UInt8 {
    /// A copy of shared bytes.
    public init(_ bytes: SharedBytes) {
        self = bytes.withUnsafeBytes { Array($0) }
    }
}
