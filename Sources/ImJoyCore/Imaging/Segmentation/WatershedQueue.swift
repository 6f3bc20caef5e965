/// What decides which element is flooded next: its value, then how long it waits.
protocol FloodKey: Comparable, BitwiseCopyable {
    /// What the values of the image are.
    associatedtype Value: BitwiseCopyable, Comparable
    init(_ value: Value, age: UInt32)
    var value: Value { get }
}

/// Value and age in one number, for values of at most 32 bits.
struct PackedKey: FloodKey {
    private let bits: UInt64
    var value: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) }

    init(_ value: UInt32, age: UInt32) { bits = UInt64(value) << 32 | UInt64(age) }

    @inline(__always)
    static func < (a: PackedKey, b: PackedKey) -> Bool { a.bits < b.bits }
}

/// Value and age side by side, for all other values.
struct WideKey: FloodKey {
    let value: Double
    private let age: UInt32

    init(_ value: Double, age: UInt32) { (self.value, self.age) = (value, age) }

    @inline(__always)
    static func < (a: WideKey, b: WideKey) -> Bool { a.value != b.value ? a.value < b.value : a.age < b.age }
}

/// A binary heap whose smallest key comes first.
///
/// Equal keys, which markers of the same value have, come in the order that a heap of this form gives them in
/// scikit-image.
struct FloodHeap<Key: FloodKey>: ~Copyable {
    struct Item: BitwiseCopyable {
        var key: Key
        var index: Int32
        /// The marker that the flood came from.
        var source: Int32
    }
    private var items: UnsafeMutablePointer<Item>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = Swift.max(capacity, 64)
        items = .allocate(capacity: self.capacity)
    }

    deinit { items.deallocate() }

    @inline(__always)
    mutating func push(_ item: Item) {
        if count == capacity { grow() }
        var place = count
        count += 1
        while place > 0 {
            let parent = (place - 1) >> 1
            guard item.key < items[parent].key else { break }
            items[place] = items[parent]
            place = parent
        }
        items[place] = item
    }

    /// The item with the smallest key; there must be one.
    @inline(__always)
    mutating func pop() -> Item {
        let first = items[0]
        count -= 1
        if count == 0 { return first }
        let moved = items[count]
        // The smaller child moves up all the way, without a branch that is hard to foresee; then the last item climbs
        // to where it would have stopped on its way down.
        var place = 0
        while 2 * place + 2 < count {
            let child = 2 * place + 1
            let smaller = child + (items[child + 1].key < items[child].key ? 1 : 0)
            items[place] = items[smaller]
            place = smaller
        }
        if 2 * place + 1 < count {
            items[place] = items[2 * place + 1]
            place = 2 * place + 1
        }
        while place > 0 {
            let parent = (place - 1) >> 1
            if items[parent].key < moved.key { break }
            items[place] = items[parent]
            place = parent
        }
        items[place] = moved
        return first
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Item>.allocate(capacity: 2 * capacity)
        larger.update(from: items, count: count)
        items.deallocate()
        (items, capacity) = (larger, 2 * capacity)
    }
}
