internal import Foundation
internal import ImJoyCore
internal import Testing

/// Damaged and lying stores: an error in one line, no crash, no memory.
@Suite struct ZarrHostileTests {
    private static let limits = ImageLimits(decodedBytes: 1 << 22)

    /// A small image of each kind of packing, as the bytes under its keys.
    private static func stores() throws -> [[String: SharedBytes]] {
        let image = try Image(
            ImageCase.noise([2, 9, 8], .uint16), axes: "CYX", pixelSize: PixelSize(x: 1, y: 1),
            channelNames: ["a", "b"])
        var stores: [[String: SharedBytes]] = []
        let packings: [[ZarrCodec]] = [
            [.zstd(level: 1, checksum: true)], [.gzip(level: 1)], [.blosc(ZarrBlosc())], [.crc32c],
            [.shuffle(elementSize: 2), .zlib(level: 1)],
        ]
        for version in ZarrWriteOptions.Version.allCases {
            for packing in packings where version == .v0_5 || packing != [.crc32c] {
                for isSharded in version == .v0_5 ? [false, true] : [false] {
                    let store = ZarrMemory()
                    try image.write(
                        toZarr: store,
                        options: ZarrWriteOptions(
                            version: version, chunkShape: [1, 5, 8], shardShape: isSharded ? [2, 10, 8] : nil,
                            packing: packing, coarsest: 9))
                    stores.append(store.contents)
                }
            }
        }
        return stores
    }

    private static func read(_ values: [String: SharedBytes]) async throws -> SharedBytes {
        let source = try await ImageSource(zarr: ZarrMemory(values), limits: limits)
        #expect(source.info.axes.count == source.info.shape.count)
        return try await source.image().pixels.bytes
    }

    @Test(.timeLimit(.minutes(10)))
    func `what is cut anywhere is refused in one line, or gives something of the right size`() async throws {
        for values in try Self.stores() {
            let whole = try await Self.read(values)
            for (key, bytes) in values {
                for length in stride(from: 0, to: bytes.count, by: max(bytes.count / 12, 1)) {
                    var cut = values
                    cut[key] = bytes.slice(0..<length)
                    do {
                        let found = try await Self.read(cut)
                        #expect(key.hasSuffix("json") == false && found.count == whole.count, "\(key) \(length)")
                    } catch let error as ImageError {
                        #expect(!error.description.contains("\n") && error.message.count > 5, "\(key): \(error)")
                    }
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `what has bytes changed is read or refused`() async throws {
        var generator = SeededGenerator(seed: 7)
        for values in try Self.stores() {
            for (key, bytes) in values.sorted(by: { $0.key < $1.key }) {
                for _ in 0..<12 {
                    var changed = [UInt8](bytes)
                    for _ in 0..<Int.random(in: 1...3, using: &generator) {
                        let place = Int.random(in: changed.indices, using: &generator)
                        changed[place] =
                            Bool.random(using: &generator)
                            ? .random(in: 0...255, using: &generator) : changed[place] ^ 1
                    }
                    var other = values
                    other[key] = SharedBytes(copying: changed)
                    do {
                        #expect(try await Self.read(other).count <= Self.limits.decodedBytes)
                    } catch let error as ImageError {
                        #expect(!error.description.contains("\n"), "\(key): \(error)")
                    }
                }
            }
        }
    }

    private static let array = [
        "zarr_format": "3", "node_type": "\"array\"", "shape": "[4]", "data_type": "\"uint8\"",
        "chunk_grid": #"{"name": "regular", "configuration": {"chunk_shape": [4]}}"#,
        "chunk_key_encoding": #"{"name": "default"}"#, "fill_value": "0", "codecs": #"[{"name": "bytes"}]"#,
    ]

    private static func json(_ changes: [String: String]) -> SharedBytes {
        let fields = array.merging(changes) { $1 }.filter { $0.value != "" }
        return SharedBytes(
            copying: [UInt8](("{" + fields.map { "\"\($0)\": \($1)" }.joined(separator: ",") + "}").utf8))
    }

    @Test(arguments: [
        ["shape": "[-1]"], ["shape": "[1.5]"], ["shape": "4"], ["shape": "[4, 4]"], ["shape": "[9223372036854775808]"],
        ["shape": "[" + [String](repeating: "1", count: 33).joined(separator: ",") + "]"], ["shape": ""],
        ["data_type": "\"datetime64\""], ["data_type": "{}"], ["data_type": ""], ["node_type": "\"table\""],
        ["chunk_grid": #"{"name": "regular", "configuration": {"chunk_shape": [0]}}"#],
        ["chunk_grid": #"{"name": "regular", "configuration": {"chunk_shape": [9223372036854775807]}}"#],
        ["chunk_grid": #"{"name": "rectangular"}"#], ["chunk_key_encoding": "7"], ["fill_value": "256"],
        ["chunk_key_encoding": #"{"name": "default", "configuration": {"separator": "../"}}"#],
        ["fill_value": "\"AAA=\""],
        ["fill_value": "null"], ["fill_value": ""], ["codecs": "[]"], ["codecs": #"["gzip"]"#],
        ["codecs": #"["bytes", "bytes"]"#], ["codecs": #"["bytes", "rot13"]"#], ["codecs": #"["gzip", "bytes"]"#],
        ["codecs": #"[{"name": "transpose", "configuration": {"order": [1]}}, "bytes"]"#],
        [
            "codecs":
                #"[{"name": "sharding_indexed", "configuration": {"chunk_shape": [3], "codecs": ["bytes"], "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}]}}]"#
        ],
        ["codecs": #"["bytes", {"name": "blosc", "configuration": {"cname": "snappy"}}]"#],
        ["storage_transformers": "[{}]"], ["dimension_names": #"["a", "b"]"#], ["surprise": "1"], ["zarr_format": "4"],
        ["data_type": "\"uint16\""],
    ])
    func `metadata that cannot be is refused`(_ changes: [String: String]) async throws {
        let store = ZarrMemory(["zarr.json": Self.json(changes), "c/0": SharedBytes(copying: [1, 2, 3, 4])])
        let error = await #expect(throws: ImageError.self) { try await ZarrArray(opening: store, limits: Self.limits) }
        #expect(error.map { !$0.description.contains("\n") && $0.message.count > 5 } == true)
    }

    @Test func `metadata that may be is read`() async throws {
        for changes in [
            [:], ["surprise": #"{"must_understand": false}"#], ["dimension_names": "null"], ["codecs": #"["bytes"]"#],
        ] {
            let store = ZarrMemory(["zarr.json": Self.json(changes), "c/0": SharedBytes(copying: [1, 2, 3, 4])])
            #expect(try await [UInt8](ZarrArray(opening: store).read().bytes) == [1, 2, 3, 4])
        }
    }

    @Test func `chunks that hold more than they may are refused before they are unpacked`() async throws {
        let zeros = AnyNDArray(NDArray<UInt8>(zeros: [1 << 20]))
        let codecs: [[ZarrCodec]] = [
            [.bytes(.little), .gzip(level: 9)], [.bytes(.little), .zstd(level: 9, checksum: false)],
            [.bytes(.little), .blosc(ZarrBlosc())],
            [.bytes(.little), .gzip(level: 9), .zstd(level: 1, checksum: false)],
        ]
        for codec in codecs {
            let large = ZarrMemory(), small = ZarrMemory()
            let metadata = ZarrMetadata(
                shape: [1 << 20], dtype: .uint8, codecs: codec, fillValue: ZarrFillValue(UInt8(1)))
            try await ZarrArray(creating: metadata, in: large).write(zeros)
            var less = metadata
            (less.shape, less.chunkShape) = ([100], [100])
            let array = try await ZarrArray(creating: less, in: small)
            try await small.write(large.contents["c/0"], to: "c/0")
            let error = await #expect(throws: ImageError.self) { try await array.read() }
            #expect(error?.code == .malformed && error?.message.hasPrefix("c/0: ") == true, "\(codec)")
        }
    }

    @Test func `tables of shards that lie are refused`() async throws {
        let sharding = ZarrSharding(
            chunkShape: [2], codecs: [.bytes(.little)], indexCodecs: [.bytes(.little)], indexIsFirst: true)
        let metadata = ZarrMetadata(shape: [4], dtype: .uint8, chunkShape: [4], codecs: [.sharding(sharding)])
        let places: [[UInt64]] = [
            [32, 2, 32, 3], [32, 2, 1000, 2], [32, 2, .max - 1, 2], [32, 2, 32, .max - 5], [32, 2, 1 << 63, 1 << 63],
            [0, 32, 0, 1 << 40], [32, 2, .max, 2],
        ]
        for table in places {
            let store = ZarrMemory()
            let array = try await ZarrArray(creating: metadata, in: store)
            var writer = ByteWriter()
            for number in table { writer.appendLittleEndian(number) }
            writer.append(contentsOf: [1, 2, 3] as [UInt8])
            try await store.write(SharedBytes(copying: writer.bytes), to: "c/0")
            await #expect(throws: ImageError.self, "\(table)") { try await array.read() }
        }
        let store = ZarrMemory(["c/0": SharedBytes(copying: [UInt8](repeating: 0, count: 31))])
        let array = try await ZarrArray(creating: metadata, in: store)
        await #expect(throws: ImageError.self) { try await array.read() }
    }

    @Test func `paths in attributes cannot leave the store`() async throws {
        for path in ["../other", "/etc/passwd", "a/../../b"] {
            let json =
                #"{"zarr_format": 3, "node_type": "group", "attributes": {"ome": {"version": "0.5", "multiscales": "#
                + #"[{"axes": [{"name": "y"}, {"name": "x"}], "datasets": [{"path": "\#(path)"}]}]}}}"#
            let store = ZarrMemory(["zarr.json": SharedBytes(copying: [UInt8](json.utf8))])
            await #expect(throws: ImageError.self) { try await ImageSource(zarr: store) }
        }
    }

    @Test func `plates that lead round in circles end`() async throws {
        let json =
            #"{"zarr_format": 3, "node_type": "group", "attributes": {"ome": {"plate": {"wells": [{"path": "."}]}}}}"#
        let store = ZarrMemory(["zarr.json": SharedBytes(copying: [UInt8](json.utf8))])
        await #expect(throws: ImageError.self) { try await ImageSource(zarr: store) }
    }
}
