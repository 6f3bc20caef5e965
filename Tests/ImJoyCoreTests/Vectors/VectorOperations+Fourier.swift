internal import ComplexModule
internal import ImJoyCore
internal import ImJoyTestSupport

extension VectorOperations {
    /// Fourier transforms, by their exact expressions: the parameters stand nowhere else.
    static let fourierExpressions: [String: Operation] = [
        "np.fft.fft(a0)": { example in try .array(example.inputs[0].fftn(axes: [-1])) },
        "np.fft.fft(a0,n=12)": { try .array($0.inputs[0].fftn(shape: [12], axes: [-1])) },
        "np.fft.fft(a0,norm='ortho')": { try .array($0.inputs[0].fftn(axes: [-1], norm: .ortho)) },
        "np.fft.fft(a0,axis=0)": { try .array($0.inputs[0].fftn(axes: [0])) },
        "np.fft.ifft(a0)": { try .array($0.inputs[0].ifftn(axes: [-1])) },
        "np.fft.rfft(a0)": { try .array($0.inputs[0].rfftn(axes: [-1])) },
        "np.fft.irfft(a0)": { try .array($0.inputs[0].irfftn(axes: [-1])) },
        "np.fft.fft2(a0)": { try Answer($0.inputs[0].typed(as: Double.self).fft2()) },
        "np.fft.rfft2(a0)": { try Answer($0.inputs[0].typed(as: Double.self).rfft2()) },
        "np.fft.fftshift(a0)": { try Answer($0.inputs[0].typed(as: Int64.self).fftShifted()) },
        "np.fft.fftfreq(7,0.1)": { _ in try Answer(FFT.frequencies(7, spacing: 0.1)) },
        "np.fft.rfftfreq(8,0.5)": { _ in try Answer(FFT.realFrequencies(8, spacing: 0.5)) },
        "sfft.dct(a0)": { try Answer($0.inputs[0].typed(as: Double.self).dct()) },
    ]
}
