internal import ComplexModule

extension NDArray where Element: NDComplex {
    /// Complex numbers of given parts, broadcast; throws when the shapes cannot be broadcast together.
    public init(real: NDArray<Element.Part>, imaginary: NDArray<Element.Part>) throws(NDArrayError) {
        let common = try Layout.commonShape(real.shape, imaginary.shape)
        let (first, second) = (try real.broadcast(to: common), try imaginary.broadcast(to: common))
        try self.init(uninitialised: common) { memory in
            let halves = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: Element.Part.self)
            let layout = Layout.rowMajor(common, count: first.count)
            CopyKernels.scatter(first, into: halves, layout: layout.parts(0))
            CopyKernels.scatter(second, into: halves, layout: layout.parts(1))
        }
    }

    /// The real parts, sharing memory.
    public var real: NDArray<Element.Part> { parts(0) }

    /// The imaginary parts, sharing memory; NumPy's `imag`.
    public var imaginary: NDArray<Element.Part> { parts(1) }

    /// The lengths of the complex numbers; NumPy's `abs`.
    public var magnitude: NDArray<Element.Part> { NDArray<Element.Part>.hypot(real, imaginary) }

    /// The angles of the complex numbers in radians, in -π...π; NumPy's `angle`.
    public var phase: NDArray<Element.Part> { NDArray<Element.Part>.atan2(y: imaginary, x: real) }

    /// The numbers with the other sign of the imaginary part; NumPy's `conj`.
    public func conjugate() -> NDArray {
        orTrap { () throws(NDArrayError) in try NDArray(real: real, imaginary: -imaginary) }
    }

    /// The numbers divided by their lengths, 0 for 0; NumPy's `sign`.
    public func sign() -> NDArray {
        orTrap { () throws(NDArrayError) in
            let length = magnitude
            let divisor = try length.replacing(with: 1, where: length .== 0)
            return try NDArray(real: real / divisor, imaginary: imaginary / divisor)
        }
    }

    /// True where a part is not a number.
    public var isNaN: NDArray<Bool> { real.isNaN | imaginary.isNaN }
    /// True where both parts are neither infinite nor NaN.
    public var isFinite: NDArray<Bool> { real.isFinite & imaginary.isFinite }
    /// True where a part is infinite.
    public var isInfinite: NDArray<Bool> { real.isInfinite | imaginary.isInfinite }

    /// Both parts rounded as those of real arrays are; NumPy's `round`.
    public func rounded(decimals: Int = 0) -> NDArray {
        orTrap { () throws(NDArrayError) in
            try NDArray(real: real.rounded(decimals: decimals), imaginary: imaginary.rounded(decimals: decimals))
        }
    }

    /// The square root with the real part that is not negative.
    public func sqrt() -> NDArray { applying(.squareRoot) }
    /// e to the power of every element.
    public func exp() -> NDArray { applying(.exp) }
    /// 2 to the power of every element.
    public func exp2() -> NDArray { applying(.exp2) }
    /// e to the power of every element, minus one, exact near zero; NumPy's `expm1`.
    public func expMinusOne() -> NDArray { applying(.expMinusOne) }
    /// The natural logarithm, its imaginary part in -π...π.
    public func log() -> NDArray { applying(.log) }
    /// The logarithm to base 2.
    public func log2() -> NDArray { applying(.log2) }
    /// The logarithm to base 10.
    public func log10() -> NDArray { applying(.log10) }
    /// The logarithm of one plus every element; NumPy's `log1p`.
    public func logOnePlus() -> NDArray { applying(.logOnePlus) }
    /// The sine.
    public func sin() -> NDArray { applying(.sin) }
    /// The cosine.
    public func cos() -> NDArray { applying(.cos) }
    /// The tangent.
    public func tan() -> NDArray { applying(.tan) }
    /// The hyperbolic sine.
    public func sinh() -> NDArray { applying(.sinh) }
    /// The hyperbolic cosine.
    public func cosh() -> NDArray { applying(.cosh) }
    /// The hyperbolic tangent.
    public func tanh() -> NDArray { applying(.tanh) }
    /// The number with this sine; NumPy's `arcsin`.
    public func asin() -> NDArray { applying(.asin) }
    /// The number with this cosine; NumPy's `arccos`.
    public func acos() -> NDArray { applying(.acos) }
    /// The number with this tangent; NumPy's `arctan`.
    public func atan() -> NDArray { applying(.atan) }
    /// The number with this hyperbolic sine; NumPy's `arcsinh`.
    public func asinh() -> NDArray { applying(.asinh) }
    /// The number with this hyperbolic cosine; NumPy's `arccosh`.
    public func acosh() -> NDArray { applying(.acosh) }
    /// The number with this hyperbolic tangent; NumPy's `arctanh`.
    public func atanh() -> NDArray { applying(.atanh) }

    /// The elements to the power of those of `exponent`, broadcast: the value whose logarithm is nearest to zero.
    ///
    /// Throws when the shapes cannot be broadcast together.
    public func power(_ exponent: NDArray) throws(NDArrayError) -> NDArray {
        let common = try Layout.commonShape(shape, exponent.shape)
        let (wide, exponents) = (try widened(broadcastTo: common), try exponent.widened(broadcastTo: common))
        ComplexKernels.power(wide.mutableBase, exponents.base, count: wide.count)
        withExtendedLifetime((wide.storage, exponents.storage)) {}
        return try wide.cast()
    }

    package func applying(_ function: ComplexFunction) -> NDArray {
        orTrap { () throws(NDArrayError) in
            let wide = try widened(broadcastTo: shape)
            ComplexKernels.apply(function, wide.mutableBase, count: wide.count)
            return try wide.cast()
        }
    }

    /// A copy of its own, in double precision.
    private func widened(broadcastTo common: [Int]) throws(NDArrayError) -> NDArray<Complex<Double>> {
        let repeated = try broadcast(to: common)
        return if let same = repeated as? NDArray<Complex<Double>> { same.copied() } else { try repeated.cast() }
    }

    /// A complex number is two parts one after the other, so each kind is every second one.
    private func parts(_ first: Int) -> NDArray<Element.Part> {
        NDArray<Element.Part>(storage: storage, layout: layout.parts(first))
    }
}

extension Layout {
    /// The real (0) or imaginary (1) parts of complex elements, in a layout that counts parts.
    fileprivate func parts(_ first: Int) -> Layout {
        Layout(unchecked: shape, strides: strides.map { $0 * 2 }, offset: offset * 2 + first, count: count)
    }
}
