/// A regular expression, as `pattern` has it in JSON schemas, that takes no longer than its text is long.
///
/// The syntax is JavaScript's without what needs backtracking: literals, `.`, classes, `\d \w \s \b` and their
/// opposites, groups, alternatives, repetitions (`* + ? {n,m}`, lazy or not) and `^ $`. Look-around and references
/// back are refused. Matching follows all possibilities at once (Thompson's construction), so no pattern is slow.
package struct TextPattern: Sendable, Hashable {
    /// Why a pattern cannot be used.
    package struct Failure: Error, Sendable, Hashable {
        /// A sentence that says what is wrong.
        package let message: String
        /// The number of Unicode scalars before the mistake.
        package let offset: Int
    }

    /// The pattern as written.
    package let text: String
    let states: [PatternState]

    /// Reads a pattern; throws a ``Failure`` for one that is malformed, too large or needs backtracking.
    package init(_ text: String) throws(Failure) {
        self.text = text
        var parser = PatternParser(text)
        let node = try parser.parse()
        var builder = PatternBuilder()
        states = try builder.build(node)
    }

    /// Steps that one match may take: states and ranges looked at, summed over the text.
    static let maximumSteps = 2_000_000

    /// Whether the pattern matches anywhere in `text`; nil when the text is too long to find out.
    package func matches(_ text: String) -> Bool? {
        var matcher = PatternMatcher(states)
        return matcher.run(text.unicodeScalars)
    }

    package static func == (left: TextPattern, right: TextPattern) -> Bool { left.text == right.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// A set of scalars: ranges, or all others.
struct ScalarClass: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false

    func contains(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } != isNegated }

    static let digits = ScalarClass(ranges: [48...57])
    static let words = ScalarClass(ranges: [48...57, 65...90, 95...95, 97...122])
    static let spaces = ScalarClass(
        ranges: [
            9...13, 32...32, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
            0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
        ])
    static let lineEnds = ScalarClass(ranges: [10...10, 13...13, 0x2028...0x2029])

    var negated: ScalarClass { ScalarClass(ranges: ranges, isNegated: !isNegated) }

    /// The ranges of what is in the class.
    var positiveRanges: [ClosedRange<UInt32>] {
        guard isNegated else { return ranges }
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return result
    }
}

/// A part of a pattern.
indirect enum PatternNode {
    enum Assertion { case start, end, wordBoundary, noWordBoundary }

    case empty
    case scalars(ScalarClass)
    case assertion(Assertion)
    case sequence([PatternNode])
    case choice([PatternNode])
    case repetition(PatternNode, least: Int, most: Int?)
}

/// One state of the machine that a pattern becomes.
enum PatternState: Sendable {
    case scalars(ScalarClass, next: Int)
    case assertion(PatternNode.Assertion, next: Int)
    case fork([Int])
    case accept
}

/// Makes a machine of a pattern.
struct PatternBuilder {
    static let maximumStates = 10_000
    private var states: [PatternState] = []

    mutating func build(_ node: PatternNode) throws(TextPattern.Failure) -> [PatternState] {
        states = [.accept]
        // The last state is where matching starts.
        let start = try add(node, next: 0)
        states.append(.fork([start]))
        return states
    }

    private mutating func append(_ state: PatternState) throws(TextPattern.Failure) -> Int {
        guard states.count < Self.maximumStates else {
            throw TextPattern.Failure(
                message: "the pattern is too large: its repetitions stand for more than \(Self.maximumStates) parts",
                offset: 0)
        }
        states.append(state)
        return states.count - 1
    }

    /// Adds states that go on to `next`, and returns the first of them.
    private mutating func add(_ node: PatternNode, next: Int) throws(TextPattern.Failure) -> Int {
        switch node {
        case .empty: return next
        case .scalars(let set): return try append(.scalars(set, next: next))
        case .assertion(let kind): return try append(.assertion(kind, next: next))
        case .sequence(let nodes):
            var target = next
            for node in nodes.reversed() { target = try add(node, next: target) }
            return target
        case .choice(let nodes):
            var targets: [Int] = []
            for node in nodes { targets.append(try add(node, next: next)) }
            return try append(.fork(targets))
        case .repetition(let node, let least, let most):
            var target = next
            if let most {
                for _ in least..<max(least, most) {
                    let body = try add(node, next: target)
                    target = try append(.fork([body, next]))
                }
            } else {
                let loop = try append(.fork([]))
                let body = try add(node, next: loop)
                states[loop] = .fork([body, next])
                target = loop
            }
            for _ in 0..<least { target = try add(node, next: target) }
            return target
        }
    }
}

/// Runs the machine over a text, all its possibilities side by side.
struct PatternMatcher {
    private let states: [PatternState]
    /// The position at which each state was last entered.
    private var entered: [Int]
    private var steps = 0

    init(_ states: [PatternState]) {
        self.states = states
        entered = Array(repeating: -1, count: states.count)
    }

    mutating func run(_ text: String.UnicodeScalarView) -> Bool? {
        var active: [Int] = []
        var position = 0
        var previous: UInt32?
        var index = text.startIndex
        while true {
            let current = index < text.endIndex ? text[index].value : nil
            let place = Place(position: position, before: previous, after: current)
            // A match may start anywhere.
            if enter(states.count - 1, place, &active) { return true }
            guard let current else { return false }
            guard steps < TextPattern.maximumSteps else { return nil }
            var next: [Int] = []
            position += 1
            let following = text.index(after: index)
            let after = following < text.endIndex ? text[following].value : nil
            let nextPlace = Place(position: position, before: current, after: after)
            for state in active {
                guard case .scalars(let set, let target) = states[state] else { continue }
                steps += set.ranges.count
                if set.contains(current), enter(target, nextPlace, &next) { return true }
            }
            active = next
            previous = current
            index = following
        }
    }

    private struct Place {
        var position: Int
        var before: UInt32?
        var after: UInt32?

        func holds(_ assertion: PatternNode.Assertion) -> Bool {
            switch assertion {
            case .start: before == nil
            case .end: after == nil
            case .wordBoundary: isBoundary
            case .noWordBoundary: !isBoundary
            }
        }

        private var isBoundary: Bool {
            (before.map(ScalarClass.words.contains) ?? false) != (after.map(ScalarClass.words.contains) ?? false)
        }
    }

    /// Follows everything that needs no scalar; true when that reaches the end of the pattern.
    private mutating func enter(_ first: Int, _ place: Place, _ list: inout [Int]) -> Bool {
        var stack = [first]
        while let state = stack.popLast() {
            guard entered[state] != place.position else { continue }
            entered[state] = place.position
            steps += 1
            switch states[state] {
            case .accept: return true
            case .scalars: list.append(state)
            case .fork(let targets): stack += targets
            case .assertion(let kind, let next): if place.holds(kind) { stack.append(next) }
            }
        }
        return false
    }
}
