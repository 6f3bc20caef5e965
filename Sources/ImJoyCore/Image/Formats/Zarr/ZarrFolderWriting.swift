#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
public import SystemPackage

extension Image {
    /// Writes the image as OME-Zarr into a folder at `path`.
    ///
    /// ```swift
    /// try image.write(toZarr: "cells.ome.zarr", options: ZarrWriteOptions(packing: [.blosc(ZarrBlosc(.zstd))]))
    /// ```
    ///
    /// Axes are stored in OME's order, T C Z Y X; ours, the texts of ``metadata`` and axes named S are kept beside, so that
    /// the image comes back as it was. Axes that OME has no room for are written as a plain Zarr array, unless the name
    /// ends in `.ome.zarr`. All is written into a folder beside that takes the name when it is complete; only Zarr and
    /// empty folders are replaced. Throws ``ImageError``.
    public func write(toZarr path: FilePath, options: ZarrWriteOptions = .init()) throws(ImageError) {
        do throws(ImageError) {
            let onlyOME = path.lastComponent?.string.lowercased().hasSuffix(".ome.zarr") ?? false
            let writer = try OMEZarrWriter(self, options, onlyOME: onlyOME)
            let folder = try ReplacedFolder(path)
            do throws(ImageError) { try writer.write(to: ZarrFolder(folder.temporary)) } catch {
                folder.discard()
                throw error
            }
            try folder.commit()
        } catch {
            throw error.naming(path)
        }
    }

    /// Writes the image as OME-Zarr into the top of a store where nothing is yet.
    package func write(toZarr store: any ZarrBlockingStore, options: ZarrWriteOptions = .init()) throws(ImageError) {
        try OMEZarrWriter(self, options, onlyOME: false).write(to: store)
    }

    /// Writes to a folder with what options for all formats say.
    func writeZarr(_ path: FilePath, _ options: ImageWriteOptions) throws(ImageError) {
        var choices = ZarrWriteOptions()
        if let side = options.tileSize {
            choices.chunkShape = axes.letters.map { $0 == "Y" || $0 == "X" ? side : 1 }
        }
        try write(toZarr: path, options: choices)
    }
}

/// A folder that takes its name when it is complete.
private struct ReplacedFolder {
    private let target: FilePath
    let temporary: FilePath
    private let old: FilePath

    init(_ path: FilePath) throws(ImageError) {
        // A name with a slash at its end means the same.
        target = path
        let name = path.lastComponent?.string ?? "image"
        let random = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let parent = path.removingLastComponent()
        temporary = parent.appending(".\(name.prefix(40)).\(random).tmp")
        old = parent.appending(".\(name.prefix(40)).\(random).old")
        try checkReplaceable()
        let result = temporary.withPlatformString { mkdir($0, 0o777) }
        guard result == 0 else { throw failure("cannot be written") }
    }

    private func checkReplaceable() throws(ImageError) {
        guard FolderContents.exists(target) else { return }
        guard FolderContents.isFolder(target) else {
            throw ImageError(.invalidArgument, "there is a file of this name, and Zarr is a folder")
        }
        let names = (try? FolderContents.names(in: target)) ?? ["?"]
        guard names.isEmpty || names.contains(where: { ["zarr.json", ".zgroup", ".zarray"].contains($0) }) else {
            throw ImageError(.invalidArgument, "there is a folder of this name that is no Zarr; it is left as it is")
        }
    }

    /// Puts the new folder in the place of the old one, which goes when that is done.
    func commit() throws(ImageError) {
        let hadOld = FolderContents.exists(target)
        if hadOld, !move(target, old) {
            let error = failure("cannot be replaced")
            discard()
            throw error
        }
        guard move(temporary, target) else {
            let error = failure("cannot be written")
            if hadOld { _ = move(old, target) }
            discard()
            throw error
        }
        if hadOld { FolderContents.remove(old) }
    }

    func discard() { FolderContents.remove(temporary) }

    private func move(_ from: FilePath, _ to: FilePath) -> Bool {
        from.withPlatformString { from in to.withPlatformString { to in rename(from, to) } } == 0
    }

    private func failure(_ what: String) -> ImageError {
        ImageError(.system, "\(what): \(Errno(rawValue: errno))", file: target)
    }
}
