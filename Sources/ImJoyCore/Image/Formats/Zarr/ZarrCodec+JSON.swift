extension ZarrCodec {
    /// The codecs of version 3's metadata.
    static func list(_ value: ManifestValue?, _ what: String, _ dtype: DType) throws(ImageError) -> [ZarrCodec] {
        guard let list = value?.list else { throw ImageError(.malformed, "\(what) is no list") }
        var codecs: [ZarrCodec] = []
        for element in list {
            // A codec without choices may be just its name.
            guard let name = element.string ?? element["name"]?.string else {
                throw ImageError(.malformed, "\(what) holds a codec without a name")
            }
            codecs.append(try ZarrCodec(name, element["configuration"]?.object ?? ManifestObject(), dtype))
        }
        return codecs
    }

    private init(_ name: String, _ options: ManifestObject, _ dtype: DType) throws(ImageError) {
        switch name {
        case "bytes":
            switch options["endian"]?.string {
            case "little": self = .bytes(.little)
            case "big": self = .bytes(.big)
            case nil where dtype.swapUnit == 1: self = .bytes(.little)
            default: throw ImageError(.malformed, "the codec bytes has no endian that makes sense")
            }
        case "transpose": self = .transpose(try ZarrJSON.lengths(options["order"], "the order of transpose", least: 0))
        case "sharding_indexed":
            let location = options["index_location"]?.string ?? "end"
            guard location == "start" || location == "end" else {
                throw ImageError(.malformed, "index_location is \(location)")
            }
            self = .sharding(
                ZarrSharding(
                    chunkShape: try ZarrJSON.lengths(options["chunk_shape"], "the chunk_shape of shards", least: 1),
                    codecs: try ZarrCodec.list(options["codecs"], "codecs of shards", dtype),
                    indexCodecs: try ZarrCodec.list(options["index_codecs"], "index_codecs", .uint64),
                    indexIsFirst: location == "start"))
        case "gzip": self = .gzip(level: options["level"]?.int ?? 5)
        case "zlib", "numcodecs.zlib": self = .zlib(level: options["level"]?.int ?? 5)
        case "numcodecs.gzip": self = .gzip(level: options["level"]?.int ?? 5)
        case "zstd", "numcodecs.zstd":
            self = .zstd(level: options["level"]?.int ?? 0, checksum: options["checksum"]?.bool ?? false)
        case "blosc", "numcodecs.blosc": self = .blosc(try ZarrBlosc(options))
        case "crc32c": self = .crc32c
        case "numcodecs.shuffle": self = .shuffle(elementSize: options["elementsize"]?.int ?? 4)
        default: throw ImageError(.unsupported, "the codec \"\(name.prefix(60))\" is not known")
        }
    }

    /// The codecs that version 2 tells as byte order, order of axes, filters and compressor.
    static func list(v2 metadata: ManifestObject, _ byteOrder: DType.ByteOrder, rank: Int) throws(ImageError)
        -> [ZarrCodec]
    {
        var codecs: [ZarrCodec] = []
        switch metadata["order"]?.string {
        case "C": break
        case "F": if rank > 1 { codecs.append(.transpose((0..<rank).reversed())) }
        default: throw ImageError(.malformed, "the order of the elements is neither C nor F")
        }
        codecs.append(.bytes(byteOrder))
        for filter in metadata["filters"]?.list ?? [] { codecs.append(try ZarrCodec(v2: filter)) }
        if let compressor = metadata["compressor"], compressor.kind != .null {
            codecs.append(try ZarrCodec(v2: compressor))
        }
        return codecs
    }

    private init(v2 value: ManifestValue) throws(ImageError) {
        guard let options = value.object, let name = options["id"]?.string else {
            throw ImageError(.malformed, "a compressor or filter has no id")
        }
        switch name {
        case "zlib": self = .zlib(level: options["level"]?.int ?? 1)
        case "gzip": self = .gzip(level: options["level"]?.int ?? 1)
        case "zstd": self = .zstd(level: options["level"]?.int ?? 0, checksum: options["checksum"]?.bool ?? false)
        case "blosc": self = .blosc(try ZarrBlosc(options))
        case "crc32c": self = .crc32c
        case "shuffle": self = .shuffle(elementSize: options["elementsize"]?.int ?? 4)
        case "delta":
            let type = options["dtype"]?.string
            guard let type, let parsed = DType.parse(numPy: type), options["astype"]?.string ?? type == type,
                !parsed.dtype.isComplex, parsed.dtype != .bool, parsed.dtype != .float16
            else { throw ImageError(.unsupported, "the filter delta from one type to another, or of this type") }
            self = .delta(parsed.dtype, parsed.byteOrder)
        default: throw ImageError(.unsupported, "the compressor or filter \"\(name.prefix(60))\" is not known")
        }
    }

    /// The codec as version 3 writes it.
    func json(_ dtype: DType) throws(ImageError) -> ManifestValue {
        let name: String
        var options = ManifestObject()
        switch self {
        case .transpose(let order): (name, options["order"]) = ("transpose", ZarrJSON.list(order))
        case .bytes(let order):
            name = "bytes"
            if dtype.swapUnit > 1 { options["endian"] = ManifestValue(order.rawValue) }
        case .sharding(let sharding):
            name = "sharding_indexed"
            options["chunk_shape"] = ZarrJSON.list(sharding.chunkShape)
            options["codecs"] = try ZarrCodec.json(sharding.codecs, dtype)
            options["index_codecs"] = try ZarrCodec.json(sharding.indexCodecs, .uint64)
            options["index_location"] = sharding.indexIsFirst ? "start" : "end"
        case .gzip(let level): (name, options["level"]) = ("gzip", ManifestValue(level))
        case .zlib(let level): (name, options["level"]) = ("numcodecs.zlib", ManifestValue(level))
        case .zstd(let level, let checksum):
            (name, options["level"], options["checksum"]) = ("zstd", ManifestValue(level), ManifestValue(checksum))
        case .blosc(let blosc): (name, options) = ("blosc", blosc.json(elementSize: dtype.byteCount))
        case .crc32c: name = "crc32c"
        case .shuffle(let size): (name, options["elementsize"]) = ("numcodecs.shuffle", ManifestValue(size))
        case .delta: throw ImageError(.unsupported, "version 3 has no filter delta of ours")
        }
        var codec: ManifestObject = ManifestObject([ManifestObject.Entry("name", ManifestValue(name))])
        if !options.isEmpty { codec["configuration"] = ManifestValue(options) }
        return ManifestValue(codec)
    }

    static func json(_ codecs: [ZarrCodec], _ dtype: DType) throws(ImageError) -> ManifestValue {
        var list: [ManifestValue] = []
        for codec in codecs { list.append(try codec.json(dtype)) }
        return ManifestValue(list)
    }

    /// The codec as version 2 writes a compressor or filter.
    func jsonOfVersion2() throws(ImageError) -> ManifestValue {
        switch self {
        case .gzip(let level): return ["id": "gzip", "level": ManifestValue(level)]
        case .zlib(let level): return ["id": "zlib", "level": ManifestValue(level)]
        case .zstd(let level, let checksum):
            return ["id": "zstd", "level": ManifestValue(level), "checksum": ManifestValue(checksum)]
        case .blosc(let blosc):
            return [
                "id": "blosc", "cname": ManifestValue(blosc.compressor.rawValue), "clevel": ManifestValue(blosc.level),
                "shuffle": ManifestValue(blosc.shuffle.rawValue), "blocksize": ManifestValue(blosc.blockSize),
            ]
        case .shuffle(let size): return ["id": "shuffle", "elementsize": ManifestValue(size)]
        case .delta(let dtype, let order):
            return ["id": "delta", "dtype": ManifestValue(dtype.numPyDescription(byteOrder: order))]
        default: throw ImageError(.unsupported, "version 2 of Zarr has no codec \(name)")
        }
    }
}

extension ZarrBlosc {
    /// The choices of either version; what only packing needs may be missing.
    fileprivate init(_ options: ManifestObject) throws(ImageError) {
        let name = options["cname"]?.string ?? "lz4"
        guard let compressor = Compressor(rawValue: name) else {
            throw ImageError(.unsupported, "blosc with the compressor \"\(name.prefix(60))\"")
        }
        let shuffle: Shuffle? =
            switch options["shuffle"]?.kind {
            case .string("noshuffle"): Shuffle.none
            case .string("shuffle"), nil: .bytes
            case .string("bitshuffle"): .bits
            // Minus one means: by bits where elements have one byte.
            case .number(let number): number.int == -1 ? .bytes : number.int.flatMap(Shuffle.init)
            default: nil
            }
        guard let shuffle else { throw ImageError(.malformed, "blosc with an unknown shuffle") }
        let size = options["typesize"]?.int
        self.init(
            compressor, level: min(max(options["clevel"]?.int ?? 5, 0), 9), shuffle: shuffle,
            elementSize: size.map { min(max($0, 1), 255) },
            blockSize: min(max(options["blocksize"]?.int ?? 0, 0), 1 << 30))
    }

    fileprivate func json(elementSize: Int) -> ManifestObject {
        ZarrJSON.object([
            ("cname", ManifestValue(compressor.rawValue)), ("clevel", ManifestValue(level)),
            ("shuffle", shuffle == .none ? "noshuffle" : shuffle == .bytes ? "shuffle" : "bitshuffle"),
            ("typesize", ManifestValue(self.elementSize ?? elementSize)), ("blocksize", ManifestValue(blockSize)),
        ])
    }
}
