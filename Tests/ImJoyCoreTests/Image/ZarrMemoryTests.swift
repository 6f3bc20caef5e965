internal import Foundation
internal import ImJoyCore
internal import SystemPackage
internal import Testing

/// Arrays that are far larger than the memory used for them.
@Suite struct ZarrMemoryTests {
    #if IMJOY_ADDRESS_SANITIZER
        /// The sanitizer keeps what was freed, and a shadow of everything.
        private static let mostKilobytes = 1_000_000
    #else
        private static let mostKilobytes = 200_000
    #endif

    /// The most memory that this process ever had resident, in kB.
    private static func peak() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.split(separator: " ").dropFirst().first ?? ""))
    }

    @Test(.timeLimit(.minutes(5)))
    func `20 GB are opened, sliced and shown with less than 200 MB resident`() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let metadata = ZarrMetadata(
                shape: [100, 10240, 10240], dtype: .uint16, chunkShape: [1, 1024, 1024],
                dimensionNames: ["t", "y", "x"])
            let array = try await ZarrArray(creating: metadata, in: ZarrFolder(folder.path("huge.zarr")))
            let spot = NDArray<UInt16>((0..<600 * 600).map { UInt16($0 % 60_000 + 1) })
            try await array.write(AnyNDArray(try spot.reshaped(to: [1, 600, 600])), at: [50, 5000, 5000])
            let source = try await ImageSource(zarr: ZarrFolder(folder.path("huge.zarr")))
            precondition(source.info.shape.reduce(2, *) > 20_000_000_000)
            let slice = try await source.image(["T": 50..<51, "Y": 4900..<5924, "X": 4900..<5924])
            precondition(slice.pixels.shape == [1, 1024, 1024])
            let value = try slice.pixels.typed(as: UInt16.self)[0, 101, 103]
            precondition(value == 604)
            let column = try await source.pixels(in: [0..<100, 5100..<5101, 5103..<5104])
            // (100 * 600 + 103) % 60 000 + 1, in one of a hundred slices.
            let sum = try column.typed(as: UInt16.self).sum()
            precondition(sum == 104)
            let shown = try Image(slice.pixels[0]).encoded(as: .png)
            precondition(shown.count > 1000)
            let peak = try ZarrMemoryTests.peak()
            precondition(peak < ZarrMemoryTests.mostKilobytes, "\(peak) kB were resident")
        }
    }
}
