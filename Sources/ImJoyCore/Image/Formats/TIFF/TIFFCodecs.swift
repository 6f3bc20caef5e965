/// Which compressions the libtiff of this machine can read and write.
package enum TIFFCodecs {
    /// The names of compressions in common use, each with whether the library was built with it.
    package static var all: [(name: String, isAvailable: Bool)] {
        [
            ("LZW", 5), ("Deflate", 8), ("PackBits", 32773), ("JPEG", 7), ("old JPEG", 6), ("CCITT", 4),
            ("LZMA", 34925), ("Zstandard", 50000), ("WebP", 50001), ("LERC", 34887),
        ].map { (name: $0, isAvailable: TIFFHandle.isConfigured(compression: $1)) }
    }
}
