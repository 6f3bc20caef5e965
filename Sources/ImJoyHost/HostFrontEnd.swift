/// What happens in a host that a person may want to see.
public enum HostEvent: Sendable {
    /// An environment is being built; one line on what is under way.
    case environment(String)
    /// A line that a plugin printed or logged.
    case log(plugin: String, String)
    /// A line that a plugin logged as an error.
    case error(plugin: String, String)
    /// What a plugin is doing, for a status line.
    case status(plugin: String, String)
    /// How far a plugin is, from 0 to 1.
    case progress(plugin: String, Double)
    /// A notice that a plugin wants read.
    case message(plugin: String, String)
    /// An address that a plugin wants opened.
    case openURL(plugin: String, String)
    /// What the host noticed about a plugin that is no failure.
    case warning(plugin: String, String)
}

/// Shows events to a person: a terminal, a window, a test.
public protocol HostFrontEnd: Sendable {
    /// Called from any task, in order for each plugin; must not block for long.
    func show(_ event: HostEvent)
}

/// Shows nothing.
public struct SilentFrontEnd: HostFrontEnd {
    public init() {}
    public func show(_ event: HostEvent) {}
}
