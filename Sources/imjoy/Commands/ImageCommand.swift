internal import ArgumentParser
internal import ImJoyCore
internal import SystemPackage

/// `imjoy image`: look at and convert image files.
struct ImageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image", abstract: "Look at and convert image files.",
        subcommands: [InfoCommand.self, ConvertCommand.self, OverlayCommand.self])
}

extension ImageCommand {
    /// `imjoy image info`.
    struct InfoCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "info", abstract: "Say what an image file holds.",
            discussion: """
                Shape, dtype and values are those of Python's tifffile.imread. The hash is the SHA-256 of the \
                row-major little-endian bytes.
                """)

        @Argument(help: "A TIFF, PNG or NPY file.")
        var file: String

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let summary: ManifestObject
            do { summary = try ImageSummary.describe(FilePath(file)) } catch { throw CommandFailure(error) }
            if json { return JSONOutput.print(ManifestValue(summary)) }
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
                Values that the new type cannot hold are clamped to its range. The format follows from the extension.
                """)

        @Argument(help: "The file to read.")
        var source: String

        @Argument(help: ArgumentHelp("The file to write: tif, png or npy.", valueName: "target"))
        var target: String

        @Option(help: "The element type of the result, such as uint8 or float32.", transform: dtype(named:))
        var dtype: DType?

        @Option(
            parsing: .upToNextOption,
            help: ArgumentHelp(
                "Two values that become 0 and the largest value of the result's type (1 for floats).",
                valueName: "min max"))
        var scale: [Double] = []

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
                try converted.write(to: FilePath(target))
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
