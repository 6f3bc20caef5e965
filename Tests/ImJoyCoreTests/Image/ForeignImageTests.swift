internal import Foundation
internal import ImJoyCore
internal import Testing

/// Files that tifffile, Pillow, numpy and a hand-made PNG encoder wrote.
@Suite struct ForeignImageTests {
    private struct Entry: Decodable {
        var file: String
        var axes: String
        var pages: Int?
        var compression: String?
        var channels: [String]?
        var pixelSize: [Double?]?
    }

    @Test(.timeLimit(.minutes(30)))
    func `files written by other programs give their axes, type, shape and pixels`() throws {
        let folder = try TemporaryFolder()
        try TestPython.run("make_images.py", [folder.url.path])
        let index = folder.url.appending(path: "index.json")
        let entries = try JSONDecoder().decode([Entry].self, from: Data(contentsOf: index))
        let raw = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: index)) as? [[String: Any]])
        #expect(entries.count > 500)
        var failures: [String] = []
        for (entry, fields) in zip(entries, raw) {
            if let problem = try Self.problem(entry, hasPixelSize: fields.keys.contains("pixelSize"), in: folder) {
                failures.append("\(entry.file): \(problem)")
            }
        }
        print("images/foreign: \(entries.count - failures.count) passed, \(failures.count) failed")
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
    }

    private static func problem(_ entry: Entry, hasPixelSize: Bool, in folder: TemporaryFolder) throws -> String? {
        let path = folder.path(entry.file)
        let name = entry.file.prefix { $0 != "." }
        let expected = try Image(contentsOf: folder.path("\(name).expected.npy"))
        let image: Image
        do { image = try Image(contentsOf: path) } catch { return "\(error)" }
        let info = try ImageInfo(contentsOf: path)
        if image.dtype != expected.dtype || image.shape != expected.shape {
            return "\(image.dtype) \(image.shape), not \(expected.dtype) \(expected.shape)"
        }
        if image.pixels.bytes != expected.pixels.bytes { return "pixels differ" }
        if image.axes.letters != entry.axes { return "axes \(image.axes), not \(entry.axes)" }
        if info.shape != image.shape || info.dtype != image.dtype || info.axes != image.axes {
            return "info says \(info)"
        }
        if let pages = entry.pages, info.pageCount != pages { return "\(info.pageCount) pages, not \(pages)" }
        if let compression = entry.compression, info.compression != compression { return info.compression }
        if let channels = entry.channels, image.channelNames != channels { return "channels \(image.channelNames)" }
        guard hasPixelSize else { return nil }
        let size = [image.pixelSize?.x, image.pixelSize?.y, image.pixelSize?.z]
        let wanted = entry.pixelSize ?? [nil, nil, nil]
        let isEqual = zip(size, wanted).allSatisfy { a, b in
            guard let a, let b else { return (a == nil) == (b == nil) }
            return abs(a - b) < 1e-6 * b
        }
        return isEqual ? nil : "pixel size \(size), not \(wanted)"
    }
}
