internal import CImJoyKernels

/// Loops over boxes of elements that lie in memory with any steps.
enum ZarrBox {
    /// Copies a box of elements of `size` bytes; steps are counted in elements.
    static func copy(
        shape: [Int], size: Int, from source: UnsafeRawPointer, _ sourceSteps: [Int],
        to target: UnsafeMutableRawPointer, _ targetSteps: [Int]
    ) {
        guard shape.allSatisfy({ $0 > 0 }) else { return }
        // Axes of one element say nothing; neighbours that lie one after the other on both sides are one axis.
        var axes: [(length: Int, from: Int, to: Int)] = []
        for axis in shape.indices where shape[axis] > 1 {
            let next = (length: shape[axis], from: sourceSteps[axis], to: targetSteps[axis])
            if let last = axes.last, last.from == next.from * next.length, last.to == next.to * next.length {
                axes[axes.count - 1] = (last.length * next.length, next.from, next.to)
            } else {
                axes.append(next)
            }
        }
        // The innermost loop goes where the target has its neighbours.
        if let inner = axes.indices.min(by: { axes[$0].to.magnitude < axes[$1].to.magnitude }) {
            axes.append(axes.remove(at: inner))
        }
        let run = axes.popLast() ?? (length: 1, from: 1, to: 1)
        var index = [Int](repeating: 0, count: axes.count)
        var (from, to) = (0, 0)
        while true {
            copyRun(source + from * size, run.from, target + to * size, run.to, run.length, size)
            var axis = axes.count - 1
            while axis >= 0 {
                index[axis] += 1
                from += axes[axis].from
                to += axes[axis].to
                if index[axis] < axes[axis].length { break }
                from -= axes[axis].from * axes[axis].length
                to -= axes[axis].to * axes[axis].length
                index[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }

    private static func copyRun(
        _ source: UnsafeRawPointer, _ sourceStep: Int, _ target: UnsafeMutableRawPointer, _ targetStep: Int,
        _ count: Int, _ size: Int
    ) {
        if sourceStep == 1, targetStep == 1 {
            target.copyMemory(from: source, byteCount: count * size)
        } else if targetStep == 1 {
            imjoy_gather(source, sourceStep, target, count, size)
        } else {
            for index in 0..<count {
                (target + index * targetStep * size).copyMemory(
                    from: source + index * sourceStep * size, byteCount: size)
            }
        }
    }

    /// Sets every element of a box to the bytes of `element`.
    static func fill(shape: [Int], _ element: [UInt8], _ target: UnsafeMutableRawPointer, _ steps: [Int]) {
        // A step of zero reads the one element again and again.
        element.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            if steps == Layout.rowMajorStrides(shape), Set(element).count == 1 {
                let count = shape.reduce(element.count, *)
                target.initializeMemory(as: UInt8.self, repeating: element[0], count: count)
                return
            }
            copy(
                shape: shape, size: element.count, from: start, [Int](repeating: 0, count: shape.count), to: target,
                steps)
        }
    }

    /// Whether all of `count` elements are the bytes of `element`.
    static func isFilled(_ bytes: UnsafeRawBufferPointer, with element: [UInt8]) -> Bool {
        guard bytes.count >= element.count, element.indices.allSatisfy({ bytes[$0] == element[$0] }) else {
            return bytes.isEmpty
        }
        // Equal to itself moved by one element: then all are as the first one.
        guard let start = bytes.baseAddress else { return true }
        return areEqual(start, start + element.count, bytes.count - element.count)
    }

    private static func areEqual(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int) -> Bool {
        var place = 0
        while place + 8 <= count {
            if a.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                != b.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            {
                return false
            }
            place += 8
        }
        while place < count {
            if a.load(fromByteOffset: place, as: UInt8.self) != b.load(fromByteOffset: place, as: UInt8.self) {
                return false
            }
            place += 1
        }
        return true
    }
}
