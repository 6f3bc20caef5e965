/// Moves places in a block's content to places in the file.
struct ContentPlaces {
    private let block: PluginFile.Block
    private let content: SourceText
    /// The content as it stands in the file, without its indentation; its text has U+FFFD for bytes that are no UTF-8.
    let bytes: [UInt8]

    init(_ block: PluginFile.Block) {
        self.block = block
        bytes = Deindent(block.source.bytes, block.bodyRange).apply(block.source.bytes, block.bodyRange)
        content = SourceText(bytes)
    }

    private func fileOffset(_ offset: Int) -> Int {
        // Unchanged text, the usual case, needs no table.
        if block.removedIndentation == 0 { return block.bodyRange.lowerBound + offset }
        let line = content.line(at: offset)
        let fileLine = block.firstLine + line - 1
        let range = block.source.lineRange(fileLine)
        let start = line == 1 ? block.bodyRange.lowerBound : range.lowerBound
        let column = offset - content.lineRange(line).lowerBound
        return min(
            min(start + block.removedIndentation, max(start, range.upperBound)) + column, block.bodyRange.upperBound)
    }

    private func moved(_ range: Range<Int>) -> Range<Int> {
        let start = fileOffset(range.lowerBound)
        return start..<max(start, fileOffset(range.upperBound))
    }

    func moved(_ problem: SourceProblem) -> SourceProblem {
        var problem = problem
        problem.range = moved(problem.range)
        return problem
    }

    func moved(_ value: ManifestValue) -> ManifestValue { value.mapRanges(moved) }
}
