internal import ImJoyCore
internal import Testing

@Suite(.serialized) struct StorageTests {
    @Test func `freed blocks are used again, and can be given back`() {
        let size = 3 << 20
        // What other tests left may fill the memory that is kept.
        NDArrayMemory.releaseFreedBlocks()
        var first: NDArray<UInt8>? = NDArray(repeating: 1, shape: [size])
        let address = first.map { UInt(bitPattern: $0.storage.base) }
        first = nil
        // Another test may take the block in between; its size is used nowhere else.
        let second = NDArray<UInt8>(repeating: 2, shape: [size])
        #expect(UInt(bitPattern: second.storage.base) == address)
        _ = consume second
        #expect(NDArrayMemory.releaseFreedBlocks() >= size)
    }

    @Test func `a size that no machine has is refused`() {
        let error = #expect(throws: NDArrayError.self) { try NDStorage(claimedByteCount: 1 << 55) }
        #expect(error?.code == .outOfMemory)
        #expect(throws: NDArrayError.self) { try NDStorage(claimedByteCount: -1) }
        let wide = NDArray<UInt8>(zeros: [1, 1])
        let huge = #expect(throws: NDArrayError.self) {
            try wide.broadcast(to: [1, 1 << 28]).adding(wide.broadcast(to: [1 << 28, 1]))
        }
        #expect(huge?.code == .outOfMemory)
    }

    @Test func `arrays share aligned bytes and copy others`() throws {
        let bytes = SharedBytes(copying: [0, 0, 0, 0, 0, 0, 128, 63, 0])
        let aligned = try NDArray<Float>(sharing: bytes.slice(4..<8), shape: [1])
        #expect(aligned.elements == [1])
        #expect(!aligned.storage.isOurs)
        let odd = try NDArray<Float>(sharing: bytes.slice(5..<9), shape: [1])
        #expect(odd.storage.isOurs)
        #expect(throws: NDArrayError.self) { try NDArray<Float>(sharing: bytes, shape: [2]) }
        #expect(throws: NDArrayError.self) { try NDArray<UInt8>(sharing: bytes, shape: [4], strides: [3]) }
        #expect(try NDArray<UInt8>(sharing: bytes, shape: [4], strides: [2]).elements == [0, 0, 0, 128])
    }

    @Test func `bytes of an answer other than 0 and 1 are true`() throws {
        let array = try NDArray<Bool>(sharing: SharedBytes(copying: [0, 1, 2, 255]), shape: [4])
        #expect(array.elements == [false, true, true, true])
        #expect(Array(array.bytes) == [0, 1, 1, 1])
    }

    @Test func `an initializer that throws gives its error on`() {
        struct Stop: Error {}
        #expect(throws: Stop.self) { try NDArray<Float>(shape: [3]) { (_) throws(Stop) in throw Stop() } }
        #expect(throws: NDArrayError.self) { try NDArray<Float>(claimedShape: [-1]) { _ in } }
        #expect(throws: NDArrayError.self) { try NDArray<Float>([1, 2], shape: [3]) }
    }
}
