/// What lies under a path of a store.
enum ZarrNode: Sendable {
    case array(ZarrMetadata)
    case group(ZarrVersion, ManifestObject, members: [String]?)

    /// Finds out what lies under `path`; nil when there is nothing of Zarr.
    static func opening(_ path: String, _ limits: ImageLimits) -> ZarrStep<ZarrNode?> {
        let names = ["zarr.json", ".zarray", ".zgroup", ".zattrs", ".zmetadata"]
        let requests = names.map { ZarrRequest(key: ZarrKey.join(path, $0), limit: ZarrJSON.longest) }
        return .read(requests) { (found) throws(ImageError) in
            do throws(ImageError) { return .done(try ZarrNode.parse(found, limits)) } catch {
                var named = error
                if !path.isEmpty { named.message = "\(path): \(error.message)" }
                throw named
            }
        }
    }

    private static func parse(_ found: [SharedBytes?], _ limits: ImageLimits) throws(ImageError) -> ZarrNode? {
        if let bytes = found[0] {
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
        let attributes = try found[3].map { (bytes) throws(ImageError) in try ZarrJSON.object(bytes, ".zattrs") }
        if let bytes = found[1] {
            let metadata = try ZarrJSON.object(bytes, ".zarray")
            let array = try ZarrMetadata(v2: metadata, attributes: attributes ?? ManifestObject())
            try array.check(limits)
            return .array(array)
        }
        guard found[2] != nil else { return nil }
        let members = try found[4].flatMap { (bytes) throws(ImageError) in
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
