internal import ComplexModule
internal import ImJoyCore

extension PropertyCase.Tolerance {
    /// What is wrong with result `number`, or nil.
    func difference(_ ours: AnyNDArray, _ expected: AnyNDArray, number: Int) -> String? {
        if ours.dtype != expected.dtype { return "dtype \(ours.dtype), not \(expected.dtype)" }
        if ours.shape != expected.shape { return "shape \(ours.shape), not \(expected.shape)" }
        let place: Int?
        switch self {
        case .exact:
            var visitor = BitComparison(other: expected)
            place = ours.visit(&visitor)
        case .equal:
            place = firstDifference(ours, expected) { a, b, _ in a == b || (a.isNaN && b.isNaN) }
        case .close(let relative, let absolute) where ours.dtype.isComplex:
            let scale = magnitudes(expected)
            place = firstDifference(ours, expected) { a, b, index in
                a == b || (a.isNaN && b.isNaN)
                    || (b.isFinite && (a - b).magnitude <= absolute + relative * scale[index / 2])
            }
        case .close(let relative, let absolute):
            place = firstDifference(ours, expected) { a, b, _ in
                a == b || (a.isNaN && b.isNaN)
                    || (b.isFinite && (a - b).magnitude <= absolute + relative * b.magnitude)
            }
        case .units(let limit, let numPyLimit, let truth):
            let dtype = ours.dtype
            place = firstDifference(ours, expected) { a, b, index in
                if a == b || (a.isNaN && b.isNaN) { return true }
                let (high, low) = (truth[number].high[index], truth[number].low[index])
                let unit = dtype.unitInTheLastPlace(at: high)
                // Infinity is where the next number after the largest would be.
                let value = a.isInfinite ? dtype.firstTooLarge * (a < 0 ? -1 : 1) : a
                let numPy = b.isInfinite ? dtype.firstTooLarge * (b < 0 ? -1 : 1) : b
                return ((value - high) - low).magnitude <= limit * unit
                    && (value - numPy).magnitude <= numPyLimit * unit
            }
        }
        guard let place else { return nil }
        let result = number == 0 ? "" : "result \(number): "
        return "\(result)\(text(ours, place)) at element \(place), not \(text(expected, place))"
    }

    private func text(_ array: AnyNDArray, _ place: Int) -> String {
        (try? array.reshaped(to: [array.count])[place].description) ?? ""
    }

    /// The first element whose real or imaginary part is wrong.
    private func firstDifference(
        _ a: AnyNDArray, _ b: AnyNDArray, _ isRight: (Double, Double, Int) -> Bool
    ) -> Int? {
        let parts = a.dtype.isComplex ? 2 : 1
        if !a.dtype.isComplex, !a.dtype.isFloatingPoint, a == b { return nil }
        for (index, pair) in zip(doubles(a), doubles(b)).enumerated() where !isRight(pair.0, pair.1, index) {
            return index / parts
        }
        return nil
    }

    private func doubles(_ array: AnyNDArray) -> [Double] {
        if let complex: NDArray<Complex<Double>> = try? array.cast(), array.dtype.isComplex {
            return complex.elements.flatMap { [$0.rawStorage.x, $0.rawStorage.y] }
        }
        return (try? array.cast(to: Double.self).elements) ?? []
    }

    private func magnitudes(_ array: AnyNDArray) -> [Double] {
        let parts = doubles(array)
        return stride(from: 0, to: parts.count, by: 2).map { (index: Int) -> Double in
            let (x, y) = (parts[index], parts[index + 1])
            return (x * x + y * y).squareRoot()
        }
    }
}

extension DType {
    /// The distance between neighbours of this type at a number of ordinary double precision.
    fileprivate func unitInTheLastPlace(at value: Double) -> Double {
        switch self {
        case .float16: max(Double(Float16(clampedToFinite: value).ulp), 0x1p-24)
        case .float32, .complex64: Double(Float(clampedToFinite: value).ulp)
        default: Double(clampedToFinite: value).ulp
        }
    }

    fileprivate var firstTooLarge: Double {
        switch self {
        case .float16: 65536
        case .float32, .complex64: 0x1p128
        default: .greatestFiniteMagnitude
        }
    }
}

extension BinaryFloatingPoint {
    fileprivate init(clampedToFinite value: Double) {
        let converted = Self(value)
        self = converted.isFinite ? converted : .greatestFiniteMagnitude
    }
}

/// The first element that differs in a bit; NaN equals NaN.
private struct BitComparison: NDArrayVisitor {
    let other: AnyNDArray

    func visit<T: NDElement>(_ array: NDArray<T>) -> Int? {
        let expected = NDArray<T>(storage: other.storage, layout: other.layout).elements
        let ours = array.elements
        return ours.indices.first { !isSame(ours[$0], expected[$0]) }
    }

    private func isSame<T: NDElement>(_ a: T, _ b: T) -> Bool {
        switch (a, b) {
        case (let a as Float16, let b as Float16): isSameFloat(a, b)
        case (let a as Float, let b as Float): isSameFloat(a, b)
        case (let a as Double, let b as Double): isSameFloat(a, b)
        case (let a as Complex<Float>, let b as Complex<Float>):
            isSameFloat(a.rawStorage.x, b.rawStorage.x) && isSameFloat(a.rawStorage.y, b.rawStorage.y)
        case (let a as Complex<Double>, let b as Complex<Double>):
            isSameFloat(a.rawStorage.x, b.rawStorage.x) && isSameFloat(a.rawStorage.y, b.rawStorage.y)
        default: a == b
        }
    }

    private func isSameFloat<T: BinaryFloatingPoint>(_ a: T, _ b: T) -> Bool {
        (a == b && a.sign == b.sign) || (a.isNaN && b.isNaN)
    }
}
