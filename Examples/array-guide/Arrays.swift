import ImJoyCore

func showArrays() throws {
    let zeros = NDArray<Float>(zeros: [2, 3])
    let line: NDArray<Int32> = [1, 2, 3]
    let matrix = NDArray<Double>([[1, 2], [3, 4]])
    let filled = NDArray<UInt8>(repeating: 7, shape: [2, 2])
    let counted = try NDArray<Int64>.arange(12).reshaped(to: [3, 4])
    check(zeros.shape == [2, 3] && line.count == 3 && filled[1, 1] == 7 && counted[2, 3] == 11)

    var image = NDArray<Float>(zeros: [4, 5])
    image[1, 2] = 10  // one element
    image[0, .all] = [1, 2, 3, 4, 5]  // a row
    let brighter = image * 2 + 1  // every element
    let peak = brighter.max()
    let sums = image.sum(along: 0)
    check(peak == 21 && sums.elements == [1, 2, 13, 4, 5] && matrix[1, 0] == 3)

    let untyped = AnyNDArray(image)
    print("\(untyped.dtype), \(untyped.shape)")
    let typed = try untyped.typed(as: Float.self)
    check(typed == image)

    let root = image.sqrt()
    let angle = NDArray.atan2(y: image, x: root + 1)
    let small = NDArray.minimum(image, root)
    let (quotient, remainder) = line.quotientAndRemainder(dividingBy: [2, 2, 2])
    check(
        angle.shape == [4, 5] && small[1, 2] < 4 && quotient.elements == [0, 1, 1] && remainder.elements == [1, 0, 1])

    let bright = image .> 2
    let masked = try image.replacing(with: 0, where: bright)
    let count = bright.countTrue()
    check(masked.max() == 2 && count == 4)

    do {
        _ = try image.adding(NDArray(zeros: [7]))
    } catch {
        print(error.message)
    }

    let isSame = root.isApproximatelyEqual(to: image.power(0.5), relativeTolerance: 1e-6)
    check(isSame)

    let total = image.withSpan { pixels in
        var total: Float = 0
        for index in pixels.indices { total += pixels[index] }
        return total
    }
    let rows = try image.rows()
    check(total == 25 && rows[0] == [1, 2, 3, 4, 5])
}
