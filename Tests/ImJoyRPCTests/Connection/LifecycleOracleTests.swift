internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

/// What must hold, kept as simply as possible: who waits, and for what.
private struct Model {
    var waiting: Set<CallID> = []
    /// Calls under way with the two names by which they can be answered.
    var calls: [(call: CallID, resolve: RPCValue, reject: RPCValue)] = []
    var executions: [CallID?] = []
    var disposals: [CallID?] = []
    var interfaces: [CallID] = []
    /// Callbacks lent and not used yet.
    var lent: [RPCValue] = []
}

@Suite struct `Random histories` {
    @Test(arguments: 0..<60)
    func `resume every wait exactly once and leave empty tables`(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var driver = Driver { RPCExport("f") { () in 1 } }
        var model = Model()
        driver.introduce()
        for _ in 0..<300 { try step(&driver, &model, &random) }
        #expect(driver.machine.waiterCount == model.waiting.count)
        #expect(driver.machine.exports.count == model.lent.count + 1)
        driver.note(driver.machine.disconnect(RPCError(.disconnected, "the end")))
        for served in driver.served { driver.note(driver.machine.finish(served, .success(.null))) }
        #expect(driver.machine.waiterCount == 0)
        #expect(driver.machine.exports.count == 0)
        #expect(driver.machine.servingCount == 0)
        for call in model.waiting { #expect(driver.resumed[call]?.count == 1) }
        #expect(driver.resumed.values.allSatisfy { $0.count == 1 })
    }

    private func step(_ driver: inout Driver, _ model: inout Model, _ random: inout SeededGenerator) throws {
        switch Int.random(in: 0..<11, using: &random) {
        case 0, 1:
            let lends = Bool.random(using: &random)
            let arguments: [RPCValue] = lends ? [.function(RPCFunction("c") { () in })] : [1]
            let (call, _) = try driver.call(arguments)
            let message = try #require(driver.sent.last)
            model.calls.append((call, message["promise"][0]["_rvalue"], message["promise"][1]["_rvalue"]))
            model.waiting.insert(call)
            if lends { model.lent.append(message["args"][0]["_rvalue"]) }
        case 2, 3:
            guard let index = model.calls.indices.randomElement(using: &random) else { return }
            let entry = model.calls.remove(at: index)
            let isSuccess = Bool.random(using: &random)
            let id = isSuccess ? entry.resolve : entry.reject
            _ = driver.receive(["type": "callback", "id": id, "args": [1]])
            #expect(driver.resumed[entry.call]?.count == (model.waiting.remove(entry.call) == nil ? nil : 1))
            // A second answer, by either half, changes nothing.
            #expect(driver.receive(["type": "callback", "id": entry.resolve, "args": [2]]) == ["dropped"])
        case 4:
            guard let call = model.waiting.sorted(by: { $0.number < $1.number }).randomElement(using: &random) else {
                return
            }
            driver.machine.abandon(call)
            model.waiting.remove(call)
            model.interfaces.removeAll { $0 == call }
            Self.abandon(call, in: &model.executions)
            Self.abandon(call, in: &model.disposals)
        case 5:
            let (call, _) = try driver.start { (machine, call) throws(RPCError) in try machine.execute(call, code: [:])
            }
            model.executions.append(call)
            model.waiting.insert(call)
        case 6:
            _ = driver.receive(["type": "executed"])
            if !model.executions.isEmpty, let call = model.executions.removeFirst() { model.waiting.remove(call) }
        case 7:
            let (call, _) = try driver.start { (machine, call) throws(RPCError) in
                try machine.dispose(call, objectID: "x")
            }
            model.disposals.append(call)
            model.waiting.insert(call)
        case 8:
            _ = driver.receive(["type": "disposed"])
            if !model.disposals.isEmpty, let call = model.disposals.removeFirst() { model.waiting.remove(call) }
        case 9:
            if Bool.random(using: &random) {
                let (call, _) = try driver.start { (machine, call) throws(RPCError) in
                    try machine.requestInterface(call)
                }
                model.interfaces.append(call)
                model.waiting.insert(call)
            } else {
                _ = driver.receive(["type": "setInterface", "api": [:]])
                model.waiting.subtract(model.interfaces)
                model.interfaces = []
            }
        default:
            guard let index = model.lent.indices.randomElement(using: &random) else { return }
            let id = model.lent.remove(at: index)
            let message: RPCMessage = ["type": "callback", "id": id, "args": [], "promise": Driver.promise]
            #expect(driver.receive(message) == ["serve c"])
            #expect(driver.receive(message) == ["send callback"])
            let served = driver.served.removeLast()
            if Bool.random(using: &random) {
                driver.note(driver.machine.finish(served, .success(1)))
            } else {
                driver.served.append(served)
            }
        }
    }

    /// The first request is under way and keeps its place, the others vanish.
    private static func abandon(_ call: CallID, in queue: inout [CallID?]) {
        guard let index = queue.firstIndex(of: call) else { return }
        if index == 0 { queue[0] = nil } else { queue.remove(at: index) }
    }
}
