internal import CImJoyShims
internal import COpenBLAS
internal import ComplexModule
internal import Synchronization
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The functions of OpenBLAS, opened at first use and kept for good.
///
/// The library is not linked, so programs that never multiply matrices neither need nor load it. It chooses its kernels
/// while it is loaded and takes some processors with AVX-512 for older ones; that is put right by naming the core in
/// the environment for just that moment, unless the user has named one.
struct OpenBLAS: Sendable {
    private let sgemm: imjoy_sgemm
    private let dgemm: imjoy_dgemm
    private let cgemm: imjoy_complex_gemm
    private let zgemm: imjoy_complex_gemm
    private let setThreads: imjoy_set_threads
    private let getConfig: imjoy_get_config
    private let getCoreName: imjoy_get_corename
    private let library: LibraryHandle

    private static let loaded = Result<OpenBLAS, NDArrayError> { () throws(NDArrayError) in try OpenBLAS() }

    /// The library, or an error that names the package to install.
    static func get() throws(NDArrayError) -> OpenBLAS {
        let library = try loaded.get()
        isLoaded.withLock { isLoaded in
            if !isLoaded, let count = ComputeThreads.chosenCount { library.setThreads(Int32(clamping: count)) }
            isLoaded = true
        }
        return library
    }

    private static let names = ["libopenblas.so.0", "libopenblas.so", "libopenblas.dylib"]

    private init() throws(NDArrayError) {
        let handle = try Self.withCoreChosen { () throws(NDArrayError) in
            for name in Self.names {
                if let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) { return handle }
            }
            let reason = dlerror().map { String(cString: $0) } ?? "no reason given"
            throw NDArrayError(
                .libraryMissing,
                "matrix products and decompositions of floats need OpenBLAS, and \(Self.names[0]) could not be opened (\(reason)); "
                    + "install it with: apt install libopenblas0-pthread (or libopenblas-dev)")
        }
        let library = LibraryHandle(address: handle)
        func symbol<Function>(_ name: String, as type: Function.Type) throws(NDArrayError) -> Function {
            try Self.symbol(name, in: library, as: type)
        }
        self.library = library
        sgemm = try symbol("cblas_sgemm", as: imjoy_sgemm.self)
        dgemm = try symbol("cblas_dgemm", as: imjoy_dgemm.self)
        cgemm = try symbol("cblas_cgemm", as: imjoy_complex_gemm.self)
        zgemm = try symbol("cblas_zgemm", as: imjoy_complex_gemm.self)
        setThreads = try symbol("openblas_set_num_threads", as: imjoy_set_threads.self)
        getConfig = try symbol("openblas_get_config", as: imjoy_get_config.self)
        getCoreName = try symbol("openblas_get_corename", as: imjoy_get_corename.self)
    }

    /// The open library. Sendable because it is never closed, and looking symbols up is safe from any thread.
    private struct LibraryHandle: @unchecked Sendable {
        var address: UnsafeMutableRawPointer
    }

    private static func symbol<Function>(
        _ name: String, in library: LibraryHandle, as type: Function.Type
    ) throws(NDArrayError) -> Function {
        guard let address = dlsym(library.address, name) else {
            throw NDArrayError(
                .libraryMissing, "\(names[0]) has no \(name); install Debian's libopenblas0-pthread instead")
        }
        return unsafeBitCast(address, to: type)
    }

    /// Another function of the library.
    func symbol<Function>(_ name: String, as type: Function.Type) throws(NDArrayError) -> Function {
        try Self.symbol(name, in: library, as: type)
    }

    /// Names the processor's core in the environment while `body` loads the library; child processes do not see it.
    private static func withCoreChosen<R>(_ body: () throws(NDArrayError) -> R) throws(NDArrayError) -> R {
        let variable = "OPENBLAS_CORETYPE"
        guard getenv(variable) == nil, imjoy_has_avx512() == 1 else { return try body() }
        setenv(variable, "SkylakeX", 1)
        defer { unsetenv(variable) }
        return try body()
    }

    /// What ``ComputeThreads`` says holds for the library too, from when it is there.
    static func threadCountChanged(to count: Int) {
        isLoaded.withLock { if $0, let library = try? loaded.get() { library.setThreads(Int32(clamping: count)) } }
    }

    /// Whether ``loaded`` was asked for, and the library took over the number of threads when one was chosen.
    private static let isLoaded = Mutex(false)

    var description: String {
        func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
            pointer.map { String(cString: $0) } ?? "unknown"
        }
        return text(getConfig()) + ", kernels for " + text(getCoreName())
    }

    /// One operand of a matrix product: where it starts, which way it lies, and the step between its rows or columns.
    struct Matrix<Element> {
        var start: UnsafePointer<Element>
        var isTransposed: Bool
        var leadingDimension: Int32

        fileprivate var order: Int32 {
            Int32(isTransposed ? IMJOY_TRANSPOSE : IMJOY_NO_TRANSPOSE)
        }
    }

    /// `c = a b`, with `c` in row-major order. The sizes are those of the product: m x k times k x n.
    func multiply<T>(
        _ a: Matrix<T>, _ b: Matrix<T>, into c: UnsafeMutablePointer<T>, m: Int32, n: Int32, k: Int32
    ) {
        let row = Int32(IMJOY_ROW_MAJOR)
        let (first, second) = (UnsafeRawPointer(a.start), UnsafeRawPointer(b.start))
        let target = UnsafeMutableRawPointer(c)
        switch T.self {
        case is Float.Type:
            sgemm(
                row, a.order, b.order, m, n, k, 1, first.assumingMemoryBound(to: Float.self), a.leadingDimension,
                second.assumingMemoryBound(to: Float.self), b.leadingDimension, 0,
                target.assumingMemoryBound(to: Float.self), n)
        case is Double.Type:
            dgemm(
                row, a.order, b.order, m, n, k, 1, first.assumingMemoryBound(to: Double.self), a.leadingDimension,
                second.assumingMemoryBound(to: Double.self), b.leadingDimension, 0,
                target.assumingMemoryBound(to: Double.self), n)
        case is Complex<Float>.Type:
            var (one, zero) = (Complex<Float>(1), Complex<Float>(0))
            cgemm(
                row, a.order, b.order, m, n, k, &one, first, a.leadingDimension, second, b.leadingDimension, &zero,
                target, n)
        case is Complex<Double>.Type:
            var (one, zero) = (Complex<Double>(1), Complex<Double>(0))
            zgemm(
                row, a.order, b.order, m, n, k, &one, first, a.leadingDimension, second, b.leadingDimension, &zero,
                target, n)
        default:
            preconditionFailure("matrix products of \(T.self) do not go through OpenBLAS")
        }
    }
}

/// The library behind products of float matrices.
public enum LinearAlgebra {
    /// Version, build options and processor kernels of the library; throws `.libraryMissing` where it is not installed.
    public static func libraryDescription() throws(NDArrayError) -> String { try OpenBLAS.get().description }
}
