internal import ImJoyRPC
public import ImJoyWebSocket
internal import NIOCore
internal import NIOSSL
public import SystemPackage

/// How a server shows over TLS who it is.
///
/// ```swift
/// let tls = try ServerTLS(certificates: "chain.pem", privateKey: "key.pem")
/// let server = try await WebSocketServer.listen(port: 9527, securedBy: tls, codec: .hypha())
/// ```
public struct ServerTLS: Sendable {
    private let context: NIOSSLContext

    /// The server's certificate with those that sign it, in this order, and its key; both are PEM files.
    ///
    /// Throws `invalidArgument` for files that hold something else, or do not belong together.
    public init(certificates: FilePath, privateKey: FilePath) throws {
        let chain = try reading(certificates) { try NIOSSLCertificate.fromPEMFile(certificates.string) }
        let key = try reading(privateKey) { try NIOSSLPrivateKey(file: privateKey.string, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.applicationProtocols = ["http/1.1"]
        context = try reading(privateKey) { try NIOSSLContext(configuration: configuration) }
    }

    var layer: @Sendable (any Channel) throws -> Void {
        { [context] channel in
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }
    }
}

extension WebSocketServer {
    /// Starts to listen as ``ImJoyWebSocket/WebSocketServer/listen(on:port:codec:configuration:admitting:)`` does, over TLS.
    public static func listen(
        on host: String = "127.0.0.1", port: Int = 0, securedBy tls: ServerTLS, codec: WebSocketCodec = .messagePack(),
        configuration: WebSocketConfiguration = WebSocketConfiguration(),
        admitting policy: @escaping WebSocketAdmissionPolicy = WebSocketAdmission.refusingBrowsers
    ) async throws -> WebSocketServer {
        try await listen(
            on: host, port: port, codec: codec, configuration: configuration, admitting: policy,
            prepareChannel: tls.layer)
    }
}
