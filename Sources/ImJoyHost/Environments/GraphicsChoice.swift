internal import ImJoyCore
internal import SystemPackage

/// How a plugin wants its graphics processors chosen: the options of its `gputil` entry.
struct GraphicsChoice: Sendable, Hashable {
    /// How many it takes at most; it runs when at least one is free.
    var limit = 1
    /// Used at most by this part of its computing time, from 0 to 1.
    var maximumLoad = 0.5
    /// Used at most by this part of its memory, from 0 to 1.
    var maximumMemory = 0.5
    /// `first`, `last`, `load` or `memory`: which of the free ones are taken.
    var order = "first"
    var excluded: Set<Int> = []

    init(_ options: ManifestObject) {
        limit = max(1, options["limit"]?.int ?? 1)
        maximumLoad = options["maxLoad"]?.double ?? 0.5
        maximumMemory = options["maxMemory"]?.double ?? 0.5
        order = options["order"]?.string ?? "first"
        excluded = Set((options["excludeID"]?.list ?? []).compactMap(\.int))
    }

    var description: String {
        "\(limit == 1 ? "a graphics processor" : "up to \(limit) graphics processors") used by less than \(Int((maximumLoad * 100).rounded())) % and with \(Int(((1 - maximumMemory) * 100).rounded())) % of its memory free"
    }

    /// A processor as `nvidia-smi` tells of it.
    struct Processor: Sendable, Hashable {
        var index: Int
        var load: Double
        var memory: Double
    }

    /// Reads the lines `index, utilization in %, memory used, memory total`; lines of another form are left out.
    static func processors(_ lines: [String]) -> [Processor] {
        lines.compactMap { line in
            let fields = line.split(separator: ",").map { $0.drop { $0 == " " } }
            guard fields.count == 4, let index = Int(fields[0]), let used = Double(fields[2]),
                let total = Double(fields[3]), total > 0
            else { return nil }
            // A driver that cannot tell the load says `[N/A]`; such a one is not taken for free.
            let load = Double(fields[1]).map { $0 / 100 } ?? 1
            return Processor(index: index, load: load, memory: used / total)
        }
    }

    /// The indexes of the processors to use; empty when none is free.
    func choose(from processors: [Processor]) -> [Int] {
        var free = processors.filter {
            $0.load <= maximumLoad && $0.memory <= maximumMemory && !excluded.contains($0.index)
        }
        switch order {
        case "last": free.sort { $0.index > $1.index }
        case "load": free.sort { ($0.load, $0.index) < ($1.load, $1.index) }
        case "memory": free.sort { ($0.memory, $0.index) < ($1.memory, $1.index) }
        default: free.sort { $0.index < $1.index }
        }
        return free.prefix(limit).map(\.index)
    }

    static let question = [
        "--query-gpu=index,utilization.gpu,memory.used,memory.total", "--format=csv,noheader,nounits",
    ]

    /// The value of `CUDA_VISIBLE_DEVICES`; throws when there is no processor, or none is free.
    func visibleDevices() async throws -> String {
        guard let program = Files.findProgram("nvidia-smi") else {
            throw HostError(
                .environment, "it wants a graphics processor, and there is no program `nvidia-smi` to find one with",
                hint: "install NVIDIA's driver, or choose another variant of the plugin")
        }
        let answer = try await ProgramProbe.run(program, Self.question, limit: .seconds(20))
        let processors = Self.processors(answer.lines)
        let chosen = choose(from: processors)
        guard !chosen.isEmpty else {
            throw HostError(
                .environment,
                processors.isEmpty
                    ? "it wants a graphics processor, and `nvidia-smi` tells of none"
                    : "it wants \(description), and none of \(processors.count) is free", output: answer.lines)
        }
        return chosen.map(String.init).joined(separator: ",")
    }
}
