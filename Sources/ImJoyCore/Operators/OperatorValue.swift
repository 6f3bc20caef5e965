public import SystemPackage

/// What goes into an operator and comes out of it.
public enum OperatorValue: Sendable {
    /// Pixels: an image, a mask (`bool`) or labels (whole numbers).
    case image(Image)
    /// Rows of measurements.
    case table(OperatorTable)
    /// One number.
    case number(Double)

    /// The image, when this is one.
    public var image: Image? { if case .image(let image) = self { image } else { nil } }
    /// The table, when this is one.
    public var table: OperatorTable? { if case .table(let table) = self { table } else { nil } }
    /// The number, when this is one.
    public var number: Double? { if case .number(let number) = self { number } else { nil } }
}

/// What kinds of values there are; ``ImageOperator/takes`` and ``ImageOperator/gives`` name them.
public enum OperatorValueKind: String, Sendable, Hashable, CaseIterable {
    /// Any image.
    case image
    /// An image of truth values; other images count as true where they are not zero.
    case mask
    /// An image of whole numbers, 0 for the background; a mask counts as one label.
    case labels
    /// Rows and columns.
    case table
    /// One number.
    case number
}

/// Measurements: named columns, and a row of numbers for each thing that was measured.
///
/// ```swift
/// print("\(nuclei.rows.count) nuclei, areas", nuclei["area"] ?? [])
/// ```
public struct OperatorTable: Sendable, Hashable {
    /// The names of the columns.
    public let columns: [String]
    /// The rows, each as long as there are columns; NaN where there is no number.
    public let rows: [[Double]]

    /// A table; rows that are too short are filled with NaN, and what is too long is cut off.
    public init(columns: [String], rows: [[Double]]) {
        self.columns = columns
        self.rows = rows.map { row in
            row.count == columns.count
                ? row : Array((row + Array(repeating: .nan, count: columns.count)).prefix(columns.count))
        }
    }

    /// The numbers of the column called `name`, or nil when there is none.
    public subscript(name: String) -> [Double]? {
        guard let index = columns.firstIndex(of: name) else { return nil }
        return rows.map { $0[index] }
    }

    /// Comma-separated values with a line of names first; empty where there is no number.
    public func csv() -> String {
        var text = columns.joined(separator: ",") + "\n"
        for row in rows {
            text += row.map { $0.isNaN ? "" : Self.plain($0) }.joined(separator: ",") + "\n"
        }
        return text
    }

    /// A list with an object for each row; `null` where there is no number.
    public var json: ManifestValue {
        ManifestValue(
            rows.map { row in
                ManifestValue(
                    ManifestObject(
                        unique: zip(columns, row).map { ManifestObject.Entry($0, ManifestValue(plain: $1)) }))
            })
    }

    private static func plain(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? number.description
    }
}

extension ManifestValue {
    /// A number that is whole in JSON when it is whole; null when it is not finite.
    init(plain number: Double) {
        if let whole = Int(exactly: number) {
            self.init(whole)
        } else {
            self = number.isFinite ? ManifestValue(number) : .null
        }
    }
}

extension OperatorTable {
    /// Writes the table as comma-separated values or, when the name ends in `.json`, as JSON.
    ///
    /// The file appears under its name only when it is complete. Throws ``ImageError``.
    public func write(to path: FilePath) throws(ImageError) {
        let text = path.extension?.lowercased() == "json" ? json.json(.pretty) + "\n" : csv()
        let bytes = SharedBytes(copying: Array(text.utf8))
        try ImageSink.writing(to: path) { (sink) throws(ImageError) in try sink.append(bytes) }
    }
}
