internal import Foundation
internal import ImJoyCore
internal import Testing

/// Our own packing and unpacking of PNG; libpng and Pillow judge it in `ImageRoundTripTests` and `ForeignImageTests`.
@Suite struct PNGPackingTests {
    /// Pictures that different filters and ways to pack are best for.
    private static func picture(_ kind: String, _ shape: [Int]) -> NDArray<UInt16> {
        var generator = SeededGenerator(seed: 5)
        let (width, channels) = (shape[1], shape.count == 3 ? shape[2] : 1)
        return NDArray(shape: shape) { target in
            for index in target.indices {
                let (row, column) = (index / channels / width, index / channels % width)
                let value: Int
                switch kind {
                case "blank": value = 7
                case "noise": value = Int.random(in: 0...65535, using: &generator)
                case "stripes": value = column % 5 * 9000
                case "rows": value = row * 700
                // As of a camera: smooth, with noise.
                default: value = 900 + row * 30 + column * 20 + Int.random(in: 0..<48, using: &generator)
                }
                target.initializeElement(at: index, to: UInt16(truncatingIfNeeded: value))
            }
        }
    }

    @Test(
        arguments: ["blank", "noise", "stripes", "rows", "camera"],
        [[1, 1], [3, 200], [200, 3], [150, 301], [70, 90, 2], [70, 90, 3], [71, 91, 4]])
    func `what is packed comes back, by our own way and by the library's`(_ kind: String, _ shape: [Int]) throws {
        let deep = Self.picture(kind, shape)
        let pictures = [AnyNDArray(deep), AnyNDArray(deep.cast(to: UInt8.self, overflow: .wrap))]
        for (picture, level) in zip(pictures + pictures, [6, 6, 0, 9]) {
            let image = try Image(picture, axes: shape.count == 3 ? "YXS" : "YX")
            let bytes = [UInt8](try image.encoded(as: .png, options: ImageWriteOptions(level: level)))
            #expect(try Image(decoding: SharedBytes(copying: bytes)).pixels.bytes == picture.bytes)
            #expect(try PNGLibrary.pixels(SharedBytes(copying: bytes)).bytes == picture.bytes)
        }
    }

    @Test func `noise takes hardly more than itself, and what repeats next to nothing`() throws {
        func size(_ kind: String, level: Int = 6) throws -> Int {
            let image = try Image(Self.picture(kind, [256, 300]))
            return try image.encoded(as: .png, options: ImageWriteOptions(level: level)).count
        }
        #expect(try size("noise") < 256 * 601 * 1002 / 1000 + 300)
        let blank = try size("blank")
        #expect(blank < 1000, "\(blank) bytes")
        #expect(try size("stripes") < 2000)
        // Finding repetitions in a picture from a camera would save less than a twentieth.
        #expect(try Double(size("camera")) < 1.06 * Double(size("camera", level: 9)))
    }

    @Test func `truth values are packed into bits, whatever the width`() throws {
        for width in 1...17 {
            let mask = NDArray<Bool>(shape: [5, width]) { target in
                for index in target.indices { target.initializeElement(at: index, to: index * 7 % 3 == 0) }
            }
            let again = try Image(decoding: Image(mask).encoded(as: .png))
            #expect(again.pixels.bytes == AnyNDArray(mask).bytes && again.dtype == .bool)
        }
    }

    @Test func `a wrong checksum or a cut is refused as before`() throws {
        let image = try Image(Self.picture("camera", [40, 50]))
        let bytes = [UInt8](try image.encoded(as: .png))
        for place in stride(from: 40, to: bytes.count, by: 97) {
            var changed = bytes
            changed[place] ^= 1
            do throws(ImageError) {
                // Texts may be damaged, pixels may not.
                let read = try Image(decoding: SharedBytes(copying: changed))
                #expect(read.pixels.bytes == image.pixels.bytes)
            } catch {
                let code = error.code
                #expect(code == .malformed || code == .truncated, "\(error)")
            }
            #expect(throws: ImageError.self) { try Image(decoding: SharedBytes(copying: Array(bytes[..<place]))) }
        }
    }
}
