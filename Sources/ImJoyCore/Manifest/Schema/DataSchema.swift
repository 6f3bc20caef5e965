/// The schema of a plugin's `inputs` or `outputs`: what data an op takes or gives.
///
/// It is a JSON schema, or a map from names to schemas. Known keywords are `type`, `properties`, `required`, `items`,
/// `enum`, `const`, `pattern`, `minimum`, `maximum` (and their `exclusive` forms), `minLength`, `maxLength`,
/// `minItems`, `maxItems`, `anyOf`, `oneOf`, `allOf`, `not`, `additionalProperties`, and ImJoy's own `file` and
/// `ndarray`; others are ignored.
///
/// ```swift
/// let schema = try DataSchema(["image": ["ndarray": ["ndim": 2]]])
/// schema.matches(.object([.init("image", .array(shape: [20, 10], dtype: "uint8"))]))     // true
/// ```
public struct DataSchema: Sendable {
    /// What is wrong with a schema.
    public struct Problem: Sendable, Hashable {
        /// Where in the schema, such as `properties.name.pattern`.
        public let path: String
        /// A sentence that says what is wrong.
        public let message: String
        /// What to do about it.
        public let hint: String
        /// The place in the config's text.
        let range: Range<Int>
    }

    /// Why a schema cannot be used.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// All that is wrong.
        public let problems: [Problem]
        public var description: String {
            problems.map { "\($0.path): \($0.message) (\($0.hint))" }.joined(separator: "\n")
        }
    }

    /// The schema in its full form: an object with `type` and `properties`, or a list with `items`.
    public let schema: ManifestValue
    /// Keywords that look misspelt and are ignored; the schema can be used all the same.
    public let notes: [Problem]
    let root: SchemaNode

    /// Reads a schema or a property map.
    ///
    /// All properties at the top are required unless `required` says otherwise. Throws a ``Failure`` with all that is
    /// wrong.
    public init(_ value: ManifestValue) throws(Failure) {
        schema = Self.normalized(value)
        var compiler = SchemaCompiler()
        root = compiler.compile(schema, "", depth: 0)
        notes = compiler.notes
        if !compiler.problems.isEmpty { throw Failure(problems: compiler.problems) }
    }

    /// Whether the value is what the schema describes.
    public func matches(_ value: DataValue) -> Bool { check(value).isEmpty }

    private static func normalized(_ value: ManifestValue) -> ManifestValue {
        guard var object = value.object else { return value }
        if !isFullSchema(object) {
            var properties = object
            let required = object["required"]?.list == nil ? nil : object["required"]
            if required != nil { properties["required"] = nil }
            object = ManifestObject([
                ManifestObject.Entry("type", "object"),
                ManifestObject.Entry("properties", ManifestValue(.object(properties), range: value.range)),
            ])
            object["required"] = required
        }
        if object["required"] == nil, let properties = object["properties"]?.object, !properties.isEmpty {
            object["required"] = ManifestValue(properties.keys.map { ManifestValue($0) })
        }
        return ManifestValue(.object(object), range: value.range)
    }

    private static func isFullSchema(_ object: ManifestObject) -> Bool {
        guard let type = object["type"] else { return false }
        if object["properties"]?.object != nil { return true }
        if type.string == "array", object["items"] != nil { return true }
        // `{"type": "number", "minimum": 0}` makes no sense as a map of properties.
        let names = type.list ?? [type]
        return names.allSatisfy { SchemaNode.Kind(rawValue: $0.string ?? "") != nil }
    }
}
