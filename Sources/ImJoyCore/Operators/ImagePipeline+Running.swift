public import SystemPackage

extension ImagePipeline {
    /// What happens while a pipeline runs.
    public enum Progress: Sendable {
        /// A step begins; steps are counted from 0.
        case began(step: Int)
        /// A step is done, and took so long.
        case finished(step: Int, OperatorValue, Duration)
    }

    /// Runs the steps one after the other and returns what the last one gives.
    ///
    /// - Parameters:
    ///   - input: what the first step takes, and `@input` stands for.
    ///   - reading: reads the files that steps name, as they are written after `@`. Without it there are none, so that
    ///     a pipeline from elsewhere reads no files of this machine.
    ///   - progress: hears of each step.
    ///
    /// The result depends on nothing but the input and the steps. Throws ``OperatorError`` with the number of the step
    /// that failed, and with ``OperatorError/Code/cancelled`` when the task was cancelled between two steps.
    public func run(
        on input: Image, reading: ((FilePath) throws -> Image)? = nil, progress: (Progress) -> Void = { _ in }
    ) throws(OperatorError) -> OperatorValue {
        var images = ["input": input]
        for file in files {
            guard let reading else {
                throw OperatorError(.missingImage, "`@\(file)` is a file, and files are not read here")
            }
            do { images[file] = try reading(FilePath(file)) } catch {
                throw OperatorError(.missingImage, "`@\(file)`: \(error)")
            }
        }
        let clock = ContinuousClock()
        var value = OperatorValue.image(input)
        for (index, step) in steps.enumerated() {
            if Task.isCancelled { throw OperatorError(.cancelled, "cancelled", step: index) }
            progress(.began(step: index))
            let start = clock.now
            do throws(OperatorError) {
                value = try step.imageOperator.run(on: value, step.arguments, images: images)
            } catch {
                throw OperatorError(error.code, error.message, column: step.column, step: index)
            }
            progress(.finished(step: index, value, clock.now - start))
            if let name = step.name, let image = value.image { images[name] = image }
        }
        return value
    }
}
