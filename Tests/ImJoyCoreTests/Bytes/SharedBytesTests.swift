internal import ImJoyCore
internal import ImJoyTestSupport
internal import SystemPackage
internal import Testing

@Suite struct SharedBytesTests {
    @Test func `slices share memory and keep their owner alive`() {
        final class Owner: Sendable {
            let gone: @Sendable () -> Void
            init(gone: @escaping @Sendable () -> Void) { self.gone = gone }
            deinit { gone() }
        }
        nonisolated(unsafe) var isGone = false
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: [1, 2, 3, 4])
        var slice: SharedBytes?
        do {
            let bytes = SharedBytes(unsafeNoCopy: UnsafeRawBufferPointer(memory), owner: Owner { isGone = true })
            slice = bytes.slice(1..<3).slice(1..<2)
        }
        #expect(!isGone)
        #expect(slice.map { Array($0) } == [3])
        slice = nil
        #expect(isGone)
    }

    @Test func `equality and hashes go by content`() {
        let a = SharedBytes(copying: [9, 1, 2]).slice(1..<3)
        let b = SharedBytes(copying: [1, 2])
        #expect(a == b)
        #expect(a.hashValue == b.hashValue)
        #expect(a.compacted() == b)
        #expect(SharedBytes.empty.isEmpty)
        #expect(SharedBytes(copying: []) == .empty)
        #expect(SharedBytes.empty.slice(0..<0) == .empty)
        #expect(a.description == "2 bytes")
    }

    @Test func `blocks are aligned to cache lines`() {
        for count in [0, 1, 63, 64, 65, 300_000] {
            let bytes = SharedBytes(count: count) { $0.initializeMemory(as: UInt8.self, repeating: 7) }
            #expect(bytes.isAligned(to: 64))
            #expect(bytes.count == count)
        }
    }

    @Test func `a read past the end says where and how much`() throws {
        var reader = ByteReader(SharedBytes(copying: [1, 2, 3, 4, 5]))
        #expect(try reader.readBigEndian(UInt16.self) == 0x0102)
        #expect(try reader.readLittleEndian(UInt16.self) == 0x0403)
        let error = #expect(throws: ByteReader.EndOfBytes.self) { try reader.readBigEndian(UInt32.self) }
        #expect(error?.description == "4 bytes wanted at offset 4, but there are only 1")
        #expect(throws: ByteReader.EndOfBytes.self) { try reader.read(-1) }
        #expect(throws: ByteReader.EndOfBytes.self) { try reader.seek(to: 6) }
        #expect(throws: ByteReader.EndOfBytes.self) { try reader.skip(.max) }
        #expect(try reader.readByte() == 5)
        #expect(reader.isAtEnd)
        try reader.seek(to: 0)
        #expect(try Array(reader.read(2)) == [1, 2])
    }

    @Test func `what a writer wrote a reader reads`() throws {
        var writer = ByteWriter()
        writer.appendBigEndian(UInt32(0xDEAD_BEEF))
        writer.appendLittleEndian(Int16(-2))
        writer.append(7)
        writer.append(contentsOf: SharedBytes(copying: [8, 9]))
        writer.pad(to: 4)
        #expect(writer.bytes == [0xDE, 0xAD, 0xBE, 0xEF, 0xFE, 0xFF, 7, 8, 9, 0, 0, 0])
        var reader = ByteReader(SharedBytes(copying: writer.bytes))
        #expect(try reader.readBigEndian(UInt32.self) == 0xDEAD_BEEF)
        #expect(try reader.readLittleEndian(Int16.self) == -2)
    }

    @Test func `an index outside ends the program`() async {
        await #expect(processExitsWith: .failure) { _ = SharedBytes(copying: [1])[1] }
        await #expect(processExitsWith: .failure) { _ = SharedBytes(copying: [1]).slice(0..<2) }
    }
}

@Suite struct SharedBytesFileTests {
    private func withFile(_ content: [UInt8], _ body: (FilePath) throws -> Void) throws {
        let path = FilePath("/tmp/imjoy-bytes-\(UInt64.random(in: 0 ... .max))")
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
        try file.closeAfter { _ = try file.writeAll(content) }
        defer { remove(path) }
        try body(path)
    }

    @Test func `files are mapped and read`() throws {
        for content in [[], [1], [UInt8](repeating: 3, count: 10_000)] {
            try withFile(content) { path in
                let (mapped, read) = (
                    try SharedBytes.mapping(contentsOf: path), try SharedBytes.reading(contentsOf: path)
                )
                #expect(Array(mapped) == content)
                #expect(Array(read) == content)
            }
        }
    }

    @Test func `a mapping outlives its file's name`() throws {
        var kept: SharedBytes?
        try withFile([1, 2, 3]) { kept = try SharedBytes.mapping(contentsOf: $0).slice(1..<3) }
        #expect(kept.map { Array($0) } == [2, 3])
    }

    @Test func `what cannot be read is refused with the system's reason`() throws {
        #expect(throws: Errno.noSuchFileOrDirectory) { try SharedBytes.mapping(contentsOf: "/nowhere/at/all") }
        #expect(throws: Errno.isDirectory) { try SharedBytes.reading(contentsOf: "/tmp") }
        #expect(throws: Errno.invalidArgument) { try SharedBytes.reading(contentsOf: "/dev/null") }
        try withFile([1, 2, 3]) { path in
            #expect(throws: Errno.fileTooLarge) { try SharedBytes.reading(contentsOf: path, limit: 2) }
            let whole = try SharedBytes.reading(contentsOf: path, limit: 3)
            #expect(whole.count == 3)
        }
    }
}

#if os(Linux)
    @Suite struct SealedMemoryTests {
        @Test func `sealed bytes can be mapped by their descriptor and never written`() throws {
            let bytes = try SharedBytes.sealed(count: 5000) { $0.initializeMemory(as: UInt8.self, repeating: 42) }
            #expect(bytes.count == 5000 && bytes[4999] == 42)
            let size = try bytes.slice(10..<20).withSealedFileDescriptor { file in
                #expect(throws: Errno.self) { try file.writeAll(toAbsoluteOffset: 0, [1]) }
                #expect(throws: Errno.self) { try file.resize(to: 1) }
                return try file.seek(offset: 0, from: .end)
            }
            #expect(size == 5000)
            #expect(bytes[0] == 42)
        }

        @Test func `an array over sealed bytes copies before it writes`() throws {
            let bytes = try SharedBytes.sealed(count: 4) { $0.copyBytes(from: [1, 2, 3, 4]) }
            var array = try NDArray<UInt8>(sharing: bytes, shape: [4])
            #expect(array.storage.foreignOwner is SealedMemory)
            array += 1
            #expect(array.elements == [2, 3, 4, 5])
            #expect(Array(bytes) == [1, 2, 3, 4])
        }

        @Test func `other bytes have no descriptor, and no bytes can be sealed too`() throws {
            #expect(SharedBytes(copying: [1]).withSealedFileDescriptor { $0.rawValue } == nil)
            #expect(try SharedBytes.sealed(count: 0) { _ in }.isEmpty)
            struct Stop: Error {}
            #expect(throws: Stop.self) { try SharedBytes.sealed(count: 4) { _ in throw Stop() } }
        }
    }
#endif

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

private func remove(_ path: FilePath) { _ = path.withPlatformString { unlink($0) } }
