/// Floods an image from its markers, the lowest elements first.
///
/// All arrays have one closed element more on every side, so that no step leads outside.
struct Watershed {
    /// How far the neighbours lie in memory, the nearest ones first.
    let steps: [Int]
    let strides: [Int]
    let isOpen: UnsafePointer<UInt8>
    let labels: UnsafeMutablePointer<Int32>
    let count: Int

    /// Floods with every element labelled as soon as it is reached.
    @inline(__always)
    func flood<Key: FloodKey>(_ values: UnsafePointer<Key.Value>, _ key: Key.Type) {
        var heap = FloodHeap<Key>(capacity: 1024)
        var age: UInt32 = 0
        for index in 0..<count where labels[index] != 0 {
            heap.push(.init(key: Key(values[index], age: 0), index: Int32(index), source: 0))
        }
        steps.withUnsafeBufferPointer { steps in
            while heap.count > 0 {
                let item = heap.pop()
                let (index, level) = (Int(item.index), item.key.value)
                let label = labels[index]
                for step in steps {
                    let next = index + step
                    guard isOpen[next] != 0, labels[next] == 0 else { continue }
                    age += 1
                    labels[next] = label
                    // What lies lower than the way to it is flooded at the level of the way.
                    let value = values[next] < level ? level : values[next]
                    heap.push(.init(key: Key(value, age: age), index: Int32(next), source: 0))
                }
            }
        }
    }

    /// Floods with elements labelled when their turn comes: between two labels a line is left free, or far elements
    /// wait longer.
    func flood(_ values: UnsafePointer<Double>, compactness: Double, keepsLine: Bool) {
        var heap = FloodHeap<WideKey>(capacity: 1024)
        var age: UInt32 = 0
        for index in 0..<count where labels[index] != 0 {
            heap.push(.init(key: WideKey(values[index], age: 0), index: Int32(index), source: Int32(index)))
        }
        while heap.count > 0 {
            let item = heap.pop()
            let (index, source) = (Int(item.index), Int(item.source))
            if labels[index] != 0, index != source { continue }
            if keepsLine, compactness == 0, isBetweenLabels(index) { continue }
            labels[index] = labels[source]
            for step in steps {
                let next = index + step
                guard isOpen[next] != 0, labels[next] == 0 else { continue }
                age &+= 1
                var value = values[next]
                if compactness > 0 { value += compactness * distance(next, source) }
                if value < item.key.value { value = item.key.value }
                heap.push(.init(key: WideKey(value, age: age), index: Int32(next), source: item.source))
            }
        }
    }

    private func isBetweenLabels(_ index: Int) -> Bool {
        var first: Int32 = 0
        for step in steps where isOpen[index + step] != 0 {
            let label = labels[index + step]
            if first == 0 {
                first = label
            } else if label != 0, label != first {
                return true
            }
        }
        return false
    }

    private func distance(_ one: Int, _ two: Int) -> Double {
        var (one, two, sum) = (one, two, 0)
        for stride in strides {
            let difference = one / stride - two / stride
            sum += difference * difference
            (one, two) = (one % stride, two % stride)
        }
        return Double(sum).squareRoot()
    }
}
