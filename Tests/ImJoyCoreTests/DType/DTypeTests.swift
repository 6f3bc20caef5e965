internal import ImJoyCore
internal import Testing

@Suite struct DTypeTests {
    @Test func `NumPy's spellings are read and written`() {
        for dtype in DType.allCases {
            for order in [DType.ByteOrder.little, .big] {
                let text = dtype.numPyDescription(byteOrder: order)
                #expect(DType.parse(numPy: text)?.dtype == dtype)
                if dtype.swapUnit > 1 { #expect(DType.parse(numPy: text)?.byteOrder == order) }
            }
            #expect(DType.parse(numPy: dtype.rawValue)?.dtype == dtype)
        }
        #expect(DType.parse(numPy: "?")?.dtype == .bool)
        #expect(DType.parse(numPy: "f8")?.dtype == .float64)
        for text in ["", "<", "O", "|O", "<M8[ns]", "<U4", "f3", "<f16", "float", "i4i4", "[('a', '<f4')]"] {
            #expect(DType.parse(numPy: text) == nil, "\(text)")
        }
    }

    @Test func `promotion is symmetric and holds both`() {
        for a in DType.allCases {
            #expect(a.promoted(with: a) == a)
            for b in DType.allCases {
                let both = a.promoted(with: b)
                #expect(both == b.promoted(with: a))
                #expect(both.promoted(with: a) == both)
            }
        }
    }
}
