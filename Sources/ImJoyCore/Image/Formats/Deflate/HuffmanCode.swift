/// Codes of different lengths for symbols that come more and less often, as deflate wants them.
enum HuffmanCode {
    /// The best lengths for `counts`, none above `longest`; 0 for symbols that do not come.
    ///
    /// At least two symbols get a code: readers differ in what they make of one alone.
    static func lengths(_ counts: [UInt32], longest: Int) -> [UInt8] {
        var weights = counts.map(Int.init)
        let missing = 2 - weights.count { $0 > 0 }
        if missing > 0 {
            for symbol in weights.indices.filter({ weights[$0] == 0 }).prefix(missing) { weights[symbol] = 1 }
        }
        while true {
            let lengths = unlimited(weights)
            if lengths.allSatisfy({ $0 <= longest }) { return lengths.map { UInt8($0) } }
            // Flatter weights make the longest shorter.
            weights = weights.map { $0 > 0 ? max(1, $0 / 2) : 0 }
        }
    }

    /// Joins the two lightest until one is left; the depth of a symbol is its length.
    private static func unlimited(_ weights: [Int]) -> [Int] {
        let symbols = weights.indices.filter { weights[$0] > 0 }.sorted { weights[$0] < weights[$1] }
        let leaves = symbols.count
        var nodes = symbols.map { weights[$0] }
        var parents = [Int](repeating: 0, count: 2 * leaves - 1)
        // Joined ones come in order of weight, so each list's first is its lightest.
        var (leaf, joined) = (0, leaves)
        func takeLightest() -> Int {
            if leaf < leaves, joined >= nodes.count || nodes[leaf] <= nodes[joined] {
                leaf += 1
                return leaf - 1
            }
            joined += 1
            return joined - 1
        }
        for _ in 1..<leaves {
            let (a, b) = (takeLightest(), takeLightest())
            parents[a] = nodes.count
            parents[b] = nodes.count
            nodes.append(nodes[a] + nodes[b])
        }
        var depths = [Int](repeating: 0, count: nodes.count)
        for node in stride(from: nodes.count - 2, through: 0, by: -1) { depths[node] = depths[parents[node]] + 1 }
        var lengths = [Int](repeating: 0, count: weights.count)
        for (place, symbol) in symbols.enumerated() { lengths[symbol] = depths[place] }
        return lengths
    }

    /// The codes that follow from the lengths, their first bit lowest, with the length above the lower 16 bits.
    static func codes(_ lengths: [UInt8]) -> [UInt32] {
        var next = [UInt32](repeating: 0, count: 17)
        for length in lengths where length > 0 { next[Int(length) + 1] += 1 }
        var code: UInt32 = 0
        for length in 1...16 {
            code = (code + next[length]) << 1
            next[length] = code
        }
        return lengths.map { length in
            guard length > 0 else { return 0 }
            let code = next[Int(length)]
            next[Int(length)] += 1
            var reversed: UInt32 = 0
            for bit in 0..<UInt32(length) where code >> bit & 1 == 1 { reversed |= 1 << (UInt32(length) - 1 - bit) }
            return reversed | UInt32(length) << 16
        }
    }

    /// Lengths as deflate writes them: equal ones that follow each other in one.
    static func runs(_ lengths: [UInt8]) -> [(symbol: Int, extra: UInt32, extraBits: Int)] {
        var runs: [(symbol: Int, extra: UInt32, extraBits: Int)] = []
        var place = 0
        while place < lengths.count {
            let length = lengths[place]
            let count = lengths[place...].prefix { $0 == length }.count
            if length == 0, count >= 3 {
                let taken = min(count, 138)
                runs.append(taken < 11 ? (17, UInt32(taken - 3), 3) : (18, UInt32(taken - 11), 7))
                place += taken
            } else if count >= 4 {
                let taken = min(count - 1, 6)
                runs.append((Int(length), 0, 0))
                runs.append((16, UInt32(taken - 3), 2))
                place += taken + 1
            } else {
                runs.append((Int(length), 0, 0))
                place += 1
            }
        }
        return runs
    }
}
