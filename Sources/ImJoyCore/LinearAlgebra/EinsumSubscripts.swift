/// The subscripts of ``NDArray/einsum(_:_:)``, read and matched with the shapes of the operands.
///
/// A label is a letter's code; the axes that `...` stands for are numbered from the last one as -1, -2 and so on.
struct EinsumSubscripts {
    /// The labels of each operand's axes.
    private(set) var operands: [[Int]]
    private(set) var output: [Int]
    /// The length of every label's axes.
    private(set) var lengths: [Int: Int] = [:]

    init(_ text: String, shapes: [[Int]]) throws(NDArrayError) {
        func failure(_ reason: String) -> NDArrayError {
            NDArrayError(.shapeMismatch, "einsum '\(text)' of shapes \(shapes): \(reason)")
        }
        let compact = text.filter { $0 != " " }
        let arrow = compact.split(separator: "->", omittingEmptySubsequences: false)
        guard arrow.count <= 2 else { throw failure("more than one ->") }
        let terms = arrow[0].split(separator: ",", omittingEmptySubsequences: false)
        guard terms.count == shapes.count else {
            throw failure("\(terms.count) terms for \(shapes.count) operands")
        }
        operands = []
        for (index, (term, shape)) in zip(terms, shapes).enumerated() {
            guard let labels = Self.labels(term, rank: shape.count) else {
                throw failure("'\(term)' does not name the \(shape.count) axes of operand \(index)")
            }
            operands.append(labels)
            for (label, length) in zip(labels, shape) {
                // The diagonal of a repeated label is one of a square.
                let own = zip(labels, shape).first { $0.0 == label }?.1 ?? length
                guard own == length else {
                    throw failure("\(Self.name(label)) has lengths \(own) and \(length) in operand \(index)")
                }
                let known = lengths[label] ?? 1
                guard known == length || known == 1 || length == 1 else {
                    throw failure("\(Self.name(label)) has lengths \(known) and \(length)")
                }
                lengths[label] = known == 1 ? length : known
            }
        }
        let ellipsis = lengths.keys.filter { $0 < 0 }.sorted()
        if arrow.count == 2 {
            guard let labels = Self.labels(arrow[1], ellipsis: ellipsis) else {
                throw failure("the result '\(arrow[1])' is made of letters and one ... at most")
            }
            output = labels
        } else {
            let all = operands.joined()
            let single = lengths.keys.filter { label in label > 0 && all.count(where: { $0 == label }) == 1 }
            output = ellipsis + single.sorted()
        }
        for label in output {
            guard lengths[label] != nil else { throw failure("\(Self.name(label)) of the result is in no operand") }
            guard output.count(where: { $0 == label }) == 1 else {
                throw failure("\(Self.name(label)) is twice in the result")
            }
        }
    }

    /// The labels of an operand of `rank` axes, or nil when the term does not fit it.
    private static func labels(_ term: Substring, rank: Int) -> [Int]? {
        let letters = term.count { $0 != "." }
        guard term.contains(".") ? letters <= rank : letters == rank else { return nil }
        return labels(term, ellipsis: Array(-(rank - letters)..<0))
    }

    private static func labels(_ term: Substring, ellipsis: [Int]) -> [Int]? {
        let parts = term.split(separator: "...", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return nil }
        var labels: [Int] = []
        for (index, part) in parts.enumerated() {
            if index == 1 { labels += ellipsis }
            for character in part {
                guard character.isASCII, character.isLetter, let code = character.asciiValue else { return nil }
                labels.append(Int(code))
            }
        }
        return labels
    }

    static func name(_ label: Int) -> String {
        label < 0 ? "axis \(label) of ..." : "'\(Unicode.Scalar(UInt8(label)))'"
    }
}
