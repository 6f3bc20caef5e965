extension Layout {
    /// The shape that arrays of `shapes` have together: axes are matched from the last one, lengths must be equal or 1.
    package static func commonShape(_ shapes: [Int]...) throws(NDArrayError) -> [Int] {
        try commonShape(shapes)
    }

    package static func commonShape(_ shapes: [[Int]]) throws(NDArrayError) -> [Int] {
        var common: [Int] = []
        for shape in shapes {
            if shape.count > common.count {
                common.insert(contentsOf: repeatElement(1, count: shape.count - common.count), at: 0)
            }
            let start = common.count - shape.count
            for (axis, length) in shape.enumerated() where length != 1 {
                let present = common[start + axis]
                guard present == 1 || present == length else {
                    let list = shapes.map { "\($0)" }.joined(separator: " and ")
                    throw NDArrayError(
                        .shapeMismatch,
                        "shapes \(list) cannot be combined: axis \(start + axis - common.count) has lengths \(present) and \(length)"
                    )
                }
                common[start + axis] = length
            }
        }
        return common
    }

    /// The same elements seen as `newShape`: new and repeated axes get stride 0.
    package func broadcast(to newShape: [Int]) throws(NDArrayError) -> Layout {
        if newShape == shape { return self }
        let added = newShape.count - rank
        guard added >= 0 else {
            throw NDArrayError(.shapeMismatch, "shape \(shape) cannot be broadcast to the fewer axes of \(newShape)")
        }
        var newStrides = [Int](repeating: 0, count: newShape.count)
        for axis in shape.indices {
            let target = newShape[added + axis]
            guard shape[axis] == target || shape[axis] == 1 else {
                throw NDArrayError(
                    .shapeMismatch,
                    "shape \(shape) cannot be broadcast to \(newShape): axis \(axis) has length \(shape[axis]), not 1 or \(target)"
                )
            }
            newStrides[added + axis] = shape[axis] == target ? strides[axis] : 0
        }
        let newCount = try Layout.elementCount(of: newShape)
        return Layout(unchecked: newShape, strides: newStrides, offset: offset, count: newCount)
    }
}
