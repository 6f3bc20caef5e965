internal import ComplexModule

// The form is `{"dtype": "float32", "shape": [2, 3], "data": [1, 2, 3, 4, 5, 6]}`: elements in row-major order, real and
// imaginary parts of complex numbers one after the other. What JSON has no number for is one of the words "nan", "inf"
// and "-inf". For files with many elements there is NPY, which is smaller and faster.

extension NDArray: Codable {
    /// Writes dtype, shape and elements: `{"dtype": "float32", "shape": [2], "data": [1, "inf"]}`.
    public func encode(to encoder: any Encoder) throws { try AnyNDArray(self).encode(to: encoder) }

    /// Reads dtype, shape and elements; throws `DecodingError` when the dtype is another one, or the numbers do not fit.
    public init(from decoder: any Decoder) throws {
        let array = try AnyNDArray(from: decoder)
        guard array.dtype == Element.dtype else {
            throw DecodingError.typeMismatch(
                Self.self,
                .init(codingPath: decoder.codingPath, debugDescription: "dtype \(array.dtype), not \(Element.dtype)"))
        }
        self.init(storage: array.storage, layout: array.layout)
    }
}

private enum Key: String, CodingKey { case dtype, shape, data }

extension AnyNDArray: Codable {
    /// Writes dtype, shape and elements: `{"dtype": "uint8", "shape": [2], "data": [1, 2]}`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(dtype, forKey: .dtype)
        try container.encode(shape, forKey: .shape)
        var data = container.nestedUnkeyedContainer(forKey: .data)
        if dtype == .bool {
            for element in try elements(as: Bool.self).elements { try data.encode(element) }
        } else if dtype.isComplex {
            let (real, imaginary) = (self.real, self.imaginary)
            let parts = try zip(real.cast(to: Double.self).elements, imaginary.cast(to: Double.self).elements)
            for (x, y) in parts {
                try data.encode(number: x, dtype)
                try data.encode(number: y, dtype)
            }
        } else if dtype.isFloatingPoint {
            for element in try elements(as: Double.self).elements { try data.encode(number: element, dtype) }
        } else if dtype == .uint64 {
            for element in try elements(as: UInt64.self).elements { try data.encode(element) }
        } else {
            for element in try elements(as: Int64.self).elements { try data.encode(element) }
        }
    }

    /// Reads dtype, shape and elements; throws `DecodingError` when they do not go together or a number does not fit.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let dtype = try container.decode(DType.self, forKey: .dtype)
        let shape = try container.decode([Int].self, forKey: .shape)
        var data = try container.nestedUnkeyedContainer(forKey: .data)
        func read<T: NDElement>(_ type: T.Type, _ next: (inout any UnkeyedDecodingContainer) throws -> T) throws -> Self
        {
            // No memory is taken for what a shape promises, only for elements that are there.
            var elements: [T] = []
            while !data.isAtEnd { elements.append(try next(&data)) }
            do { return AnyNDArray(try NDArray(elements, shape: shape)) } catch {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: container.codingPath, debugDescription: error.message))
            }
        }
        func integers<T: NDInteger & Decodable>(_ type: T.Type) throws -> Self {
            try read(type) { try $0.decode(T.self) }
        }
        self =
            switch dtype {
            case .bool: try read(Bool.self) { try $0.decode(Bool.self) }
            case .int8: try integers(Int8.self)
            case .int16: try integers(Int16.self)
            case .int32: try integers(Int32.self)
            case .int64: try integers(Int64.self)
            case .uint8: try integers(UInt8.self)
            case .uint16: try integers(UInt16.self)
            case .uint32: try integers(UInt32.self)
            case .uint64: try integers(UInt64.self)
            case .float16: try read(Float16.self) { Float16(try $0.decodeNumber()) }
            case .float32: try read(Float.self) { Float(try $0.decodeNumber()) }
            case .float64: try read(Double.self) { try $0.decodeNumber() }
            case .complex64:
                try read(Complex<Float>.self) { Complex(Float(try $0.decodeNumber()), Float(try $0.decodeNumber())) }
            case .complex128:
                try read(Complex<Double>.self) { Complex(try $0.decodeNumber(), try $0.decodeNumber()) }
            }
    }
}

extension UnkeyedEncodingContainer {
    /// A float with the digits its own type needs, or a word.
    fileprivate mutating func encode(number: Double, _ dtype: DType) throws {
        if number.isNaN { return try encode("nan") }
        if number.isInfinite { return try encode(number < 0 ? "-inf" : "inf") }
        // A float as a double would be written with digits that it does not have.
        if dtype == .float64 || dtype == .complex128 { try encode(number) } else { try encode(Float(number)) }
    }
}

extension UnkeyedDecodingContainer {
    /// A number, or one of the words for what is none.
    fileprivate mutating func decodeNumber() throws -> Double {
        do { return try decode(Double.self) } catch DecodingError.typeMismatch {
            switch try decode(String.self) {
            case "nan": return .nan
            case "inf": return .infinity
            case "-inf": return -.infinity
            case let word:
                throw DecodingError.dataCorruptedError(
                    in: self, debugDescription: "\(word) is neither a number nor one of nan, inf and -inf")
            }
        }
    }
}
