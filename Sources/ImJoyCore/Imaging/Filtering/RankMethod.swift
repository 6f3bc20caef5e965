internal import CImJoyKernels

/// The quickest way to find the element of one rank in a window.
struct RankMethod {
    /// About how many nanoseconds an element takes.
    let cost: Double
    private let way: Way

    private enum Way {
        /// The middle of a box of 9, 25 or 27 neighbours, which begin in so many rows.
        case box(type: imjoy_type, neighbours: Int, rowLength: Int, step: Int)
        case network(RowNetwork)
        /// Words counted as the window goes along its line.
        case sliding(rowLength: Int, step: Int, place: Int, isSigned: Bool)
        /// One by one.
        case selection(type: imjoy_type, size: Int, place: Int)
    }

    init<Element>(_ dtype: DType, _ window: FilterWindow<Element>, _ place: Int) {
        let count = window.count
        let rowLength = count == 25 ? 5 : 3
        // The rows of the kernels are neighbours at equal steps.
        if window.isBox, place == count / 2, [9, 25, 27].contains(count), window.step <= 4,
            window.lineLength.isMultiple(of: rowLength)
        {
            way = .box(type: dtype.kernelType, neighbours: count, rowLength: rowLength, step: window.step)
            cost = Double(dtype.byteCount) * (count == 9 ? 0.05 : 0.3)
        } else if let network = RowNetwork(dtype, count, place) {
            way = .network(network)
            cost = network.cost
        } else if window.isBox, dtype == .uint16 || dtype == .int16, count < 1 << 16, window.lineLength > 4 {
            way = .sliding(
                rowLength: window.lineLength, step: window.step, place: place, isSigned: dtype == .int16)
            cost = 5 * Double(count / window.lineLength) + 10
        } else {
            way = .selection(type: dtype.kernelType, size: dtype.byteCount, place: place)
            cost = 8 * Double(count)
        }
    }

    func select(_ rows: [UnsafeRawPointer], _ length: Int, into target: UnsafeMutableRawPointer) {
        switch way {
        case .box(let type, let neighbours, let rowLength, let step):
            // An array for each line would take as long as a quarter of the line itself.
            withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: neighbours / rowLength) { starts in
                guard let first = starts.baseAddress else { return }
                for row in starts.indices { (first + row).initialize(to: rows[row * rowLength]) }
                _ = imjoy_median_of_box(type, first, neighbours, step, target, length)
            }
        case .network(let network):
            network.select(rows, length, into: target)
        case .sliding(let rowLength, let step, let place, let isSigned):
            let starts = stride(from: 0, to: rows.count, by: rowLength).map { rows[$0] }
            withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 65536 + 4096 + 256) { counts in
                counts.initialize(repeating: 0)
                guard let first = counts.baseAddress else { return }
                imjoy_slide_rank_16(starts, starts.count, rowLength, step, place, isSigned, first, target, length)
            }
        case .selection(let type, let size, let place):
            withUnsafeTemporaryAllocation(byteCount: rows.count * size, alignment: 64) { scratch in
                guard let scratch = scratch.baseAddress else { return }
                _ = imjoy_select_rank(type, rows, rows.count, place, scratch, target, length)
            }
        }
    }
}
