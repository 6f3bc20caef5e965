/// Sorting and selecting on keys; see ``NDElement/orderKeys(_:)``.
enum Ordering {
    /// A key and where it came from. Of equal keys the earlier one is smaller, which makes every order stable.
    struct Entry: Comparable {
        var key: UInt64
        var index: Int

        static func < (a: Entry, b: Entry) -> Bool { a.key == b.key ? a.index < b.index : a.key < b.key }
    }

    static func entries(_ keys: UnsafeBufferPointer<UInt64>) -> [Entry] {
        keys.indices.map { Entry(key: keys[$0], index: $0) }
    }

    /// The order that sorts the keys, equal ones as they came.
    static func sorted(_ keys: UnsafeBufferPointer<UInt64>) -> [Entry] { entries(keys).sorted() }

    /// Brings the elements of `ranks` to the places where sorting would put them, with no greater one before and no
    /// smaller one behind each of them. The ranks must be places, in ascending order.
    ///
    /// Hoare's selection with a median of three as pivot: linear time for nearly all inputs. Should the pivots stay
    /// bad, what is left is sorted, so it never takes longer than that.
    @specialized(where Key == UInt8)
    @specialized(where Key == UInt16)
    @specialized(where Key == UInt32)
    @specialized(where Key == UInt64)
    static func select<Key: Comparable>(_ ranks: ArraySlice<Int>, in keys: inout [Key]) {
        var tries = 2 * (Int.bitWidth - keys.count.leadingZeroBitCount) + 2
        select(ranks, in: &keys, 0..<keys.count, &tries)
    }

    @specialized(where Key == UInt8)
    @specialized(where Key == UInt16)
    @specialized(where Key == UInt32)
    @specialized(where Key == UInt64)
    private static func select<Key: Comparable>(
        _ ranks: ArraySlice<Int>, in keys: inout [Key], _ range: Range<Int>, _ tries: inout Int
    ) {
        var range = range
        var ranks = ranks
        while !ranks.isEmpty, range.count > 1 {
            if range.count <= 16 || tries == 0 {
                keys[range].sort()
                return
            }
            let split = partition(&keys, range)
            // One side may be much longer; every bad split costs a try.
            if Swift.min(split - range.lowerBound, range.upperBound - split) < range.count / 8 { tries -= 1 }
            let middle = ranks.partitioningIndex { $0 >= split }
            select(ranks[..<middle], in: &keys, range.lowerBound..<split, &tries)
            ranks = ranks[middle...]
            range = split..<range.upperBound
        }
    }

    /// Puts smaller keys before greater ones; returns where the greater ones begin, strictly inside `range`.
    @inline(__always)
    private static func partition<Key: Comparable>(_ keys: inout [Key], _ range: Range<Int>) -> Int {
        let middle = range.lowerBound + range.count / 2
        let pivot = [keys[range.lowerBound], keys[middle], keys[range.upperBound - 1]].sorted()[1]
        var low = range.lowerBound
        var high = range.upperBound - 1
        while true {
            // Both stop at equal ones, so that many of them are divided evenly.
            while keys[low] < pivot { low += 1 }
            while pivot < keys[high] { high -= 1 }
            if low >= high { break }
            keys.swapAt(low, high)
            low += 1
            high -= 1
        }
        return Swift.max(low, range.lowerBound + 1)
    }
}

extension Collection where Index == Int {
    /// The first index whose element satisfies `belongs`, when all that do come after all that do not.
    func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
