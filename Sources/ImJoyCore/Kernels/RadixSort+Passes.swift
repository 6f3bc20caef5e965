/// Parts of a run of elements that several threads work on; what comes of them does not depend on how many there are.
struct RadixChunks {
    let count: Int
    /// How many parts there are.
    let number: Int

    /// - Parameter forMerging: makes the number a power of 2.
    init(_ count: Int, forMerging: Bool = false) {
        self.count = count
        let threads = ComputeThreads.count
        // Below this, waking another thread takes longer than it gains.
        if count < 1 << 17 || threads == 1 {
            number = 1
        } else {
            number = forMerging ? 1 << (Int.bitWidth - 1 - threads.leadingZeroBitCount) : 2 * threads
        }
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
    ///
    /// Several threads sort a part each, and then merge them.
    @inline(__always)
    static func sortByDigits<T: RadixElement>(
        _ source: inout UnsafeMutableBufferPointer<T>, _ target: inout UnsafeMutableBufferPointer<T>
    ) {
        let chunks = Chunks(source.count, forMerging: true)
        guard chunks.number > 1 else { return sortPart(&source, &target) }
        let (first, second) = (source, target)
        chunks.forEach { range in
            var part = UnsafeMutableBufferPointer(rebasing: first[range])
            var other = UnsafeMutableBufferPointer(rebasing: second[range])
            let start = part.baseAddress
            sortPart(&part, &other)
            if part.baseAddress != start { _ = other.update(from: part) }
        }
        var width = 1
        while width < chunks.number {
            let (from, to) = (source, target)
            chunks.forEachNumbered { mergePart(from, to, chunks, $0, width) }
            swap(&source, &target)
            width *= 2
        }
    }

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

    /// Merges neighbours of `width` sorted chunks each, but writes only what lies in one chunk of the result.
    private static func mergePart<T: RadixElement>(
        _ source: UnsafeMutableBufferPointer<T>, _ target: UnsafeMutableBufferPointer<T>, _ chunks: Chunks,
        _ number: Int, _ width: Int
    ) {
        let pair = number / (2 * width) * (2 * width)
        let start = chunks.range(pair).lowerBound
        let middle = chunks.range(pair + width).lowerBound
        let end = chunks.range(pair + 2 * width - 1).upperBound
        let a = UnsafeMutableBufferPointer(rebasing: source[start..<middle])
        let b = UnsafeMutableBufferPointer(rebasing: source[middle..<end])
        let places = chunks.range(number)
        var place = places.lowerBound
        var i = countTaken(place - start, a, b)
        var j = place - start - i
        while place < places.upperBound, i < a.count, j < b.count {
            // A choice instead of a branch, which would be wrong half of the time.
            let (x, y) = (a[i], b[j])
            let takesSecond = y.radixKey < x.radixKey
            target[place] = takesSecond ? y : x
            i += takesSecond ? 0 : 1
            j += takesSecond ? 1 : 0
            place += 1
        }
        while place < places.upperBound {
            if i < a.count {
                target[place] = a[i]
                i += 1
            } else {
                target[place] = b[j]
                j += 1
            }
            place += 1
        }
    }

    /// How many of the first `count` elements of a merged whole come from `a`, whose elements go before equal ones of `b`.
    ///
    /// Odeh, Green, Mwassi, Shmueli and Birk, "Merge path" (2012).
    private static func countTaken<T: RadixElement>(
        _ count: Int, _ a: UnsafeMutableBufferPointer<T>, _ b: UnsafeMutableBufferPointer<T>
    ) -> Int {
        let possible = Swift.max(0, count - b.count)..<Swift.min(count, a.count)
        return possible.partitioningIndex { b[count - $0 - 1].radixKey < a[$0].radixKey }
    }
}
