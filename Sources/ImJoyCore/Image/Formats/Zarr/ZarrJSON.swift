/// Reading Zarr's metadata, which is JSON, and the numbers and texts in it.
enum ZarrJSON {
    /// Real metadata takes a few thousand bytes; what is put together for a large plate takes some millions.
    static let longest = 64 << 20

    /// The object in `bytes`. Bare words NaN and Infinity are taken too, since Python writes them.
    static func object(_ bytes: SharedBytes, _ key: String) throws(ImageError) -> ManifestObject {
        guard bytes.count <= longest else {
            throw ImageError(.tooLarge, "\(key) has \(bytes.count) bytes, the limit is \(longest)")
        }
        var reader = JSONReader([UInt8](bytes), mode: .relaxed)
        let value = reader.read()
        if let problem = reader.problems.first(where: { $0.severity == .error }) {
            throw ImageError(.malformed, "\(key) is no JSON: \(problem.message) at byte \(problem.range.lowerBound)")
        }
        guard let object = value?.object else { throw ImageError(.malformed, "\(key) holds no JSON object") }
        return object
    }

    static func bytes(_ object: ManifestObject) -> SharedBytes {
        SharedBytes(copying: [UInt8](ManifestValue(object).json(.pretty).utf8))
    }

    /// An object of what is not nil.
    static func object(_ entries: [(String, ManifestValue?)]) -> ManifestObject {
        ManifestObject(entries.compactMap { entry in entry.1.map { ManifestObject.Entry(entry.0, $0) } })
    }

    /// Lengths: whole numbers from `least` on.
    static func lengths(_ value: ManifestValue?, _ what: String, least: Int) throws(ImageError) -> [Int] {
        guard let list = value?.list else { throw ImageError(.malformed, "\(what) is no list of lengths") }
        guard list.count <= ZarrMetadata.highestRank else {
            throw ImageError(
                .unsupported, "\(what) has \(list.count) axes; at most \(ZarrMetadata.highestRank) are read")
        }
        var lengths: [Int] = []
        for element in list {
            guard let length = element.int, length >= least else {
                throw ImageError(.malformed, "\(what) holds \(element.json().prefix(40)), which is no length")
            }
            lengths.append(length)
        }
        return lengths
    }

    static func list(_ numbers: [Int]) -> ManifestValue { ManifestValue(numbers.map { ManifestValue($0) }) }
}
