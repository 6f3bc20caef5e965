internal import Testing

@Suite(.timeLimit(.minutes(2)))
struct `The program` {
    @Test func `tells its version`() async throws {
        let outcome = try await Program().run("--version")
        #expect(outcome.status == 0)
        #expect(outcome.output == "0.1.0\n")
    }
}
