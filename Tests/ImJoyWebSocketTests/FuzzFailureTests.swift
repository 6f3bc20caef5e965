internal import ImJoyFuzzTargets
internal import ImJoyTestSupport
internal import ImJoyWebSocketFuzzTargets
internal import Testing

@Suite struct FuzzFailureTests {
    @Test(.timeLimit(.minutes(5)), arguments: WebSocketFuzzTargets.all.map(\.name))
    func `what a fuzzer has found ends well, and within a second`(_ name: String) throws {
        let target = try #require(WebSocketFuzzTargets.all.first { $0.name == name })
        for run in try FuzzReplay(target).runs { #expect(run.seconds < 1, "\(name): \(run.input)") }
    }
}
