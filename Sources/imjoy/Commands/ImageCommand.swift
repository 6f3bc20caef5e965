internal import ArgumentParser
internal import ImJoyCore
internal import SystemPackage

/// `imjoy image`: look at and convert image files.
struct ImageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image", abstract: "Look at and convert image files.",
        subcommands: [
            InfoCommand.self, ViewCommand.self, StatsCommand.self, ApplyCommand.self, OperatorsCommand.self,
            ConvertCommand.self, OverlayCommand.self,
        ])
}

extension ImageCommand {
    /// `imjoy image info`.
    struct InfoCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "info", abstract: "Say what image files hold.",
            discussion: """
                Shape, dtype and values are those of Python's tifffile.imread. The hash is the SHA-256 of the \
                row-major little-endian bytes. Of several files, those that cannot be read are told on standard error \
                and the others are described all the same.
                """)

        @Argument(help: ArgumentHelp("TIFF, PNG, JPEG or NPY files.", valueName: "file"))
        var files: [String]

        @Flag(inversion: .prefixedNo, help: "Read the pixels, for their least, greatest and mean value and the hash.")
        var pixels = true

        @Flag(help: "Print JSON; for several files one line each.")
        var json = false

        func run() async throws {
            if files.count == 1 {
                let summary: ManifestObject
                do { summary = try ImageSummary.describe(FilePath(files[0]), readsPixels: pixels) } catch {
                    throw CommandFailure(error)
                }
                return json ? JSONOutput.print(ManifestValue(summary)) : show(summary)
            }
            var failures = 0
            for (index, file) in files.enumerated() {
                do {
                    var summary = ManifestObject()
                    summary["file"] = ManifestValue(file)
                    for entry in try ImageSummary.describe(FilePath(file), readsPixels: pixels).entries {
                        summary[entry.key] = entry.value
                    }
                    if json {
                        print(ManifestValue(summary).json())
                    } else {
                        if index > 0 { print() }
                        show(summary)
                    }
                } catch {
                    failures += 1
                    StandardError.write(CommandFailure(error).message)
                }
            }
            if failures > 0 {
                throw CommandFailure(.unreadable, "error: \(failures) of \(files.count) files cannot be read")
            }
        }

        private func show(_ summary: ManifestObject) {
            for entry in summary.entries {
                let space = String(repeating: " ", count: max(1, 13 - entry.key.count))
                print("\(entry.key):\(space)\(entry.value.string ?? entry.value.json())")
            }
        }
    }

    /// `imjoy image convert`.
    struct ConvertCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "convert", abstract: "Convert an image file to another format or element type.",
            discussion: """
                Values that the new type cannot hold are clamped to its range. The format follows from the extension, \
                also the OME notes of .ome.tif and .ome.zarr. The other options concern TIFF alone, the quality JPEG.
                """)

        @Argument(help: "The file to read.")
        var source: String

        @Argument(help: ArgumentHelp("The file to write: tif, ome.tif, png, jpg, npy or zarr.", valueName: "target"))
        var target: String

        @Option(help: "The element type of the result, such as uint8 or float32.", transform: dtype(named:))
        var dtype: DType?

        @Option(
            parsing: .upToNextOption,
            help: ArgumentHelp(
                "Two values that become 0 and the largest value of the result's type (1 for floats).",
                valueName: "min max"))
        var scale: [Double] = []

        @Option(
            help: "How pixels are packed: none, lzw, deflate, packbits, zstd, lerc or jpeg.",
            transform: compression(named:))
        var compression = ImageWriteOptions.Compression.none

        @Flag(help: "Store differences between neighbours (with lzw, deflate and zstd).")
        var predictor = false

        @Option(
            help: ArgumentHelp("Square tiles of this side, a multiple of 16, in place of strips.", valueName: "pixels"))
        var tile: Int?

        @Flag(name: .customLong("bigtiff"), help: "Offsets of 64 bits, also for a small file.")
        var bigTIFF = false

        @Option(help: "The order of bytes in a TIFF: little or big.", transform: byteOrder(named:))
        var byteOrder = DType.ByteOrder.native

        @Option(
            help: ArgumentHelp(
                "What a TIFF says about its axes: automatic, plain, imageJ or ome (usual for .ome.tif)."),
            transform: layout(named:))
        var layout = ImageWriteOptions.Layout.automatic

        @Flag(help: "Add copies of half, a quarter… of the size (TIFF); OME-Zarr always has them.")
        var pyramid = false

        @Flag(help: "Make those copies from the nearest pixels and not from means, as labels need it.")
        var nearest = false

        @Option(help: ArgumentHelp("How good a JPEG is, 1 (small) to 100.", valueName: "number"))
        var quality = 90

        private static func byteOrder(named name: String) throws -> DType.ByteOrder {
            guard let order = DType.ByteOrder(rawValue: name) else {
                throw ValidationError("`\(name)` is neither little nor big")
            }
            return order
        }

        private static func layout(named name: String) throws -> ImageWriteOptions.Layout {
            guard let layout = ImageWriteOptions.Layout(rawValue: name) else {
                let all = ImageWriteOptions.Layout.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("`\(name)` is none of \(all)")
            }
            return layout
        }

        private static func compression(named name: String) throws -> ImageWriteOptions.Compression {
            guard let compression = ImageWriteOptions.Compression(rawValue: name) else {
                let all = ImageWriteOptions.Compression.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("`\(name)` is none of \(all)")
            }
            return compression
        }

        private static func dtype(named name: String) throws -> DType {
            guard let dtype = DType(rawValue: name) else {
                throw ValidationError("`\(name)` is none of \(DType.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return dtype
        }

        func validate() throws {
            guard scale.isEmpty || (scale.count == 2 && scale[0] != scale[1] && scale.allSatisfy(\.isFinite)) else {
                throw ValidationError("--scale takes two different numbers, MIN and MAX")
            }
        }

        func run() async throws {
            let image: Image
            do { image = try Image(contentsOf: FilePath(source)) } catch { throw CommandFailure(error) }
            do {
                let pixels = try convert(image.pixels)
                let converted = try Image(
                    pixels, axes: image.axes, pixelSize: image.pixelSize, channelNames: image.channelNames,
                    metadata: image.metadata)
                let options = ImageWriteOptions(
                    compression: compression, usesPredictor: predictor, tileSize: tile, byteOrder: byteOrder,
                    isBigTIFF: bigTIFF ? true : nil, layout: layout, pyramid: pyramid ? .automatic : .none,
                    reduction: nearest ? .nearest : .mean, quality: quality)
                try converted.write(to: FilePath(target), options: options)
            } catch {
                throw CommandFailure(.failed, "error: \(error)")
            }
        }

        private func convert(_ pixels: AnyNDArray) throws -> AnyNDArray {
            let type = dtype ?? pixels.dtype
            guard scale.count == 2 else { return type == pixels.dtype ? pixels : try pixels.cast(to: type) }
            return try ImageScaling.scale(pixels, from: scale[0], to: scale[1], as: type)
        }
    }
}
