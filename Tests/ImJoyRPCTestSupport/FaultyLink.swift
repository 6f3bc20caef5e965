package import ImJoyRPC

/// What goes wrong on a link inside a simulation.
package final class LinkFaults: Sendable {
    package enum Fault: Sendable {
        /// The link breaks instead of carrying the message.
        case cut
        /// The message is lost.
        case drop
        /// The message, and all behind it, come later.
        case delay(Duration)
        /// Nothing is carried any more, and nobody is told.
        case freeze
    }
    private struct State {
        var isFrozen = false
        var isCut = false
        var choose: @Sendable () -> Fault?
    }
    private let state: Guarded<State>
    private let clock: SimulatedClock

    /// `choose` is asked for every message, in either direction, what happens to it.
    package init(_ clock: SimulatedClock, choose: @escaping @Sendable () -> Fault? = { nil }) {
        self.clock = clock
        state = Guarded(State(choose: choose))
    }

    /// From now on nothing is carried, and nobody is told.
    package func freeze() { state.withLock { $0.isFrozen = true } }
    /// The next message breaks the link.
    package func cut() { state.withLock { $0.isCut = true } }

    fileprivate func carry(_ message: RPCMessage, to writer: any RPCMessageWriter) async throws {
        let choice = state.withLock { state -> Fault? in
            if state.isCut { return .cut }
            if state.isFrozen { return .drop }
            return state.choose()
        }
        switch choice {
        case nil: try await writer.write(message)
        case .delay(let duration):
            try await clock.sleep(until: clock.now.advanced(by: duration), tolerance: nil)
            try await writer.write(message)
        case .drop: break
        case .freeze: freeze()
        case .cut:
            cut()
            throw RPCError(.protocolViolation, "the link was cut")
        }
    }
}

/// One end of a link that does what its faults say.
package struct FaultyTransport: RPCTransport {
    let base: InMemoryTransport
    let faults: LinkFaults

    /// Both ends of a link.
    package static func pair(_ faults: LinkFaults) -> (FaultyTransport, FaultyTransport) {
        let (here, there) = InMemoryTransport.pair()
        return (FaultyTransport(base: here, faults: faults), FaultyTransport(base: there, faults: faults))
    }

    package func withConnection<R: Sendable>(
        _ body: (RPCInboundMessages, any RPCMessageWriter) async throws -> R
    ) async throws -> R {
        try await base.withConnection { inbound, writer in
            try await body(inbound, Writer(base: writer, faults: faults))
        }
    }

    private struct Writer: RPCMessageWriter {
        let base: any RPCMessageWriter
        let faults: LinkFaults
        func write(_ message: RPCMessage) async throws { try await faults.carry(message, to: base) }
    }
}
