internal import COpenBLAS
internal import ComplexModule

/// LAPACK's functions for one element type, looked up in OpenBLAS by their Fortran names.
///
/// Matrices are column by column without gaps. Each function gives LAPACK's `info`: 0 for success, the number of a bad
/// argument made negative, and a positive number for a matrix that cannot be treated.
struct LAPACK: Sendable {
    private let getrs: imjoy_getrs
    private let getri: imjoy_getri
    private let getrf: imjoy_getrf
    private let potrf: imjoy_potrf
    private let geqrf: imjoy_geqrf
    private let orgqr: imjoy_orgqr
    private let geqrt: imjoy_geqrt
    private let gemqrt: imjoy_gemqrt
    private let other: Other

    /// The functions whose arguments differ between real and complex numbers.
    private enum Other: Sendable {
        case real(gesdd: imjoy_gesdd, syevd: imjoy_syevd, geev: imjoy_geev, gelsd: imjoy_gelsd)
        case complex(
            gesdd: imjoy_complex_gesdd, heevd: imjoy_heevd, geev: imjoy_complex_geev, gelsd: imjoy_complex_gelsd)
    }

    private static let loaded = Result<[DType: LAPACK], NDArrayError> { () throws(NDArrayError) in
        let library = try OpenBLAS.get()
        var tables: [DType: LAPACK] = [:]
        for (dtype, letter) in [(DType.float32, "s"), (.float64, "d"), (.complex64, "c"), (.complex128, "z")] {
            tables[dtype] = try LAPACK(library, letter, isComplex: dtype.isComplex)
        }
        return tables
    }

    /// The functions for one of the four types, or an error that names the package to install.
    static func get<T: NDLinearElement>(for type: T.Type) throws(NDArrayError) -> LAPACK {
        guard let table = try loaded.get()[T.dtype] else {
            throw NDArrayError(.dtypeMismatch, "LAPACK has no functions for \(T.dtype)")
        }
        return table
    }

    private init(_ library: OpenBLAS, _ letter: String, isComplex: Bool) throws(NDArrayError) {
        func find<F>(_ name: String, _ type: F.Type) throws(NDArrayError) -> F {
            try library.symbol("\(letter)\(name)_", as: type)
        }
        getrs = try find("getrs", imjoy_getrs.self)
        getri = try find("getri", imjoy_getri.self)
        getrf = try find("getrf", imjoy_getrf.self)
        potrf = try find("potrf", imjoy_potrf.self)
        geqrf = try find("geqrf", imjoy_geqrf.self)
        orgqr = try find(isComplex ? "ungqr" : "orgqr", imjoy_orgqr.self)
        geqrt = try find("geqrt", imjoy_geqrt.self)
        gemqrt = try find("gemqrt", imjoy_gemqrt.self)
        if isComplex {
            other = .complex(
                gesdd: try find("gesdd", imjoy_complex_gesdd.self), heevd: try find("heevd", imjoy_heevd.self),
                geev: try find("geev", imjoy_complex_geev.self), gelsd: try find("gelsd", imjoy_complex_gelsd.self))
        } else {
            other = .real(
                gesdd: try find("gesdd", imjoy_gesdd.self), syevd: try find("syevd", imjoy_syevd.self),
                geev: try find("geev", imjoy_geev.self), gelsd: try find("gelsd", imjoy_gelsd.self))
        }
    }

    /// Scratch memory, sized by LAPACK itself at the first matrix of a stack and kept for the others.
    struct Workspace<T: NDLinearElement> {
        private var elements = NDStorage(byteCount: 64)
        private var elementCount = 0
        private var reals = NDStorage(byteCount: 64)
        fileprivate private(set) var realCount = 0
        fileprivate private(set) var integers: [Int32] = [0]

        /// The memory as a function takes it; all sizes are -1 when it is only asked how much it wants.
        fileprivate struct Scratch {
            var start: UnsafeMutableRawPointer
            var reals: UnsafeMutableRawPointer
            var integers: UnsafeMutablePointer<Int32>
            var size: Int32
            var realSize: Int32
            var integerSize: Int32
        }

        /// True until the first matrix was treated.
        fileprivate var isUnsized: Bool { elementCount == 0 }

        /// Room that LAPACK does not tell by itself.
        fileprivate mutating func reserve(reals count: Int = 0, integers integerCount: Int = 0) {
            if count > realCount {
                reals = NDStorage(byteCount: count * MemoryLayout<T.RealPart>.stride)
                realCount = count
            }
            if integerCount > integers.count { integers = [Int32](repeating: 0, count: integerCount) }
        }

        /// Calls `body` once to learn the sizes, unless they are known, and once to compute.
        fileprivate mutating func sized(_ body: (inout Scratch) -> Int32) -> Int32 {
            if isUnsized {
                elements.base.bindMemory(to: T.self, capacity: 1).pointee = .zero
                let real = NDStorage(byteCount: 64)
                real.base.bindMemory(to: T.RealPart.self, capacity: 1).pointee = .zero
                var integer: Int32 = 0
                let info = withUnsafeMutablePointer(to: &integer) { integer in
                    var question = Scratch(
                        start: elements.base, reals: real.base, integers: integer, size: -1, realSize: -1,
                        integerSize: -1)
                    return body(&question)
                }
                if info != 0 { return info }
                // A float cannot hold every size; a little more is always enough.
                func size(_ value: T.RealPart) -> Int { Int(value.asDouble * (1 + 0x1p-20)) + 1 }
                elementCount = size(T.realPart(elements.base.assumingMemoryBound(to: T.self).pointee))
                let wanted = size(real.base.assumingMemoryBound(to: T.RealPart.self).pointee)
                guard elementCount <= Int(Int32.max), wanted <= Int(Int32.max) else { return Self.tooLarge }
                elements = NDStorage(byteCount: elementCount * MemoryLayout<T>.stride)
                reserve(reals: wanted, integers: Int(integer))
            }
            defer { withExtendedLifetime((elements, reals)) {} }
            return integers.withUnsafeMutableBufferPointer { integers in
                var scratch = Scratch(
                    start: elements.base, reals: reals.base, integers: integers.baseAddress!,
                    size: Int32(elementCount), realSize: Int32(clamping: realCount),
                    integerSize: Int32(clamping: integers.count))
                return body(&scratch)
            }
        }

        /// Stands for a workspace that 32 bits cannot count.
        private static var tooLarge: Int32 { -1000 }
    }

    /// The solutions of `aᵀ x = b` by the factors of `a`.
    func solveTransposed<T>(
        _ n: Int32, _ columns: Int32, factors a: UnsafeMutablePointer<T>, pivots: [Int32], _ b: UnsafeMutablePointer<T>
    ) -> Int32 {
        var (n, columns, info, transposition) = (n, columns, Int32(0), Self.letter("T"))
        var rows = max(n, 1)
        getrs(&transposition, &n, &columns, a, &rows, pivots, b, &rows, &info, 1)
        return info
    }

    /// The inverse, from and into the memory of the factors.
    func invert<T>(
        _ n: Int32, factors a: UnsafeMutablePointer<T>, pivots: [Int32], _ workspace: inout Workspace<T>
    ) -> Int32 {
        var (n, rows) = (n, max(n, 1))
        return workspace.sized { scratch in
            var info: Int32 = 0
            getri(&n, a, &rows, pivots, scratch.start, &scratch.size, &info)
            return info
        }
    }

    func factorLU<T>(_ n: Int32, _ a: UnsafeMutablePointer<T>, pivots: inout [Int32]) -> Int32 {
        var (n, info, rows) = (n, Int32(0), max(n, 1))
        getrf(&n, &n, a, &rows, &pivots, &info)
        return info
    }

    /// The factor in the lower (or upper) triangle; the other triangle is left as it was.
    func cholesky<T>(_ n: Int32, _ a: UnsafeMutablePointer<T>, upper: Bool) -> Int32 {
        var (n, info, rows, triangle) = (n, Int32(0), max(n, 1), Self.letter(upper ? "U" : "L"))
        potrf(&triangle, &n, a, &rows, &info, 1)
        return info
    }

    func factorQR<T: NDLinearElement>(
        _ m: Int32, _ n: Int32, _ a: UnsafeMutablePointer<T>, tau: UnsafeMutablePointer<T>,
        _ workspace: inout Workspace<T>
    ) -> Int32 {
        var (m, n, info, rows) = (m, n, Int32(0), max(m, 1))
        return workspace.sized { work in
            geqrf(&m, &n, a, &rows, tau, work.start, &work.size, &info)
            return info
        }
    }

    /// The first `columns` columns of Q from the reflectors that ``factorQR`` left in `a`.
    func makeQ<T: NDLinearElement>(
        _ m: Int32, _ columns: Int32, reflectors: Int32, _ a: UnsafeMutablePointer<T>, tau: UnsafeMutablePointer<T>,
        _ workspace: inout Workspace<T>
    ) -> Int32 {
        var (m, columns, reflectors, info, rows) = (m, columns, reflectors, Int32(0), max(m, 1))
        return workspace.sized { work in
            orgqr(&m, &columns, &reflectors, a, &rows, tau, work.start, &work.size, &info)
            return info
        }
    }

    /// Columns that are factored at once where only the triangle is wanted.
    static let blockWidth: Int32 = 16

    /// R into the upper triangle of `a`, which has at least as many rows as columns, and Q* times `b` in place of `b`, both
    /// with `m` rows.
    ///
    /// - Parameter scratch: room for ``blockWidth`` times the columns of `a`, and of `b`, and of `a` once more.
    func reduceToTriangle<T: NDLinearElement>(
        _ m: Int32, _ n: Int32, _ a: UnsafeMutablePointer<T>, _ columns: Int32, _ b: UnsafeMutablePointer<T>,
        scratch: UnsafeMutablePointer<T>
    ) -> Int32 {
        var (m, n, columns, info) = (m, n, columns, Int32(0))
        var width = min(Self.blockWidth, n)
        let work = scratch + Int(width) * Int(n)
        geqrt(&m, &n, &width, a, &m, scratch, &width, work, &info)
        guard info == 0 else { return info }
        var (left, conjugated) = (Self.letter("L"), Self.letter(T.dtype.isComplex ? "C" : "T"))
        gemqrt(
            &left, &conjugated, &m, &columns, &n, &width, a, &m, scratch, &width, b, &m, work, &info, 1, 1)
        return info
    }

    private static func letter(_ scalar: Unicode.Scalar) -> CChar { CChar(scalar.value) }
}

extension LAPACK {
    /// Which singular vectors are wanted.
    enum SVDJob: Unicode.Scalar {
        case all = "A"
        case thin = "S"
        case none = "N"
    }

    func svd<T: NDLinearElement>(
        _ job: SVDJob, _ m: Int32, _ n: Int32, _ a: UnsafeMutablePointer<T>, s: UnsafeMutablePointer<T.RealPart>,
        u: UnsafeMutablePointer<T>, vt: UnsafeMutablePointer<T>, _ workspace: inout Workspace<T>
    ) -> Int32 {
        let short = min(m, n)
        var (m, n, info, rows) = (m, n, Int32(0), max(m, 1))
        var ldu = rows
        var ldvt = max(job == .thin ? short : n, 1)
        var letter = Self.letter(job.rawValue)
        if workspace.isUnsized {
            let (small, large) = (Int(short), Int(max(m, n)))
            let vectors = max(5 * small * small + 5 * small, 2 * large * small + 2 * small * small + small)
            let reals = job == .none ? 7 * small : vectors
            workspace.reserve(reals: T.dtype.isComplex ? reals + 1 : 0, integers: 8 * small + 1)
        }
        return workspace.sized { work in
            switch other {
            case .real(let gesdd, _, _, _):
                gesdd(&letter, &m, &n, a, &rows, s, u, &ldu, vt, &ldvt, work.start, &work.size, work.integers, &info, 1)
            case .complex(let gesdd, _, _, _):
                gesdd(
                    &letter, &m, &n, a, &rows, s, u, &ldu, vt, &ldvt, work.start, &work.size, work.reals, work.integers,
                    &info, 1)
            }
            return info
        }
    }

    /// Eigenvalues in ascending order; with `vectors` the matrix becomes its eigenvectors.
    func eigenHermitian<T: NDLinearElement>(
        _ n: Int32, _ a: UnsafeMutablePointer<T>, values: UnsafeMutablePointer<T.RealPart>, vectors: Bool, upper: Bool,
        _ workspace: inout Workspace<T>
    ) -> Int32 {
        var (n, info, rows) = (n, Int32(0), max(n, 1))
        var (job, triangle) = (Self.letter(vectors ? "V" : "N"), Self.letter(upper ? "U" : "L"))
        return workspace.sized { work in
            switch other {
            case .real(_, let syevd, _, _):
                syevd(
                    &job, &triangle, &n, a, &rows, values, work.start, &work.size, work.integers, &work.integerSize,
                    &info, 1, 1)
            case .complex(_, let heevd, _, _):
                heevd(
                    &job, &triangle, &n, a, &rows, values, work.start, &work.size, work.reals, &work.realSize,
                    work.integers, &work.integerSize,
                    &info, 1, 1)
            }
            return info
        }
    }

    /// Eigenvalues of any square matrix.
    ///
    /// For a real type `first` and `second` are the real and imaginary parts, for a complex one `first` is the numbers
    /// themselves and `second` stays unused.
    func eigen<T: NDLinearElement>(
        _ n: Int32, _ a: UnsafeMutablePointer<T>, first: UnsafeMutablePointer<T>, second: UnsafeMutablePointer<T>,
        vectors: UnsafeMutablePointer<T>?, _ workspace: inout Workspace<T>
    ) -> Int32 {
        var (n, info, rows) = (n, Int32(0), max(n, 1))
        var (none, job) = (Self.letter("N"), Self.letter(vectors == nil ? "N" : "V"))
        var unused = T.zero
        if workspace.isUnsized, T.dtype.isComplex { workspace.reserve(reals: 2 * Int(rows)) }
        return workspace.sized { work in
            withUnsafeMutablePointer(to: &unused) { unused in
                let target = vectors ?? unused
                switch other {
                case .real(_, _, let geev, _):
                    geev(
                        &none, &job, &n, a, &rows, first, second, unused, &rows, target, &rows, work.start, &work.size,
                        &info, 1,
                        1)
                case .complex(_, _, let geev, _):
                    geev(
                        &none, &job, &n, a, &rows, first, unused, &rows, target, &rows, work.start, &work.size,
                        work.reals, &info, 1,
                        1)
                }
            }
            return info
        }
    }

    /// Least squares: `b`, whose columns are `rowsOfB` apart, at least the larger of `m` and `n`, becomes the solutions.
    func leastSquares<T: NDLinearElement>(
        _ m: Int32, _ n: Int32, _ columns: Int32, _ a: UnsafeMutablePointer<T>, _ b: UnsafeMutablePointer<T>,
        rowsOfB: Int32, s: UnsafeMutablePointer<T.RealPart>, threshold: T.RealPart, rank: inout Int32,
        _ workspace: inout Workspace<T>
    ) -> Int32 {
        var (m, n, columns, info, rows, threshold) = (m, n, columns, Int32(0), max(m, 1), threshold)
        var longest = rowsOfB
        return workspace.sized { work in
            switch other {
            case .real(_, _, _, let gelsd):
                gelsd(
                    &m, &n, &columns, a, &rows, b, &longest, s, &threshold, &rank, work.start, &work.size,
                    work.integers, &info)
            case .complex(_, _, _, let gelsd):
                gelsd(
                    &m, &n, &columns, a, &rows, b, &longest, s, &threshold, &rank, work.start, &work.size, work.reals,
                    work.integers,
                    &info)
            }
            return info
        }
    }
}
