internal import ImJoyCore
internal import Testing

/// Archives and headers of NumPy that are damaged in one place.
@Suite struct HostileNumPyTests {
    /// The first entry in the table of contents of the fixture.
    private static func archive(_ change: (inout [UInt8], _ entry: Int) -> Void) throws -> SharedBytes {
        var bytes = try HostileImageTests.bytes("two.npz")
        let start = try #require((0..<bytes.count - 4).first { Array(bytes[$0..<$0 + 4]) == [0x50, 0x4b, 1, 2] })
        change(&bytes, start)
        return SharedBytes(copying: bytes)
    }

    private static func error(_ change: (inout [UInt8], _ entry: Int) -> Void) throws -> ImageError {
        let archive = try NPZFile(decoding: archive(change))
        return try #require(throws: ImageError.self) { try archive.array(named: "a") }
    }

    @Test func `what is wrong with an archive's entry is said with its name`() throws {
        let method = try Self.error { $0[$1 + 10] = 99 }
        #expect(method.code == .unsupported && method.message == "array a: zip method 99; known are 0 and 8")
        let encrypted = try Self.error { $0[$1 + 8] |= 1 }
        #expect(encrypted.code == .unsupported && encrypted.message.contains("encrypted"))
        let checksum = try Self.error { $0[$1 + 16] ^= 1 }
        #expect(checksum.code == .malformed && checksum.message.contains("checksum"))
        let size = try Self.error { $0[$1 + 24] ^= 1 }
        #expect(size.code == .malformed && size.message.contains("inflate"))
        let huge = try Self.error { $0.replaceSubrange($1 + 24..<$1 + 28, with: [0xff, 0xff, 0xff, 0x7f]) }
        #expect(huge.code == .truncated && huge.message.contains("hold at most"))
        let place = try Self.error { $0[$1 + 42] ^= 2 }
        #expect(place.code == .malformed && place.message.contains("no zip entry at byte"))
        let outside = try Self.error { $0[$1 + 45] = 0x7f }
        #expect(outside.code == .truncated)
        let stored = try Self.error { $0[$1 + 10] = 0 }
        #expect(stored.code == .malformed && stored.message.contains("announced"))
    }

    @Test func `a broken table of contents is refused`() throws {
        func open(_ change: (inout [UInt8], _ entry: Int) -> Void) throws -> ImageError {
            let bytes = try Self.archive(change)
            return try #require(throws: ImageError.self) { try NPZFile(decoding: bytes) }
        }
        let entry = try open { $0[$1] = 0 }
        #expect(entry.code == .malformed && entry.message.contains("table of contents"))
        let twins = try open { bytes, entry in
            // The name in the second entry, 46 bytes behind its start.
            let second = (entry + 4..<bytes.count - 4).first { Array(bytes[$0..<$0 + 4]) == [0x50, 0x4b, 1, 2] }
            if let second { bytes[second + 46] = UInt8(ascii: "a") }
        }
        #expect(twins.code == .malformed && twins.message.contains("two arrays called a"))
        let many = try open { bytes, _ in bytes.replaceSubrange(bytes.count - 12..<bytes.count - 10, with: [9, 0]) }
        #expect(many.code == .truncated || many.code == .malformed)
        let few = #expect(throws: ImageError.self) {
            try NPZFile(decoding: Self.archive { _, _ in }, limits: ImageLimits(pages: 1))
        }
        #expect(few?.code == .tooLarge)
        let none = #expect(throws: ImageError.self) {
            try NPZFile(decoding: Self.archive { _, _ in }).array(named: "c")
        }
        #expect(none?.code == .invalidArgument && none?.message.contains("there are a, b") == true)
    }

    @Test(arguments: [
        ("", "'{' is missing"), ("{'descr' '<f4'}", "':' is missing"), ("{descr: '<f4'}", "a quoted word is missing"),
        ("{'descr: '<f4'}", "missing"), ("{'descr': '<f4", "a quote is not closed"), ("{'other': 1}", "unknown key"),
        ("{'descr': '<f4'}", "missing"), ("{'descr': '<f4', 'fortran_order': Maybe}", "neither True nor False"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': 3}", "'(' is missing"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (3 4)}", "')' is missing"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "no whole number"),
        ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "records"),
        ("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "unpickled"),
        ("{'descr': '<U3', 'fortran_order': False, 'shape': (1,)}", "text"),
        ("{'descr': '<M8[s]', 'fortran_order': False, 'shape': (1,)}", "dates"),
        ("{'descr': '|V4', 'fortran_order': False, 'shape': (1,)}", "raw records"),
        ("{'descr': '<q9', 'fortran_order': False, 'shape': (1,)}", "unknown kind"),
    ])
    func `a header that is none is refused with its place`(_ header: String, _ words: String) throws {
        let error = #expect(throws: ImageError.self) { try Image(decoding: Self.npy(header)) }
        #expect(error?.message.contains(words) == true, "\(header): \(error?.message ?? "")")
    }

    @Test func `headers that others have written are read`() throws {
        let spaced = "{ \"shape\":(2L , 1L,), 'fortran_order' : True,\t'descr':'>i2',}   \n"
        let image = try Image(decoding: Self.npy(spaced, elements: [0, 1, 1, 0]))
        #expect(image.shape == [2, 1])
        #expect(try image.pixels.typed(as: Int16.self).elements == [1, 256])
        let axes = "(" + String(repeating: "1, ", count: 65) + ")"
        let many = "{'descr': '<f4', 'fortran_order': False, 'shape': \(axes)}"
        let error = #expect(throws: ImageError.self) { try Image(decoding: Self.npy(many)) }
        #expect(error?.message.contains("more than 64 axes") == true)
        let version = #expect(throws: ImageError.self) {
            try Image(decoding: SharedBytes(copying: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 9, 0, 0, 0]))
        }
        #expect(version?.code == .unsupported && version?.message.contains("version 9") == true)
        let other = #expect(throws: ImageError.self) {
            try Image(decoding: SharedBytes(copying: [1, 2, 3, 4, 5, 6, 7, 8]), format: .npy)
        }
        #expect(other?.code == .malformed)
    }

    private static func npy(_ header: String, elements: [UInt8] = [0, 0, 0, 0]) -> SharedBytes {
        let text = Array(header.utf8)
        return SharedBytes(
            copying: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, UInt8(text.count & 0xff), UInt8(text.count >> 8)] + text
                + elements)
    }
}
