internal import ComplexModule
internal import ImJoyCore
internal import ImJoyTestSupport

extension PropertyOperations {
    static let fourier: [String: Operation] = {
        var table: [String: Operation] = [:]
        for name in ["fft", "ifft", "irfft", "hfft", "fftn", "ifftn", "irfftn"] {
            table[name] = { example in
                guard let type = example.inputs[0].dtype.elementType as? any NDLinearElement.Type else {
                    throw UnknownDType()
                }
                return [try transform(example, type)]
            }
        }
        for name in ["rfft", "ihfft", "rfftn", "dct", "idct", "dst", "idst", "dctn", "idctn", "dstn", "idstn"] {
            table[name] = { example in
                guard let type = example.inputs[0].dtype.elementType as? any NDLinearReal.Type else {
                    throw UnknownDType()
                }
                return [try realTransform(example, type)]
            }
        }
        for name in ["fftshift", "ifftshift"] {
            table[name] = { example in
                func shift<T: NDElement>(_ type: T.Type) throws -> AnyNDArray {
                    let array = try example.inputs[0].typed(as: T.self)
                    return AnyNDArray(
                        try name == "fftshift"
                            ? array.fftShifted(axes: example.axes()) : array.inverseFFTShifted(axes: example.axes()))
                }
                return [try shift(example.inputs[0].dtype.elementType)]
            }
        }
        table["fftfreq"] = { [AnyNDArray(try FFT.frequencies($0.int("n"), spacing: $0.double("d")))] }
        table["rfftfreq"] = { [AnyNDArray(try FFT.realFrequencies($0.int("n"), spacing: $0.double("d")))] }
        table["next_fast_len"] = { example in
            [AnyNDArray(NDArray(scalar: Int64(try FFT.nextFastLength(example.int("n")))))]
        }
        return table
    }()

    private static func norm(_ example: PropertyCase) -> FFTNorm {
        FFTNorm(rawValue: example.text("norm")) ?? .backward
    }

    private static func shape(_ example: PropertyCase) -> [Int]? {
        example.parameters["s"].isNull ? nil : example.ints("s")
    }

    private static func transform<T: NDLinearElement>(_ example: PropertyCase, _ type: T.Type) throws -> AnyNDArray {
        let array = try example.inputs[0].typed(as: T.self)
        let (length, axis, norm) = (example.parameters["n"].int, example.int("axis"), norm(example))
        let (shape, axes) = (shape(example), example.axes())
        switch example.operation {
        case "fft": return AnyNDArray(try array.fft(length: length, axis: axis, norm: norm))
        case "ifft": return AnyNDArray(try array.ifft(length: length, axis: axis, norm: norm))
        case "irfft": return AnyNDArray(try array.irfft(length: length, axis: axis, norm: norm))
        case "hfft": return AnyNDArray(try array.hfft(length: length, axis: axis, norm: norm))
        case "fftn": return AnyNDArray(try array.fftn(shape: shape, axes: axes, norm: norm))
        case "ifftn": return AnyNDArray(try array.ifftn(shape: shape, axes: axes, norm: norm))
        default: return AnyNDArray(try array.irfftn(shape: shape, axes: axes, norm: norm))
        }
    }

    private static func realTransform<T: NDLinearReal>(_ example: PropertyCase, _ type: T.Type) throws -> AnyNDArray {
        let array = try example.inputs[0].typed(as: T.self)
        let kind = TrigonometricType(rawValue: example.int("type")) ?? .two
        let (length, axis, norm) = (example.parameters["n"].int, example.int("axis"), norm(example))
        let axes = example.axes()
        switch example.operation {
        case "rfft": return AnyNDArray(try array.rfft(length: length, axis: axis, norm: norm))
        case "ihfft": return AnyNDArray(try array.ihfft(length: length, axis: axis, norm: norm))
        case "rfftn": return AnyNDArray(try array.rfftn(shape: shape(example), axes: axes, norm: norm))
        case "dct": return AnyNDArray(try array.dct(kind, length: length, axis: axis, norm: norm))
        case "idct": return AnyNDArray(try array.idct(kind, length: length, axis: axis, norm: norm))
        case "dst": return AnyNDArray(try array.dst(kind, length: length, axis: axis, norm: norm))
        case "idst": return AnyNDArray(try array.idst(kind, length: length, axis: axis, norm: norm))
        case "dctn": return AnyNDArray(try array.dctn(kind, axes: axes, norm: norm))
        case "idctn": return AnyNDArray(try array.idctn(kind, axes: axes, norm: norm))
        case "dstn": return AnyNDArray(try array.dstn(kind, axes: axes, norm: norm))
        default: return AnyNDArray(try array.idstn(kind, axes: axes, norm: norm))
        }
    }
}
