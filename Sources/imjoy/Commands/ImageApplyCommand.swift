internal import ArgumentParser
#if canImport(Glibc)
    internal import Glibc
#endif
internal import ImJoyCore
internal import SystemPackage

extension ImageCommand {
    /// `imjoy image apply`.
    struct ApplyCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "apply", abstract: "Process an image with operators, one after the other.",
            discussion: """
                A pipeline is operators with `|` between them: 'gaussian(sigma=2) | threshold(otsu) | label'. \
                `imjoy image operators` lists them. They work plane by plane, with axes=ZYX on volumes. \
                'smooth = gaussian(2) | …' names what a step gives; later steps take it as @smooth, what came in as \
                @input, and files as @mask.tif.

                Images go to a file that ends in tif, png, jpg, npy or zarr, tables and numbers to one that ends in csv or json, \
                or to standard output without any.
                """)

        @Argument(help: "The operators, such as 'median(3) | threshold(otsu) | label | regionprops'.")
        var pipeline: String

        @Argument(help: ArgumentHelp("The image to read.", valueName: "in"))
        var source: String

        @Argument(help: ArgumentHelp("The file to write.", valueName: "out"))
        var target: String?

        @Flag(help: "Print what was done as JSON: input, and each step's parameters, time and hash.")
        var json = false

        @Flag(help: "Print no progress.")
        var quiet = false

        func run() async throws {
            let parsed: ImagePipeline
            do { parsed = try ImagePipeline(parsing: pipeline) } catch {
                throw CommandFailure(.usage, Self.pointed(error, at: pipeline))
            }
            try check(parsed)
            let input = try ImageFile.read(source)
            var report = ApplyReport(parsed, source, input, isKept: json)
            let progress = StepProgress(isShown: !quiet && !json)
            let result: OperatorValue
            do {
                result = try parsed.run(on: input, reading: { try Image(contentsOf: $0) }) { event in
                    progress.show(event, of: parsed)
                    report.add(event)
                }
                progress.finish()
                try Task.checkCancellation()
            } catch let error as OperatorError {
                progress.finish()
                if error.code == .cancelled { throw CancellationError() }
                let isUnreadable = error.code == .missingImage
                throw CommandFailure(isUnreadable ? .unreadable : .failed, Self.pointed(error, at: pipeline))
            }
            do { try give(result) } catch { throw CommandFailure(.failed, "error: \(error)") }
            if json { JSONOutput.print(report.json(output: target)) }
        }

        /// Finds out before the work that its result could not be saved.
        private func check(_ parsed: ImagePipeline) throws {
            let isTable = parsed.gives == .table || parsed.gives == .number
            guard let target else {
                guard isTable || json else {
                    throw CommandFailure(.usage, "error: this gives an image; name the file to write it to")
                }
                return
            }
            let form = FilePath(target).extension?.lowercased() ?? ""
            let isTableFile = form == "csv" || form == "json"
            guard isTable == isTableFile, isTable || ImageFormat.named(fileExtension: form) != nil else {
                throw CommandFailure(
                    .usage,
                    "error: \(target): this gives a\(isTable ? " \(parsed.gives)" : "n image"), which is written as "
                        + (isTable ? "csv or json" : "tif, png, jpg, npy or zarr"))
            }
            try ResultOutput.check(folderOf: target)
        }

        private func give(_ result: OperatorValue) throws {
            switch result {
            case .image(let image): if let target { try image.write(to: FilePath(target)) }
            case .table(let table): try give(table, asNumber: nil)
            case .number(let number):
                try give(OperatorTable(columns: [steps.last ?? "value"], rows: [[number]]), asNumber: number)
            }
        }

        private func give(_ table: OperatorTable, asNumber number: Double?) throws {
            if let target { return try table.write(to: FilePath(target)) }
            guard !json else { return }
            if let number { return print(TextOutput.shortened(number)) }
            if isatty(STDOUT_FILENO) == 1 {
                let rows = table.rows.map { row in row.map { $0.isNaN ? "-" : TextOutput.shortened($0) } }
                for line in Columns.lines([table.columns] + rows) { print(line) }
            } else {
                print(table.csv(), terminator: "")
            }
        }

        private var steps: [String] {
            ((try? ImagePipeline(parsing: pipeline))?.steps ?? []).map(\.imageOperator.name)
        }

        /// The message, and below it the pipeline with a mark at the column that it is about.
        private static func pointed(_ error: OperatorError, at text: String) -> String {
            guard let column = error.column, !text.contains("\n"), text.count <= 200 else { return "error: \(error)" }
            return "error: \(error.message)\n  \(text)\n  \(String(repeating: " ", count: column - 1))^"
        }
    }
}

/// A line on standard error that says which step is running; on terminals only.
final class StepProgress {
    private let isShown: Bool

    init(isShown: Bool) { self.isShown = isShown && isatty(STDERR_FILENO) == 1 }

    func show(_ event: ImagePipeline.Progress, of pipeline: ImagePipeline) {
        guard isShown, case .began(let step) = event else { return }
        let text = TerminalText.withoutControls("\(pipeline.steps[step])")
        StandardError.put("\r\u{1b}[2Kstep \(step + 1) of \(pipeline.steps.count): \(text.prefix(60))")
    }

    func finish() { if isShown { StandardError.put("\r\u{1b}[2K") } }
}

/// What was done, for programs.
struct ApplyReport {
    private let pipeline: ImagePipeline
    private let isKept: Bool
    private var input = ManifestObject()
    private var steps: [ManifestValue] = []

    init(_ pipeline: ImagePipeline, _ source: String, _ image: Image, isKept: Bool) {
        self.pipeline = pipeline
        self.isKept = isKept
        guard isKept else { return }
        input["file"] = ManifestValue(source)
        describe(image, into: &input)
    }

    mutating func add(_ event: ImagePipeline.Progress) {
        guard isKept, case .finished(let index, let value, let time) = event else { return }
        let step = pipeline.steps[index]
        var entry = ManifestObject([.init("operator", ManifestValue(step.imageOperator.name))])
        entry["as"] = step.name.map { ManifestValue($0) }
        entry["parameters"] = ManifestValue(step.parameters)
        entry["seconds"] = ManifestValue((time / .microseconds(1)).rounded() / 1e6)
        switch value {
        case .image(let image): describe(image, into: &entry)
        case .table(let table): entry["rows"] = ManifestValue(table.rows.count)
        case .number(let number): entry["value"] = ManifestValue(number)
        }
        // Tables are results of the last step, and belong to what is printed when no file takes them.
        if case .table(let table) = value { entry["table"] = table.json }
        steps.append(ManifestValue(entry))
    }

    func json(output: String?) -> ManifestValue {
        var object = ManifestObject([.init("input", ManifestValue(input))])
        object["pipeline"] = ManifestValue("\(pipeline)")
        object["steps"] = ManifestValue(
            steps.map { step in
                guard output != nil, var entry = step.object else { return step }
                entry["table"] = nil
                return ManifestValue(entry)
            })
        object["output"] = output.map { ManifestValue($0) } ?? .null
        return ManifestValue(object)
    }

    private func describe(_ image: Image, into object: inout ManifestObject) {
        object["shape"] = JSONOutput.list(image.shape)
        object["dtype"] = ManifestValue(image.dtype.rawValue)
        object["axes"] = ManifestValue(image.axes.letters)
        object["sha256"] = ManifestValue(JSONOutput.sha256(image.pixels))
    }
}
