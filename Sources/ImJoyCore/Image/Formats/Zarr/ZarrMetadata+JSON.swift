extension ZarrMetadata {
    /// Reads a `zarr.json` of version 3 that tells of an array.
    init(v3 metadata: ManifestObject) throws(ImageError) {
        guard metadata["zarr_format"]?.int == 3, metadata["node_type"]?.string == "array" else {
            throw ImageError(.malformed, "zarr.json is not that of an array of version 3")
        }
        try Self.checkUnknownFields(metadata)
        version = .v3
        shape = try ZarrJSON.lengths(metadata["shape"], "the shape", least: 0)
        guard let name = metadata["data_type"]?.string, let dtype = DType(rawValue: name) else {
            let found = metadata["data_type"]?.json().prefix(80) ?? "missing"
            throw ImageError(.unsupported, "the data_type is \(found); only plain numbers can be read")
        }
        self.dtype = dtype
        let grid = metadata["chunk_grid"]
        guard grid?["name"]?.string == "regular" else {
            throw ImageError(.unsupported, "the chunk_grid is not regular")
        }
        chunkShape = try ZarrJSON.lengths(grid?["configuration"]?["chunk_shape"], "the chunk_shape", least: 1)
        let encoding = metadata["chunk_key_encoding"]
        let encodingName = encoding?.string ?? encoding?["name"]?.string
        let separatorName = encoding?["configuration"]?["separator"]?.string
        switch encodingName {
        case "default": (hasPrefixedKeys, separator) = (true, try Self.separator(separatorName ?? "/"))
        case "v2": (hasPrefixedKeys, separator) = (false, try Self.separator(separatorName ?? "."))
        default: throw ImageError(.unsupported, "the chunk_key_encoding is not known")
        }
        guard metadata["storage_transformers"]?.list?.isEmpty ?? true else {
            throw ImageError(.unsupported, "storage_transformers")
        }
        fillValue = try ZarrFillValue(metadata["fill_value"], dtype, .v3)
        codecs = try ZarrCodec.list(metadata["codecs"], "codecs", dtype)
        dimensionNames = metadata["dimension_names"]?.list?.map(\.string) ?? []
        attributes = metadata["attributes"]?.object ?? ManifestObject()
    }

    /// What a reader does not know it must refuse, unless it is told that it may go on.
    private static func checkUnknownFields(_ metadata: ManifestObject) throws(ImageError) {
        let known: Set<String> = [
            "zarr_format", "node_type", "shape", "data_type", "chunk_grid", "chunk_key_encoding", "fill_value",
            "codecs",
            "attributes", "dimension_names", "storage_transformers", "consolidated_metadata",
        ]
        for entry in metadata.entries where !known.contains(entry.key) && entry.value["must_understand"]?.bool != false
        {
            throw ImageError(.unsupported, "zarr.json has a field \"\(entry.key.prefix(60))\" that is not known")
        }
    }

    private static func separator(_ text: String) throws(ImageError) -> Separator {
        guard let separator = Separator(rawValue: text) else {
            throw ImageError(.malformed, "\"\(text.prefix(20))\" between the numbers of chunks is neither . nor /")
        }
        return separator
    }

    /// Reads a `.zarray` of version 2.
    init(v2 metadata: ManifestObject, attributes: ManifestObject) throws(ImageError) {
        guard metadata["zarr_format"]?.int == 2 else { throw ImageError(.malformed, ".zarray is not of version 2") }
        version = .v2
        shape = try ZarrJSON.lengths(metadata["shape"], "the shape", least: 0)
        // An axis without elements may have chunks without elements.
        let chunks = try ZarrJSON.lengths(metadata["chunks"], "chunks", least: 0)
        let shape = shape
        chunkShape = chunks.enumerated().map { axis, length in
            length == 0 && axis < shape.count && shape[axis] == 0 ? 1 : length
        }
        guard let text = metadata["dtype"]?.string, let parsed = DType.parse(numPy: text) else {
            let found = metadata["dtype"]?.json().prefix(80) ?? "missing"
            throw ImageError(.unsupported, "the dtype is \(found); only plain numbers can be read")
        }
        dtype = parsed.dtype
        fillValue = try ZarrFillValue(metadata["fill_value"], parsed.dtype, .v2)
        codecs = try ZarrCodec.list(v2: metadata, parsed.byteOrder, rank: shape.count)
        separator = try Self.separator(metadata["dimension_separator"]?.string ?? ".")
        hasPrefixedKeys = false
        dimensionNames = []
        self.attributes = attributes
        let names = attributes["_ARRAY_DIMENSIONS"]?.list ?? []
        if names.count == shape.count { dimensionNames = names.map(\.string) }
    }

    /// The files of metadata by their names.
    func files() throws(ImageError) -> [(name: String, bytes: SharedBytes)] {
        switch version {
        case .v3: return [("zarr.json", ZarrJSON.bytes(try jsonOfVersion3()))]
        case .v2:
            var attributes = attributes
            if !dimensionNames.isEmpty, attributes["_ARRAY_DIMENSIONS"] == nil {
                attributes["_ARRAY_DIMENSIONS"] = ManifestValue(
                    dimensionNames.map { $0.map { ManifestValue($0) } ?? .null })
            }
            let array = (".zarray", ZarrJSON.bytes(try jsonOfVersion2()))
            return attributes.isEmpty ? [array] : [(".zattrs", ZarrJSON.bytes(attributes)), array]
        }
    }

    private func jsonOfVersion3() throws(ImageError) -> ManifestObject {
        ZarrJSON.object([
            ("zarr_format", 3), ("node_type", "array"), ("shape", ZarrJSON.list(shape)),
            ("data_type", ManifestValue(dtype.rawValue)),
            ("chunk_grid", ["name": "regular", "configuration": ["chunk_shape": ZarrJSON.list(chunkShape)]]),
            (
                "chunk_key_encoding",
                [
                    "name": ManifestValue(hasPrefixedKeys ? "default" : "v2"),
                    "configuration": ["separator": ManifestValue(separator.rawValue)],
                ]
            ),
            ("fill_value", fillValue.json(dtype, .v3)), ("codecs", try ZarrCodec.json(codecs, dtype)),
            ("attributes", ManifestValue(attributes)),
            (
                "dimension_names",
                dimensionNames.isEmpty
                    ? nil : ManifestValue(dimensionNames.map { $0.map { ManifestValue($0) } ?? .null })
            ),
        ])
    }

    private func jsonOfVersion2() throws(ImageError) -> ManifestObject {
        var order = "C"
        var byteOrder = DType.ByteOrder.little
        var packings: [ManifestValue] = []
        for codec in codecs {
            switch codec {
            case .transpose(let axes) where axes == (0..<shape.count).reversed(): order = "F"
            case .bytes(let bytes): byteOrder = bytes
            default: packings.append(try codec.jsonOfVersion2())
            }
        }
        // The last step is the compressor, unless it is one that only ever is a filter.
        var compressor = ManifestValue.null
        if let last = codecs.last, last.kind == .bytesToBytes {
            switch last {
            case .shuffle, .delta: break
            default: compressor = packings.removeLast()
            }
        }
        return ZarrJSON.object([
            ("zarr_format", 2), ("shape", ZarrJSON.list(shape)), ("chunks", ZarrJSON.list(chunkShape)),
            ("dtype", ManifestValue(dtype.numPyDescription(byteOrder: byteOrder))),
            ("fill_value", fillValue.json(dtype, .v2)), ("order", ManifestValue(order)),
            ("filters", packings.isEmpty ? .null : ManifestValue(packings)), ("compressor", compressor),
            ("dimension_separator", ManifestValue(separator.rawValue)),
        ])
    }
}
