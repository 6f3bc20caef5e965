@testable internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

// The streams are compared with NumPy's, bit for bit, in NumPyPropertyTests (group "streams").
@Suite struct RandomTests {
    @Test func `the first words of a seed are NumPy's`() {
        // numpy.random.PCG64(0).random_raw(3) and SeedSequence(0).generate_state(2, numpy.uint64).
        var bits = PCG64(seed: 0)
        let words: [UInt64] = [bits.next(), bits.next(), bits.next()]
        #expect(words == [0xa30f_ebcf_d9c2_825f, 0x4510_bdf8_82d9_d721, 0x0a7d_3da9_4ecd_e8b8])
        #expect(SeedSequence(0).state(words: 2) == [0xdb2c_d7e7_b0f4_78be, 0xabf4_641a_2c71_ba49])
    }

    @Test func `one seed gives one stream, and copies go on alike`() throws {
        var a = RandomGenerator(seed: 9)
        var b = a
        let (first, second) = (try a.standardNormal(shape: [50]), try b.standardNormal(shape: [50]))
        #expect(first == second && a == b)
        var other = RandomGenerator(seed: 10)
        let (mine, its) = (try a.random(shape: [4]), try other.random(shape: [4]))
        #expect(mine != its)
        var (system, again) = (RandomGenerator(), RandomGenerator())
        let words: [UInt64] = [system.next(), again.next()]
        #expect(words[0] != words[1])
    }

    @Test func `children of a generator differ from it and from one another`() {
        var parent = RandomGenerator(seed: 1)
        var children = parent.spawn(3) + parent.spawn(2)
        var words = Set(children.indices.map { children[$0].next() })
        words.insert(parent.next())
        #expect(words.count == 6 && parent.seed.childCount == 5)
        #expect(children[4].seed.spawnKey == [4])
    }

    @Test func `advancing is the same as drawing`() {
        for steps in [0, 1, 2, 3, 1000] {
            var (walked, jumped) = (PCG64(seed: 4), PCG64(seed: 4))
            for _ in 0..<steps { _ = walked.next() as UInt64 }
            jumped.advance(by: UInt128(steps))
            #expect(walked == jumped)
        }
    }

    @Test func `Swift's own functions take it`() {
        var random = RandomGenerator(seed: 2)
        let shuffled = (0..<20).shuffled(using: &random)
        #expect(shuffled.sorted() == Array(0..<20) && shuffled != Array(0..<20))
        #expect((1...6).contains(Int.random(in: 1...6, using: &random)))
    }

    @Test func `distributions have their means and spreads`() throws {
        var random = RandomGenerator(seed: 77)
        let count = 40_000
        func check(_ values: NDArray<Double>, mean: Double, deviation: Double, _ name: String) {
            // Five standard errors; the fourth moment of none of these is far from the normal one's.
            #expect(abs(values.mean() - mean) < 5 * deviation / Double(count).squareRoot(), "\(name)")
            #expect(abs(values.standardDeviation() / deviation - 1) < 0.05, "\(name)")
        }
        check(try random.uniform(-1..<3, shape: [count]), mean: 1, deviation: 4 / 12.0.squareRoot(), "uniform")
        check(try random.normal(mean: 5, standardDeviation: 2, shape: [count]), mean: 5, deviation: 2, "normal")
        check(try random.exponential(scale: 3, shape: [count]), mean: 3, deviation: 3, "exponential")
        check(try random.gamma(4, scale: 0.5, shape: [count]), mean: 2, deviation: 1, "gamma")
        for mean in [3.0, 50] {
            check(
                try random.poisson(mean: mean, shape: [count]).cast(), mean: mean, deviation: mean.squareRoot(),
                "poisson")
        }
        for (trials, p) in [(10, 0.3), (1000, 0.4), (1000, 0.9)] {
            let n = Double(trials)
            check(
                try random.binomial(trials: trials, probability: p, shape: [count]).cast(), mean: n * p,
                deviation: (n * p * (1 - p)).squareRoot(), "binomial")
        }
        let single = try random.standardNormal(Float.self, shape: [count])
        #expect(abs(single.mean()) < 0.03 && single.dtype == .float32)
        let dice = try random.integers(1...6, shape: [count]).elements
        for face in 1...6 { #expect(abs(dice.count { $0 == face } - count / 6) < 400) }
        let heads = try random.booleans(shape: [100]).countTrue()
        #expect((20...80).contains(heads))
    }

    @Test func `integers reach both ends of their range and no further`() throws {
        var random = RandomGenerator(seed: 8)
        let small = try random.integers(Int8(-3)...2, shape: [1000])
        #expect(small.min() == -3 && small.max() == 2)
        let fives = try random.integers(UInt64(5)...5, shape: [3])
        #expect(fives.elements == [5, 5, 5])
        let short = try random.integers(Int16.min...Int16.max, shape: [100])
        #expect(short.min() < -10_000 && short.max() > 10_000)
        let wide = try random.integers(Int64.min..<Int64.max, shape: [100])
        #expect(wide.min() < -(1 << 60) && wide.max() > 1 << 60)
    }

    @Test func `choices without replacement are all different`() throws {
        var random = RandomGenerator(seed: 6)
        for (population, count) in [(5, 5), (1000, 30), (20_000, 19_000), (20_000, 10)] {
            for isShuffled in [true, false] {
                let chosen = try random.choice(population, shape: [count], replacing: false, shuffling: isShuffled)
                #expect(
                    Set(chosen.elements).count == count
                        && chosen.elements.allSatisfy { (0..<population).contains(Int($0)) })
            }
        }
        let weighted = try random.choice(4, shape: [3], replacing: false, probabilities: [0.5, 0, 0.25, 0.25])
        #expect(Set(weighted.elements) == [0, 2, 3])
        let often = try random.choice(2, shape: [1000], probabilities: [0.9, 0.1])
        #expect((50...150).contains(often.elements.count { $0 == 1 }))
    }

    @Test func `arrays are shuffled along one axis and keep their parts together`() throws {
        var random = RandomGenerator(seed: 12)
        let table = try NDArray<Int32>.arange(60).reshaped(to: [10, 6])
        let rows = try random.permutation(of: table)
        #expect(rows != table && Set((0..<10).map { rows[$0, 0] / 6 }).count == 10)
        for row in 0..<10 { #expect(rows[row, .all] == table[Int(rows[row, 0]) / 6, .all]) }
        var columns = table
        try random.shuffle(&columns, axis: -1)
        #expect(columns[0, .all].elements.sorted() == [0, 1, 2, 3, 4, 5])
        #expect(columns.shape == [10, 6] && columns[3, 2] == columns[0, 2] + 18)
        let (fewer, narrower) = (
            try random.choice(from: table, count: 4, replacing: false),
            try random.choice(from: table, count: 2, axis: 1)
        )
        #expect(fewer.shape == [4, 6] && narrower.shape == [10, 2])
    }

    @Test func `parameters that make no distribution are refused`() throws {
        var random = RandomGenerator(seed: 0)
        #expect(throws: NDArrayError.self) { try random.normal(standardDeviation: -1, shape: [2]) }
        #expect(throws: NDArrayError.self) { try random.normal(standardDeviation: .nan, shape: [2]) }
        #expect(throws: NDArrayError.self) { try random.exponential(scale: -1, shape: [2]) }
        #expect(throws: NDArrayError.self) { try random.gamma(-1, shape: [2]) }
        #expect(throws: NDArrayError.self) { try random.gamma(1, scale: -1, shape: [2]) }
        #expect(throws: NDArrayError.self) { try random.poisson(mean: -1, shape: [2]) }
        #expect(throws: NDArrayError.self) { try random.poisson(mean: 1e19, shape: [2]) }
        #expect(throws: NDArrayError.self) { try random.binomial(trials: -1, probability: 0.5, shape: [2]) }
        #expect(throws: NDArrayError.self) { try random.binomial(trials: 1, probability: 1.5, shape: [2]) }
        #expect(throws: NDArrayError.self) { try random.uniform(-Double.greatestFiniteMagnitude..<1e308, shape: [2]) }
        #expect(throws: NDArrayError.self) { try random.integers(3..<3, shape: [2]) }
        #expect(throws: NDArrayError.self) { try random.random(shape: [-1]) }
        #expect(throws: NDArrayError.self) { try random.permutation(-1) }
        #expect(throws: NDArrayError.self) { try random.permutation(.max) }
        #expect(throws: NDArrayError.self) { try random.permutation(of: NDArray<Int8>(scalar: 1)) }
        #expect(throws: NDArrayError.self) { try random.choice(0, shape: [1]) }
        #expect(throws: NDArrayError.self) { try random.choice(-1, shape: [0]) }
        #expect(throws: NDArrayError.self) { try random.choice(3, shape: [4], replacing: false) }
        #expect(throws: NDArrayError.self) { try random.choice(3, shape: [2], probabilities: [0.5, 0.5]) }
        #expect(throws: NDArrayError.self) { try random.choice(2, shape: [2], probabilities: [0.5, 0.6]) }
        #expect(throws: NDArrayError.self) { try random.choice(2, shape: [2], probabilities: [1.5, -0.5]) }
        #expect(throws: NDArrayError.self) { try random.choice(2, shape: [2], probabilities: [.nan, 1]) }
        #expect(throws: NDArrayError.self) {
            try random.choice(2, shape: [2], replacing: false, probabilities: [1, 0])
        }
        let none = try random.choice(0, shape: [0])
        #expect(none.isEmpty)
    }

    @Test func `logarithms and powers of two doubles are exact far beyond one`() {
        // e and its logarithm to 32 digits, in two doubles.
        let e = DoubleDouble.exp(DoubleDouble(1))
        #expect(e.high == 2.718281828459045 && abs(e.low - 1.4456468917292502e-16) < 1e-29)
        let one = DoubleDouble.log(e)
        #expect(one.high == 1 && abs(one.low) < 1e-29)
        let third = DoubleDouble(1) / DoubleDouble(3)
        let rest = third * DoubleDouble(3) - DoubleDouble(1)
        #expect(abs(rest.high) < 1e-30)
        #expect(DoubleDouble(5, -1e-20).floor == 4 && DoubleDouble(5.5).floor == 5)
    }

    @Test func `the tables of the ziggurats are those of NumPy's library to the last bit`() {
        // CRC-32 of the arrays `wi_double`, `ki_double`, … in libnpyrandom.a of numpy 2.4.6, x86-64.
        let (normal, exponential) = (ZigguratTables.normal, ZigguratTables.exponential)
        func sum<T>(_ table: [T]) -> UInt32 { table.withUnsafeBytes { Deflate.checksum(of: $0) } }
        #expect(sum(normal.width) == 0xa0bb_759d && sum(normal.inside) == 0xcfe6_fd0c)
        #expect(sum(normal.height) == 0xf375_a919)
        #expect(sum(normal.width32) == 0x3bde_6b39 && sum(normal.inside32) == 0x9a20_b725)
        #expect(sum(normal.height32) == 0xca96_a9cf)
        #expect(sum(exponential.width) == 0x09f4_aefa && sum(exponential.inside) == 0x0e75_185e)
        #expect(sum(exponential.height) == 0xd800_4389)
        #expect(sum(exponential.width32) == 0xe84c_e276 && sum(exponential.inside32) == 0x4fde_de67)
        #expect(sum(exponential.height32) == 0x9388_393b)
    }
}
