extension DataValue {
    /// The description of an array, by which a schema judges it.
    public init(_ array: AnyNDArray) {
        self = .array(shape: array.shape, dtype: array.dtype.rawValue)
    }
}
