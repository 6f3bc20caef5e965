internal import Glibc
internal import ImJoyCore
internal import SystemPackage

// Files: TIFF, NumPy's and PNG. Those to read are the peers' own when `--workdir` names the folder that they ran in.
extension Case {
    static var files: [Case] {
        var cases: [Case] = []
        for kind in TIFFKind.allCases {
            let sizes: [Size] = kind == .lzw_pred ? [.m] : Size.allCases
            cases += [kind.writing(sizes), kind.reading(sizes)]
        }
        return cases + [openMeta, onePlane] + arrayFiles + pictures
    }

    /// What a file says about itself, without pixels.
    private static var openMeta: Case {
        Case("tiff_open_meta", [.m, .l]) { size in
            let path = try TIFFKind.ome.file(size)
            var work = Work(bytes: 1) {
                let info = try ImageInfo(contentsOf: path)
                return .array(NDArray<Int64>((info.shape + [info.pageCount]).map(Int64.init)))
            }
            // The peer also counts the characters of the description.
            work.summary = { answer in
                guard case .array(let array) = answer else { return answer }
                let text = try FileBytes.read(path).description(from: "<?xml", to: "</OME>")
                return .array(NDArray<Int64>(try array.cast(to: Int64.self).elements + [Int64(text.count)]))
            }
            return work
        }
    }

    private static var onePlane: Case {
        Case("tiff_read_one_plane", [.l]) { size in
            let path = try TIFFKind.big.file(size)
            return Work(bytes: 4 * 512 * 512) {
                let planes = try Image(contentsOf: path).pixels.typed(as: UInt16.self)
                return .array(planes[100, .all, .all].contiguous())
            }
        }
    }

    private static var arrayFiles: [Case] {
        [
            Case("npy_save") { size in
                let (array, path) = (AnyNDArray(Inputs.stack(size)), try WorkFolder.path("ours.npy"))
                var work = Work(bytes: 2 * array.byteCount) {
                    try NPYFile.write(array, to: path)
                    return .whole(0)
                }
                work.summary = { _ in try FileBytes.size(path, ifHolding: NPYFile.read(contentsOf: path), array) }
                return work
            },
            Case("npy_load") { size in
                let (array, path) = (AnyNDArray(Inputs.stack(size)), try WorkFolder.path("ours-\(size).npy"))
                try NPYFile.write(array, to: path)
                return Work(bytes: 2 * array.byteCount) { .array(touched(try NPYFile.read(contentsOf: path))) }
            },
            Case("npz_compressed_save", [.s, .m]) { size in
                let (array, path) = (AnyNDArray(Inputs.stack(size)), try WorkFolder.path("ours.npz"))
                var work = Work(bytes: 2 * array.byteCount) {
                    try NPZFile.write([("a", array)], to: path, compression: .deflated())
                    return .whole(0)
                }
                work.summary = { _ in
                    try FileBytes.size(path, ifHolding: NPZFile(contentsOf: path).array(named: "a"), array)
                }
                return work
            },
            Case("npz_compressed_load", [.s, .m]) { size in
                let array = AnyNDArray(Inputs.stack(size))
                let path = try WorkFolder.path("r.npz", orMake: "ours-\(size).npz") { path in
                    try NPZFile.write([("a", array)], to: path, compression: .deflated())
                }
                return Work(bytes: 2 * array.byteCount) { .array(try NPZFile(contentsOf: path).array(named: "a")) }
            },
        ]
    }

    private static var pictures: [Case] {
        func picture(_ size: Size, _ isDeep: Bool) -> AnyNDArray {
            isDeep
                ? AnyNDArray(Inputs.scene(11, size.picture)) : AnyNDArray(Inputs.bytes(11, size.picture))
        }
        return [("u16", true), ("u8", false)].flatMap { name, isDeep in
            [
                Case("png_write_\(name)", [.s, .m]) { size in
                    let pixels = picture(size, isDeep)
                    return try writing(Image(pixels), "ours.png", .init())
                },
                Case("png_read_\(name)", [.s, .m]) { size in
                    let pixels = picture(size, isDeep)
                    let file = "r_\(name)_\(size).png"
                    let path = try WorkFolder.path(file, orMake: "ours-" + file) { try Image(pixels).write(to: $0) }
                    return Work(bytes: 2 * pixels.byteCount) { .array(try Image(contentsOf: path).pixels) }
                },
            ]
        }
    }

    /// Writes the image again and again; afterwards the file must hold what was written, and its size is told.
    fileprivate static func writing(_ image: Image, _ file: String, _ options: ImageWriteOptions) throws -> Work {
        let path = try WorkFolder.path(file)
        var work = Work(bytes: 2 * image.pixels.byteCount) {
            try image.write(to: path, options: options)
            return .whole(0)
        }
        work.summary = { _ in try FileBytes.size(path, ifHolding: Image(contentsOf: path).pixels, image.pixels) }
        return work
    }

    /// Keeps the compiler from leaving the looking out.
    nonisolated(unsafe) private static var lastSum: UInt8 = 0

    /// Looks at every page of memory: the peers' arrays are there, and not only mapped.
    fileprivate static func touched(_ array: AnyNDArray) -> AnyNDArray {
        array.bytes.withUnsafeBytes { bytes in
            var sum: UInt8 = 0
            for place in stride(from: 0, to: bytes.count, by: 4096) { sum &+= bytes[place] }
            lastSum = sum
        }
        return array
    }
}

/// The kinds of TIFF that are written and read, named as the peers name them.
private enum TIFFKind: String, CaseIterable {
    case raw, lzw, lzw_pred, deflate, tiled_deflate_pred, big, ome

    var options: ImageWriteOptions {
        switch self {
        case .raw, .ome: ImageWriteOptions()
        case .lzw: ImageWriteOptions(compression: .lzw)
        case .lzw_pred: ImageWriteOptions(compression: .lzw, usesPredictor: true)
        case .deflate: ImageWriteOptions(compression: .deflate)
        case .tiled_deflate_pred: ImageWriteOptions(compression: .deflate, usesPredictor: true, tileSize: 256)
        case .big: ImageWriteOptions(isBigTIFF: true)
        }
    }

    private func image(_ size: Size) throws -> Image {
        try Image(Inputs.stack(size), axes: "ZYX", pixelSize: self == .ome ? PixelSize(x: 0.1) : nil)
    }

    private var name: String { self == .ome ? "ours.ome.tif" : "ours-\(rawValue).tif" }

    /// A file that the peers made, or one of ours.
    func file(_ size: Size) throws -> FilePath {
        try WorkFolder.path("ref_\(rawValue)_\(size).tif", orMake: "read-\(size)-\(name)") { path in
            try image(size).write(to: path, options: options)
        }
    }

    func writing(_ sizes: [Size]) -> Case {
        Case("tiff_write_\(rawValue)", sizes) { size in try Case.writing(image(size), name, options) }
    }

    func reading(_ sizes: [Size]) -> Case {
        Case("tiff_read_\(rawValue)", sizes) { size in
            let path = try file(size)
            return Work(bytes: 4 * Inputs.stackShape(size).reduce(1, *)) {
                .array(Case.touched(try Image(contentsOf: path).pixels))
            }
        }
    }
}

/// Where the files of this run are: `--workdir`, or a folder of its own that is removed at the end.
enum WorkFolder {
    nonisolated(unsafe) static var given: String?
    nonisolated(unsafe) private static var made: FilePath?

    static func path(_ name: String) throws -> FilePath {
        if let given { return FilePath(given).appending(name) }
        if let made { return made.appending(name) }
        var template = Array("/tmp/array-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        let folder = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        made = folder
        return folder.appending(name)
    }

    /// The peers' file when it is there, else one that `make` writes.
    static func path(_ name: String, orMake own: String, _ make: (FilePath) throws -> Void) throws -> FilePath {
        let theirs = try path(name)
        if access(theirs.string, R_OK) == 0 { return theirs }
        let ours = try path(own)
        if access(ours.string, R_OK) != 0 { try make(ours) }
        return ours
    }

    static func remove() {
        guard let made, let folder = opendir(made.string) else { return }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { unlink(made.appending(name).string) }
        }
        closedir(folder)
        rmdir(made.string)
    }
}

/// A file as bytes.
private struct FileBytes {
    struct Difference: Error { var path: FilePath }

    var bytes: [UInt8]

    static func read(_ path: FilePath) throws -> FileBytes {
        let file = try FileDescriptor.open(path, .readOnly)
        defer { try? file.close() }
        let size = Int(try file.seek(offset: 0, from: .end))
        let bytes = try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = try file.read(fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
        }
        return FileBytes(bytes: bytes)
    }

    /// The size of a file in bytes, which must hold these pixels.
    static func size(_ path: FilePath, ifHolding found: @autoclosure () throws -> AnyNDArray, _ wanted: AnyNDArray)
        throws
        -> Answer
    {
        let found = try found()
        guard found.shape == wanted.shape, found.dtype == wanted.dtype, found.bytes == wanted.bytes else {
            throw Difference(path: path)
        }
        let file = try FileDescriptor.open(path, .readOnly)
        defer { try? file.close() }
        return .whole(Int(try file.seek(offset: 0, from: .end)))
    }

    /// The text from `start` to the end of `end`.
    func description(from start: String, to end: String) -> String {
        func place(of text: String, after first: Int) -> Int? {
            let wanted = Array(text.utf8)
            return bytes[first...].indices.first { bytes[$0...].starts(with: wanted) }
        }
        guard let first = place(of: start, after: 0), let last = place(of: end, after: first) else { return "" }
        return String(decoding: bytes[first..<last + end.utf8.count], as: UTF8.self)
    }
}

extension Inputs {
    static func stackShape(_ size: Size) -> [Int] {
        switch size {
        case .s: [1, 64, 64]
        case .m: [32, 512, 512]
        case .l: [256, 512, 512]
        }
    }

    /// Planes of one picture, each with its own noise; at most 16 different ones.
    static func stack(_ size: Size) -> NDArray<UInt16> {
        let shape = stackShape(size)
        let planes = (0..<min(shape[0], 16)).map { scene(11, Array(shape[1...]), plane: $0).elements }
        let count = shape[1] * shape[2]
        return NDArray(shape: shape) { target in
            for index in target.indices {
                target.initializeElement(at: index, to: planes[index / count % planes.count][index % count])
            }
        }
    }
}
