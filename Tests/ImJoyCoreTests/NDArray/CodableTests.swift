internal import ComplexModule
internal import Foundation
internal import ImJoyCore
internal import ImJoyTestSupport
internal import Testing

@Suite struct CodableTests {
    @Test func `the form is dtype, shape and flat data`() throws {
        let array = NDArray<Float>([[1, 2.5, -0.0], [.infinity, -.infinity, .nan]])
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(array), as: UTF8.self)
        #expect(text == #"{"data":[1,2.5,-0,"inf","-inf","nan"],"dtype":"float32","shape":[2,3]}"#)
    }

    @Test(arguments: DType.allCases)
    func `every dtype comes back as it was, from any layout`(_ dtype: DType) throws {
        let values = try AnyNDArray(NDArray<Int64>.arange(12)).reshaped(to: [3, 4]).cast(to: dtype, overflow: .wrap)
        for array in [values, values[.step(-1), .step(2)], values[0..<0], values[1, 1]] {
            let data = try JSONEncoder().encode(array)
            #expect(try JSONDecoder().decode(AnyNDArray.self, from: data) == array)
        }
    }

    @Test func `the ends of 64-bit integers keep all their digits`() throws {
        let array = NDArray<UInt64>([.max, .max - 1, 0])
        #expect(try JSONDecoder().decode(NDArray<UInt64>.self, from: JSONEncoder().encode(array)) == array)
        let signed = NDArray<Int64>([.min, .max])
        #expect(try JSONDecoder().decode(NDArray<Int64>.self, from: JSONEncoder().encode(signed)) == signed)
    }

    @Test(arguments: [
        #"{"dtype":"float64","shape":[3],"data":[1,2]}"#,
        #"{"dtype":"float64","shape":[1000000000,1000000000],"data":[1]}"#,
        #"{"dtype":"float64","shape":[-1],"data":[1]}"#,
        #"{"dtype":"float64","shape":[1],"data":["two"]}"#,
        #"{"dtype":"uint8","shape":[1],"data":[256]}"#,
        #"{"dtype":"complex128","shape":[1],"data":[1]}"#,
        #"{"dtype":"quaternion","shape":[1],"data":[1]}"#,
        #"{"dtype":"float64","data":[1]}"#,
    ])
    func `what does not go together is refused`(_ text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(AnyNDArray.self, from: Data(text.utf8)) }
    }

    @Test func `another dtype than the expected one is refused`() throws {
        let data = try JSONEncoder().encode(NDArray<Int32>([1]))
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(NDArray<Int64>.self, from: data) }
    }
}
