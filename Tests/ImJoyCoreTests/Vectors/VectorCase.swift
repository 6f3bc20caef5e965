internal import ImJoyCore
internal import ImJoyTestSupport

/// One question to NumPy and its answer.
struct VectorCase {
    var id: String
    var operation: String
    var parameters: ExactJSON
    /// The expression that made the answer; it says what the case means where the operation alone does not.
    var python: String
    var inputs: [AnyNDArray]
    var expected: ExactJSON
    var relative: Double
    var absolute: Double

    init(_ json: ExactJSON) throws {
        id = json["id"].text ?? ""
        operation = json["op"].text ?? ""
        parameters = json["params"]
        python = json["python"].text ?? ""
        inputs = try json["inputs"].items.map { try AnyNDArray(vector: $0) }
        expected = json["expect"]
        relative = json["rtol"].double ?? 0
        absolute = json["atol"].double ?? 0
    }

    var axes: [Int]? {
        if let axis = parameters["axis"].int { return [axis] }
        return parameters["axis"].isNull ? nil : parameters["axis"].items.compactMap(\.int)
    }
    var keepsAxes: Bool { parameters["keepdims"] == .bool(true) }

    /// What is wrong with our answer, or nil.
    func difference(_ operation: (VectorCase) throws -> Answer) -> String? {
        do {
            let answer = try operation(self)
            if let error = expected["error"].text { return "an answer where NumPy has \(error)" }
            return try difference(answer)
        } catch let error as NDArrayError {
            return expected["error"].isNull || error.isUnknownOperation ? "error: \(error)" : nil
        } catch {
            return "error: \(error)"
        }
    }

    private func difference(_ answer: Answer) throws -> String? {
        switch answer {
        case .array(let array):
            return array.difference(from: try AnyNDArray(vector: expected), relative: relative, absolute: absolute)
        case .list(let arrays):
            let wanted = expected["list"].items
            if wanted.count != arrays.count { return "\(arrays.count) results, not \(wanted.count)" }
            for (array, json) in zip(arrays, wanted) {
                let difference = try array.difference(
                    from: AnyNDArray(vector: json), relative: relative, absolute: absolute)
                if let difference { return difference }
            }
            return nil
        case .words(let words):
            let wanted = expected["dict"].members.mapValues { $0["str"].text ?? "" }
            if wanted.count != words.count { return "\(words.count) entries, not \(wanted.count)" }
            for (key, word) in wanted where words[key] != word {
                return "\(key): \(words[key] ?? "nothing"), not \(word)"
            }
            return nil
        }
    }
}

/// What an operation gives.
enum Answer {
    case array(AnyNDArray)
    case list([AnyNDArray])
    case words([String: String])

    init<T: NDElement>(_ array: NDArray<T>) { self = .array(AnyNDArray(array)) }
    init<T: NDElement>(scalar: T) { self = .array(AnyNDArray(NDArray(scalar: scalar))) }
}
