/// What lies under a path of a store.
enum ZarrNode: Sendable {
    case array(ZarrMetadata)
    case group(ZarrVersion, ManifestObject, members: [String]?)

    /// Finds out what lies under `path`; nil when there is nothing of Zarr.
    static func opening(_ path: String, _ limits: ImageLimits) throws(ImageError) -> ZarrStep<ZarrNode?> {
        try opening([path], nil, limits).then { (nodes) throws(ImageError) in .done(nodes[0]) }
    }

    /// The same for several paths at once, of one version where that is known, which spares requests.
    static func opening(
        _ paths: [String], _ version: ZarrVersion?, _ limits: ImageLimits
    ) -> ZarrStep<[ZarrNode?]> {
        var names: [String] = []
        if version != .v2 { names.append("zarr.json") }
        if version != .v3 { names += [".zarray", ".zgroup", ".zattrs"] }
        // What was put together at the top tells of members where nobody can list them.
        if version == nil { names.append(".zmetadata") }
        let all = names
        let requests = paths.flatMap { path in
            all.map { ZarrRequest(key: ZarrKey.join(path, $0), limit: ZarrJSON.longest) }
        }
        return .read(requests) { (found) throws(ImageError) in
            var nodes: [ZarrNode?] = []
            for (index, path) in paths.enumerated() {
                var files: [String: SharedBytes] = [:]
                for (place, name) in all.enumerated() { files[name] = found[index * all.count + place] }
                do throws(ImageError) { nodes.append(try ZarrNode.parse(files, limits)) } catch {
                    var named = error
                    if !path.isEmpty { named.message = "\(path): \(error.message)" }
                    throw named
                }
            }
            return .done(nodes)
        }
    }

    private static func parse(_ files: [String: SharedBytes], _ limits: ImageLimits) throws(ImageError) -> ZarrNode? {
        if let bytes = files["zarr.json"] {
            let metadata = try ZarrJSON.object(bytes, "zarr.json")
            guard metadata["node_type"]?.string == "group" else {
                let array = try ZarrMetadata(v3: metadata)
                try array.check(limits)
                return .array(array)
            }
            guard metadata["zarr_format"]?.int == 3 else {
                throw ImageError(.malformed, "zarr.json is not of version 3")
            }
            let members = metadata["consolidated_metadata"]?["metadata"]?.object?.keys
            return .group(.v3, metadata["attributes"]?.object ?? ManifestObject(), members: members.map(firstNames))
        }
        let attributes = try files[".zattrs"].map { (bytes) throws(ImageError) in
            try ZarrJSON.object(bytes, ".zattrs")
        }
        if let bytes = files[".zarray"] {
            let metadata = try ZarrJSON.object(bytes, ".zarray")
            let array = try ZarrMetadata(v2: metadata, attributes: attributes ?? ManifestObject())
            try array.check(limits)
            return .array(array)
        }
        guard files[".zgroup"] != nil else { return nil }
        let members = try files[".zmetadata"].flatMap { (bytes) throws(ImageError) in
            try ZarrJSON.object(bytes, ".zmetadata")["metadata"]?.object?.keys
        }
        return .group(
            .v2, attributes ?? ManifestObject(),
            members: members.map { keys in firstNames(keys.filter { !$0.hasPrefix(".") }) })
    }

    /// The names before the first slash.
    private static func firstNames(_ keys: [String]) -> [String] {
        Set(keys.compactMap { $0.split(separator: "/").first.map(String.init) }).sorted()
    }

    /// The files of a group's metadata by their names.
    static func groupFiles(_ version: ZarrVersion, _ attributes: ManifestObject) -> [(name: String, bytes: SharedBytes)]
    {
        switch version {
        case .v3:
            let metadata = ZarrJSON.object([
                ("zarr_format", 3), ("node_type", "group"), ("attributes", ManifestValue(attributes)),
            ])
            return [("zarr.json", ZarrJSON.bytes(metadata))]
        case .v2:
            let group = (".zgroup", ZarrJSON.bytes(ZarrJSON.object([("zarr_format", 2)])))
            return attributes.isEmpty ? [group] : [(".zattrs", ZarrJSON.bytes(attributes)), group]
        }
    }

    /// Writes metadata under a path where nothing of Zarr is yet.
    static func creating(
        _ files: [(name: String, bytes: SharedBytes)], _ path: String, _ limits: ImageLimits
    ) throws(ImageError) -> ZarrStep<Void> {
        let entries = files.map { ZarrEntry(key: ZarrKey.join(path, $0.name), bytes: $0.bytes) }
        return try opening(path, limits).then { (node) throws(ImageError) in
            guard node == nil else {
                throw ImageError(.invalidArgument, "there is an array or a group at \"\(path)\" already")
            }
            return .write(entries) { .done(()) }
        }
    }
}
