internal import Foundation
internal import ImJoyCore
internal import ImJoyTestSupport
internal import SystemPackage

/// One random question, with NumPy's answer.
struct PropertyCase: CustomStringConvertible {
    var number: Int
    var operation: String
    var parameters: ExactJSON
    var inputs: [AnyNDArray]
    /// Nil where NumPy refuses.
    var expected: [AnyNDArray]?
    var tolerance: Tolerance

    /// How near to NumPy an answer must be.
    enum Tolerance {
        /// The same bits; one NaN is as good as another.
        case exact
        /// Equal numbers; zero has no sign.
        case equal
        case close(relative: Double, absolute: Double)
        /// Units in the last place from the truth, which is a sum of two doubles per element, and from NumPy's answer.
        case units(fromTruth: Double, fromNumPy: Double, truth: [(high: [Double], low: [Double])])
    }

    struct Failure: Error, CustomStringConvertible { var description: String }

    var description: String {
        let inputs = inputs.map { array in
            let text = array.count <= 12 ? " \(array.debugDescription)" : ""
            return "\(array.dtype)\(array.shape) strides \(array.strides)\(text)"
        }
        return
            "case \(number), \(operation) \(parameters.members.mapValues(\.plain)) of \(inputs.joined(separator: ", "))"
    }

    /// Lets Python make `count` cases from number `first` on.
    static func make(
        group: String, seed: UInt64, first: Int, count: Int, operations: [String]
    ) throws -> [PropertyCase] {
        let folder = try TemporaryFolder()
        try TestPython.run(
            "numpy_oracle.py", [folder.url.path, group, "\(seed)", "\(first)", "\(count)"] + operations)
        let memory = try SharedBytes.reading(contentsOf: folder.path("cases.bin"))
        let lines = try Array(SharedBytes.reading(contentsOf: folder.path("cases.jsonl"))).split(separator: 10)
        return try lines.map { try PropertyCase(ExactJSON(parsing: $0), memory) }
    }

    private init(_ json: ExactJSON, _ memory: SharedBytes) throws {
        number = json["number"].int ?? -1
        operation = json["operation"].text ?? ""
        parameters = json["params"]
        // Arrays over foreign bytes and arrays of our own take different ways.
        let isOurs = number % 3 != 0
        inputs = try json["inputs"].items.map { try Self.array($0, memory, isOurs: isOurs) }
        expected =
            json["refused"] == .bool(true)
            ? nil : try json["expected"].items.map { try Self.array($0, memory, isOurs: false) }
        let description = json["tolerance"]
        switch description["kind"].text {
        case "exact": tolerance = .exact
        case "equal": tolerance = .equal
        case "close":
            tolerance = .close(
                relative: description["relative"].double ?? 0, absolute: description["absolute"].double ?? 0)
        case "ulps":
            let truth = try json["truth"].items.map { parts in
                let parts = try parts.items.map {
                    try Self.array($0, memory, isOurs: false).typed(as: Double.self).elements
                }
                return (high: parts[0], low: parts[1])
            }
            tolerance = .units(
                fromTruth: description["limit"].double ?? 0, fromNumPy: description["numpy"].double ?? 0, truth: truth)
        default: throw Failure(description: "case \(number) has no tolerance we know")
        }
    }

    private static func array(_ json: ExactJSON, _ memory: SharedBytes, isOurs: Bool) throws -> AnyNDArray {
        guard let dtype = json["dtype"].text.flatMap(DType.init(rawValue:)), let start = json["at"].int,
            let byteCount = json["bytes"].int, let offset = json["offset"].int
        else { throw Failure(description: "\(json) describes no array") }
        let bytes = memory.slice(start..<start + byteCount)
        let layout = try Layout(
            shape: json["shape"].items.compactMap(\.int), strides: json["strides"].items.compactMap(\.int),
            offset: offset, elementCapacity: byteCount / dtype.byteCount)
        guard isOurs else { return AnyNDArray(storage: NDStorage(sharing: bytes), layout: layout, dtype: dtype) }
        let storage = NDStorage(byteCount: byteCount)
        bytes.withUnsafeBytes {
            if let source = $0.baseAddress { storage.base.copyMemory(from: source, byteCount: $0.count) }
        }
        return AnyNDArray(storage: storage, layout: layout, dtype: dtype)
    }
}

// What the parameters of a case hold.
extension PropertyCase {
    func int(_ name: String) -> Int { parameters[name].int ?? 0 }
    func ints(_ name: String) -> [Int] { parameters[name].items.compactMap(\.int) }
    func double(_ name: String) -> Double { parameters[name].double ?? .nan }
    func text(_ name: String) -> String { parameters[name].text ?? "" }
    func flag(_ name: String) -> Bool { parameters[name] == .bool(true) }
    func dtype(_ name: String) throws -> DType {
        guard let dtype = DType(rawValue: text(name)) else {
            throw Failure(description: "\(name) is no dtype: \(text(name))")
        }
        return dtype
    }
    /// One axis or several; nil for None.
    func axes(_ name: String = "axis") -> [Int]? {
        if let axis = parameters[name].int { return [axis] }
        return parameters[name].isNull ? nil : ints(name)
    }
}

extension ExactJSON {
    /// The value as a person writes it.
    var plain: String {
        switch self {
        case .null: "None"
        case .bool(let value): value ? "True" : "False"
        case .number(let text), .string(let text): text
        case .array(let items): "[" + items.map(\.plain).joined(separator: ", ") + "]"
        case .object(let members): "\(members.mapValues(\.plain))"
        }
    }
}
