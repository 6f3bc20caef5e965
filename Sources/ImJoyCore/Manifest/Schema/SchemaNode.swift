/// A schema made ready for checking.
indirect enum SchemaNode: Sendable {
    enum Kind: String, Sendable {
        case null, boolean, number, integer, string, array, object
    }

    enum Rule: Sendable {
        case kinds([Kind])
        case properties([(name: String, node: SchemaNode)], additional: SchemaNode?)
        case required([String])
        case items(SchemaNode)
        /// A schema for each place, and one for the places after them.
        case tuple([SchemaNode], additional: SchemaNode?)
        case values([ManifestValue], keyword: String)
        case pattern(TextPattern)
        case minimum(Double, isExclusive: Bool)
        case maximum(Double, isExclusive: Bool)
        case length(least: Int, most: Int)
        case count(least: Int, most: Int)
        case any([SchemaNode])
        case one([SchemaNode])
        case all([SchemaNode])
        case not(SchemaNode)
        case file(FileRule)
        case ndarray(ArrayRule)
    }

    case always(Bool)
    case rules([Rule])
}

/// What the keyword `file` asks for.
struct FileRule: Sendable {
    var types: [TextPattern] = []
    var suffixes: [String] = []
    var sizes: [Double] = []
    var least: Double?
    var most: Double?
}

/// What the keyword `ndarray` asks for.
struct ArrayRule: Sendable {
    /// nil stands for any length.
    var shape: [Int?]?
    var dtypes: [String] = []
    var dimensions: [Int] = []

    static let knownTypes = [
        "int8", "int16", "int32", "uint8", "uint16", "uint32", "float32", "float64", "array",
    ]
}

/// Makes rules of a schema, and collects what is wrong with it.
struct SchemaCompiler {
    private(set) var problems: [DataSchema.Problem] = []
    /// Keywords that look misspelt; a schema with them can be used.
    private(set) var notes: [DataSchema.Problem] = []
    private var path: [String] = []

    private static let keywords = [
        "type", "properties", "additionalProperties", "required", "items", "additionalItems", "enum", "const",
        "pattern",
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems",
        "anyOf", "oneOf", "allOf", "not", "file", "ndarray",
    ]

    /// Keywords of JSON schemas that are not judged here.
    private static let ignored: Set<String> = [
        "title", "description", "default", "examples", "format", "contains", "uniqueItems", "multipleOf", "if", "then",
        "else", "patternProperties", "propertyNames", "minProperties", "maxProperties", "dependencies", "definitions",
        "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "id",
    ]

    private mutating func report(_ value: ManifestValue, _ message: String, _ hint: String) {
        guard problems.count < 50 else { return }
        problems.append(
            DataSchema.Problem(path: path.joined(separator: "."), message: message, hint: hint, range: value.range))
    }

    mutating func compile(_ value: ManifestValue, _ name: String, depth: Int) -> SchemaNode {
        if !name.isEmpty { path.append(name) }
        defer { if !name.isEmpty { path.removeLast() } }
        if let flag = value.bool { return .always(flag) }
        guard let object = value.object else {
            report(value, "a schema must be an object, found \(value.kindInWords)", "write `{ \"type\": … }`")
            return .always(true)
        }
        guard depth < 100 else {
            report(value, "the schema is nested more than 100 deep", "flatten it")
            return .always(true)
        }
        var rules: [SchemaNode.Rule] = []
        for entry in object.entries {
            path.append(entry.key)
            if let rule = rule(entry.key, entry.value, object, depth + 1) { rules.append(rule) }
            path.removeLast()
        }
        return .rules(rules)
    }

    private mutating func rule(
        _ key: String, _ value: ManifestValue, _ schema: ManifestObject, _ depth: Int
    ) -> SchemaNode.Rule? {
        switch key {
        case "type": return kinds(value)
        case "properties": return properties(value, schema, depth)
        case "additionalProperties":
            return schema["properties"] == nil ? .properties([], additional: compile(value, "", depth: depth)) : nil
        case "required": return texts(value).map { .required($0) }
        case "items":
            guard let list = value.list else { return .items(compile(value, "", depth: depth)) }
            let rest = schema["additionalItems"].map { compile($0, "", depth: depth) }
            return .tuple(nodes(list, depth), additional: rest)
        case "enum":
            guard let list = value.list, !list.isEmpty else { return wrong(value, "a list of values", "`[ … ]`") }
            return .values(list, keyword: key)
        case "const": return .values([value], keyword: key)
        case "pattern": return value.string == nil ? wrong(value, "text", "a pattern in quotes") : pattern(value)
        case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum": return bound(key, value, schema)
        case "minLength": return count(value).map { .length(least: $0, most: .max) }
        case "maxLength": return count(value).map { .length(least: 0, most: $0) }
        case "minItems": return count(value).map { .count(least: $0, most: .max) }
        case "maxItems": return count(value).map { .count(least: 0, most: $0) }
        case "anyOf", "oneOf", "allOf":
            guard let list = value.list, !list.isEmpty else { return wrong(value, "a list of schemas", "`[ … ]`") }
            let nodes = nodes(list, depth)
            return key == "anyOf" ? .any(nodes) : key == "oneOf" ? .one(nodes) : .all(nodes)
        case "not": return .not(compile(value, "", depth: depth))
        case "file": return file(value)
        case "ndarray": return ndarray(value)
        default:
            noteUnknown(key, schema)
            return nil
        }
    }

    private mutating func noteUnknown(_ key: String, _ schema: ManifestObject) {
        guard notes.count < 50, !Self.keywords.contains(key), !Self.ignored.contains(key), key.utf8.first != 0x24,
            let near = NearestName.find(key, in: Self.keywords), let entry = schema.entry(key)
        else { return }
        notes.append(
            DataSchema.Problem(
                path: path.joined(separator: "."), message: "`\(key.shortened)` is not a keyword and is ignored",
                hint: "did you mean `\(near)`?", range: entry.keyRange))
    }

    private mutating func wrong(_ value: ManifestValue, _ expected: String, _ example: String) -> SchemaNode.Rule? {
        let key = path.last ?? ""
        report(value, "`\(key)` must be \(expected), found \(value.kindInWords)", "write \(example)")
        return nil
    }

    private mutating func nodes(_ list: [ManifestValue], _ depth: Int) -> [SchemaNode] {
        list.enumerated().map { compile($1, String($0), depth: depth) }
    }

    private mutating func kinds(_ value: ManifestValue) -> SchemaNode.Rule? {
        var kinds: [SchemaNode.Kind] = []
        for name in value.list ?? [value] {
            guard let text = name.string else { return wrong(name, "the name of a type", "`\"object\"`") }
            guard let kind = SchemaNode.Kind(rawValue: text) else {
                let known = ["object", "array", "string", "number", "integer", "boolean", "null"]
                let aliases = [
                    "int": "integer", "float": "number", "bool": "boolean", "list": "array", "dict": "object",
                ]
                let near = aliases[text] ?? NearestName.find(text, in: known)
                report(
                    name, "`\(text.shortened)` is not a type of JSON schemas",
                    near.map { "did you mean `\($0)`?" } ?? "use one of \(NameList.text(known))")
                continue
            }
            kinds.append(kind)
        }
        return kinds.isEmpty ? nil : .kinds(kinds)
    }

    private mutating func properties(
        _ value: ManifestValue, _ schema: ManifestObject, _ depth: Int
    ) -> SchemaNode.Rule? {
        guard let object = value.object else { return wrong(value, "an object", "`{ \"name\": { … } }`") }
        let nodes = object.entries.map { (name: $0.key, node: compile($0.value, $0.key, depth: depth)) }
        let additional = schema["additionalProperties"].map { compile($0, "", depth: depth) }
        return .properties(nodes, additional: additional)
    }

    private mutating func texts(_ value: ManifestValue) -> [String]? {
        guard let list = value.list, list.allSatisfy({ $0.string != nil }) else {
            _ = wrong(value, "a list of names", "`[\"name\"]`")
            return nil
        }
        return list.compactMap(\.string)
    }

    private mutating func pattern(_ value: ManifestValue) -> SchemaNode.Rule? {
        textPattern(value).map { .pattern($0) }
    }

    private mutating func textPattern(_ value: ManifestValue) -> TextPattern? {
        do {
            return try TextPattern(value.string ?? "")
        } catch {
            report(value, "the pattern cannot be used: \(error.message)", "write a simpler pattern")
            return nil
        }
    }

    private mutating func bound(_ key: String, _ value: ManifestValue, _ schema: ManifestObject) -> SchemaNode.Rule? {
        // Draft 4 has `exclusiveMinimum: true` beside `minimum`.
        if key.hasPrefix("exclusive"), value.bool != nil { return nil }
        guard let number = value.double else { return wrong(value, "a number", "a number without quotes") }
        switch key {
        case "minimum": return .minimum(number, isExclusive: schema["exclusiveMinimum"]?.bool == true)
        case "maximum": return .maximum(number, isExclusive: schema["exclusiveMaximum"]?.bool == true)
        case "exclusiveMinimum": return .minimum(number, isExclusive: true)
        default: return .maximum(number, isExclusive: true)
        }
    }

    private mutating func count(_ value: ManifestValue) -> Int? {
        guard let number = value.int, number >= 0 else {
            _ = wrong(value, "a whole number of at least 0", "a whole number without quotes")
            return nil
        }
        return number
    }

    // MARK: ImJoy's keywords

    private mutating func file(_ value: ManifestValue) -> SchemaNode.Rule? {
        if let flag = value.bool { return flag ? .file(FileRule()) : nil }
        guard let object = value.object else { return wrong(value, "true or an object", "`true`") }
        var rule = FileRule()
        for type in each(object, "mime", "a pattern or a list of patterns", "`\"image/.*\"`", { $0.string != nil }) {
            if let pattern = textPattern(type) { rule.types.append(pattern) }
        }
        rule.suffixes = each(object, "ext", "a suffix or a list of suffixes", "`\".tif\"`", { $0.string != nil })
            .compactMap { $0.string?.lowercased() }
        rule.sizes = sizes(object, "size")
        rule.least = sizes(object, "minSize").first
        rule.most = sizes(object, "maxSize").first
        return .file(rule)
    }

    private mutating func sizes(_ object: ManifestObject, _ key: String) -> [Double] {
        each(object, key, "a number of bytes", "a number without quotes", { $0.double != nil }).compactMap(\.double)
    }

    /// The value of a part of a keyword, or its values when it is a list; what is of the wrong kind is reported.
    private mutating func each(
        _ object: ManifestObject, _ key: String, _ expected: String, _ example: String,
        _ isGood: (ManifestValue) -> Bool
    ) -> [ManifestValue] {
        path.append(key)
        defer { path.removeLast() }
        return Self.oneOrMore(object[key]).filter { value in
            if !isGood(value) { _ = wrong(value, expected, example) }
            return isGood(value)
        }
    }

    private static func oneOrMore(_ value: ManifestValue?) -> [ManifestValue] {
        guard let value, !value.isNull else { return [] }
        return value.list ?? [value]
    }

    private mutating func ndarray(_ value: ManifestValue) -> SchemaNode.Rule? {
        if let flag = value.bool { return flag ? .ndarray(ArrayRule()) : nil }
        guard let object = value.object else { return wrong(value, "true or an object", "`true`") }
        var rule = ArrayRule()
        if let shape = object["shape"], !shape.isNull {
            guard let list = shape.list, list.allSatisfy({ $0.isNull || ($0.int ?? -1) >= 0 }) else {
                path.append("shape")
                defer { path.removeLast() }
                return wrong(shape, "a list of lengths, with null for any", "`[null, null, 3]`")
            }
            rule.shape = list.map(\.int)
        }
        for dtype in Self.oneOrMore(object["dtype"]) {
            guard let name = dtype.string, ArrayRule.knownTypes.contains(name) else {
                report(
                    dtype, "`\(dtype.string?.shortened ?? dtype.json().shortened)` is not a dtype",
                    NearestName.find(dtype.string ?? "", in: ArrayRule.knownTypes).map { "did you mean `\($0)`?" }
                        ?? "use one of \(NameList.text(ArrayRule.knownTypes))")
                continue
            }
            rule.dtypes.append(name)
        }
        rule.dimensions = each(object, "ndim", "a number of axes", "a number without quotes", { ($0.int ?? -1) >= 0 })
            .compactMap(\.int)
        return .ndarray(rule)
    }
}
