#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import ImJoyCore
package import ImJoyRPC
internal import SystemPackage

/// Every way in which messages can travel; behaviour must be the same over all of them.
package enum EveryTransport: String, CaseIterable, Sendable, CustomStringConvertible {
    case memory
    case codec
    case pipes
    case pipesByteByByte
    case pipesGlued
    case socket

    package var description: String { rawValue }

    package var maker: LinkMaker { LinkMaker(rawValue, isSlow: self == .pipesByteByByte) { try link() } }

    /// A new link: our end and the plugin's.
    package func link() throws -> TestLink {
        switch self {
        case .memory:
            let (here, there) = InMemoryTransport.pair()
            return TestLink(here: here, there: there)
        case .codec:
            let (here, there) = InMemoryTransport.pair()
            return TestLink(here: CodecTransport(base: here), there: CodecTransport(base: there))
        case .pipes: return try .pipes()
        case .pipesByteByByte: return try .pipes(through: .singly, and: .singly)
        case .pipesGlued: return try .pipes(through: .glued, and: .glued)
        case .socket: return try .socket()
        }
    }
}

/// Two connected ends.
package struct TestLink: Sendable {
    package var here: any RPCTransport
    package var there: any RPCTransport
    /// What carries the bytes, when something stands between the ends: outgoing, then incoming.
    package var feeds: [DripFeed] = []

    package init(here: any RPCTransport, there: any RPCTransport, feeds: [DripFeed] = []) {
        self.here = here
        self.there = there
        self.feeds = feeds
    }

    /// Both ends of one socket.
    static func socket() throws -> TestLink {
        var ends: [Int32] = [0, 0]
        #if canImport(Glibc)
            let type = Int32(SOCK_STREAM.rawValue)
        #else
            let type = SOCK_STREAM
        #endif
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw Errno(rawValue: errno) }
        let transports = ends.map { end in
            PipeTransport(input: FileDescriptor(rawValue: end), output: FileDescriptor(rawValue: end))
        }
        return TestLink(here: transports[0], there: transports[1])
    }

    /// Pipes; a style puts a feed between the ends, and the limits are those of our end.
    package static func pipes(
        through outgoing: DripFeed.Style? = nil, and incoming: DripFeed.Style? = nil, limits: RPCLimits = .default
    ) throws -> TestLink {
        var feeds: [DripFeed] = []
        func way(_ style: DripFeed.Style?) throws -> (read: FileDescriptor, write: FileDescriptor) {
            let first = try FileDescriptor.pipe(options: [.closeOnExec])
            guard let style else { return (first.readEnd, first.writeEnd) }
            let second = try FileDescriptor.pipe(options: [.closeOnExec])
            feeds.append(DripFeed(from: first.readEnd, to: second.writeEnd, style))
            return (second.readEnd, first.writeEnd)
        }
        let out = try way(outgoing)
        let back = try way(incoming)
        return TestLink(
            here: PipeTransport(input: back.read, output: out.write, limits: limits),
            there: PipeTransport(input: out.read, output: back.write), feeds: feeds)
    }
}

/// Sends every message through the pipe codec, but not through a pipe.
struct CodecTransport: RPCTransport {
    let base: InMemoryTransport

    func withConnection<R: Sendable>(
        _ body: (RPCInboundMessages, any RPCMessageWriter) async throws -> R
    ) async throws -> R {
        try await base.withConnection { inbound, writer in try await body(inbound, Writer(base: writer)) }
    }

    struct Writer: RPCMessageWriter {
        let base: any RPCMessageWriter
        func write(_ message: RPCMessage) async throws {
            try await base.write(try PipeFrame.decode(SharedBytes(joining: try PipeFrame.encode(message))))
        }
    }
}
