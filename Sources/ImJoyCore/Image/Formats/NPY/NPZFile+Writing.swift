public import SystemPackage

/// Whether the arrays of an archive are packed.
public enum NPZCompression: Hashable, Sendable {
    /// As they are, like `numpy.savez`: read without a copy.
    case stored
    /// Deflated, like `numpy.savez_compressed`; zlib level 0 (fast) to 9 (small).
    case deflated(level: Int = 6)
}

extension NPZFile {
    /// Writes named arrays to `path`; the file takes its name only when it is complete.
    ///
    /// ```swift
    /// try NPZFile.write([("image", image), ("labels", labels)], to: "cells.npz", compression: .deflated())
    /// ```
    /// Throws ``ImageError`` for names that are empty, too long or there twice.
    public static func write(
        _ arrays: [(name: String, array: AnyNDArray)], to path: FilePath, compression: NPZCompression = .stored,
        options: NPYWriteOptions = .init()
    ) throws(ImageError) {
        try ImageSink.writing(to: path) { (sink) throws(ImageError) in
            try write(arrays, to: &sink, compression, options)
        }
    }

    /// The bytes of an archive of named arrays; see ``write(_:to:compression:options:)``.
    public static func encoded(
        _ arrays: [(name: String, array: AnyNDArray)], compression: NPZCompression = .stored,
        options: NPYWriteOptions = .init()
    ) throws(ImageError) -> SharedBytes {
        var sink = ImageSink.memory([])
        try write(arrays, to: &sink, compression, options)
        return sink.joined
    }

    /// - Parameter largest: numbers above it take the 64-bit fields; smaller in tests only.
    static func write(
        _ arrays: [(name: String, array: AnyNDArray)], to sink: inout ImageSink, _ compression: NPZCompression,
        _ options: NPYWriteOptions, largest: Int = 0xffff_fffe
    ) throws(ImageError) {
        var writer = ZipWriter(largest: largest)
        var seen: Set<String> = []
        for (name, array) in arrays {
            guard !name.isEmpty, name.utf8.count < 60_000, !name.utf8.contains(0) else {
                throw ImageError(.invalidArgument, "'\(name.prefix(50))' cannot be the name of an array in an archive")
            }
            guard seen.insert(name).inserted else {
                throw ImageError(.invalidArgument, "two arrays of the archive are called \(name)")
            }
            do throws(ImageError) {
                let parts = try NPYWriter.parts(array, options)
                try writer.append(name + ".npy", parts, level: compression.level, to: &sink)
            } catch {
                throw ImageError(error.code, "array \(name): \(error.message)", file: error.file)
            }
        }
        try writer.finish(&sink)
    }
}

extension NPZCompression {
    /// The level as zlib counts, nil for none.
    fileprivate var level: Int? {
        switch self {
        case .stored: nil
        case .deflated(let level): min(max(level, 0), 9)
        }
    }
}
