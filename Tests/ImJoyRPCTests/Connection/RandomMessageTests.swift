internal import ImJoyCore
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

/// Changes one place somewhere in a value.
private struct Mutation {
    var random: SeededGenerator

    private static let hostile: [RPCValue] = [
        nil, true, 0, -1, .int(.max), .int(.min), .uint(.max), 1.5, .double(.nan), "", "p", "id1", "o", "_rintf",
        .bytes(.empty), .bytes(SharedBytes(copying: [1, 2, 3])), [], [nil], [:], ["_rtype": "callback"],
        ["_rtype": "callback", "_rvalue": "id2"], ["_rtype": "interface", "_rintf": "id1", "_rvalue": "f"],
        ["_rtype": "ndarray", "_rshape": [-1], "_rdtype": "int8", "_rvalue": []], ["_rtype": "error"],
        ["_rintf": true], ["_rintf": "id1"], ["_rtype": 5], (0..<80).reduce(1) { value, _ in .array([value]) },
    ]

    private static let names = ["args", "promise", "_rtype", "_rvalue", "id", "target_id"]

    mutating func mutate(_ value: RPCValue) -> RPCValue {
        let isHere = Int.random(in: 0..<4, using: &random) == 0
        switch value {
        case .array(var elements) where !isHere && !elements.isEmpty:
            let index = Int.random(in: elements.indices, using: &random)
            elements[index] = mutate(elements[index])
            return .array(elements)
        case .object(var members) where !isHere && !members.isEmpty:
            let name = members.keys[Int.random(in: 0..<members.count, using: &random)]
            switch Int.random(in: 0..<8, using: &random) {
            case 0: members[name] = nil
            case 1:
                let other = Self.names.randomElement(using: &random) ?? name
                members[other] = Self.hostile.randomElement(using: &random)
            default: members[name] = mutate(members[name] ?? .null)
            }
            return .object(members)
        default: return Self.hostile.randomElement(using: &random) ?? .null
        }
    }
}

@Suite struct `Random messages` {
    /// Everything that was said in the recorded sessions.
    private static func recorded() throws -> [RPCValue] {
        try ["session-python-basic", "session-python-exec", "session-js-core-python-plugin"].flatMap { name in
            try Vectors.transcript("v1/\(name).jsonl").compactMap { TypedJSON.wire($0["message"]) }
        }.filter { !$0["type"].isNull }
    }

    @Test(arguments: (0..<40).flatMap { seed in [(seed, true), (seed, false)] })
    func `are answered or dropped, end each wait once and leave empty tables`(_ seed: Int, _ isCore: Bool) throws {
        var mutation = Mutation(random: SeededGenerator(seed: UInt64(seed + 1)))
        let messages = try Self.recorded()
        var driver = try start(isCore)
        var calls: [CallID] = []
        for round in 0..<300 {
            if case .closed = driver.machine.phase {
                check(&driver, calls)
                driver = try start(isCore)
                calls = []
            }
            if round % 10 == 0, let call = try? driver.call([.function(RPCFunction("f") { () in })]).0 {
                calls.append(call)
            }
            var message = messages[Int.random(in: messages.indices, using: &mutation.random)]
            if case .object(var fields) = message {
                // Most of them get past the door.
                if Bool.random(using: &mutation.random) { fields["peer_id"] = "p" }
                if Bool.random(using: &mutation.random) { fields["target_id"] = nil }
                message = .object(fields)
            }
            for _ in 0..<Int.random(in: 0..<4, using: &mutation.random) { message = mutation.mutate(message) }
            guard case .object(let fields) = message else { continue }
            let before = driver.sent.count
            _ = driver.receive(RPCMessage(fields))
            #expect(driver.sent.count <= before + 3, "\(message)")
            while driver.served.count > 8 {
                let served = driver.served.removeFirst()
                driver.note(driver.machine.finish(served, .success(served.arguments[0])))
            }
        }
        check(&driver, calls)
    }

    private func start(_ isCore: Bool) throws -> Driver {
        let service = RPCService("api") {
            RPCExport(raw: "f") { _ in .null }
            RPCExport("value", constant: [1, .function(RPCFunction("g") { () in })])
        }
        guard !isCore else {
            var driver = Driver(api: service.members)
            driver.introduce()
            return driver
        }
        let role = try ImJoyPluginRole(name: "p", allowExecution: true) { _ in }
        var driver = Driver(role: .plugin(role, id: "p"), api: service.members)
        _ = driver.receive(["type": "initialize", "config": [:]])
        _ = driver.receive(["type": "setInterface", "api": [:], "peer_id": "p"])
        return driver
    }

    private func check(_ driver: inout Driver, _ calls: [CallID]) {
        driver.note(driver.machine.disconnect(RPCError(.disconnected, "the end")))
        for served in driver.served { driver.note(driver.machine.finish(served, .success(.null))) }
        driver.served = []
        #expect(driver.machine.waiterCount == 0)
        #expect(driver.machine.exports.count == 0)
        #expect(driver.machine.servingCount == 0)
        for call in calls { #expect(driver.resumed[call]?.count == 1) }
    }
}
