/// Reads the text of a pattern.
struct PatternParser {
    private static let maximumLength = 4096
    private static let maximumDepth = 100
    private static let maximumCount = 1000

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars.prefix(Self.maximumLength + 1)) }

    mutating func parse() throws(TextPattern.Failure) -> PatternNode {
        guard scalars.count <= Self.maximumLength else {
            throw failure("the pattern is longer than \(Self.maximumLength) characters", at: 0)
        }
        let node = try choice()
        guard position == scalars.count else { throw failure("this `)` closes nothing", at: position) }
        return node
    }

    private func failure(_ message: String, at offset: Int) -> TextPattern.Failure {
        TextPattern.Failure(message: message, offset: offset)
    }

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        position += 1
        return true
    }

    private mutating func choice() throws(TextPattern.Failure) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else {
            throw failure("groups are nested more than \(Self.maximumDepth) deep", at: position)
        }
        var choices = [try sequence()]
        while take("|") { choices.append(try sequence()) }
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private mutating func sequence() throws(TextPattern.Failure) -> PatternNode {
        var nodes: [PatternNode] = []
        while let scalar = current, scalar != "|", scalar != ")" { nodes.append(try repeated(try atom())) }
        return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
    }

    private mutating func repeated(_ node: PatternNode) throws(TextPattern.Failure) -> PatternNode {
        let start = position
        let least: Int
        let most: Int?
        switch current {
        case "*": (least, most) = (0, nil)
        case "+": (least, most) = (1, nil)
        case "?": (least, most) = (0, 1)
        case "{":
            guard let counts = try counts() else { return node }
            (least, most) = counts
            position -= 1
        default: return node
        }
        position += 1
        // Lazy or not, a text matches or it does not.
        _ = take("?")
        if case .assertion = node { throw failure("`^`, `$` and `\\b` cannot be repeated", at: start) }
        if let next = current, next == "*" || next == "+" || next == "?" {
            throw failure("nothing to repeat before this `\(next)`", at: position)
        }
        return .repetition(node, least: least, most: most)
    }

    /// Reads `{2}`, `{2,}` or `{2,5}`; other text in braces is text.
    private mutating func counts() throws(TextPattern.Failure) -> (Int, Int?)? {
        let start = position
        position += 1
        let least = number()
        var most = least
        if take(",") { most = number() }
        guard let least, take("}") else {
            position = start
            return nil
        }
        let isOpen = scalars[position - 2] == ","
        if least > Self.maximumCount || (most ?? 0) > Self.maximumCount {
            throw failure("a part is repeated more than \(Self.maximumCount) times", at: start)
        }
        if let most, !isOpen, most < least {
            throw failure("the repetition {\(least),\(most)} has its numbers in the wrong order", at: start)
        }
        return (least, isOpen ? nil : most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let digit = current?.value, (48...57).contains(digit) {
            value = min((value ?? 0) * 10 + Int(digit - 48), 1_000_000)
            position += 1
        }
        return value
    }

    private mutating func atom() throws(TextPattern.Failure) -> PatternNode {
        let start = position
        guard let scalar = current else { return .empty }
        position += 1
        switch scalar {
        case "(":
            if take("?"), !take(":") {
                let isNamed = take("<") && current != "=" && current != "!"
                guard isNamed else {
                    throw failure("look-around and group options are not supported", at: start)
                }
                while let next = current, next != ">" { position += next == ")" ? scalars.count : 1 }
                position = min(position + 1, scalars.count)
            }
            let node = try choice()
            guard take(")") else { throw failure("this `(` is not closed", at: start) }
            return node
        case "[": return .scalars(try scalarClass(start))
        case ".": return .scalars(ScalarClass.lineEnds.negated)
        case "^": return .assertion(.start)
        case "$": return .assertion(.end)
        case "*", "+", "?": throw failure("nothing to repeat before this `\(scalar)`", at: start)
        case "\\": return try escape(start)
        default: return .scalars(ScalarClass(ranges: [scalar.value...scalar.value]))
        }
    }

    private mutating func escape(_ start: Int) throws(TextPattern.Failure) -> PatternNode {
        switch current {
        case "b":
            position += 1
            return .assertion(.wordBoundary)
        case "B":
            position += 1
            return .assertion(.noWordBoundary)
        case let digit? where ("1"..."9").contains(digit):
            throw failure("references back (`\\\(digit)`) are not supported", at: start)
        default: return .scalars(try escapedClass(start))
        }
    }

    /// Reads what follows a backslash, inside a class or outside.
    private mutating func escapedClass(_ start: Int) throws(TextPattern.Failure) -> ScalarClass {
        guard let scalar = current else { throw failure("the pattern ends with a backslash", at: start) }
        position += 1
        switch scalar {
        case "d": return .digits
        case "D": return ScalarClass.digits.negated
        case "w": return .words
        case "W": return ScalarClass.words.negated
        case "s": return .spaces
        case "S": return ScalarClass.spaces.negated
        case "t": return Self.single(9)
        case "n": return Self.single(10)
        case "v": return Self.single(11)
        case "f": return Self.single(12)
        case "r": return Self.single(13)
        case "0": return Self.single(0)
        case "x": return Self.single(try hexadecimal(2, start))
        case "u":
            if take("{") {
                var value: UInt32 = 0
                while let digit = current.flatMap({ $0.isASCII ? UInt8($0.value).hexValue : nil }), value <= 0x10FFFF {
                    value = value << 4 | digit
                    position += 1
                }
                guard take("}"), value <= 0x10FFFF else { throw failure("this is no `\\u{…}` escape", at: start) }
                return Self.single(value)
            }
            return Self.single(try hexadecimal(4, start))
        case "p", "P", "k": throw failure("`\\\(scalar)` is not supported", at: start)
        default: return Self.single(scalar.value)
        }
    }

    private static func single(_ value: UInt32) -> ScalarClass { ScalarClass(ranges: [value...value]) }

    private mutating func hexadecimal(_ count: Int, _ start: Int) throws(TextPattern.Failure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let scalar = current, scalar.isASCII, let digit = UInt8(scalar.value).hexValue else {
                throw failure("this escape needs \(count) hexadecimal digits", at: start)
            }
            value = value << 4 | digit
            position += 1
        }
        return value
    }

    private mutating func scalarClass(_ start: Int) throws(TextPattern.Failure) -> ScalarClass {
        var result = ScalarClass()
        let isNegated = take("^")
        while let scalar = current, scalar != "]" {
            let place = position
            let low = try classPart(scalar)
            // `a-z`; a dash at the end, or next to a class such as \d, is a dash.
            guard current == "-", position + 1 < scalars.count, scalars[position + 1] != "]",
                let first = low.singleScalar
            else {
                result.ranges += low.positiveRanges
                continue
            }
            position += 1
            let high = try classPart(scalars[position])
            guard let last = high.singleScalar else {
                result.ranges += low.ranges + [45...45] + high.positiveRanges
                continue
            }
            guard first <= last else { throw failure("this range has its ends in the wrong order", at: place) }
            result.ranges.append(first...last)
        }
        guard take("]") else { throw failure("this `[` is not closed", at: start) }
        result.isNegated = isNegated
        return result
    }

    private mutating func classPart(_ scalar: Unicode.Scalar) throws(TextPattern.Failure) -> ScalarClass {
        let start = position
        position += 1
        guard scalar == "\\" else { return Self.single(scalar.value) }
        if take("b") { return Self.single(8) }
        return try escapedClass(start)
    }
}

extension ScalarClass {
    var singleScalar: UInt32? {
        guard !isNegated, ranges.count == 1, ranges[0].count == 1 else { return nil }
        return ranges[0].lowerBound
    }
}
