internal import Crypto
internal import ImJoyCore
internal import ImJoyHost
internal import ImJoyRPC

/// Results for programs.
enum JSONOutput {
    /// A plugin's result; each array as its type, shape and hash, NumPy's scalars as the numbers they are.
    static func value(_ result: RPCValue) -> ManifestValue {
        ManifestValue(result, array: { $0.plainNumber ?? describe($0) }) ?? .null
    }

    /// An array in place of its pixels: dtype, shape, SHA-256 of its row-major little-endian bytes.
    static func describe(_ array: AnyNDArray) -> ManifestValue {
        [
            "dtype": ManifestValue(array.dtype.rawValue), "shape": list(array.shape),
            "sha256": ManifestValue(sha256(array)),
        ]
    }

    static func list(_ numbers: [Int]) -> ManifestValue { ManifestValue(numbers.map { ManifestValue($0) }) }

    static func sha256(_ array: AnyNDArray) -> String {
        // The machines that Swift runs on here are little-endian, so memory order is the order that is hashed.
        array.bytes.withUnsafeBytes { bytes in
            var hash = SHA256()
            hash.update(bufferPointer: bytes)
            return hash.finalize().hexadecimal
        }
    }

    static func print(_ value: ManifestValue) { Swift.print(value.json(.pretty)) }

    /// One of many values, on a line of its own.
    static func printLine(_ value: ManifestValue) { Swift.print(value.json()) }
}
