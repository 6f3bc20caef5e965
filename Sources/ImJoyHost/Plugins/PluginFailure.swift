/// A plugin that did not do what it was asked: which one, at which stage, why, and on which line of its file.
public struct PluginFailure: Error, Sendable {
    /// What the plugin was doing.
    public enum Stage: Sendable, Hashable, CustomStringConvertible {
        /// Its process was being started.
        case start
        /// Its scripts were being run.
        case script
        /// It had nothing to do.
        case idle
        /// A function it exports was being called: `setup`, `run`, …
        case function(String)

        /// The stage as it stands in a sentence.
        public var description: String {
            switch self {
            case .start: "starting"
            case .script: "running its script"
            case .idle: "waiting"
            case .function(let name): "`\(name)`"
            }
        }
    }

    /// The plugin's name.
    public var plugin: String
    /// What it was doing.
    public var stage: Stage
    /// What went wrong, in the plugin's own words where it had any.
    public var message: String
    /// The plugin's file, as it was given.
    public var file: String
    /// The line of the plugin's file on which it happened, counted from 1, where that is known.
    public var line: Int?
    /// The plugin's traceback.
    public var trace: String?
    /// The last lines the plugin printed, when its process ended by itself.
    public var output: [String]
    /// True when the plugin was not running any more, or ended before it answered.
    public internal(set) var hasEnded = false

    init(
        plugin: String, stage: Stage, message: String, file: String, trace: String? = nil, output: [String] = []
    ) {
        self.plugin = plugin
        self.stage = stage
        self.message = message
        self.file = file
        self.trace = trace
        self.output = output
        line = trace.flatMap { Self.line(of: file, in: $0) }
    }

    /// The innermost line of `file` in a Python traceback.
    static func line(of file: String, in trace: String) -> Int? {
        let start = "File \"\(file)\", line "
        let lines = trace.split(whereSeparator: \.isNewline).compactMap { line -> Int? in
            let text = line.drop { $0 == " " }
            guard text.hasPrefix(start) else { return nil }
            return Int(text.dropFirst(start.count).prefix { $0.isNumber })
        }
        return lines.last
    }
}

extension PluginFailure: CustomStringConvertible {
    /// The failure without traceback and output, for those who cannot do anything about the plugin.
    var summary: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return "\(place): error: the plugin \(plugin) failed in \(stage): \(message)"
    }

    /// `file:line: error: plugin failed in stage: message`, then the traceback and the last output.
    public var description: String {
        var text = summary
        for line in ownTrace { text += "\n  | \(line)" }
        for line in output { text += "\n  > \(line)" }
        return text
    }

    /// The traceback from the first line of the plugin's file on; what leads there is the same for all plugins.
    ///
    /// Nothing when the plugin's file does not occur in it.
    private var ownTrace: [Substring] {
        guard let trace, line != nil else { return [] }
        var kept: [Substring] = []
        var isOwn = true
        for line in trace.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("Traceback ") {
                isOwn = false
                kept.append(line)
            } else {
                // Frames are indented; what stands at the margin is the error, or joins two tracebacks.
                let isFrame = line.hasPrefix("  ")
                isOwn = isOwn || !isFrame || line.hasPrefix("  File \"\(file)\",")
                // A traceback without frames of the plugin is left out, down to its error.
                if !isFrame, kept.last?.hasPrefix("Traceback ") == true { kept.removeLast() }
                if isOwn { kept.append(line) }
            }
        }
        return kept
    }
}
