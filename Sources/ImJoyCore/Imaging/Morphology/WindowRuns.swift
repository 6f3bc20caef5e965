/// A footprint as runs of neighbours along the last axis.
struct WindowRuns {
    /// Neighbours that lie one after another.
    struct Run {
        /// Which of ``outerOffsets`` it belongs to.
        var outer: Int
        /// Which row of the window, from its first one.
        var row: Int
        /// Where it begins along the last axis, from the first column of the window.
        var start: Int
        /// Which of ``lengths`` it has.
        var length: Int
    }

    private(set) var runs: [Run] = []
    /// The different lengths, ascending.
    private(set) var lengths: [Int] = []
    /// How far the runs lie from the element along all axes but the last two.
    private(set) var outerOffsets: [[Int]] = []

    /// - Parameter neighbourhood: of at least two axes.
    init(_ neighbourhood: Neighbourhood) {
        let shape = neighbourhood.footprint.shape
        let (width, height) = (shape[shape.count - 1], shape[shape.count - 2])
        let outerShape = Array(shape.dropLast(2))
        let isIn = neighbourhood.footprint.elements
        var found: [(outer: Int, row: Int, start: Int, length: Int)] = []
        for outer in 0..<outerShape.reduce(1, *) {
            let before = found.count
            for row in 0..<height {
                let base = (outer * height + row) * width
                var start = 0
                while start < width {
                    guard isIn[base + start] else {
                        start += 1
                        continue
                    }
                    var end = start
                    while end < width, isIn[base + end] { end += 1 }
                    found.append((outerOffsets.count, row, start, end - start))
                    start = end
                }
            }
            guard found.count > before else { continue }
            var (rest, place) = (outer, Array(repeating: 0, count: outerShape.count))
            for axis in outerShape.indices.reversed() {
                place[axis] = rest % outerShape[axis] - outerShape[axis] / 2 - neighbourhood.origins[axis]
                rest /= outerShape[axis]
            }
            outerOffsets.append(place)
        }
        lengths = Set(found.map(\.length)).sorted()
        var numbers: [Int: Int] = [:]
        for (number, length) in lengths.enumerated() { numbers[length] = number }
        runs = found.map { Run(outer: $0.outer, row: $0.row, start: $0.start, length: numbers[$0.length] ?? 0) }
    }
}

/// How the extremes of runs of some lengths are made from a row: each from two shorter ones.
struct RunLadder {
    /// The extreme of two runs of number `source` that begin `shift` elements apart; the row itself is number 0.
    struct Step {
        var source: Int
        var shift: Int
        var length: Int
    }
    /// A run of some number that begins so far behind the beginning of a wanted one.
    struct Piece {
        var number: Int
        var shift: Int
    }
    private(set) var steps: [Step] = []
    /// What each wanted length is the extreme of.
    private(set) var pieces: [[Piece]] = []

    /// Above so many lengths those that are no powers of two are not made; two shorter runs stand for each of them.
    private static let mostLengths = 12

    /// - Parameter lengths: ascending, at least 1.
    init(_ lengths: [Int]) {
        let makesAll = lengths.count <= Self.mostLengths
        // Powers of two as they are needed, each made of the one before.
        var (power, number) = (1, 0)
        for wanted in lengths {
            while 2 * power <= wanted {
                steps.append(Step(source: number, shift: power, length: 2 * power))
                number = steps.count
                power *= 2
            }
            let rest = wanted - power
            if rest > 0, makesAll {
                steps.append(Step(source: number, shift: rest, length: wanted))
                pieces.append([Piece(number: steps.count, shift: 0)])
            } else {
                let more = rest > 0 ? [Piece(number: number, shift: rest)] : []
                pieces.append([Piece(number: number, shift: 0)] + more)
            }
        }
    }
}
