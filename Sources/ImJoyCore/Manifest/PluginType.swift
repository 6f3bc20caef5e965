/// What runs a plugin; open, because engines may bring types of their own.
public struct PluginType: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// JavaScript in a worker thread, without a page.
    public static let webWorker = PluginType(rawValue: "web-worker")
    /// JavaScript in a hidden frame.
    public static let iframe = PluginType(rawValue: "iframe")
    /// JavaScript and HTML in a frame for each window.
    public static let window = PluginType(rawValue: "window")
    /// An external page with a user interface.
    public static let rpcWindow = PluginType(rawValue: "rpc-window")
    /// An external page, worker or connection without a user interface.
    public static let rpcWorker = PluginType(rawValue: "rpc-worker")
    /// Nothing but dependencies.
    public static let collection = PluginType(rawValue: "collection")
    /// Python in a browser.
    public static let webPython = PluginType(rawValue: "web-python")
    /// Python in a browser frame; deprecated.
    public static let webPythonWindow = PluginType(rawValue: "web-python-window")
    /// Python in a process of an engine.
    public static let nativePython = PluginType(rawValue: "native-python")
    /// A Jupyter kernel.
    public static let jupyterNotebook = PluginType(rawValue: "jupyter-notebook")
    /// JavaScript in the host page itself.
    public static let evil = PluginType(rawValue: "evil")

    public var description: String { rawValue }

    /// The types that have a meaning without an engine that announces them.
    public static let known: [PluginType] = [
        .webWorker, .iframe, .window, .rpcWindow, .rpcWorker, .collection, .webPython, .webPythonWindow, .nativePython,
        .jupyterNotebook, .evil,
    ]

    /// Whether a host runs the type itself; every other type needs an engine.
    public var isBuiltIn: Bool {
        [.webWorker, .iframe, .window, .rpcWindow, .rpcWorker, .collection].contains(self)
    }

    /// Whether loading gives a proxy that opens a window for each run.
    public var opensWindows: Bool { self == .window || self == .rpcWindow || self == .webPythonWindow }

    /// The type that a `mode` of API level 0.1.1 and before stands for.
    public init(legacyMode mode: String) {
        switch mode {
        case "pyworker": self = .nativePython
        case "webworker": self = .webWorker
        case "webpython": self = .webPython
        default: self.init(rawValue: mode)
        }
    }

    /// The language of the scripts that the type runs, when that is known.
    var language: String? {
        switch self {
        case .nativePython, .webPython, .webPythonWindow: "python"
        case .webWorker, .iframe, .window, .evil: "javascript"
        default: nil
        }
    }
}

extension PluginType {
    /// The small pictures that a store shows beside a plugin of this type with these flags.
    public func badges(flags: [String] = []) -> String {
        var badges =
            switch self {
            case .iframe, .rpcWorker: "⚙️"
            case .rpcWindow: "🌟"
            default: isBuiltIn || self == .webPython || self == .webPythonWindow || self == .evil ? "" : "🚀"
            }
        if flags.contains("engine") || flags.contains("engine-factory") { badges += "⚙" }
        if flags.contains("file-manager") { badges += "📁" }
        return badges
    }
}
