public import Logging

/// What a connection may do and how it reports.
public struct RPCConfiguration: Sendable {
    public var limits = RPCLimits.default
    /// Called for what the far side reports outside of calls, in order of arrival; must not block.
    public var onEvent: @Sendable (RPCEvent) -> Void = { _ in }
    /// Hands a message on that is meant for another connection, by that connection's peer id; nil drops it.
    package var forward: (@Sendable (_ peerID: String, RPCMessage) -> Bool)?
    public var logger: Logger?

    public init() {}
}

/// What the far side reports outside of calls.
public enum RPCEvent: Sendable {
    /// A line for the log.
    case log(String)
    /// A failure that belongs to no call, or that a failing call reports a second time.
    case error(String)
    /// The far side's interface was set, the first time or again.
    case interfaceChanged(RemoteObject)
    /// A message that was dropped, and why.
    case dropped(String)
}

/// Our side of a connection to an ImJoy plugin: we are the application that it plugs into.
public struct ImJoyCoreRole: Sendable {
    /// The plugin's name, told to it in the handshake.
    public var name: String
    /// The plugin's type, such as `native-python`.
    public var type: String
    /// Lets the plugin execute the code that we send it.
    public var allowExecution: Bool

    public init(name: String, type: String, allowExecution: Bool = true) {
        self.name = name
        self.type = type
        self.allowExecution = allowExecution
    }
}

/// What a plugin said about itself in the handshake.
public struct RPCPeer: Sendable {
    /// The name of the link, chosen by the plugin.
    public var id: String
    /// Its configuration: name, version, language, whether it executes code.
    public var configuration: RPCObject
}
