internal import ImJoyCore

extension NDScalar {
    /// The number as JSON: whole numbers stay whole, all 64 bits of them, and booleans are booleans.
    var plainNumber: ManifestValue {
        if dtype == .bool { return ManifestValue(asDouble != 0) }
        guard dtype.isInteger else { return ManifestValue(asDouble) }
        if let value = Int64(description) {
            return ManifestValue(.number(ManifestNumber(.integer(value), text: description)))
        }
        if let value = UInt64(description) {
            return ManifestValue(.number(ManifestNumber(.unsigned(value), text: description)))
        }
        return ManifestValue(asDouble)
    }
}

extension AnyNDArray {
    /// The one number in an array without axes, which is how NumPy's scalars arrive; nil for other arrays.
    var plainNumber: ManifestValue? {
        guard shape.isEmpty, !dtype.isComplex else { return nil }
        return try? statistics().minimum.plainNumber
    }
}
