internal import CImJoyKernels

/// Sorting and selecting by digits, which takes a few passes over the keys and no comparison (Knuth, The Art of Computer
/// Programming 3, 5.2.5).
enum RadixSort {
    /// Below so many keys, comparing them is faster.
    static let fewest = 512

    /// Lends memory for `count` values; large blocks come from the pool of arrays.
    @inline(__always)
    private static func withScratch<T: BitwiseCopyable, R>(
        of type: T.Type, count: Int, _ body: (UnsafeMutableBufferPointer<T>) -> R
    ) -> R {
        guard count * MemoryLayout<T>.stride >= HeapBlock.smallestPooled else {
            return withUnsafeTemporaryAllocation(of: type, capacity: count, body)
        }
        let storage = NDStorage(byteCount: count * MemoryLayout<T>.stride)
        defer { withExtendedLifetime(storage) {} }
        return body(
            UnsafeMutableBufferPointer(start: storage.base.assumingMemoryBound(to: type), count: count))
    }

    // MARK: Sorting

    /// Sorts the keys in the first half of `memory`, whose second half is scratch space; returns the half they are in then.
    @inline(__always)
    private static func sorted<Key: RadixKey>(
        _ memory: UnsafeMutableBufferPointer<Key>, count: Int
    ) -> UnsafeMutableBufferPointer<Key> {
        var source = UnsafeMutableBufferPointer(rebasing: memory[..<count])
        var target = UnsafeMutableBufferPointer(rebasing: memory[count..<2 * count])
        if Chunks(count).number == 1, sortByVectors(source, target) { return source }
        guard count >= fewest, count <= UInt32.max else {
            source.sort()
            return source
        }
        sortByDigits(&source, &target)
        return source
    }

    /// Sorts keys where they are, by comparing many of them at one time; false where the processor cannot do that, and for
    /// elements that are more than their key, whose order would be lost.
    @inline(__always)
    static func sortByVectors<T: RadixElement>(
        _ elements: UnsafeMutableBufferPointer<T>, _ scratch: UnsafeMutableBufferPointer<T>
    ) -> Bool {
        guard T.self == T.Key.self, let start = elements.baseAddress, let scratch = scratch.baseAddress else {
            return false
        }
        let halvings = Int.bitWidth - elements.count.leadingZeroBitCount
        return imjoy_sort_keys(
            start, scratch, elements.count, MemoryLayout<T>.stride, Int32(truncatingIfNeeded: 2 * halvings + 4))
    }

    /// Writes the elements in ascending order to `target`, equal ones as they came.
    @specialized(where Key == UInt8)
    @specialized(where Key == UInt16)
    @specialized(where Key == UInt32)
    @specialized(where Key == UInt64)
    static func sort<Key: RadixKey>(_ keys: RadixKeys<Key>, into target: UnsafeMutableRawPointer) {
        let size = MemoryLayout<Key>.stride
        withScratch(of: Key.self, count: 2 * keys.count) { memory in
            Chunks(keys.count).forEach { range in
                keys.write(from: range.lowerBound, into: UnsafeMutableBufferPointer(rebasing: memory[range]))
            }
            let sorted = sorted(memory, count: keys.count)
            Chunks(keys.count).forEach { range in
                for place in range {
                    target.storeBytes(of: keys.bits(of: sorted[place]), toByteOffset: place * size, as: Key.self)
                }
            }
            // Both zeros, and every NaN, are as they were and in the order in which they came.
            for shared in keys.shared {
                var place = sorted.partitioningIndex { $0 >= shared }
                guard place < sorted.count, sorted[place] == shared else { continue }
                keys.forEachPiece { start, piece in
                    // Files that others change may have more of them by now.
                    for index in piece.indices where piece[index] == shared && place < keys.count {
                        target.storeBytes(of: keys.bits(at: start + index), toByteOffset: place * size, as: Key.self)
                        place += 1
                    }
                }
            }
        }
    }

    /// A key and where it came from.
    private struct Entry<Key: RadixKey>: RadixElement {
        var radixKey: Key
        var index: UInt32
    }

    /// Writes the places of the keys in ascending order, equal ones as they came.
    @specialized(where Key == UInt8)
    @specialized(where Key == UInt16)
    @specialized(where Key == UInt32)
    @specialized(where Key == UInt64)
    static func order<Key: RadixKey>(_ keys: RadixKeys<Key>, into order: UnsafeMutableBufferPointer<Int64>) {
        let count = keys.count
        guard count >= fewest, count <= UInt32.max else {
            let all = keys.all
            let places = all.indices.sorted { (all[$0], $0) < (all[$1], $1) }
            for (place, index) in places.enumerated() { order[place] = Int64(index) }
            return
        }
        withScratch(of: Entry<Key>.self, count: 2 * count) { memory in
            var source = UnsafeMutableBufferPointer(rebasing: memory[..<count])
            var target = UnsafeMutableBufferPointer(rebasing: memory[count...])
            Chunks(count).forEach { range in
                keys.forEachPiece(in: range) { start, piece in
                    for index in piece.indices {
                        source[start + index] = Entry(
                            radixKey: piece[index], index: UInt32(truncatingIfNeeded: start + index))
                    }
                }
            }
            sortByDigits(&source, &target)
            Chunks(count).forEach { range in for place in range { order[place] = Int64(source[place].index) } }
        }
    }

    // MARK: Selecting

    /// The bits of the elements at the ranks that `ranks` names for their number; none when there are no elements, or a NaN
    /// that is not left out.
    ///
    /// Most of the keys are only counted, by eleven bits of their distance from the smallest one; those that share them with
    /// one that is wanted are selected from in linear time.
    @specialized(where Key == UInt8)
    @specialized(where Key == UInt16)
    @specialized(where Key == UInt32)
    @specialized(where Key == UInt64)
    static func select<Key: RadixKey>(
        _ keys: RadixKeys<Key>, ignoringNaN: Bool, ranks: (_ count: Int) -> [Int]
    ) -> [Key] {
        guard keys.count >= 4 * fewest, keys.count <= UInt32.max else {
            var all = keys.all
            if keys.areFloats, ignoringNaN { all.removeAll { $0 == .max } }
            if all.isEmpty || keys.areFloats && all.contains(.max) { return [] }
            let wanted = ranks(all.count)
            Ordering.select(wanted.sorted()[...], in: &all)
            return wanted.map { keys.bits(of: all[$0]) }
        }
        let (smallest, largest, nanCount) = bounds(keys)
        let count = keys.count - nanCount
        if count == 0 || !ignoringNaN && nanCount > 0 { return [] }
        let distance = largest - smallest
        let shift = Key(truncatingIfNeeded: Swift.max(0, Key.bitWidth - distance.leadingZeroBitCount - groupBits))
        let chunks = Chunks(keys.count)
        let tables = groupCounts(keys, chunks, smallest, largest, shift)
        let groups = (0..<tables.groups).map { group in tables.counts.reduce(0) { $0 + Int($1[group]) } }
        var groupStarts = [0]
        for size in groups { groupStarts.append(groupStarts[groupStarts.count - 1] + size) }
        // Files that others change may have fewer by now.
        let wanted = ranks(count).map { Swift.min($0, groupStarts[groups.count] - 1) }
        let sorted = Set(wanted).sorted()
        guard let first = sorted.first, first >= 0 else { return [] }
        let groupOfRank = sorted.map { rank in groupStarts.partitioningIndex { $0 > rank } - 1 }
        let found =
            shift == 0
            ? groupOfRank.map { smallest + Key(truncatingIfNeeded: $0) }
            : selected(sorted, groupOfRank, groupStarts, tables.counts, of: keys, chunks, smallest, shift)
        return wanted.map { rank in keys.bits(of: found[sorted.partitioningIndex { $0 >= rank }]) }
    }

    /// So many bits of a distance name its group; the counts stay in the nearest cache.
    private static let groupBits = 11

    /// The smallest and the largest key, and how many are those of NaN, which do not count as keys then.
    @inline(__always)
    private static func bounds<Key: RadixKey>(_ keys: RadixKeys<Key>) -> (smallest: Key, largest: Key, nanCount: Int) {
        let chunks = Chunks(keys.count)
        var found = [(smallest: Key, largest: Key, nanCount: Int)](repeating: (.max, .min, 0), count: chunks.number)
        found.withUnsafeMutableBufferPointer { found in
            chunks.forEachNumbered { found[$0] = bounds(keys, chunks.range($0)) }
        }
        return found.reduce((.max, .min, 0)) {
            (Swift.min($0.0, $1.smallest), Swift.max($0.1, $1.largest), $0.2 + $1.nanCount)
        }
    }

    @inline(__always)
    private static func bounds<Key: RadixKey>(
        _ keys: RadixKeys<Key>, _ range: Range<Int>
    ) -> (smallest: Key, largest: Key, nanCount: Int) {
        if let (smallest, largest) = keys.extremes(in: range) { return (smallest, largest, 0) }
        var (smallest, largest, nanCount) = (Key.max, Key.min, 0)
        let areFloats = keys.areFloats
        keys.forEachPiece(in: range) { _, piece in
            for index in piece.indices {
                let key = piece[index]
                let isNaN = areFloats && key == .max
                nanCount += isNaN ? 1 : 0
                smallest = key < smallest ? key : smallest
                largest = !isNaN && key > largest ? key : largest
            }
        }
        return (smallest, largest, nanCount)
    }

    /// How many keys of each chunk are in each group.
    @inline(__always)
    private static func groupCounts<Key: RadixKey>(
        _ keys: RadixKeys<Key>, _ chunks: Chunks, _ smallest: Key, _ largest: Key, _ shift: Key
    ) -> (groups: Int, counts: [[UInt32]]) {
        let count = Int(truncatingIfNeeded: (largest - smallest) &>> shift) + 1
        var tables = [[UInt32]](repeating: [], count: chunks.number)
        tables.withUnsafeMutableBufferPointer { tables in
            chunks.forEachNumbered { chunk in
                tables[chunk] = groupCounts(keys, in: chunks.range(chunk), count, smallest, shift)
            }
        }
        return (count, tables)
    }

    private static func groupCounts<Key: RadixKey>(
        _ keys: RadixKeys<Key>, in range: Range<Int>, _ count: Int, _ smallest: Key, _ shift: Key
    ) -> [UInt32] {
        // Two tables, so that equal neighbours do not wait for each other; what lies outside has the last place.
        let stride = count + 1
        var tables = [UInt32](repeating: 0, count: 2 * stride)
        tables.withUnsafeMutableBufferPointer { tables in
            keys.forEachPiece(in: range) { _, piece in
                var table = 0
                for index in piece.indices {
                    let group = Swift.min(Int(truncatingIfNeeded: (piece[index] &- smallest) &>> shift), count)
                    tables[table + group] += 1
                    table = stride - table
                }
            }
            for group in 0..<stride { tables[group] += tables[stride + group] }
        }
        return tables
    }

    /// The keys at ascending ranks, selected among those of their groups.
    @inline(__always)
    private static func selected<Key: RadixKey>(
        _ ranks: [Int], _ groupOfRank: [Int], _ groupStarts: [Int], _ counts: [[UInt32]], of keys: RadixKeys<Key>,
        _ chunks: Chunks, _ smallest: Key, _ shift: Key
    ) -> [Key] {
        let groups = groupOfRank.indices.filter { $0 == 0 || groupOfRank[$0] != groupOfRank[$0 - 1] }
            .map { groupOfRank[$0] }
        // Keys of no group are in the slot behind the last one.
        var slots = [UInt16](repeating: UInt16(groups.count), count: groupStarts.count)
        var starts = [0]
        for (slot, group) in groups.enumerated() {
            slots[group] = UInt16(slot)
            starts.append(starts[slot] + groupStarts[group + 1] - groupStarts[group])
        }
        var found = [Key](repeating: smallest, count: starts[groups.count])
        found.withUnsafeMutableBufferPointer { found in
            slots.withUnsafeBufferPointer { slots in
                chunks.forEachNumbered { chunk in
                    // Each chunk has places of its own among those of a group.
                    var places = groups.indices.map { slot in
                        counts[..<chunk].reduce(starts[slot]) { $0 + Int($1[groups[slot]]) }
                    }
                    let ends = groups.indices.map { places[$0] + Int(counts[chunk][groups[$0]]) }
                    collect(keys, in: chunks.range(chunk), slots, smallest, shift, &places, ends, found)
                }
            }
        }
        var selected: [Key] = []
        for (slot, group) in groups.enumerated() {
            let next = groupOfRank[selected.count...].firstIndex { $0 != group } ?? groupOfRank.count
            let local = ranks[selected.count..<next].map { $0 - groupStarts[group] }
            var members = Array(found[starts[slot]..<starts[slot + 1]])
            Ordering.select(local[...], in: &members)
            selected += local.map { members[$0] }
        }
        return selected
    }

    /// Puts the keys whose group has a slot at the next place of that slot.
    private static func collect<Key: RadixKey>(
        _ keys: RadixKeys<Key>, in range: Range<Int>, _ slots: UnsafeBufferPointer<UInt16>, _ smallest: Key,
        _ shift: Key, _ places: inout [Int], _ ends: [Int], _ found: UnsafeMutableBufferPointer<Key>
    ) {
        places.withUnsafeMutableBufferPointer { places in
            ends.withUnsafeBufferPointer { ends in
                keys.forEachPiece(in: range) { _, piece in
                    for index in piece.indices {
                        let group = Int(truncatingIfNeeded: (piece[index] &- smallest) &>> shift)
                        let slot = Int(slots[Swift.min(group, slots.count - 1)])
                        guard slot < ends.count, places[slot] < ends[slot] else { continue }
                        found[places[slot]] = piece[index]
                        places[slot] += 1
                    }
                }
            }
        }
    }

    // MARK: Different elements

    /// The bits of the different elements in ascending order, each in the form in which it comes first.
    @specialized(where Key == UInt8)
    @specialized(where Key == UInt16)
    @specialized(where Key == UInt32)
    @specialized(where Key == UInt64)
    static func unique<Key: RadixKey>(_ keys: RadixKeys<Key>) -> [Key] {
        let unique = uniqueKeys(keys)
        var bits = unique.map { keys.bits(of: $0) }
        for shared in keys.shared {
            let place = unique.partitioningIndex { $0 >= shared }
            guard place < unique.count, unique[place] == shared else { continue }
            var first: Int?
            keys.forEachPiece { start, piece in
                if first == nil { first = piece.firstIndex(of: shared).map { start + $0 } }
            }
            if let first { bits[place] = keys.bits(at: first) }
        }
        return bits
    }

    @inline(__always)
    private static func uniqueKeys<Key: RadixKey>(_ keys: RadixKeys<Key>) -> [Key] {
        if Key.bitWidth <= 16, keys.count >= 1 << (Key.bitWidth - 4) {
            var isThere = [Bool](repeating: false, count: 1 << Key.bitWidth)
            isThere.withUnsafeMutableBufferPointer { isThere in
                keys.forEachPiece { _, piece in
                    for index in piece.indices { isThere[Int(truncatingIfNeeded: piece[index])] = true }
                }
            }
            return isThere.indices.filter { isThere[$0] }.map { Key(truncatingIfNeeded: $0) }
        }
        return withScratch(of: Key.self, count: 2 * keys.count) { memory in
            keys.write(from: 0, into: UnsafeMutableBufferPointer(rebasing: memory[..<keys.count]))
            let sorted = sorted(memory, count: keys.count)
            return sorted.indices.filter { $0 == 0 || sorted[$0] != sorted[$0 - 1] }.map { sorted[$0] }
        }
    }
}
