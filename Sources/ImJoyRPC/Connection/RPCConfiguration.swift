public import Logging

/// What a connection may do and how it reports.
public struct RPCConfiguration: Sendable {
    /// What the far side may claim.
    public var limits = RPCLimits.default
    /// Called for what the far side reports outside of calls, in order of arrival; must not block.
    public var onEvent: @Sendable (RPCEvent) -> Void = { _ in }
    /// Lets the plugins of several connections call each other's functions directly; nil drops such calls.
    public var router: RPCRouter?
    /// Gets what is dropped, at level `debug`; nil logs nothing.
    public var logger: Logger?

    /// How values of types with a name of their own are written and read.
    private(set) var codecs: [String: RPCCodec] = [:]

    /// Default limits, no router, no logger, and events that nobody hears.
    public init() {}

    /// Reads values whose `_rtype` is `name` with `decode`, and writes tagged values of that type with `encode`.
    ///
    /// This comes before what the dialect itself makes of a type of that name. `decode` gets the fields without
    /// `_rtype`; with `_rintf` among them, their values have been read already. `encode` gets the fields of an
    /// ``RPCValue/tagged(type:_:)`` and returns those to send, as plain values; with `_rintf` among them, functions in
    /// them are lent as an object's. What either throws fails the call. Both run while the connection is locked, so
    /// they must be quick and must not use it. A second codec of one name replaces the first.
    ///
    /// ```swift
    /// configuration.registerCodec("point") { fields in [fields["x"] ?? 0, fields["y"] ?? 0] }
    /// ```
    public mutating func registerCodec(
        _ name: String, decode: (@Sendable (RPCObject) throws -> RPCValue)? = nil,
        encode: (@Sendable (RPCObject) throws -> RPCObject)? = nil
    ) {
        codecs[name] = RPCCodec(name: name, encode: encode, decode: decode)
    }
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

    /// An application that calls its plugin `name`, of type `type`.
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
