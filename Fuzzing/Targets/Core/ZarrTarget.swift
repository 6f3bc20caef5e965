internal import ImJoyCore

extension CoreFuzzTargets {
    /// A Zarr store in one piece, as `bundle_zarr.py` writes it: all its arrays, with metadata, chunks and codecs.
    static let zarr = FuzzTarget("zarr") { bytes in
        let store = ZarrMemory(ZarrBundle.files(bytes))
        let names = ["zarr.json", ".zarray"]
        let paths = store.contents.keys.sorted().compactMap { key in
            names.first { key == $0 || key.hasSuffix("/" + $0) }.map { String(key.dropLast($0.count)) }
        }
        // As an image: the whole store, and each array. These are opened and read at once, by the code that waits for others, too.
        for path in [""] + paths.prefix(8) {
            ImageFuzzing.expectReadable { () throws(ImageError) in
                let image = try Image(zarr: store, path: path, limits: ImageFuzzing.limits)
                precondition(image.pixels.byteCount <= ImageFuzzing.limits.decodedBytes)
            }
        }
    }
}

/// Files in one piece: for each a line with its key and length, then its bytes.
public enum ZarrBundle {
    /// What can be made out.
    static func files(_ bytes: SharedBytes) -> [String: SharedBytes] {
        var files: [String: SharedBytes] = [:]
        var place = 0
        while place < bytes.count, files.count < 1000 {
            guard let end = (place..<bytes.count).first(where: { bytes[$0] == UInt8(ascii: "\n") }) else { break }
            let line = String(decoding: (place..<end).map { bytes[$0] }, as: UTF8.self)
            let words = line.split(separator: " ")
            let count = words.last.flatMap { Int($0) } ?? 0
            let last = min(bytes.count, end + 1 + min(max(count, 0), bytes.count))
            files[words.first.map(String.init) ?? ""] = bytes.slice(end + 1..<last)
            place = last
        }
        return files
    }

    /// The same the other way round.
    public static func bytes(_ files: [(key: String, bytes: [UInt8])]) -> [UInt8] {
        files.flatMap { Array("\($0.key) \($0.bytes.count)\n".utf8) + $0.bytes }
    }
}
