internal import ArgumentParser
internal import ImJoyCore
internal import SystemPackage

extension ImageCommand {
    /// `imjoy image overlay`.
    struct OverlayCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "overlay", abstract: "Draw the outlines of labelled objects over an image.",
            discussion:
                "The image is shown in grey with its contrast stretched; each label gets a colour of its own. Prints the number of labels."
        )

        @Argument(help: "A two-dimensional image.")
        var image: String

        @Argument(help: "A label image of the same shape: 0 is background, each other value one object.")
        var labels: String

        @Argument(help: ArgumentHelp("The picture to write.", valueName: "target.png"))
        var target: String

        @Option(help: "How many screen pixels wide each image pixel becomes.")
        var zoom = 2

        @Flag(help: "Print JSON.")
        var json = false

        func validate() throws {
            guard (1...16).contains(zoom) else {
                throw ValidationError("--zoom is a whole number from 1 to 16, not \(zoom)")
            }
        }

        func run() async throws {
            let count: Int
            do {
                let pixels = try Image(contentsOf: FilePath(image)).pixels
                let objects = try Image(contentsOf: FilePath(labels)).pixels
                count = try LabelCount.count(objects)
                let picture = try Drawing.overlay(pixels, labels: objects, scale: zoom)
                try Image(picture, axes: "YXS").write(to: FilePath(target))
            } catch {
                throw CommandFailure(error)
            }
            if json { JSONOutput.print(["labels": ManifestValue(count)]) } else { print("\(count) labels") }
        }
    }
}

/// How many objects a label image has.
enum LabelCount {
    static func count(_ labels: AnyNDArray) throws(NDArrayError) -> Int {
        var counter = Counter()
        return try labels.visitReal(&counter)
    }

    private struct Counter: NDRealVisitor {
        func visit<T: NDReal>(_ array: NDArray<T>) -> Int {
            var values = Set(array.elements)
            values.remove(.zero)
            return values.count
        }
    }
}
