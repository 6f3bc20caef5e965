internal import CImJoyKernels
internal import RealModule

/// One of the steps that lead from one colour space to another.
enum ColourStep: Sendable {
    /// Each channel becomes a sum of all three.
    case matrix(ColourMatrix)
    case add(Double, Double, Double)
    /// The curve of sRGB taken off, and put on again; the latter ends at 0 and 1.
    case decode, encode
    case xyzToLab, labToXYZ
    case rgbToHSV, hsvToRGB
    /// How much of the light is taken away, as a logarithm, and what is left of it.
    case absorption, transmission
    case notNegative

    /// About how many nanoseconds a pixel takes.
    var cost: Double {
        switch self {
        case .decode, .encode: 40
        case .xyzToLab, .labToXYZ, .absorption, .transmission: 15
        default: 4
        }
    }

    /// Does the step for colours that lie one after the other.
    ///
    /// - Parameter spare: as much memory as the colours take.
    func run<T: NDLinearReal>(_ colours: UnsafeMutableBufferPointer<T>, _ spare: UnsafeMutablePointer<T>) {
        guard let start = colours.baseAddress else { return }
        let pixels = stride(from: 0, to: colours.count - 2, by: 3)
        switch self {
        case .matrix(let matrix):
            let m = matrix.rows.map { $0.map { T($0) } }
            let (a, b, c) = ((m[0][0], m[0][1], m[0][2]), (m[1][0], m[1][1], m[1][2]), (m[2][0], m[2][1], m[2][2]))
            for at in pixels {
                let (x, y, z) = (start[at], start[at + 1], start[at + 2])
                start[at] = x * a.0 + y * a.1 + z * a.2
                start[at + 1] = x * b.0 + y * b.1 + z * b.2
                start[at + 2] = x * c.0 + y * c.1 + z * c.2
            }
        case .add(let first, let second, let third):
            let (first, second, third) = (T(first), T(second), T(third))
            for at in pixels {
                start[at] += first
                start[at + 1] += second
                start[at + 2] += third
            }
        case .decode:
            for at in colours.indices { spare[at] = (start[at] + 0.055) / 1.055 }
            Self.raise(spare, to: 2.4, colours.count)
            for at in colours.indices { start[at] = start[at] > 0.04045 ? spare[at] : start[at] / 12.92 }
        case .encode:
            spare.update(from: start, count: colours.count)
            Self.raise(spare, to: 1 / 2.4, colours.count)
            for at in colours.indices {
                let value = start[at] > 0.0031308 ? 1.055 * spare[at] - 0.055 : start[at] * 12.92
                start[at] = value < 0 ? 0 : value > 1 ? 1 : value
            }
        case .xyzToLab: Self.xyzToLab(start, spare, colours.count)
        case .labToXYZ:
            for at in pixels {
                let y = (start[at] + 16) / 116
                let x = start[at + 1] / 500 + y
                let z = y - start[at + 2] / 200
                start[at] = Self.uncurve(x) * T(Self.white.0)
                start[at + 1] = Self.uncurve(y) * T(Self.white.1)
                start[at + 2] = Self.uncurve(z < 0 ? 0 : z) * T(Self.white.2)
            }
        case .rgbToHSV: for at in pixels { Self.rgbToHSV(start + at) }
        case .hsvToRGB: for at in pixels { Self.hsvToRGB(start + at) }
        case .absorption:
            for at in colours.indices { spare[at] = start[at] < 1e-6 ? 1e-6 : start[at] }
            Self.apply(.log, spare, start, colours.count)
            let scale = T(Double.log(1e-6))
            for at in colours.indices { start[at] /= scale }
        case .transmission:
            let scale = T(Double.log(1e-6))
            for at in colours.indices { spare[at] = start[at] * scale }
            Self.apply(.exp, spare, start, colours.count)
            for at in colours.indices { start[at] = start[at] < 0 ? 0 : start[at] > 1 ? 1 : start[at] }
        case .notNegative: for at in colours.indices { start[at] = start[at] < 0 ? 0 : start[at] }
        }
    }

    /// The white of daylight (D65) in XYZ.
    private static var white: (Double, Double, Double) { (0.95047, 1, 1.08883) }

    private static func uncurve<T: NDLinearReal>(_ value: T) -> T {
        value > 0.2068966 ? value * value * value : (value - 16 / 116) / 7.787
    }

    private static func xyzToLab<T: NDLinearReal>(
        _ start: UnsafeMutablePointer<T>, _ spare: UnsafeMutablePointer<T>, _ count: Int
    ) {
        let white = (T(white.0), T(white.1), T(white.2))
        for at in stride(from: 0, to: count - 2, by: 3) {
            start[at] /= white.0
            start[at + 1] /= white.1
            start[at + 2] /= white.2
        }
        apply(.cubeRoot, start, spare, count)
        for at in 0..<count where !(start[at] > 0.008856) { spare[at] = 7.787 * start[at] + 16 / 116 }
        for at in stride(from: 0, to: count - 2, by: 3) {
            start[at] = 116 * spare[at + 1] - 16
            start[at + 1] = 500 * (spare[at] - spare[at + 1])
            start[at + 2] = 200 * (spare[at + 1] - spare[at + 2])
        }
    }

    private static func rgbToHSV<T: NDLinearReal>(_ pixel: UnsafeMutablePointer<T>) {
        let (red, green, blue) = (pixel[0], pixel[1], pixel[2])
        guard !red.isNaN, !green.isNaN, !blue.isNaN else {
            (pixel[0], pixel[1], pixel[2]) = (0, 0, 0)
            return
        }
        let value = Swift.max(red, green, blue)
        let spread = value - Swift.min(red, green, blue)
        var hue: T = 0
        if spread != 0 {
            // Of equally bright channels the last one counts.
            if blue == value {
                hue = 4 + (red - green) / spread
            } else if green == value {
                hue = 2 + (blue - red) / spread
            } else {
                hue = (green - blue) / spread
            }
            hue /= 6
            hue -= hue.rounded(.down)
        }
        let saturation = spread == 0 ? 0 : spread / value
        pixel[0] = hue.isNaN ? 0 : hue
        pixel[1] = saturation.isNaN ? 0 : saturation
        pixel[2] = value
    }

    private static func hsvToRGB<T: NDLinearReal>(_ pixel: UnsafeMutablePointer<T>) {
        let (hue, saturation, value) = (pixel[0] * 6, pixel[1], pixel[2])
        let sector = hue.rounded(.down)
        let part = hue - sector
        let p = value * (1 - saturation)
        let q = value * (1 - part * saturation)
        let t = value * (1 - (1 - part) * saturation)
        // The sector as a byte, which is how scikit-image takes negative hues.
        let number = (sector.magnitude < 0x1p31 ? Int(sector) : 0) & 255
        switch number % 6 {
        case 0: (pixel[0], pixel[1], pixel[2]) = (value, t, p)
        case 1: (pixel[0], pixel[1], pixel[2]) = (q, value, p)
        case 2: (pixel[0], pixel[1], pixel[2]) = (p, value, t)
        case 3: (pixel[0], pixel[1], pixel[2]) = (p, q, value)
        case 4: (pixel[0], pixel[1], pixel[2]) = (t, p, value)
        default: (pixel[0], pixel[1], pixel[2]) = (value, p, q)
        }
    }

    private static func raise<T: NDLinearReal>(_ numbers: UnsafeMutablePointer<T>, to power: T, _ count: Int) {
        let kernel = imjoy_find_float_operation(IMJOY_POWER, T.dtype.kernelType, IMJOY_RIGHT_SINGLE)
        withUnsafePointer(to: power) { VectorKernels.present(kernel)(numbers, $0, numbers, count) }
    }

    private static func apply<T: NDLinearReal>(
        _ function: FloatFunction, _ source: UnsafePointer<T>, _ target: UnsafeMutablePointer<T>, _ count: Int
    ) {
        VectorKernels.present(function.kernel(T.dtype.kernelType))(source, target, count)
    }
}
