/// Guesses which known name a misspelt one was meant to be.
package enum NearestName {
    /// The known name closest to `word`, or nil when none is close enough to be a likely typing mistake.
    ///
    /// Case, `_`, `-` and spaces are ignored first; otherwise up to one edit is forgiven in words of three or four
    /// letters, two up to eight, and three in longer ones. Distance is the restricted Damerau–Levenshtein distance.
    /// Looks at the first 500 names at most.
    package static func find(_ word: String, in known: [String]) -> String? {
        guard word.utf8.count <= 64 else { return nil }
        let known = known.prefix(500)
        let target = fold(word)
        if let same = known.first(where: { fold($0) == target && $0 != word }) { return same }
        let allowed =
            switch target.count {
            case ..<3: 0
            case 3...4: 1
            case 5...8: 2
            default: 3
            }
        guard allowed > 0 else { return nil }
        var best: (name: String, distance: Int)?
        for name in known where name != word {
            let candidate = fold(name)
            guard abs(candidate.count - target.count) <= allowed else { continue }
            let distance = distance(target, candidate)
            if distance <= allowed, distance < candidate.count, distance < best?.distance ?? .max {
                best = (name, distance)
            }
        }
        return best?.name
    }

    private static func fold(_ word: String) -> [UInt8] {
        word.utf8.compactMap { byte in
            switch byte {
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: " "): nil
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            default: byte
            }
        }
    }

    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var twoBack: [Int] = []
        var previous = Array(0...b.count)
        for i in 1...a.count {
            var row = [i] + Array(repeating: 0, count: b.count)
            for j in 1...b.count {
                let cost = a[i - 1] == b[j - 1] ? 0 : 1
                row[j] = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + cost)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], twoBack[j - 2] + 1) }
            }
            (twoBack, previous) = (previous, row)
        }
        return previous[b.count]
    }
}
