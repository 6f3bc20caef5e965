internal import ImJoyRPCTestSupport
internal import Testing

/// One after the other: each link over descriptors holds threads, of which the system's pool has a few hundred.
@Suite(.serialized) struct `Over every transport` {
    @Test(arguments: EveryTransport.allCases, LinkBehaviour.all)
    func `connections behave the same`(_ transport: EveryTransport, _ behaviour: LinkBehaviour) async throws {
        try await behaviour.check(transport.maker)
    }
}
