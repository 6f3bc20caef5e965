extension ImageOperator {
    /// Every operator there is, family by family.
    public static let all: [ImageOperator] =
        filtering + edges + ranks + resampling + parts + projections + greyMorphology + binaryMorphology + thresholds
        + segmentation + measuring + exposure + restoration + colours + arithmetic + comparing

    private static let byName: [String: ImageOperator] = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

    /// The operator called `name`, or nil.
    public static func named(_ name: String) -> ImageOperator? { byName[name] }

    /// The operator called `name`; throws ``OperatorError`` with a name that may have been meant.
    public static func require(_ name: String) throws(OperatorError) -> ImageOperator {
        guard let found = byName[name] else {
            throw OperatorError.unknown("operator", name, among: all.map(\.name), .unknownOperator)
        }
        return found
    }
}
