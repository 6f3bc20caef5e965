import ImJoyCore

func showViews() throws {
    let image = try NDArray<Int32>.arange(48).reshaped(to: [6, 8])
    let row = image[2, .all]
    let middle = image[1..<5, 2..<6]
    let mirrored = image[.all, .step(-1)]
    let small = image[.step(2), .step(2)]
    let turned = image.transposed()
    check(row.shape == [8] && middle.shape == [4, 4] && mirrored[0, 0] == 7 && small.shape == [3, 4])
    check(turned.strides == [1, 8])

    var copy = image
    copy[0, 0] = -1  // copies first: `image` shares this memory
    check(image[0, 0] == 0 && copy[0, 0] == -1)

    var canvas = NDArray<Int32>(zeros: [6, 8])
    canvas[1..<5, 2..<6] = middle
    canvas[.all, 0] += 1
    check(canvas[1, 2] == 10 && canvas[5, 0] == 1)

    let last = image[-1, .all]
    let clamped = image[.slice(from: -100, to: 3, by: 2), .all]
    let planes = image[.newAxis, .ellipsis]
    check(last[0] == 40 && clamped.shape == [2, 8] && planes.shape == [1, 6, 8])

    let flat = middle.contiguous()
    check(flat.isContiguous && !middle.isContiguous && flat == middle)

    let part = try image.sliced([0..<2, 3])
    check(part.elements == [3, 11])
}
