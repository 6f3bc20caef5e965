internal import ImJoyCore
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

@testable internal import ImJoyRPC

@Suite struct `Values of Hypha` {
    private func encoded(_ value: RPCValue, _ configuration: RPCConfiguration = RPCConfiguration()) throws -> RPCValue {
        var encoder = HyphaEncoder(
            context: HyphaEncoder.Context(clientID: "c", workspace: "ws", session: "S"),
            codecs: configuration.codecs, makeID: { "id" })
        return try encoder.encode(value)
    }

    private func decoded(_ value: RPCValue, _ configuration: RPCConfiguration = RPCConfiguration()) throws -> RPCValue {
        let decoder = HyphaDecoder(
            caller: NoCaller(), limits: .default, workspace: "there", codecs: configuration.codecs)
        return try decoder.decode(value)
    }

    @Test func `with a codec are written and read by it, their members always`() throws {
        var configuration = RPCConfiguration()
        configuration.registerCodec(
            "point", decode: { ["read": $0["f"] ?? nil] },
            encode: { fields in ["f": .function(RPCFunction("f") { () in }), "n": fields["n"] ?? 0] })
        configuration.registerCodec("old", encode: { _ in ["_rtype": "new"] })
        let sent = try encoded(.tagged(type: "point", ["n": 5]), configuration)
        #expect(sent["_rtype"].stringValue == "point")
        #expect(sent["n"].intValue == 5)
        #expect(sent["f"]["_rmethod"].stringValue == "S.id#f")
        #expect(try decoded(sent, configuration)["read"].functionValue?.isRemote == true)
        #expect(try encoded(.tagged(type: "old", [:]), configuration)["_rtype"].stringValue == "new")
    }

    @Test func `that are streams may lack the function that ends them`() throws {
        let stream = try decoded(["_rtype": "generator", "_rtarget": "c", "_rmethod": "S.x"])
        guard case .tagged(RPCGenerator.type, let fields) = stream else { throw RPCError(.notFound, "\(stream)") }
        let generator = try #require(RPCGenerator(fields: fields))
        #expect(generator.next.isRemote)
        #expect(!generator.close.isRemote)
        // A value that only says it is one goes out as it is.
        #expect("\(try encoded(.tagged(type: RPCGenerator.type, ["n": 1])))" == "{n: 1, _rtype: \"generator\"}")
    }

    @Test(
        arguments: [
            ["_rtype": "method"], ["_rtype": "method", "_rtarget": "c"], ["_rtype": "method", "_rmethod": "m"],
            ["_rtype": "method", "_rtarget": "", "_rmethod": "m"],
            ["_rtype": "method", "_rtarget": 5, "_rmethod": "m"],
            ["_rtype": "generator"], ["_rtype": "generator", "_rtarget": "c", "_rmethod": "m", "_rclose_method": 5],
            ["_rtype": "ndarray", "_rdtype": "int8", "_rshape": [2], "_rvalue": 5],
        ] as [RPCValue])
    func `that cannot be are refused`(_ value: RPCValue) {
        let error = #expect(throws: RPCError.self) { try decoded([value]) }
        #expect(error?.code == .protocolViolation)
    }

    @Test func `nested too deep are refused both ways`() {
        let deep = (0..<100).reduce(RPCValue.null) { value, _ in .array([value]) }
        #expect(throws: RPCError.self) { try encoded(deep) }
        #expect(throws: RPCError.self) { try decoded(deep) }
    }

    @Test func `of other servers are passed on as functions of ours`() throws {
        let reference = HyphaReference(target: "ws/x", method: "services.s.f", server: "http://elsewhere")
        let function = RPCValue.function(RPCFunction(.address(reference), name: "f", caller: NoCaller()))
        var encoder = HyphaEncoder(
            context: HyphaEncoder.Context(clientID: "c", workspace: "ws", session: "S"), makeID: { "id" },
            isReachable: { $0.server == nil })
        #expect(try encoder.encode(function)["_rmethod"].stringValue == "S.id#f")
        #expect(encoder.exports.functions.count == 1)
        #expect(try encoded(function)["_rmethod"].stringValue == "services.s.f")
    }

    @Test func `for the other dialect are refused with a sentence`() throws {
        var driver = Driver()
        driver.introduce()
        let reference = RemoteReference.address(HyphaReference(target: "ws/x", method: "services.s.f"))
        let error = #expect(throws: RPCError.self) { try driver.call([], reference) }
        #expect(error?.code == .invalidArgument)
    }
}
