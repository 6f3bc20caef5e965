/// Labels as places in a table: themselves when they are few and not negative, otherwise their order.
struct LabelSlots {
    /// For each element the place of its label.
    let places: NDArray<Int32>
    /// The greatest place.
    let count: Int
    /// The smallest label.
    let lowest: Int?
    /// The label at each place, nil when places are the labels.
    private let values: [Int]?

    init<Label: NDInteger>(_ labels: NDArray<Label>) throws(NDArrayError) {
        guard !labels.isEmpty else {
            places = NDArray<Int32>(zeros: labels.shape)
            (count, lowest, values) = (0, nil, nil)
            return
        }
        // What others may change after it was looked at is copied.
        let labels = labels.storage.isOurs ? labels : labels.copied()
        let ends = labels.minMax()
        guard let low = Int(exactly: ends.min), let high = Int(exactly: ends.max) else {
            throw NDArrayError(
                .invalidValue, "labels from \(ends.min) to \(ends.max); at most \(Int.max), number them anew first")
        }
        lowest = low
        if low >= 0, high <= Swift.max(labels.count / 16, 1 << 16), high < Int(Int32.max) {
            (places, count, values) = (labels.cast(to: Int32.self), high, nil)
        } else {
            let (dense, values) = try Self.dense(labels)
            (places, count, self.values) = (dense, values.count - 1, values.map { Int(clamping: $0) })
        }
    }

    /// The place of a label, nil when there is none.
    func place(_ label: Int) -> Int? {
        guard let values else { return (0...count).contains(label) ? label : nil }
        let place = values.partitioningIndex { $0 >= label }
        return place < values.count && values[place] == label ? place : nil
    }

    /// The label at a place.
    func label(_ place: Int) -> Int { values.map { $0[place] } ?? place }

    /// For each element the place of its label among all labels that are there, and these in ascending order.
    static func dense<Label: NDInteger>(
        _ labels: NDArray<Label>
    ) throws(NDArrayError) -> (places: NDArray<Int32>, values: [Label]) {
        let all = labels.uniqueAll()
        guard all.values.count < Int(Int32.max) else {
            throw NDArrayError(.outOfMemory, "\(all.values.count) different labels")
        }
        return (try all.inverse.cast(to: Int32.self).reshaped(to: labels.shape), all.values.elements)
    }
}
