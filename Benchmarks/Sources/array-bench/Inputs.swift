internal import ComplexModule
internal import ImJoyCore

/// The inputs that peers/README.md describes: splitmix64 in counter form, so that every language makes the same bits.
enum Inputs {
    @inline(__always)
    private static func mix(_ seed: UInt64, _ index: Int) -> UInt64 {
        var z = seed &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    private static func make<T: NDElement>(_ seed: UInt64, _ shape: [Int], _ value: (UInt64) -> T) -> NDArray<T> {
        NDArray(shape: shape) { elements in
            for index in elements.indices { elements.initializeElement(at: index, to: value(mix(seed, index))) }
        }
    }

    static func float(_ seed: UInt64, _ shape: [Int]) -> NDArray<Float> {
        make(seed, shape) { Float($0 >> 40) * 0x1p-24 }
    }

    static func double(_ seed: UInt64, _ shape: [Int]) -> NDArray<Double> {
        make(seed, shape) { Double($0 >> 11) * 0x1p-53 }
    }

    static func uint16(_ seed: UInt64, _ shape: [Int]) -> NDArray<UInt16> {
        make(seed, shape) { UInt16($0 >> 48) }
    }

    static func uint8(_ seed: UInt64, _ shape: [Int]) -> NDArray<UInt8> {
        make(seed, shape) { UInt8($0 >> 56) }
    }

    static func bool(_ seed: UInt64, _ shape: [Int]) -> NDArray<Bool> {
        make(seed, shape) { $0 >> 63 == 1 }
    }

    /// Whole numbers from the top `bits` bits.
    static func int32(_ seed: UInt64, _ shape: [Int], bits: UInt64) -> NDArray<Int32> {
        make(seed, shape) { Int32(truncatingIfNeeded: $0 >> (64 - bits)) }
    }

    /// Places below `limit`.
    static func index(_ seed: UInt64, _ count: Int, below limit: Int) -> NDArray<Int64> {
        make(seed, [count]) { Int64($0 % UInt64(limit)) }
    }

    static func complex(_ shape: [Int]) -> NDArray<Complex<Float>> {
        zip(float(1, shape), float(2, shape)) { Complex($0, $1) }
    }

    static func doubleComplex(_ shape: [Int]) -> NDArray<Complex<Double>> {
        zip(double(1, shape), double(2, shape)) { Complex($0, $1) }
    }

    private static func zip<T: NDElement, R: NDElement>(
        _ a: NDArray<T>, _ b: NDArray<T>, _ body: (T, T) -> R
    ) -> NDArray<R> {
        let (x, y) = (a.elements, b.elements)
        return NDArray(shape: a.shape) { target in
            for index in target.indices { target.initializeElement(at: index, to: body(x[index], y[index])) }
        }
    }

    /// A square matrix with a heavy diagonal.
    static func wellPosed(_ n: Int) -> NDArray<Double> {
        var matrix = double(1, [n, n])
        for row in 0..<n { matrix[row, row] = matrix[row, row] + Double(n) }
        return matrix
    }

    /// The same picture in bytes, its brightest parts cut off.
    static func bytes(_ seed: UInt64, _ shape: [Int]) -> NDArray<UInt8> {
        let pixels = scene(seed, shape).elements
        return NDArray(shape: shape) { target in
            for index in target.indices { target.initializeElement(at: index, to: UInt8(min(pixels[index] >> 5, 255))) }
        }
    }

    /// A number for the middle of each spot of the picture, 0 elsewhere.
    static func markers(_ seed: UInt64, _ shape: [Int]) -> NDArray<Int32> {
        var markers = NDArray<Int32>(zeros: shape)
        for spot in 0..<max(1, shape[0] * shape[1] / 4096) {
            let y = Int(mix(seed + 1_000_003, 4 * spot) % UInt64(shape[0]))
            let x = Int(mix(seed + 1_000_003, 4 * spot + 1) % UInt64(shape[1]))
            markers[y, x] = Int32(spot + 1)
        }
        return markers
    }

    /// A 16-bit picture like those of a microscope, from whole numbers only.
    static func scene(_ seed: UInt64, _ shape: [Int], plane: Int = 0) -> NDArray<UInt16> {
        let (height, width) = (shape[0], shape[1])
        let noise = seed + UInt64(plane) * 7919
        var pixels = (0..<height * width).map { place in
            let (y, x) = (place / width, place % width)
            return 200 + x * 100 / width + y * 60 / height + Int(mix(noise, place) >> 57)
        }
        for spot in 0..<max(1, height * width / 4096) {
            func random(_ number: Int, below limit: Int) -> Int {
                Int(mix(seed + 1_000_003, 4 * spot + number) % UInt64(limit))
            }
            let (y, x) = (random(0, below: height), random(1, below: width))
            let radius = 6 + random(2, below: 17)
            let amplitude = 2000 + random(3, below: 10000)
            for row in max(0, y - radius)..<min(height, y + radius + 1) {
                for column in max(0, x - radius)..<min(width, x + radius + 1) {
                    let (dy, dx) = (row - y, column - x)
                    let rest = radius * radius - dy * dy - dx * dx
                    pixels[row * width + column] += max(rest, 0) * amplitude / (radius * radius)
                }
            }
        }
        return NDArray(shape: shape) { target in
            for index in target.indices { target.initializeElement(at: index, to: UInt16(min(pixels[index], 65535))) }
        }
    }
}
