import ImJoyCore

func showCasting() throws {
    let values: NDArray<Float> = [300, -1, 2.9, .nan]
    let clamped = values.cast(to: UInt8.self)
    let wrapped = values.cast(to: UInt8.self, overflow: .wrap)
    check(clamped.elements == [255, 0, 2, 0] && wrapped.elements == [44, 255, 2, 0])

    let bytes = AnyNDArray(NDArray<UInt8>([250, 3]))
    let sum = bytes + 10  // uint8, wraps
    let scaled = bytes * 0.5  // float64
    let mixed = bytes + NDArray<Int8>([1, -1])  // int16
    let quotient = bytes / 2  // float64
    let root = try bytes.sqrt()  // float16
    check(sum.dtype == .uint8 && scaled.dtype == .float64 && mixed.dtype == .int16)
    check(quotient.dtype == .float64 && root.dtype == .float16)

    let dtype = DType.uint8.promoted(with: .float32)
    let beside = DType.float32.promoted(with: .real)
    check(dtype == .float32 && beside == .float32)

    let all = (bytes .> -1).all()
    check(all)

    do {
        _ = try bytes.adding(300)
    } catch {
        print(error.message)
    }
}
