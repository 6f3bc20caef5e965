internal import CImJoyKernels

/// Finds the connected parts of a mask: lines as bits, runs of set bits, and a union of the runs that touch.
///
/// Parts are numbered by their first element in row-major order, as SciPy does.
struct RunLabeller {
    private let lineLength: Int
    private let lineCount: Int
    private let lineShape: [Int]
    private let wordCount: Int
    private let isJoined: Bool
    /// Earlier lines that touch a line: steps along all axes but the last, and which of three elements there touch.
    private let contacts: [(steps: [Int], neighbours: Int32)]

    init(shape: [Int], _ structure: NeighbourStructure) {
        let shape = shape.isEmpty ? [1] : shape
        lineShape = Array(shape.dropLast())
        lineLength = shape[shape.count - 1]
        lineCount = lineShape.reduce(1, *)
        wordCount = (lineLength + 63) / 64
        isJoined = structure.offsets.contains { $0.last == -1 && $0.dropLast().allSatisfy { $0 == 0 } }
        var contacts: [(steps: [Int], neighbours: Int32)] = []
        for step in structure.earlier where step.dropLast().contains(where: { $0 != 0 }) {
            let (line, bit) = (Array(step.dropLast()), Int32(1) << Int32((step.last ?? 0) + 1))
            if let place = contacts.firstIndex(where: { $0.steps == line }) {
                contacts[place].neighbours |= bit
            } else {
                contacts.append((line, bit))
            }
        }
        self.contacts = contacts
    }

    /// Writes the labels from 1 on, 0 where the mask is false, and returns how many there are.
    func label(
        _ mask: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<Int32>
    ) throws(NDArrayError) -> Int {
        guard lineCount * lineLength > 0 else { return 0 }
        let words = try NDArray<UInt64>(uninitialised: [lineCount, wordCount]) { words in
            ComputeThreads.split(lineCount, grain: 1, nanoseconds: 0.3 * Double(lineLength)) { lines in
                for line in lines {
                    imjoy_mask_bits(mask + line * lineLength, lineLength, words + line * wordCount)
                }
            }
        }
        var runCount = 0
        let ranks = try NDArray<UInt32>(uninitialised: [lineCount, wordCount]) { (ranks) throws(NDArrayError) in
            for line in 0..<lineCount {
                let start = words.base + line * wordCount
                runCount += imjoy_run_ranks(
                    start, wordCount, isJoined, UInt32(truncatingIfNeeded: runCount), ranks + line * wordCount)
                guard runCount < Int(Int32.max) else {
                    throw NDArrayError(.outOfMemory, "a mask of \(runCount) runs or more; label parts of it")
                }
            }
        }
        let parents = try NDArray<UInt32>(uninitialised: [runCount]) { parents in
            for run in 0..<runCount { parents[run] = UInt32(run) }
            join(words.base, ranks.base, parents)
        }
        // Runs lead to smaller numbers, so that each is known before it is asked for.
        var count: Int32 = 0
        let labels = try NDArray<Int32>(uninitialised: [runCount + 1]) { labels in
            labels[0] = 0
            for run in 0..<runCount {
                let parent = Int(parents.base[run])
                if parent == run { count += 1 }
                labels[run + 1] = parent == run ? count : labels[parent + 1]
            }
        }
        ComputeThreads.split(lineCount, grain: 1, nanoseconds: 0.5 * Double(lineLength)) { lines in
            for line in lines {
                imjoy_write_labels(
                    words.base + line * wordCount, ranks.base + line * wordCount, labels.base, lineLength, isJoined,
                    target + line * lineLength)
            }
        }
        withExtendedLifetime((words, ranks, parents, labels)) {}
        return Int(count)
    }

    /// Slabs of lines are joined by themselves, on several threads when that is worth it, and then with each other: a
    /// part is known by its first run, whatever the order is.
    private func join(
        _ words: UnsafePointer<UInt64>, _ ranks: UnsafePointer<UInt32>, _ parents: UnsafeMutablePointer<UInt32>
    ) {
        let strides = Layout.rowMajorStrides(lineShape)
        let distances = contacts.map { zip($0.steps, strides).reduce(0) { $0 + $1.0 * $1.1 } }
        let reach = -(distances.min() ?? 0)
        let slabs = ComputeThreads.count == 1 ? 1 : Swift.max(Swift.min(16, lineCount / Swift.max(2 * reach, 1)), 1)
        func first(_ slab: Int) -> Int { slab * lineCount / slabs }
        let cost = Double(lineCount / slabs) * Double(contacts.count * wordCount) * 20
        ComputeThreads.split(slabs, grain: 1, nanoseconds: cost) { range in
            for slab in range {
                join(first(slab)..<first(slab + 1), distances, words, ranks, parents) { $0 >= first(slab) }
            }
        }
        for slab in 1..<Swift.max(slabs, 1) {
            let start = first(slab)
            join(start..<Swift.min(start + reach, lineCount), distances, words, ranks, parents) { $0 < start }
        }
    }

    /// Joins lines with those earlier ones that they touch and that are `wanted`.
    private func join(
        _ lines: Range<Int>, _ distances: [Int], _ words: UnsafePointer<UInt64>, _ ranks: UnsafePointer<UInt32>,
        _ parents: UnsafeMutablePointer<UInt32>, wanted: (_ line: Int) -> Bool
    ) {
        var place = [Int](repeating: 0, count: lineShape.count)
        var rest = lines.lowerBound
        for axis in lineShape.indices.reversed() {
            (rest, place[axis]) = rest.quotientAndRemainder(dividingBy: lineShape[axis])
        }
        for line in lines {
            for (number, contact) in contacts.enumerated() where wanted(line + distances[number]) {
                let isInside = place.indices.allSatisfy { axis in
                    lineShape[axis] > place[axis] + contact.steps[axis] && place[axis] + contact.steps[axis] >= 0
                }
                guard isInside else { continue }
                let other = line + distances[number]
                imjoy_join_lines(
                    words + line * wordCount, ranks + line * wordCount, words + other * wordCount,
                    ranks + other * wordCount, wordCount, isJoined, contact.neighbours, parents)
            }
            var axis = place.count - 1
            while axis >= 0 {
                place[axis] += 1
                if place[axis] < lineShape[axis] { break }
                place[axis] = 0
                axis -= 1
            }
        }
    }
}
