extension NDArray: CustomStringConvertible {
    /// The elements in nested brackets and aligned columns, exactly as NumPy's `str` prints them.
    ///
    /// Above 1000 elements only the first and last three along each axis are shown.
    public var description: String {
        if rank == 0 { return Element.plainText(item) }
        return ArrayPrinter(self, separator: " ", prefix: "").text()
    }
}

extension NDArray: CustomDebugStringConvertible {
    /// The elements with commas and the dtype, exactly as NumPy's `repr` prints them.
    public var debugDescription: String {
        let prefix = "array("
        var extras: [String] = []
        let isElided = count > ArrayPrinter<Element>.threshold
        if (count == 0 && shape != [0]) || isElided { extras.append("shape=\(Self.tuple(shape))") }
        // Types that the printed elements already tell.
        let isImplied = [.bool, .int64, .float64, .complex128].contains(dtype)
        if !isImplied || count == 0 { extras.append("dtype=\(dtype)") }
        let text = prefix + ArrayPrinter(self, separator: ", ", prefix: prefix).text()
        if extras.isEmpty { return text + ")" }
        let tail = extras.joined(separator: ", ") + ")"
        let lastLine =
            text.utf8.count
            - (text.utf8.lastIndex(of: 10).map { text.utf8.distance(from: text.startIndex, to: $0) + 1 } ?? 0)
        let breaks = lastLine + 1 + tail.utf8.count + 1 > ArrayPrinter<Element>.lineWidth
        return text + "," + (breaks ? "\n" + String(repeating: " ", count: prefix.count) : " ") + tail
    }

    private static func tuple(_ shape: [Int]) -> String {
        "(" + shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? ",)" : ")")
    }
}

/// Lays the elements of one array out in lines and brackets, by the rules of NumPy's `array2string`.
private struct ArrayPrinter<Element: NDElement> {
    /// The count of elements above which the middle is left out.
    static var threshold: Int { 1000 }
    /// What is kept at either end of an axis then.
    static var edge: Int { 3 }
    static var lineWidth: Int { 75 }

    private let shown: NDArray<Element>
    /// True for the axes of which only the ends are in `shown`.
    private let isElided: [Bool]
    private let separator: String
    private let prefix: String
    private let format: ElementFormat<Element>

    init(_ array: NDArray<Element>, separator: String, prefix: String) {
        let elides = array.count > Self.threshold
        isElided = array.shape.map { elides && $0 > 2 * Self.edge }
        shown = Self.corners(of: array, isElided: isElided)
        self.separator = separator
        self.prefix = String(repeating: " ", count: 1 + prefix.count)
        format = ElementFormat(shown.elements, isSingle: array.rank == 0)
    }

    /// The first and last elements along the elided axes.
    private static func corners(of array: NDArray<Element>, isElided: [Bool]) -> NDArray<Element> {
        guard isElided.contains(true) else { return array }
        let shape = zip(array.shape, isElided).map { $1 ? 2 * edge : $0 }
        let count = shape.reduce(1, *)
        return NDArray(shape: shape) { target in
            for place in 0..<count {
                var rest = place
                var index = [Int](repeating: 0, count: shape.count)
                for axis in shape.indices.reversed() {
                    index[axis] = rest % shape[axis]
                    rest /= shape[axis]
                    if isElided[axis], index[axis] >= edge { index[axis] += array.shape[axis] - 2 * edge }
                }
                target.initializeElement(at: place, to: array[at: index])
            }
        }
    }

    func text() -> String {
        if shown.count == 0 { return "[]" }
        return text(of: shown, axis: 0, indent: prefix, width: Self.lineWidth)
    }

    private func text(of part: NDArray<Element>, axis: Int, indent: String, width: Int) -> String {
        guard axis < shown.rank else { return format.text(part.item) }
        let isLast = axis == shown.rank - 1
        let body =
            isLast
            ? lines(of: part, axis: axis, indent: indent, width: width)
            : blocks(of: part, axis: axis, indent: indent, width: width)
        // The first line's indentation gives way to the bracket.
        return "[" + body.dropFirst(indent.count) + "]"
    }

    /// The elements of the last axis, broken where a line is full.
    private func lines(of part: NDArray<Element>, axis: Int, indent: String, width: Int) -> String {
        let limit = width - max(separator == " " ? 0 : 1, 1)
        var done = ""
        var line = indent
        func append(_ word: String) {
            // A line that holds nothing yet gets no wider by breaking it.
            if line.utf8.count + word.utf8.count > limit, line.utf8.count > indent.utf8.count {
                while line.hasSuffix(" ") { line.removeLast() }
                done += line + "\n"
                line = indent
            }
            line += word
        }
        for index in 0..<part.shape[0] {
            if isElided[axis], index == Self.edge {
                append("...")
                line += separator
            }
            append(format.text(part[index, .ellipsis].item))
            if index < part.shape[0] - 1 { line += separator }
        }
        return done + line
    }

    /// The parts along an outer axis, with as many line breaks between them as there are axes inside.
    private func blocks(of part: NDArray<Element>, axis: Int, indent: String, width: Int) -> String {
        let breaks = (separator == " " ? "" : ",") + String(repeating: "\n", count: shown.rank - axis - 1)
        var pieces: [String] = []
        for index in 0..<part.shape[0] {
            if isElided[axis], index == Self.edge { pieces.append(indent + "...") }
            pieces.append(
                indent + text(of: part[index, .ellipsis], axis: axis + 1, indent: indent + " ", width: width - 1))
        }
        return pieces.joined(separator: breaks)
    }
}
