public import ImJoyRPC

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

/// Shows events to a person and brings their answers: a terminal, a window, a test.
public protocol HostFrontEnd: Sendable {
    /// Called from any thread, for each plugin in the order in which it tells; must not block for long, because nothing else
    /// of the plugin is read meanwhile.
    func show(_ event: HostEvent)

    /// Answers a question of a plugin, which waits as long as that takes; what is thrown goes to the plugin.
    ///
    /// Without an implementation of its own a front end gives ``HostRequest/headlessAnswer()``.
    func answer(_ request: HostRequest) async throws -> RPCValue
}

extension HostFrontEnd {
    public func answer(_ request: HostRequest) async throws -> RPCValue { try request.headlessAnswer() }
}

/// Shows nothing.
public struct SilentFrontEnd: HostFrontEnd {
    /// A front end for programs that want results only.
    public init() {}

    /// Does nothing.
    public func show(_ event: HostEvent) {}
}
