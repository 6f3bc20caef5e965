extension DataSchema {
    /// One way in which a value is not what the schema describes.
    public struct Mismatch: Sendable, Hashable, CustomStringConvertible {
        /// Where in the value, such as `image.channels[2]`; empty for the value itself.
        public let path: String
        /// A sentence that says what was expected and what is there.
        public let message: String

        public var description: String { path.isEmpty ? message : "\(path): \(message)" }
    }

    /// Rules that one check may apply before it gives up.
    static let maximumSteps = 1_000_000

    /// All ways in which a value is not what the schema describes, at most 50; empty when it is.
    public func check(_ value: DataValue) -> [Mismatch] {
        var checker = SchemaChecker()
        checker.check(value, root)
        if checker.isExhausted, checker.mismatches.isEmpty {
            return [Mismatch(path: "", message: "the value is too large to be checked")]
        }
        return checker.mismatches
    }
}

struct SchemaChecker {
    private(set) var mismatches: [DataSchema.Mismatch] = []
    private var path = ""
    private var steps = 0

    var isExhausted: Bool { steps > DataSchema.maximumSteps }

    private mutating func fail(_ message: String) {
        if mismatches.count < 50 { mismatches.append(DataSchema.Mismatch(path: path, message: message)) }
    }

    private mutating func inside(_ part: String, _ body: (inout SchemaChecker) -> Void) {
        let outer = path
        path += part
        body(&self)
        path = outer
    }

    /// Whether a value fits, without saying what does not.
    private mutating func fits(_ value: DataValue, _ node: SchemaNode) -> Bool {
        let known = mismatches
        mismatches = []
        check(value, node)
        defer { mismatches = known }
        return mismatches.isEmpty
    }

    mutating func check(_ value: DataValue, _ node: SchemaNode) {
        switch node {
        case .always(true): return
        case .always(false): fail("nothing is allowed here")
        case .rules(let rules):
            for rule in rules {
                steps += 1
                guard !isExhausted else { return fail("the value is too large to be checked") }
                check(value, rule)
            }
        }
    }

    private mutating func check(_ value: DataValue, _ rule: SchemaNode.Rule) {
        switch rule {
        case .kinds(let kinds):
            guard !kinds.contains(where: { Self.isKind(value, $0) }) else { return }
            fail("expected \(kinds.map(\.rawValue).joined(separator: " or ")), found \(value.kindInWords)")
        case .properties(let properties, let additional): checkMembers(value, properties, additional)
        case .required(let names): checkRequired(value, names)
        case .items, .tuple, .count: checkList(value, rule)
        case .values(let values, let keyword):
            guard !values.contains(where: { value.equals($0) }) else { return }
            let list = values.prefix(10).map { $0.json().shortened }.joined(separator: ", ")
            fail(keyword == "const" ? "expected \(list)" : "expected one of \(list)")
        case .pattern, .length: checkText(value, rule)
        case .minimum(let bound, let isExclusive):
            guard case .number(let number) = value, !(isExclusive ? number > bound : number >= bound) else { return }
            fail("\(number) is not \(isExclusive ? "above" : "at least") \(bound)")
        case .maximum(let bound, let isExclusive):
            guard case .number(let number) = value, !(isExclusive ? number < bound : number <= bound) else { return }
            fail("\(number) is not \(isExclusive ? "below" : "at most") \(bound)")
        case .any(let nodes):
            for node in nodes where isExhausted || fits(value, node) { return }
            fail("the value fits none of \(nodes.count) possibilities")
        case .one(let nodes):
            var count = 0
            for node in nodes where !isExhausted && fits(value, node) { count += 1 }
            if count != 1 { fail("the value fits \(count) of \(nodes.count) possibilities, not one") }
        case .all(let nodes): for node in nodes where !isExhausted { check(value, node) }
        case .not(let node): if fits(value, node) { fail("the value is one that is not allowed") }
        case .file(let rule): checkFile(value, rule)
        case .ndarray(let rule): checkArray(value, rule)
        }
    }

    private static func isKind(_ value: DataValue, _ kind: SchemaNode.Kind) -> Bool {
        switch (value, kind) {
        case (.null, .null), (.bool, .boolean), (.number, .number), (.string, .string), (.list, .array),
            (.object, .object), (.file, .object), (.array, .object):
            return true
        case (.number(let number), .integer): return number == number.rounded() && number.isFinite
        default: return false
        }
    }

    // MARK: Parts

    private mutating func checkMembers(
        _ value: DataValue, _ properties: [(name: String, node: SchemaNode)], _ additional: SchemaNode?
    ) {
        guard let members = value.members else { return }
        var values: [String: DataValue] = [:]
        for member in members where values[member.name] == nil { values[member.name] = member.value }
        for (name, node) in properties {
            guard let value = values.removeValue(forKey: name) else { continue }
            inside(path.isEmpty ? name : "." + name) { $0.check(value, node) }
        }
        guard let additional, case .object = value else { return }
        for member in members {
            guard let value = values.removeValue(forKey: member.name) else { continue }
            guard case .always(false) = additional else {
                inside(path.isEmpty ? member.name : "." + member.name) { $0.check(value, additional) }
                continue
            }
            fail("`\(member.name.shortened)` is not expected here")
        }
    }

    private mutating func checkRequired(_ value: DataValue, _ names: [String]) {
        guard let members = value.members else { return }
        let known = Set(members.map(\.name))
        for name in names where !known.contains(name) { fail("`\(name)` is missing") }
    }

    private mutating func checkList(_ value: DataValue, _ rule: SchemaNode.Rule) {
        guard case .list(let values) = value else { return }
        switch rule {
        case .items(let node):
            for (index, value) in values.enumerated() where !isExhausted {
                inside("[\(index)]") { $0.check(value, node) }
            }
        case .tuple(let nodes, let additional):
            for (index, value) in values.enumerated() where !isExhausted {
                guard let node = index < nodes.count ? nodes[index] : additional else { return }
                inside("[\(index)]") { $0.check(value, node) }
            }
        case .count(let least, let most):
            if values.count < least { fail("expected at least \(least) entries, found \(values.count)") }
            if values.count > most { fail("expected at most \(most) entries, found \(values.count)") }
        default: return
        }
    }

    private mutating func checkText(_ value: DataValue, _ rule: SchemaNode.Rule) {
        guard case .string(let text) = value else { return }
        switch rule {
        case .pattern(let pattern):
            switch pattern.matches(text) {
            case true?: return
            case false?: fail("`\(text.shortened)` does not match the pattern `\(pattern.text.shortened)`")
            case nil: fail("the text is too long to be matched with a pattern")
            }
        case .length(let least, let most):
            let count = text.unicodeScalars.count
            if count < least { fail("expected at least \(least) characters, found \(count)") }
            if count > most { fail("expected at most \(most) characters, found \(count)") }
        default: return
        }
    }

    // MARK: ImJoy's keywords

    private mutating func checkFile(_ value: DataValue, _ rule: FileRule) {
        guard case .file(let name, let type, let size) = value else {
            return fail("expected a file, found \(value.kindInWords)")
        }
        if !rule.types.isEmpty, !rule.types.contains(where: { $0.matches(type) == true }) {
            fail("a file of type `\(type.shortened)` is not one of \(NameList.text(rule.types.map(\.text)))")
        }
        if !rule.suffixes.isEmpty, !rule.suffixes.contains(where: { name.lowercased().hasSuffix($0) }) {
            fail("the name `\(name.shortened)` does not end with one of \(NameList.text(rule.suffixes))")
        }
        if !rule.sizes.isEmpty, !rule.sizes.contains(Double(size)) {
            fail("\(size) bytes is not one of the sizes allowed")
        }
        if let least = rule.least, Double(size) < least { fail("\(size) bytes is less than \(least)") }
        if let most = rule.most, Double(size) > most { fail("\(size) bytes is more than \(most)") }
    }

    private mutating func checkArray(_ value: DataValue, _ rule: ArrayRule) {
        guard case .array(let shape, let dtype) = value else {
            return fail("expected an array, found \(value.kindInWords)")
        }
        if let wanted = rule.shape,
            wanted.count != shape.count || !zip(wanted, shape).allSatisfy({ $0 == nil || $0 == $1 })
        {
            let text = wanted.map { $0.map { String($0) } ?? "any" }.joined(separator: ", ")
            fail("expected an array of shape [\(text)], found \(shape)")
        }
        if !rule.dtypes.isEmpty, !rule.dtypes.contains(dtype) {
            fail("expected an array of \(rule.dtypes.joined(separator: " or ")), found \(dtype)")
        }
        if !rule.dimensions.isEmpty, !rule.dimensions.contains(shape.count) {
            let text = rule.dimensions.map { String($0) }.joined(separator: " or ")
            fail("expected an array of \(text) dimensions, found \(shape.count)")
        }
    }
}
