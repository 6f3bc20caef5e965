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
}
