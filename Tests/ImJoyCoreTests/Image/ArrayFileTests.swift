internal import ComplexModule
internal import Foundation
@testable internal import ImJoyCore
internal import ImJoyTestSupport
internal import SystemPackage
internal import Testing

/// `.npy` and `.npz` files, with NumPy on the other side.
@Suite struct ArrayFileTests {
    private struct Entry: Codable {
        var file: String
        var name: String?
        var dtype: String?
        var shape: [Int]?
        var bytes: String?
        var refused: String?
        // Of our own files:
        var names: [String]?
        var method: Int?
        var fortran: Bool?
        var big: Bool?
    }

    private static func hex(_ array: AnyNDArray) -> String {
        [UInt8](array.bytes).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    @Test(.timeLimit(.minutes(30)))
    func `files that NumPy wrote give its arrays, and what is no array of numbers is refused by name`() throws {
        let folder = try TemporaryFolder()
        try TestPython.run("check_arrays.py", ["make", folder.url.path])
        let index = try Data(contentsOf: folder.url.appending(path: "index.json"))
        let entries = try JSONDecoder().decode([Entry].self, from: index)
        #expect(entries.count > 300)
        for entry in entries {
            let path = folder.path(entry.file)
            func read() throws(ImageError) -> AnyNDArray {
                guard let name = entry.name else { return try NPYFile.read(contentsOf: path) }
                return try NPZFile(contentsOf: path).array(named: name)
            }
            if let word = entry.refused {
                let error = try #require(throws: ImageError.self) { try read() }
                #expect(error.code == .unsupported && error.description.contains(word), "\(entry.file): \(error)")
            } else {
                let array = try read()
                #expect(array.dtype.rawValue == entry.dtype && array.shape == entry.shape, "\(entry.file)")
                #expect(Self.hex(array) == entry.bytes, "\(entry.file)")
            }
        }
    }

    /// Arrays of every dtype and a few shapes, also ones that lie oddly in memory.
    private static func samples() throws -> [AnyNDArray] {
        let numbers = try NDArray<Int32>.arange(24).reshaped(to: [2, 3, 4])
        var samples: [AnyNDArray] = []
        for dtype in DType.allCases where !dtype.isComplex {
            samples.append(try AnyNDArray(numbers).cast(to: dtype))
            samples.append(try AnyNDArray(numbers[1, .all, .step(-2)]).cast(to: dtype))
        }
        let complex = numbers.map { Complex(Float($0), Float(-$0) / 2) }
        samples.append(AnyNDArray(complex.transposed()))
        samples.append(AnyNDArray(numbers.map { Complex(Double($0), 0.25) }))
        samples.append(AnyNDArray(NDArray<UInt16>(scalar: 513)))
        samples.append(AnyNDArray(NDArray<Float>(zeros: [3, 0])))
        samples.append(AnyNDArray(numbers.transposed()))
        return samples
    }

    @Test(.timeLimit(.minutes(30)))
    func `NumPy reads what we write, in every order, stored and deflated`() throws {
        let folder = try TemporaryFolder()
        var entries: [Entry] = []
        let samples = try Self.samples()
        for (number, array) in samples.enumerated() {
            for isFortran in [false, true] {
                for order in [DType.ByteOrder.little, .big] {
                    let file = "array-\(number)-\(isFortran)-\(order).npy"
                    let options = NPYWriteOptions(byteOrder: order, isFortranOrder: isFortran)
                    try NPYFile.write(array, to: folder.path(file), options: options)
                    entries.append(
                        Entry(
                            file: file, dtype: array.dtype.rawValue, shape: array.shape, bytes: Self.hex(array),
                            fortran: isFortran, big: order == .big))
                    let again = try NPYFile.read(decoding: NPYFile.encoded(array, options: options))
                    #expect(again.bytes == array.bytes && again.shape == array.shape && again.dtype == array.dtype)
                }
            }
        }
        let named = samples.enumerated().map { (name: "Größe \($0)", array: $1) }
        for (file, compression, method) in [
            ("stored.npz", NPZCompression.stored, 0), ("deflated.npz", .deflated(), 8),
            ("fast.npz", .deflated(level: 1), 8),
        ] {
            try NPZFile.write(named, to: folder.path(file), compression: compression)
            for (name, array) in named {
                entries.append(
                    Entry(
                        file: file, name: name, dtype: array.dtype.rawValue, shape: array.shape,
                        bytes: Self.hex(array), names: named.map(\.name), method: method))
            }
        }
        // The fields that only archives beyond 4 GiB need, in a small one.
        var sink = ImageSink.memory([])
        try NPZFile.write(named, to: &sink, .deflated(), .init(), largest: 100)
        try Data([UInt8](sink.joined)).write(to: folder.url.appending(path: "wide.npz"))
        let wide = try NPZFile(contentsOf: folder.path("wide.npz"))
        #expect(wide.names == named.map(\.name))
        for (name, array) in named {
            #expect(try wide.array(named: name).bytes == array.bytes)
            entries.append(
                Entry(
                    file: "wide.npz", name: name, dtype: array.dtype.rawValue, shape: array.shape,
                    bytes: Self.hex(array), names: named.map(\.name), method: 8))
        }
        try JSONEncoder().encode(entries).write(to: folder.url.appending(path: "index.json"))
        let checked = try TestPython.run("check_arrays.py", ["check", folder.url.path])
        #expect(Int(checked.trimmingCharacters(in: .whitespacesAndNewlines)) == entries.count)
        #expect(folder.names.allSatisfy { !$0.hasSuffix(".tmp") })
    }

    @Test func `a large array is packed in pieces and comes back`() throws {
        var random = RandomGenerator(seed: 3)
        let noise = try random.integers(UInt8.min...UInt8.max, shape: [1500, 1000])
        let even = NDArray<Double>(repeating: 1.5, shape: [300_000])
        let arrays = [("noise", AnyNDArray(noise)), ("even", AnyNDArray(even))]
        let packed = try NPZFile.encoded(arrays.map { (name: $0.0, array: $0.1) }, compression: .deflated())
        #expect(packed.count < noise.count + 100_000)
        let archive = try NPZFile(decoding: packed)
        #expect(try archive.array(named: "noise").bytes == noise.bytes)
        #expect(try archive.array(named: "even").bytes == even.bytes)
    }

    @Test func `an archive without arrays is one`() throws {
        let archive = try NPZFile(decoding: NPZFile.encoded([]))
        #expect(archive.names.isEmpty)
    }

    @Test func `names that cannot be kept apart are refused, and nothing is left behind`() throws {
        let folder = try TemporaryFolder()
        let array = AnyNDArray(NDArray<Int8>([1]))
        for names in [[""], ["a", "a"], ["x\0y"], [String(repeating: "n", count: 70_000)]] {
            let error = try #require(throws: ImageError.self) {
                try NPZFile.write(names.map { ($0, array) }, to: folder.path("bad.npz"))
            }
            #expect(error.code == .invalidArgument && error.file == folder.path("bad.npz"))
        }
        #expect(folder.names.isEmpty)
        #expect(throws: ImageError.self) { try NPYFile.write(array, to: folder.path("no/such/folder.npy")) }
        #expect(throws: ImageError.self) { try NPYFile.read(contentsOf: folder.path("none.npy")) }
    }

    /// Where `signature` starts for the last time.
    private static func place(of signature: [UInt8], in bytes: [UInt8]) throws -> Int {
        try #require((0...(bytes.count - signature.count)).last { bytes[$0...].starts(with: signature) })
    }

    @Test func `a packed array that says less, or more, than it holds is refused before memory is taken`() throws {
        let array = AnyNDArray(NDArray<UInt8>(zeros: [100_000]))
        let good = [UInt8](try NPZFile.encoded([("zeros", array)], compression: .deflated()))
        let table = try Self.place(of: [0x50, 0x4b, 1, 2], in: good)
        // The unpacked size in the table of contents.
        for size in [0, 1, 99_999, 100_127, 100_129, 200_000, 0x7fff_ffff, 0xffff_fff0] {
            var bad = good
            for byte in 0..<4 { bad[table + 24 + byte] = UInt8(truncatingIfNeeded: size >> (8 * byte)) }
            let error = try #require(throws: ImageError.self, "\(size)") {
                try NPZFile(decoding: SharedBytes(copying: bad)).array(named: "zeros")
            }
            #expect([.malformed, .truncated, .tooLarge].contains(error.code), "\(size): \(error)")
        }
        let error = try #require(throws: ImageError.self) {
            try NPZFile(decoding: SharedBytes(copying: good), limits: ImageLimits(decodedBytes: 50_000, pages: 10))
                .array(named: "zeros")
        }
        #expect(error.code == .tooLarge)
    }

    @Test func `a changed byte of an array is found by its checksum`() throws {
        let array = AnyNDArray(NDArray<UInt8>.arange(200))
        var bytes = [UInt8](try NPZFile.encoded([("a", array)]))
        let start = try Self.place(of: [100, 101, 102], in: bytes)
        bytes[start] ^= 1
        let error = try #require(throws: ImageError.self) {
            try NPZFile(decoding: SharedBytes(copying: bytes)).array(named: "a")
        }
        #expect(error.description.contains("checksum"))
    }

    @Test func `a 64-bit table of contents must be where it is said to be`() throws {
        var sink = ImageSink.memory([])
        let array = AnyNDArray(NDArray<UInt8>.arange(200))
        try NPZFile.write([("a", array), ("b", array)], to: &sink, .stored, .init(), largest: 100)
        let good = [UInt8](sink.joined)
        #expect(try NPZFile(decoding: SharedBytes(copying: good)).names == ["a", "b"])
        for signature in [[0x50, 0x4b, 6, 6], [0x50, 0x4b, 6, 7]] as [[UInt8]] {
            var bad = good
            bad[try Self.place(of: signature, in: bad)] = 0
            #expect(throws: ImageError.self) { try NPZFile(decoding: SharedBytes(copying: bad)) }
        }
    }
}
