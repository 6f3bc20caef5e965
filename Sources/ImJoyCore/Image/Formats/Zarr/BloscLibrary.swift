internal import CBlosc
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The functions of libblosc, opened when the first chunk needs them and kept for good.
struct BloscLibrary: Sendable {
    private let compressing: imjoy_blosc_compress
    private let decompressing: imjoy_blosc_decompress
    private let validating: imjoy_blosc_validate

    private static let loaded = Result<BloscLibrary, ImageError> { () throws(ImageError) in try BloscLibrary() }
    private static let names = ["libblosc.so.1", "libblosc.so", "libblosc.1.dylib", "libblosc.dylib"]

    /// The library, or an error that names the package to install.
    static func get() throws(ImageError) -> BloscLibrary { try loaded.get() }

    private init() throws(ImageError) {
        var opened: UnsafeMutableRawPointer?
        for name in Self.names where opened == nil { opened = dlopen(name, RTLD_NOW | RTLD_LOCAL) }
        guard let library = opened else {
            let reason = dlerror().map { String(cString: $0) } ?? "no reason given"
            throw ImageError(
                .unsupported,
                "chunks packed by Blosc need its library, and \(Self.names[0]) could not be opened (\(reason)); "
                    + "install it with: apt install libblosc1")
        }
        func symbol<Function>(_ name: String, as type: Function.Type) throws(ImageError) -> Function {
            guard let address = dlsym(library, name) else {
                throw ImageError(.unsupported, "\(Self.names[0]) has no \(name); install Debian's libblosc1 instead")
            }
            return unsafeBitCast(address, to: type)
        }
        compressing = try symbol("blosc_compress_ctx", as: imjoy_blosc_compress.self)
        decompressing = try symbol("blosc_decompress_ctx", as: imjoy_blosc_decompress.self)
        validating = try symbol("blosc_cbuffer_validate", as: imjoy_blosc_validate.self)
    }

    /// Unpacks into `target`; returns how many bytes there were.
    func unpack(
        _ packed: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        var count = 0
        guard packed.count >= Int(IMJOY_BLOSC_OVERHEAD), validating(packed.baseAddress, packed.count, &count) == 0
        else { throw ImageError(.malformed, "blosc: the header does not fit the \(packed.count) bytes") }
        guard count <= target.count else { throw ZarrPipeline.tooLong("blosc", target.count) }
        guard count > 0 else { return 0 }
        guard decompressing(packed.baseAddress, target.baseAddress, count, 1) == Int32(clamping: count) else {
            throw ImageError(.malformed, "blosc: the packed bytes cannot be unpacked")
        }
        return count
    }

    func pack(_ bytes: UnsafeRawBufferPointer, _ choices: ZarrBlosc, elementSize: Int) throws(ImageError) -> SharedBytes
    {
        let room = bytes.count + Int(IMJOY_BLOSC_OVERHEAD)
        guard room <= Int(Int32.max) else {
            throw ImageError(.tooLarge, "blosc packs at most 2 GiB, the chunk has \(bytes.count) bytes")
        }
        let storage = try ZarrCompression.storage(room)
        let count = choices.compressor.rawValue.withCString { name in
            compressing(
                Int32(min(max(choices.level, 0), 9)), Int32(choices.shuffle.rawValue),
                choices.elementSize ?? elementSize, bytes.count, bytes.baseAddress, storage.base, room, name,
                choices.blockSize, 1)
        }
        guard count > 0 else {
            throw ImageError(.unsupported, "this libblosc cannot pack with \(choices.compressor.rawValue)")
        }
        return ZarrCompression.trimmed(storage, Int(count))
    }
}
