internal import ImJoyFuzzTargets
internal import ImJoyTestSupport
internal import Testing

@Suite struct FuzzFailureTests {
    @Test(.timeLimit(.minutes(30)), arguments: CoreFuzzTargets.all.map(\.name))
    func `what a fuzzer has found ends well, and within a second`(_ name: String) throws {
        let target = try #require(CoreFuzzTargets.all.first { $0.name == name })
        for run in try FuzzReplay(target).runs { #expect(run.seconds < 1, "\(name): \(run.input)") }
    }

    @Test func `what a fuzzer has found is looked at`() throws {
        let target = try #require(CoreFuzzTargets.all.first { $0.name == "reference" })
        #expect(try FuzzReplay(target).runs.count { $0.input.hasPrefix("crash-") } >= 6)
    }
}
