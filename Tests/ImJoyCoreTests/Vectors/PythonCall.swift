internal import ImJoyCore
internal import ImJoyTestSupport

/// The arguments in the Python expression of a case, which says what the case means.
struct PythonCall {
    /// Those without a name, the inputs among them.
    private var positional: [String] = []
    private var named: [String: String] = [:]
    /// A number in brackets behind the call.
    private(set) var subscripted: Int?
    /// True when the first input is a mask.
    let isMask: Bool

    init(_ example: VectorCase) {
        isMask = example.inputs.first?.dtype == .bool
        let name = (example.operation.split(separator: ".").last.map(String.init) ?? "") + "("
        let text = Array(example.python)
        guard let start = Self.position(of: Array(name), in: text) else { return }
        var (depth, word, index) = (0, "", start + name.count)
        var parts: [String] = []
        while index < text.count {
            let character = text[index]
            index += 1
            if character == ")", depth == 0 { break }
            if "([{".contains(character) { depth += 1 }
            if ")]}".contains(character) { depth -= 1 }
            if character == ",", depth == 0 {
                parts.append(word)
                word = ""
            } else if character != " " {
                word.append(character)
            }
        }
        if !word.isEmpty { parts.append(word) }
        for part in parts {
            let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
            if sides.count == 2, sides[0].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) {
                named[sides[0]] = sides[1]
            } else {
                positional.append(part)
            }
        }
        if index < text.count, text[index] == "[" {
            subscripted = Int(String(text[(index + 1)...].prefix { $0.isNumber }))
        }
    }

    private static func position(of name: [Character], in text: [Character]) -> Int? {
        guard text.count >= name.count else { return nil }
        return (0...text.count - name.count).last { Array(text[$0..<$0 + name.count]) == name }
    }

    /// An argument by its name, or by its place when it has none.
    subscript(name: String, place: Int? = nil) -> String? {
        if let value = named[name] { return value == "None" ? nil : value }
        guard let place, positional.indices.contains(place), !positional[place].hasPrefix("a") else { return nil }
        return positional[place] == "None" ? nil : positional[place]
    }

    func double(_ name: String, _ place: Int? = nil) -> Double? { self[name, place].flatMap(Double.init) }
    func int(_ name: String, _ place: Int? = nil) -> Int? { double(name, place).map { Int($0) } }

    /// One number, several in brackets, or those of `np.arange`.
    func numbers(_ name: String, _ place: Int? = nil) -> [Double]? {
        guard let text = self[name, place] else { return nil }
        let all = text.split { !"0123456789.-+e".contains($0) }.compactMap { Double(String($0)) }
        guard text.contains("arange") else { return all.isEmpty ? nil : all }
        let (first, last) = all.count > 1 ? (all[0], all[1]) : (0, all[0])
        return Array(stride(from: first, to: last, by: 1))
    }

    /// Strings in brackets.
    func words(_ name: String, _ place: Int? = nil) -> [String] {
        (self[name, place] ?? "").split { "()[],'\"".contains($0) }.map(String.init)
    }

    var boundary: BoundaryMode {
        switch words("mode").first {
        case "mirror": .mirror
        case "nearest": .nearest
        case "wrap": .wrap
        case "constant": .constant(double("cval") ?? 0)
        default: .reflect
        }
    }
}

/// Results within results, which are compared with the case here.
enum Nested {
    case array(AnyNDArray)
    case list([Nested])
    case table([String: AnyNDArray])

    struct Difference: Error, CustomStringConvertible { var description: String }

    /// The answer that stands for an equal one; throws when this is not what the case expects.
    func answer(for example: VectorCase) throws -> Answer {
        if let difference = try difference(from: example.expected, example) {
            throw Difference(description: difference)
        }
        if case .table(let table) = self { return .words(table.mapValues { _ in "" }) }
        return .words([:])
    }

    private func difference(from json: ExactJSON, _ example: VectorCase) throws -> String? {
        switch self {
        case .array(let array):
            return array.difference(
                from: try AnyNDArray(vector: json), relative: example.relative, absolute: example.absolute)
        case .list(let all):
            let wanted = json["list"].items
            if all.count != wanted.count { return "\(all.count) results, not \(wanted.count)" }
            for (own, other) in zip(all, wanted) {
                if let difference = try own.difference(from: other, example) { return difference }
            }
            return nil
        case .table(let table):
            let wanted = json["dict"].members
            if Set(table.keys) != Set(wanted.keys) {
                return "columns \(table.keys.sorted()), not \(wanted.keys.sorted())"
            }
            for (key, column) in wanted {
                if let difference = try table[key].map({ try Nested.array($0).difference(from: column, example) })
                    ?? nil
                {
                    return "\(key): \(difference)"
                }
            }
            return nil
        }
    }
}
