internal import CImJoyKernels
internal import Testing

@testable internal import ImJoyCore

@Suite struct SortingKernelTests {
    /// Lengths around those of networks and vectors, and some that are halved a few times.
    private static let lengths =
        [0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 127, 129, 255, 256, 257, 300, 511, 513, 700, 1025, 2500]

    private func check<Key: RadixKey>(_ values: [Key], tries: Int32) {
        var keys = values + [7]
        var scratch = [Key](repeating: 0, count: values.count + 1)
        let isSorted = keys.withUnsafeMutableBytes { keys in
            scratch.withUnsafeMutableBytes { scratch in
                guard let start = keys.baseAddress, let other = scratch.baseAddress else { return false }
                return imjoy_sort_keys(start, other, values.count, MemoryLayout<Key>.stride, tries)
            }
        }
        // Where the processor has no such vectors the keys are as they were; what sorts them then has tests of its own.
        #expect(isSorted == (imjoy_kernel_level() == 4))
        #expect(keys.dropLast().elementsEqual(isSorted ? values.sorted() : values), "\(Key.self) \(values.count)")
        #expect(keys.last == 7, "nothing behind the keys is touched")
    }

    @Test(arguments: lengths, [60, 3, 0] as [Int32])
    func `keys are sorted, however few halvings are left`(_ count: Int, _ tries: Int32) {
        var random = SeededGenerator(seed: UInt64(count))
        let narrow = (0..<count).map { _ in UInt32.random(in: 0 ... .max, using: &random) }
        let wide = (0..<count).map { _ in UInt64.random(in: 0 ... .max, using: &random) }
        check(narrow, tries: tries)
        check(wide, tries: tries)
        check(narrow.map { $0 % 3 }, tries: tries)
        check(wide.map { $0 % 2 == 0 ? UInt64.max : 5 }, tries: tries)
        check(narrow.sorted(), tries: tries)
        check(wide.sorted(by: >), tries: tries)
        check([UInt32](repeating: .max, count: count), tries: tries)
    }
}
