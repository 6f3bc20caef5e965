internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections

/// The n-d arrays inside a result, each with the path that leads to it.
struct ResultArrays {
    /// Dotted, such as `data.labels`; empty when the result itself is an array.
    private(set) var found: [(path: String, array: AnyNDArray)] = []

    init(_ value: RPCValue) { collect(value, at: []) }

    private mutating func collect(_ value: RPCValue, at path: [String]) {
        switch value {
        case .ndarray(let array) where array.plainNumber != nil: break
        case .ndarray(let array): found.append((path.joined(separator: "."), array))
        case .array(let elements):
            for (index, element) in elements.enumerated() { collect(element, at: path + ["\(index)"]) }
        case .object(let members), .tagged(_, let members):
            for (name, member) in members { collect(member, at: path + [name]) }
        case .remote(let object): for (name, member) in object.members { collect(member, at: path + [name]) }
        default: break
        }
    }

    /// Gives each output file an array: by name where one is given, the others in order.
    func assign(to outputs: [OutputFile]) throws(CommandFailure) -> [(file: OutputFile, array: AnyNDArray)] {
        var free = found
        var chosen: [Int: AnyNDArray] = [:]
        for (index, output) in outputs.enumerated() {
            guard let name = output.name else { continue }
            guard let place = free.firstIndex(where: { $0.path == name || $0.path.hasSuffix("." + name) }) else {
                throw CommandFailure(.failed, "error: the result has no array `\(name)` for \(output.path); \(summary)")
            }
            chosen[index] = free.remove(at: place).array
        }
        for (index, output) in outputs.enumerated() where output.name == nil {
            guard !free.isEmpty else {
                throw CommandFailure(.failed, "error: the result has no array left for \(output.path); \(summary)")
            }
            chosen[index] = free.removeFirst().array
        }
        return outputs.enumerated().compactMap { index, file in chosen[index].map { (file, $0) } }
    }

    private var summary: String {
        guard !found.isEmpty else { return "it holds no arrays" }
        return "it holds "
            + found.map { "\($0.path.isEmpty ? "an array" : "`\($0.path)`") \($0.array.dtype) \($0.array.shape)" }
            .joined(separator: ", ")
    }
}
