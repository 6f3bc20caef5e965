internal import ImJoyRPC
public import ImJoyWebSocket
internal import NIOCore
internal import NIOSSL
public import SystemPackage

/// How a client makes sure whom it talks to over TLS.
///
/// ```swift
/// let transport = try WebSocketClientTransport(toHypha: "https://hypha.aicell.io").secured(by: ClientTLS())
/// ```
/// A server's certificate must be valid, for its name, and signed by an authority that is trusted.
public struct ClientTLS: Sendable {
    private let context: NIOSSLContext

    /// Trusts the authorities that the system trusts, or those in the PEM files of `authorities` alone.
    ///
    /// Throws `invalidArgument` for a file that is no list of certificates.
    public init(trusting authorities: [FilePath]? = nil) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["http/1.1"]
        if let authorities {
            let certificates = try authorities.flatMap { path in
                try reading(path) { try NIOSSLCertificate.fromPEMFile(path.string) }
            }
            guard !certificates.isEmpty else {
                throw RPCError(.invalidArgument, "no authority is trusted: name a file with one")
            }
            configuration.trustRoots = .certificates(certificates)
        }
        context = try NIOSSLContext(configuration: configuration)
    }

    func layer(to host: String, port: Int) -> @Sendable (any Channel) throws -> Void {
        // Certificates are for names; an address of numbers is checked against those in the certificate.
        let isLiteral = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return { [context] channel in
            try channel.pipeline.syncOperations.addHandlers(
                NIOSSLClientHandler(context: context, serverHostname: isLiteral ? nil : host),
                TLSErrorHandler(host: host, port: port))
        }
    }
}

extension WebSocketClientTransport {
    /// The same transport for `wss:` and `https:` addresses.
    public func secured(by tls: ClientTLS) -> WebSocketClientTransport {
        var transport = self
        if address.isSecure { transport.prepareChannel = tls.layer(to: address.host, port: address.port) }
        return transport
    }
}

extension HyphaHTTPTransport {
    /// The same transport for `https:` addresses.
    public func secured(by tls: ClientTLS) -> HyphaHTTPTransport {
        var transport = self
        if address.isSecure { transport.prepareChannel = tls.layer(to: address.host, port: address.port) }
        return transport
    }
}

extension HTTPZarrStore {
    /// The same store for `https:` addresses.
    public func secured(by tls: ClientTLS) -> HTTPZarrStore {
        var store = self
        if address.isSecure { store.prepareChannel = tls.layer(to: address.host, port: address.port) }
        return store
    }
}

/// Says of a failed handshake what it is, and with whom.
private final class TLSErrorHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny
    private let host: String
    private let port: Int

    init(host: String, port: Int) { (self.host, self.port) = (host, port) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let text = "\(error)"
        let failure =
            switch error {
            case is NIOSSLError where text.contains("WRONG_VERSION_NUMBER"):
                RPCError(
                    .refused,
                    "\(host) speaks no TLS at port \(port); for a server without it write http: or ws: (\(text))",
                    cause: error)
            case is NIOSSLExtraError: untrusted(text, error)
            case is NIOSSLError, is BoringSSLError:
                // Anything but a certificate may be otherwise the next time.
                ["CERTIFICATE_VERIFY_FAILED", "noCertificateToValidate"].contains { text.contains($0) }
                    ? untrusted(text, error)
                    : RPCError(.disconnected, "TLS with \(host) has ended: \(text)", cause: error)
            default: error
            }
        context.fireErrorCaught(failure)
    }

    private func untrusted(_ text: String, _ error: any Error) -> RPCError {
        RPCError(
            .refused, "\(host) cannot be trusted: \(text); name its authority if it is one of your own", cause: error)
    }
}

/// Runs `body`, and names the file when it fails.
func reading<R>(_ path: FilePath, _ body: () throws -> R) throws -> R {
    do { return try body() } catch {
        throw RPCError(.invalidArgument, "\(path) is not what TLS needs: \(error)", cause: error)
    }
}
