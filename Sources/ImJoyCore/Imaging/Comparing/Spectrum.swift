internal import ComplexModule
internal import RealModule

/// The frequencies of an image, or what becomes of them.
struct Spectrum<T: NDLinearReal> {
    private let numbers: NDArray<Complex<T>>

    init(_ numbers: NDArray<Complex<T>>) { self.numbers = numbers.contiguous() }

    /// Every number times the other's with the imaginary part turned over.
    func multiplied(byConjugateOf other: Spectrum) -> Spectrum {
        transformed { start, index in
            other.numbers.withUnsafeElements { second in
                for place in index { start[place] = start[place] * second[place].conjugate }
            }
        }
    }

    /// Every number at the distance 1 from zero, unless it is nearly zero.
    func phases() -> Spectrum {
        let least = 100 * T.ulpOfOne
        return transformed { start, index in
            for place in index {
                let (real, imaginary) = (start[place].real, start[place].imaginary)
                let length = T.hypot(real, imaginary)
                let divisor = length > least ? length : length.isNaN ? length : least
                start[place] = Complex(real / divisor, imaginary / divisor)
            }
        }
    }

    private func transformed(_ body: (UnsafeMutablePointer<Complex<T>>, Range<Int>) -> Void) -> Spectrum {
        var copy = numbers
        copy.makeUnique()
        let start = copy.mutableBase + copy.layout.offset
        ComputeThreads.split(copy.count, nanoseconds: 4) { body(start, $0) }
        return Spectrum(copy)
    }

    /// From frequencies to places.
    func back() throws(NDArrayError) -> Spectrum { Spectrum(try numbers.ifftn()) }

    /// The sum of the squares of the distances from zero.
    func power() -> Double {
        numbers.withUnsafeElements { numbers in
            numbers.reduce(0) { sum, number in
                sum + Double(number.real * number.real + number.imaginary * number.imaginary)
            }
        }
    }

    /// Where the number is that is farthest from zero; the first of several.
    func brightest() -> [Int] {
        var place = numbers.withUnsafeElements { numbers in
            var (best, place) = (-T.infinity, 0)
            for index in numbers.indices {
                let number = numbers[index]
                let length = T.hypot(number.real, number.imaginary)
                if length > best { (best, place) = (length, index) }
            }
            return place
        }
        return numbers.shape.reversed().map { length in
            let (quotient, index) = place.quotientAndRemainder(dividingBy: length)
            place = quotient
            return index
        }.reversed()
    }

    func value(at place: [Int]) -> Complex<T> {
        let flat = zip(place, numbers.layout.strides).reduce(0) { $0 + $1.0 * $1.1 }
        return numbers.withUnsafeElements { $0[flat] }
    }

    /// The places around one of a finer grid, along each axis `size` of them, by sums over all frequencies.
    func sampled(_ size: Int, _ factor: Int, _ offsets: [Double]) throws(NDArrayError) -> Spectrum {
        var data = numbers
        // Each product moves its axis to the front, so that all are back in their order in the end.
        for axis in numbers.shape.indices.reversed() {
            let length = numbers.shape[axis]
            try NDArray<Complex<T>>.refuseUnlessMemory(for: [size, length])
            var waves: [Complex<T>] = []
            for place in 0..<size {
                for index in 0..<length {
                    let frequency = Double(index < (length + 1) / 2 ? index : index - length) / Double(length * factor)
                    let angle = 2 * Double.pi * (Double(place) - offsets[axis]) * frequency
                    waves.append(Complex(T(Double.cos(angle)), T(Double.sin(angle))))
                }
            }
            data = try NDArray<Complex<T>>(waves, shape: [size, length]).tensordot(data, along: [1], [-1])
        }
        return Spectrum(data)
    }
}
