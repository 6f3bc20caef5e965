extension NDArray where Element: NDComplex {
    /// The real parts, sharing memory.
    public var real: NDArray<Element.Part> { parts(0) }

    /// The imaginary parts, sharing memory.
    public var imaginary: NDArray<Element.Part> { parts(1) }

    /// The lengths of the complex numbers.
    public var magnitude: NDArray<Element.Part> { NDArray<Element.Part>.hypot(real, imaginary) }

    /// The angles of the complex numbers in radians, in -π...π.
    public var phase: NDArray<Element.Part> { NDArray<Element.Part>.atan2(y: imaginary, x: real) }

    /// A complex number is two parts one after the other, so each kind is every second one.
    private func parts(_ first: Int) -> NDArray<Element.Part> {
        let doubled = Layout(
            unchecked: layout.shape, strides: layout.strides.map { $0 * 2 }, offset: layout.offset * 2 + first,
            count: layout.count)
        return NDArray<Element.Part>(storage: storage, layout: doubled)
    }
}
