/// Parts of a run of elements that several threads work on; what comes of them does not depend on how many there are.
struct RadixChunks {
    let count: Int
    /// How many parts there are.
    let number: Int

    private static var smallest: Int { 1 << 16 }

    init(_ count: Int) {
        self.count = count
        // Smaller parts cost more than they gain: each is counted in tables of its own, and threads have to be woken.
        let most = Swift.max(count / Self.smallest, 1)
        let threads = Swift.min(ComputeThreads.count, most)
        number = threads == 1 ? 1 : Swift.min(2 * threads, most)
    }

    func range(_ chunk: Int) -> Range<Int> { chunk * count / number..<(chunk + 1) * count / number }

    /// Calls `body` with each part, on several threads if there are several.
    @inline(__always)
    func forEach(_ body: (Range<Int>) -> Void) {
        forEachNumbered { body(range($0)) }
    }

    /// The same with the numbers of the parts.
    @inline(__always)
    func forEachNumbered(_ body: (Int) -> Void) {
        guard number > 1 else { return body(0) }
        ComputeThreads.split(number, grain: 1, nanoseconds: .infinity) { chunks in
            for chunk in chunks { body(chunk) }
        }
    }
}

/// What is sorted by a key: the key itself, or something that has one.
protocol RadixElement: BitwiseCopyable {
    associatedtype Key: RadixKey
    var radixKey: Key { get }
}

extension RadixElement where Self: RadixKey {
    var radixKey: Self { self }
}
extension UInt8: RadixElement { typealias Key = UInt8 }
extension UInt16: RadixElement { typealias Key = UInt16 }
extension UInt32: RadixElement { typealias Key = UInt32 }
extension UInt64: RadixElement { typealias Key = UInt64 }

extension RadixSort {
    typealias Chunks = RadixChunks
    private static let digitCount = 256

    @inline(__always)
    private static func digit<Key: RadixKey>(_ key: Key, _ number: Int) -> Int {
        Int(truncatingIfNeeded: key &>> Key(truncatingIfNeeded: 8 * number)) & 255
    }

    /// Sorts elements by their keys, equal ones as they come; `target` is as long as `source`, which is where they are then.
    @inline(__always)
    static func sortByDigits<T: RadixElement>(
        _ source: inout UnsafeMutableBufferPointer<T>, _ target: inout UnsafeMutableBufferPointer<T>
    ) {
        let chunks = Chunks(source.count)
        if chunks.number == 1 {
            sortPart(&source, &target)
        } else if sortGroups(source, target, chunks) {
            swap(&source, &target)
        }
    }

    /// The same on several threads: elements go into groups by the highest bits in which their keys differ, and then each
    /// group is sorted by itself.
    ///
    /// - Returns: whether the elements are in `target` then; not when all keys are the same.
    private static func sortGroups<T: RadixElement>(
        _ source: UnsafeMutableBufferPointer<T>, _ target: UnsafeMutableBufferPointer<T>, _ chunks: Chunks
    ) -> Bool {
        var ends = [(smallest: T.Key, largest: T.Key)](repeating: (.max, .min), count: chunks.number)
        ends.withUnsafeMutableBufferPointer { ends in
            chunks.forEachNumbered { ends[$0] = extremes(source, chunks.range($0)) }
        }
        let smallest = ends.reduce(T.Key.max) { Swift.min($0, $1.smallest) }
        let distance = ends.reduce(T.Key.min) { Swift.max($0, $1.largest) } - smallest
        if distance == 0 { return false }
        let shift = T.Key(truncatingIfNeeded: Swift.max(0, T.Key.bitWidth - distance.leadingZeroBitCount - groupBits))
        let groups = Int(truncatingIfNeeded: distance &>> shift) + 1

        // Each chunk counts its elements, so that it knows where they go among those of the others.
        var places = [Int](repeating: 0, count: chunks.number * groups)
        var starts = [Int](repeating: 0, count: groups + 1)
        places.withUnsafeMutableBufferPointer { places in
            chunks.forEachNumbered { chunk in
                let own = UnsafeMutableBufferPointer(rebasing: places[chunk * groups..<(chunk + 1) * groups])
                countGroups(source, chunks.range(chunk), smallest, shift, own)
            }
            var start = 0
            for group in 0..<groups {
                starts[group] = start
                for chunk in 0..<chunks.number {
                    let count = places[chunk * groups + group]
                    places[chunk * groups + group] = start
                    start += count
                }
            }
            starts[groups] = start
            chunks.forEachNumbered { chunk in
                let own = UnsafeMutableBufferPointer(rebasing: places[chunk * groups..<(chunk + 1) * groups])
                moveToGroups(source, chunks.range(chunk), smallest, shift, own, target)
            }
        }
        if shift == 0 { return true }

        // Threads take parts with about as many elements each; a group belongs to where it begins.
        let parts = 8 * chunks.number
        ComputeThreads.split(parts, grain: 1, nanoseconds: .infinity) { range in
            for part in range {
                let (from, to) = (part * source.count / parts, (part + 1) * source.count / parts)
                var group = starts.partitioningIndex { $0 >= from }
                while group < groups, starts[group] < to {
                    sortGroup(target, source, starts[group]..<starts[group + 1])
                    group += 1
                }
            }
        }
        return true
    }

    /// So many bits name a group.
    private static var groupBits: Int { 10 }

    private static func extremes<T: RadixElement>(
        _ source: UnsafeMutableBufferPointer<T>, _ range: Range<Int>
    ) -> (smallest: T.Key, largest: T.Key) {
        var (smallest, largest) = (T.Key.max, T.Key.min)
        for place in range {
            let key = source[place].radixKey
            smallest = Swift.min(smallest, key)
            largest = Swift.max(largest, key)
        }
        return (smallest, largest)
    }

    private static func countGroups<T: RadixElement>(
        _ source: UnsafeMutableBufferPointer<T>, _ range: Range<Int>, _ smallest: T.Key, _ shift: T.Key,
        _ counts: UnsafeMutableBufferPointer<Int>
    ) {
        for place in range {
            counts[Int(truncatingIfNeeded: (source[place].radixKey &- smallest) &>> shift)] += 1
        }
    }

    private static func moveToGroups<T: RadixElement>(
        _ source: UnsafeMutableBufferPointer<T>, _ range: Range<Int>, _ smallest: T.Key, _ shift: T.Key,
        _ places: UnsafeMutableBufferPointer<Int>, _ target: UnsafeMutableBufferPointer<T>
    ) {
        for place in range {
            let element = source[place]
            let group = Int(truncatingIfNeeded: (element.radixKey &- smallest) &>> shift)
            target[places[group]] = element
            places[group] += 1
        }
    }

    /// Sorts the elements of one range in place; those of `scratch` are lost.
    private static func sortGroup<T: RadixElement>(
        _ elements: UnsafeMutableBufferPointer<T>, _ scratch: UnsafeMutableBufferPointer<T>, _ range: Range<Int>
    ) {
        var part = UnsafeMutableBufferPointer(rebasing: elements[range])
        if part.count <= fewestOfGroup {
            for place in part.indices.dropFirst() {
                let element = part[place]
                var hole = place
                while hole > 0, element.radixKey < part[hole - 1].radixKey {
                    part[hole] = part[hole - 1]
                    hole -= 1
                }
                part[hole] = element
            }
            return
        }
        var other = UnsafeMutableBufferPointer(rebasing: scratch[range])
        if sortByVectors(part, other) { return }
        let start = part.baseAddress
        sortPart(&part, &other)
        if part.baseAddress != start { _ = other.update(from: part) }
    }

    /// Groups of so many elements are sorted by insertion.
    private static var fewestOfGroup: Int { 48 }

    /// The same on one thread: one digit after the other, from the last.
    private static func sortPart<T: RadixElement>(
        _ source: inout UnsafeMutableBufferPointer<T>, _ target: inout UnsafeMutableBufferPointer<T>
    ) {
        let digits = T.Key.bitWidth / 8
        var counts = [UInt32](repeating: 0, count: digits * digitCount)
        counts.withUnsafeMutableBufferPointer { counts in
            for element in source {
                let key = element.radixKey
                for number in 0..<digits { counts[number * digitCount + digit(key, number)] += 1 }
            }
        }
        for number in 0..<digits {
            let range = number * digitCount..<(number + 1) * digitCount
            guard var places = starts(counts[range], source.count) else { continue }
            places.withUnsafeMutableBufferPointer { places in
                for element in source {
                    let digit = digit(element.radixKey, number)
                    target[places[digit]] = element
                    places[digit] += 1
                }
            }
            swap(&source, &target)
        }
    }

    /// Where the keys of each digit begin, nil when all keys have the same one and need not be moved.
    private static func starts(_ counts: ArraySlice<UInt32>, _ total: Int) -> [Int]? {
        if counts.contains(UInt32(total)) { return nil }
        var start = 0
        return counts.map { count in
            defer { start += Int(count) }
            return start
        }
    }
}
