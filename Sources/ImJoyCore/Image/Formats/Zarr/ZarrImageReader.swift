package import SystemPackage

/// Reads regions of an image in a Zarr store.
struct ZarrImageReader: ImageRegionReader {
    private let store: any ZarrStore
    private let image: ZarrImage

    var info: ImageInfo { image.info }
    var levels: [ImageSource.Level] { image.levels }

    func pixels(in region: [Range<Int>], level: Int) async throws(ImageError) -> AnyNDArray {
        try await image.pixels(in: region, level: level).run(awaiting: store)
    }

    /// The image in a store of any kind.
    static func opening(
        _ store: any ZarrStore, path: String, limits: ImageLimits
    ) async throws(ImageError) -> ZarrImageReader {
        guard let image = try await ZarrImage.opening(path, limits).run(awaiting: store) else {
            throw nothing(path)
        }
        return ZarrImageReader(store: store, image: image)
    }

    /// The image in a store that answers at once.
    static func openingNow(
        _ store: any ZarrBlockingStore, path: String = "", limits: ImageLimits
    ) throws(ImageError) -> ZarrImageReader {
        guard let image = try ZarrImage.opening(path, limits).run(on: store) else { throw nothing(path) }
        return ZarrImageReader(store: store, image: image)
    }

    private static func nothing(_ path: String) -> ImageError {
        ImageError(
            .unknownFormat,
            "there is no Zarr\(path.isEmpty ? "" : " at \"\(path)\""): no zarr.json, .zarray or .zgroup")
    }

    /// All pixels of the finest level.
    static func image(_ store: any ZarrBlockingStore, path: String = "", limits: ImageLimits) throws(ImageError)
        -> Image
    {
        let reader = try openingNow(store, path: path, limits: limits)
        let info = reader.info
        return try Image(
            try reader.image.allPixels().run(on: store), axes: info.axes, pixelSize: info.pixelSize,
            channelNames: info.channelNames, metadata: info.metadata)
    }
}

/// Folders that are taken for Zarr.
package enum ZarrImageFolder {
    /// The store in the folder at `path`; nil when there is no folder, or one of something else.
    ///
    /// What is in it counts, then its name.
    package static func store(at path: FilePath) -> ZarrFolder? {
        guard FolderContents.isFolder(path) else { return nil }
        let isZarr = ["zarr.json", ".zgroup", ".zarray"].contains { FolderContents.exists(path.appending($0)) }
        return isZarr || path.extension?.lowercased() == "zarr" ? ZarrFolder(path) : nil
    }

    /// What reads regions of the image in the folder at `path`; nil when the path is none of Zarr.
    package static func reader(
        contentsOf path: FilePath, limits: ImageLimits
    ) throws(ImageError) -> (any ImageRegionReader)? {
        guard let store = store(at: path) else { return nil }
        do throws(ImageError) { return try ZarrImageReader.openingNow(store, limits: limits) } catch {
            throw error.naming(path)
        }
    }

    /// The image in the folder at `path`; nil when the path is none of Zarr.
    static func image(contentsOf path: FilePath, limits: ImageLimits) throws(ImageError) -> Image? {
        guard let store = store(at: path) else { return nil }
        do throws(ImageError) { return try ZarrImageReader.image(store, limits: limits) } catch {
            throw error.naming(path)
        }
    }
}

extension Image {
    /// Reads the image in a store that answers at once, at its finest level; for tests and fuzzing.
    package init(
        zarr store: any ZarrBlockingStore, path: String = "", limits: ImageLimits = .default
    ) throws(ImageError) {
        self = try ZarrImageReader.image(store, path: path, limits: limits)
    }
}

extension ImageSource {
    /// Opens the image in a Zarr store: an array, an OME-Zarr pyramid, or the first image of a plate or a collection.
    ///
    /// ```swift
    /// let cells = try await ImageSource(zarr: ZarrFolder("plate.zarr"), path: "B/3/0")
    /// ```
    ///
    /// Reads metadata only. Throws ``ImageError``: ``ImageError/Code/unknownFormat`` when nothing of Zarr is there, and
    /// ``ImageError/Code/unsupported`` for groups that hold no image.
    public init(
        zarr store: any ZarrStore, path: String = "", limits: ImageLimits = .default
    ) async throws(ImageError) {
        self.init(try await ZarrImageReader.opening(store, path: path, limits: limits))
    }
}
