internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

/// Writing to one array never shows in another, whoever shares memory with whom.
@Suite struct ValueSemanticsTests {
    @Test func `writing an element changes one array only, in every layout`() throws {
        for example in try EveryLayout.all() where example.array.count > 0 {
            let before = example.array.elements
            var written = example.array
            let index = example.array.shape.map { $0 - 1 }
            written[at: index] = 99
            #expect(written.elements == before.dropLast() + [99], "\(example)")
            #expect(example.array.elements == before)
        }
    }

    @Test func `every way of writing leaves the sharers alone`() throws {
        let writes: [(String, (inout NDArray<Int32>) -> Void)] = [
            ("+= array", { $0 += NDArray(ones: $0.shape) }),
            ("+= itself", { $0 += $0 }),
            ("+= its flip", { $0 += $0.shape.isEmpty ? $0 : $0.flipped(along: 0) }),
            ("*= number", { $0 *= 3 }),
            ("assignment", { $0[.ellipsis] = NDArray(scalar: 7) }),
            ("span", { $0.withMutableSpan { for i in $0.indices { $0[i] = -1 } } }),
        ]
        for example in try EveryLayout.all(upToRank: 2) {
            let before = example.array.elements
            for (name, write) in writes {
                let view = example.array
                var written = example.array
                write(&written)
                #expect(example.array.elements == before, "\(name) \(example)")
                #expect(view.elements == before, "\(name) \(example)")
                #expect(written.shape == example.array.shape)
            }
        }
    }

    @Test func `assigning a view of itself reads the old elements`() throws {
        for length in 0...5 {
            for shift in 0...length {
                var array = NDArray<Int32>.arange(Int32(length))
                array[shift...] = array[0..<(length - shift)]
                let expected = Array(0..<shift) + Array(0..<(length - shift))
                #expect(array.elements.map(Int.init) == expected)
            }
        }
    }

    @Test func `a temporary's memory becomes the result of the next operator`() {
        let a = NDArray<Float>(ones: [64])
        var sum = a + a
        let storage = ObjectIdentifier(sum.storage)
        sum = consume sum * 2
        #expect(ObjectIdentifier(sum.storage) == storage)
        sum += 1
        #expect(ObjectIdentifier(sum.storage) == storage)
        #expect(sum.elements == [Float](repeating: 5, count: 64))
    }

    @Test func `operators never write over an operand that is still in use`() throws {
        for example in try EveryLayout.all(upToRank: 2) {
            let before = example.array.elements
            let twice = example.array + example.array
            let negative = -example.array
            let mixed = (example.array * 2 - example.array) + example.array * 0
            #expect(example.array.elements == before)
            #expect(twice.elements == before.map { $0 * 2 })
            #expect(negative.elements == before.map { -$0 })
            #expect(mixed.elements == before)
        }
    }

    @Test func `foreign bytes are never written`() throws {
        let bytes = SharedBytes(copying: [1, 2, 3, 4])
        var array = try NDArray<UInt8>(sharing: bytes, shape: [2, 2])
        array += 1
        array[0, 0] = 50
        #expect(array.elements == [50, 3, 4, 5])
        #expect(Array(bytes) == [1, 2, 3, 4])
    }

    @Test func `bytes lent by an array stay when the array is written`() throws {
        var array = NDArray<UInt8>([1, 2, 3])
        let bytes = array.bytes
        array[0] = 9
        #expect(Array(bytes) == [1, 2, 3])
        #expect(array.elements == [9, 2, 3])
    }

    @Test func `broadcast views can be written`() throws {
        var array = try NDArray<Int32>([1, 2]).broadcast(to: [2, 2])
        array[0, 0] = 5
        array += 1
        #expect(array.elements == [6, 3, 2, 3])
    }
}
