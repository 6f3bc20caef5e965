internal import ArgumentParser
internal import ImJoyCore
internal import SystemPackage

extension ImageCommand {
    /// `imjoy image view`.
    struct ViewCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "view", abstract: "Show an image in the terminal, or all planes of a stack on a sheet.",
            discussion: """
                Of a stack the middle slice of the first time is shown, channels in their colours over each other. \
                Kitty, WezTerm and Ghostty get pixels, terminals with sixel graphics, too; others half blocks in 24-bit \
                or 256 colours. Pipes, and terminals with NO_COLOR, get shades of characters; --mode overrules that.

                With --output all planes that are not chosen away are put side by side into a PNG file.
                """)

        @Argument(help: ArgumentHelp("The image.", valueName: "file"))
        var file: String

        @Option(help: "The channel to show, counted from 0; all of them without it.")
        var channel: Int?

        @Option(help: "The slice to show, counted from 0.")
        var z: Int?

        @Option(help: "The time to show, counted from 0.")
        var t: Int?

        @Option(help: "The resolution to read, 0 being the finest; without it one that is fine enough.")
        var level: Int?

        @Option(help: "Columns of the terminal, or pixels of a plane on a sheet (256).")
        var width: Int?

        @Option(help: "How to show it: auto, blocks, sixel, kitty or ascii.")
        var mode: String = "auto"

        @Option(
            help: ArgumentHelp("The PNG file to write all planes to.", valueName: "sheet.png"), completion: .file())
        var output: String?

        @Option(
            help: ArgumentHelp("The percentiles that become black and white (0.35,99.65).", valueName: "low,high"),
            transform: contrast(_:))
        var contrast: ClosedRange<Double>?

        @Flag(help: "Give each label a colour of its own.")
        var labels = false

        private static func contrast(_ text: String) throws -> ClosedRange<Double> {
            let ends = text.split(separator: ",").compactMap { Double($0) }
            guard ends.count == 2, ends[0] >= 0, ends[0] < ends[1], ends[1] <= 100 else {
                throw ValidationError("`\(text)` is not two percentiles such as 1,99")
            }
            return ends[0]...ends[1]
        }

        func validate() throws {
            guard mode == "auto" || PictureMode(rawValue: mode) != nil else {
                throw ValidationError("--mode is auto, blocks, sixel, kitty or ascii, not `\(mode)`")
            }
            guard (1...8192).contains(width ?? 1) else { throw ValidationError("--width is from 1 to 8192") }
            if let output, FilePath(output).extension?.lowercased() != "png" {
                throw ValidationError("--output is a PNG file, and `\(output)` does not end in png")
            }
        }

        func run() async throws {
            if let output { try ResultOutput.check(folderOf: output) }
            let (image, options) = try await ImageFile.readForView(
                file,
                ImageRendering.Options(channel: channel, z: z, t: t, contrast: contrast, showsLabels: labels),
                level: level, width: width ?? 1024, all: output != nil)
            do {
                let rendering = try ImageRendering(image, options, all: output != nil)
                guard let output else { return print(try text(of: rendering), terminator: "") }
                let sheet = try rendering.sheet(tileWidth: width ?? min(256, rendering.naturalWidth))
                let pixels = try NDArray<UInt8>(sheet.bytes, shape: [sheet.height, sheet.width, 3])
                try Image(pixels, axes: "YXS").write(to: FilePath(output))
            } catch let failure as CommandFailure {
                throw failure
            } catch {
                throw CommandFailure(.failed, "error: \(error)")
            }
        }

        private func text(of rendering: ImageRendering) throws -> String {
            let abilities = TerminalAbilities.current
            let chosen = PictureMode(rawValue: mode) ?? abilities.mode
            let screen = abilities.size
            let isPixels = chosen == .sixel || chosen == .kitty
            // A row of characters is as tall as two columns are wide, and the prompt wants a row, too.
            var columns = width ?? min(screen.columns, isPixels ? screen.columns : max(rendering.naturalWidth, 1))
            if width == nil, abilities.isTerminal {
                let rows = max(1, (screen.rows - 1) * 2)
                while columns > 1, rendering.height(forWidth: columns) > rows { columns = columns * 15 / 16 }
            }
            let pixelWidth = isPixels ? columns * screen.cellWidth : columns
            let raster = try rendering.picture(width: pixelWidth, height: rendering.height(forWidth: pixelWidth))
            switch chosen {
            case .ascii: return TerminalPicture.characters(raster)
            case .blocks: return TerminalPicture.blocks(raster, isTrueColour: abilities.isTrueColour)
            case .sixel: return TerminalPicture.sixels(raster)
            case .kitty: return try TerminalPicture.kitty(raster, columns: columns)
            }
        }
    }
}
