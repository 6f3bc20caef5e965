internal import CImJoyKernels

extension CopyKernels {
    /// Axes shorter than this are not worth turning over.
    private static let shortest = 4

    /// Copies an array whose elements lie one after another along another axis than the last: planes of that axis and the
    /// last one are turned over, square by square.
    ///
    /// Going along rows would touch a new cache line for every element, and going along columns would do so on the
    /// other side; within a square all lines stay near. Returns false when `array` does not lie so.
    static func gatherTransposed<Element: NDElement>(
        _ array: NDArray<Element>, into target: UnsafeMutablePointer<Element>
    ) -> Bool {
        let layout = array.layout
        guard layout.rank >= 2, let last = layout.strides.last, last != 1, layout.count >= 64 else { return false }
        var axes = mergedAxes(layout)
        guard let row = axes.popLast(), row.step != 1, row.length >= shortest,
            let place = axes.lastIndex(where: { $0.step == 1 && $0.length >= shortest })
        else { return false }
        let column = axes.remove(at: place)
        func others(_ steps: [Int], offset: Int) -> Layout {
            let lengths = axes.map(\.length)
            return Layout(unchecked: lengths, strides: steps, offset: offset, count: lengths.reduce(1, *))
        }
        var planes = StridedRuns(
            others(axes.map(\.step), offset: layout.offset), others(axes.map(\.targetStep), offset: 0))
        while let run = planes.next() {
            for index in 0..<run.count {
                imjoy_transpose(
                    array.base + run.a.start + index * run.a.step, row.step,
                    target + run.b.start + index * run.b.step, column.targetStep, row.length, column.length,
                    MemoryLayout<Element>.stride)
            }
        }
        return true
    }

    /// An axis of the copy, or several that go on into one another.
    private struct Axis {
        var length: Int
        var step: Int
        /// Between neighbours in the row-major copy.
        var targetStep: Int
    }

    private static func mergedAxes(_ layout: Layout) -> [Axis] {
        var axes: [Axis] = []
        for (length, step) in zip(layout.shape, layout.strides) where length != 1 {
            if let outer = axes.last, outer.step == step * length {
                axes[axes.count - 1] = Axis(length: outer.length * length, step: step, targetStep: 0)
            } else {
                axes.append(Axis(length: length, step: step, targetStep: 0))
            }
        }
        var targetStep = 1
        for index in axes.indices.reversed() {
            axes[index].targetStep = targetStep
            targetStep *= axes[index].length
        }
        return axes
    }
}
