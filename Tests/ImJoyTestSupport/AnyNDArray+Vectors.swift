internal import ComplexModule
public import ImJoyCore

extension AnyNDArray {
    /// The array that `{"dtype", "shape", "data"}` describes.
    public init(vector json: ExactJSON) throws {
        guard let name = json["dtype"].text, let dtype = DType(rawValue: name) else {
            throw ExactJSON.Failure(description: "no dtype in \(json)")
        }
        let shape = json["shape"].items.compactMap(\.int)
        let texts = json["data"].items.compactMap(\.text)
        func parse<T: LosslessStringConvertible & NDElement>(_ type: T.Type, _ texts: [String]) throws -> [T] {
            try texts.map { text in
                guard let value = T(text) else { throw ExactJSON.Failure(description: "\(text) is no \(dtype)") }
                return value
            }
        }
        func make<T: LosslessStringConvertible & NDElement>(_ type: T.Type) throws -> AnyNDArray {
            AnyNDArray(try NDArray(parse(type, texts), shape: shape))
        }
        func makeComplex<T: LosslessStringConvertible & NDFloat>(_ type: T.Type) throws -> AnyNDArray {
            let parts = try parse(type, texts)
            let numbers = stride(from: 0, to: parts.count, by: 2).map { Complex(parts[$0], parts[$0 + 1]) }
            return AnyNDArray(try NDArray(numbers, shape: shape))
        }
        self =
            switch dtype {
            case .bool: AnyNDArray(try NDArray(texts.map { $0 != "0" }, shape: shape))
            case .int8: try make(Int8.self)
            case .int16: try make(Int16.self)
            case .int32: try make(Int32.self)
            case .int64: try make(Int64.self)
            case .uint8: try make(UInt8.self)
            case .uint16: try make(UInt16.self)
            case .uint32: try make(UInt32.self)
            case .uint64: try make(UInt64.self)
            case .float16: try make(Float16.self)
            case .float32: try make(Float.self)
            case .float64: try make(Double.self)
            case .complex64: try makeComplex(Float.self)
            case .complex128: try makeComplex(Double.self)
            }
    }

    /// What tells this array apart from `expected`, or nil when nothing does.
    ///
    /// Floats may differ by `absolute + relative * |expected|`; NaN equals NaN and -0.0 equals 0.0.
    public func difference(from expected: AnyNDArray, relative: Double, absolute: Double) -> String? {
        if dtype != expected.dtype { return "dtype \(dtype), not \(expected.dtype)" }
        if shape != expected.shape { return "shape \(shape), not \(expected.shape)" }
        if !dtype.isFloatingPoint && !dtype.isComplex {
            return self == expected ? nil : "\(self), not \(expected)"
        }
        let pairs = zip(parts, expected.parts)
        for (index, (value, wanted)) in pairs.enumerated() {
            let isEqual = value == wanted || (value.isNaN && wanted.isNaN)
            if !isEqual, !((value - wanted).magnitude <= absolute + relative * wanted.magnitude) {
                return "\(value) at \(index), not \(wanted)"
            }
        }
        return nil
    }

    /// The elements as doubles, complex numbers as two.
    private var parts: [Double] {
        if let complex = try? typed(as: Complex<Double>.self) {
            return complex.elements.flatMap { [$0.rawStorage.x, $0.rawStorage.y] }
        }
        if let complex = try? typed(as: Complex<Float>.self) {
            return complex.elements.flatMap { [Double($0.rawStorage.x), Double($0.rawStorage.y)] }
        }
        return (try? cast(to: Double.self).elements) ?? []
    }
}
