import ImJoyCore
import ImJoyRPC
import Testing

@Test func `a service answers without a connection`() async throws {
    let service = RPCService("math") {
        RPCExport("add") { (a: Int, b: Int) in a + b }
        RPCExport.group("utils") { RPCExport("note") { (text: String?) in print(text ?? "") } }
    }
    #expect(try await service.call("add", [1, 2]).intValue == 3)
    try await service.call("utils.note")
    await #expect(throws: RPCError.self) { try await service.call("add", [1]) }
}
