internal import Foundation
internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

/// Random arrays of every dtype, shape and layout: our answers beside NumPy's.
///
/// Tests/Python/numpy_oracle.py draws the cases and says how to add an operation. `IMJOY_TEST_SEED` takes other cases,
/// `IMJOY_TEST_LONG` more of them, `IMJOY_TEST_OPERATIONS=add,where` and `IMJOY_TEST_CASE=17` fewer.
@Suite struct NumPyPropertyTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let seed = environment["IMJOY_TEST_SEED"].flatMap(UInt64.init) ?? 2026
    private static let operations = environment["IMJOY_TEST_OPERATIONS"]?.split(separator: ",").map(String.init) ?? []
    private static var caseCount: Int {
        // A debug build takes milliseconds for what is microseconds in release.
        #if DEBUG
            250
        #else
            environment["IMJOY_TEST_LONG"] == nil ? 3_000 : 50_000
        #endif
    }
    /// Cases that are in memory at a time.
    private static let batch = 2_500

    @Test(arguments: PropertyOperations.groups)
    func `NumPy gives the same answers`(_ group: String) throws {
        var failures: [String] = []
        let single = Self.environment["IMJOY_TEST_CASE"].flatMap(Int.init)
        let numbers = single.map { $0..<$0 + 1 } ?? 0..<Self.caseCount
        for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: Self.batch) {
            let count = min(Self.batch, numbers.upperBound - first)
            for example in try PropertyCase.make(
                group: group, seed: Self.seed, first: first, count: count, operations: Self.operations)
            {
                if let difference = PropertyOperations.difference(example) {
                    failures.append("\(example): \(difference)")
                }
            }
        }
        print("numpy/\(group): \(numbers.count - failures.count) passed, \(failures.count) failed, seed \(Self.seed)")
        #expect(
            failures.isEmpty,
            """
            \(failures.count) of \(numbers.count) cases of group \(group), seed \(Self.seed); to see one alone, set \
            IMJOY_TEST_SEED=\(Self.seed) and IMJOY_TEST_CASE=NUMBER
            \(failures.prefix(20).joined(separator: "\n"))
            """)
    }
}
