#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import Synchronization

/// The one class behind every array: a run of bytes and whoever owns them.
///
/// There are three kinds of owner: a heap block of ours, foreign bytes (a mapped file, a network frame) and a sealed
/// memory file. Only a heap block is ever written, and only by an array that holds the sole reference to it.
@usableFromInline
package final class NDStorage: @unchecked Sendable {
    // Sendable because shared means immutable: writers first check that they hold the only reference
    // to a heap block, and foreign or sealed bytes are never written.
    @usableFromInline package let base: UnsafeMutableRawPointer
    package let byteCount: Int
    private let owner: Owner

    private enum Owner {
        case heap(HeapBlock)
        case foreign(any AnyObject & Sendable)
    }

    /// A fresh, uninitialised heap block; traps when the system has none, so sizes from outside take the form that throws.
    package convenience init(byteCount: Int) {
        guard let block = HeapBlock.take(byteCount: byteCount) else {
            preconditionFailure("out of memory: an array of \(byteCount) bytes was asked for")
        }
        self.init(block, byteCount: byteCount)
    }

    /// A fresh, uninitialised heap block of a size that a file or peer named.
    package convenience init(claimedByteCount byteCount: Int) throws(NDArrayError) {
        guard byteCount >= 0, let block = HeapBlock.take(byteCount: byteCount) else {
            throw NDArrayError(
                .outOfMemory, "no memory for an array of \(byteCount) bytes; read a part of it, or free memory")
        }
        self.init(block, byteCount: byteCount)
    }

    private init(_ block: HeapBlock, byteCount: Int) {
        base = block.base
        self.byteCount = byteCount
        owner = .heap(block)
    }

    /// Bytes that somebody else owns; they are shared for reading.
    package init(sharing bytes: SharedBytes) {
        base = bytes.withUnsafeBytes { UnsafeMutableRawPointer(mutating: $0.baseAddress!) }
        byteCount = bytes.count
        owner = .foreign(bytes.lifetimeOwner)
    }

    /// True when the bytes may be written by a sole holder.
    package var isOurs: Bool {
        if case .heap = owner { true } else { false }
    }

    /// What keeps foreign bytes alive, nil for a heap block of ours.
    package var foreignOwner: (any AnyObject & Sendable)? {
        if case .foreign(let object) = owner { object } else { nil }
    }

    deinit {
        if case .heap(let block) = owner { block.giveBack() }
    }
}

/// A piece of heap: 64-byte aligned, on huge pages when large, kept for the next array when freed.
///
/// Sendable because a block has one holder at a time: a storage, or the locked pool.
struct HeapBlock: @unchecked Sendable {
    var base: UnsafeMutableRawPointer
    var capacity: Int

    /// Cache lines and AVX-512 loads are 64 bytes wide.
    static let alignment = 64
    /// From this size on the block is aligned to, and asks for, huge pages.
    static let hugePage = 2 << 20
    /// Blocks below this size go back to malloc, which is fast enough for them.
    #if IMJOY_ADDRESS_SANITIZER
        static let smallestPooled = 256 << 10
    #else
        static let smallestPooled = 2 << 10
    #endif
    /// More than a process can address; asking the system would be pointless.
    static let largest = 1 << 47
    /// At most this much freed memory is kept.
    static let poolLimit = 256 << 20

    private struct Pool {
        /// By ``sizeClass``.
        var blocks = [[HeapBlock]](repeating: [], count: 8 * Int.bitWidth)
        var byteCount = 0
    }
    private static let pool = Mutex(Pool())

    static func take(byteCount: Int) -> HeapBlock? {
        let capacity = roundedUp(byteCount)
        if capacity >= smallestPooled {
            let found = pool.withLock { pool -> HeapBlock? in
                guard let block = pool.blocks[sizeClass(capacity)].popLast() else { return nil }
                pool.byteCount -= capacity
                return block
            }
            if let found { return found }
        }
        return allocate(capacity)
    }

    func giveBack() {
        guard capacity >= Self.smallestPooled else { return free(base) }
        let kept = Self.pool.withLock { pool in
            guard pool.byteCount + capacity <= Self.poolLimit else { return false }
            pool.blocks[Self.sizeClass(capacity)].append(self)
            pool.byteCount += capacity
            return true
        }
        if !kept { free(base) }
    }

    /// Frees what the pool holds; returns the number of bytes.
    static func drainPool() -> Int {
        let drained = pool.withLock { pool in
            defer { pool = Pool() }
            return pool
        }
        for block in drained.blocks.joined() { free(block.base) }
        return drained.byteCount
    }

    /// Size classes in eighths of a power of two: little waste, and freed blocks fit again.
    private static func roundedUp(_ byteCount: Int) -> Int {
        guard byteCount > smallestPooled else { return max((byteCount + alignment - 1) & ~(alignment - 1), alignment) }
        let step = 1 << (Int.bitWidth - byteCount.leadingZeroBitCount - 4)
        let (sum, overflow) = byteCount.addingReportingOverflow(step - 1)
        return overflow ? byteCount : sum & ~(step - 1)
    }

    /// A number for each size that ``roundedUp(_:)`` gives from ``smallestPooled`` on: the highest bit and the three behind it.
    private static func sizeClass(_ capacity: Int) -> Int {
        let bits = Int.bitWidth - capacity.leadingZeroBitCount
        return 8 * (bits - 1) + (capacity >> (bits - 4)) & 7
    }

    private static func allocate(_ capacity: Int) -> HeapBlock? {
        guard capacity <= largest else { return nil }
        var pointer: UnsafeMutableRawPointer?
        let isHuge = capacity >= hugePage
        guard posix_memalign(&pointer, isHuge ? hugePage : alignment, capacity) == 0, let pointer else { return nil }
        #if os(Linux)
            if isHuge { madvise(pointer, capacity, MADV_HUGEPAGE) }
        #endif
        return HeapBlock(base: pointer, capacity: capacity)
    }
}

/// The memory that arrays keep for reuse.
public enum NDArrayMemory {
    /// Frees the blocks kept for future arrays; returns how many bytes that were.
    @discardableResult
    public static func releaseFreedBlocks() -> Int { HeapBlock.drainPool() }
}
