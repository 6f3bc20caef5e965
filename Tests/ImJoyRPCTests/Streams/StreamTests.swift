internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import Testing

/// An application that keeps a stream, and what a plugin at the other end sees of it.
private func withStream(
    _ stream: RPCByteStream, over transport: EveryTransport = .codec,
    _ body: @escaping @Sendable (RemoteStream) async throws -> Void
) async throws {
    try await within {
        let link = try transport.link()
        let api = RPCService("api") { RPCExport("open") { () in stream } }
        let core = RPCConnection(
            over: link.here, as: ImJoyCoreRole(name: "Cells", type: "rpc-worker"), exporting: api)
        let plugin = RPCConnection(over: link.there, as: try ImJoyPluginRole(name: "reader"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await core.run() }
            group.addTask { try await plugin.run() }
            defer { core.disconnect() }
            try await plugin.handshake()
            let lent = core.openCounts.exports
            let remote: RemoteStream = try await plugin.remoteInterface().open()
            #expect(core.openCounts.exports == lent + 1)
            try await body(remote)
            try await remote.close()
            #expect(stream.isClosed)
            #expect(core.openCounts.exports == lent)
            core.disconnect()
            try await group.waitForAll()
        }
    }
}

private func bytes(_ text: String) -> SharedBytes { SharedBytes(copying: text.utf8) }

@Suite struct `Streams` {
    @Test(arguments: EveryTransport.allCases)
    func `are read from the far side like files`(_ transport: EveryTransport) async throws {
        try await withStream(RPCByteStream(bytes("one\ntwo\nthree")), over: transport) { stream in
            #expect(try await stream.read(2) == bytes("on"))
            #expect(try await stream.position() == 2)
            let line: SharedBytes = try await stream.object.readline()
            #expect(line == bytes("e\n"))
            let part: SharedBytes = try await stream.object.readline(2)
            #expect(part == bytes("tw"))
            #expect(try await stream.seek(to: -5, from: .end) == 8)
            #expect(try await stream.read() == bytes("three"))
            #expect(try await stream.read() == .empty)
            #expect(try await stream.seek(to: 1) == 1)
            #expect(try await stream.seek(to: 3, from: .current) == 4)
            var parts: [SharedBytes] = []
            for try await part in stream.chunks(of: 4) { parts.append(part) }
            #expect(parts == [bytes("two\n"), bytes("thre"), bytes("e")])
            #expect(try await stream.object.readable() as Bool)
            #expect(try await stream.object.seekable() as Bool)
            #expect(try await !(stream.object.writable() as Bool))
            #expect(try await !(stream.object.isatty() as Bool))
        }
    }

    @Test func `are written when they may be`() async throws {
        let stream = RPCByteStream(bytes("abc"), isWritable: true, capacity: 20)
        try await withStream(stream) { remote in
            try await remote.seek(to: 2)
            #expect(try await remote.write(bytes("XYZ")) == 3)
            let count: Int = try await remote.object.write("é")
            #expect(count == 2)
            #expect(stream.bytes == bytes("abXYZé"))
            // Beyond the end, zeros fill the gap.
            try await remote.seek(to: 10)
            try await remote.write(bytes("!"))
            #expect(stream.bytes == bytes("abXYZé\0\0\0!"))
            let length: Int = try await remote.object.truncate(2)
            #expect(length == 2)
            #expect(stream.bytes == bytes("ab"))
            let longer: Int = try await remote.object.truncate(4)
            #expect(longer == 4)
            #expect(stream.bytes == bytes("ab\0\0"))
            try await remote.object.flush()
            // As `async with` of Python enters and leaves it.
            try await remote.object.__enter__()
            try await remote.object.__exit__(nil as Int?, nil as Int?, nil as Int?)
            #expect(stream.isClosed)
        }
    }

    @Test func `refuse what cannot be, and stay as they were`() async throws {
        let stream = RPCByteStream(bytes("abc"), isWritable: true, capacity: 8)
        try await withStream(stream) { remote in
            func code(_ body: () async throws -> Void) async -> String? {
                await #expect(throws: RPCError.self) { try await body() }?.message
            }
            #expect(await code { try await remote.seek(to: -1) }?.contains("leaves the stream") == true)
            #expect(await code { try await remote.seek(to: .max) }?.contains("leaves the stream") == true)
            #expect(await code { try await remote.seek(to: .max, from: .end) }?.contains("leaves the stream") == true)
            #expect(await code { try await remote.object.seek(0, 3) }?.contains("0, 1 or 2") == true)
            try await remote.seek(to: 8)
            #expect(await code { try await remote.write(bytes("x")) }?.contains("at most 8") == true)
            #expect(await code { try await remote.object.truncate(9) }?.contains("at most 8") == true)
            #expect(await code { try await remote.object.truncate(-1) }?.contains("-1") == true)
            #expect(await code { try await remote.object.write(5) }?.contains("bytes or text") == true)
            #expect(stream.bytes == bytes("abc"))
            try await remote.object.close()
            #expect(await code { _ = try await remote.read() }?.contains("closed") == true)
        }
        try await withStream(RPCByteStream(bytes("abc"))) { remote in
            let error = await #expect(throws: RPCError.self) { try await remote.write(bytes("x")) }
            #expect(error?.message.contains("reading only") == true)
        }
    }

    @Test func `of text are read as UTF-8, and what is no stream is none`() async throws {
        #expect(throws: RPCError.self) { try RemoteStream(rpcValue: 5) }
        #expect(throws: RPCError.self) { try RemoteStream(rpcValue: ["read": 1]) }
        let answers: [(RPCValue, SharedBytes?)] = [("é", bytes("é")), (nil, .empty), (5, nil)]
        for (answer, content) in answers {
            try await within {
                let (here, there) = InMemoryTransport.pair()
                let api = RPCService("api") {
                    RPCExport(raw: "open") { _ in
                        let read = RPCFunction(raw: "read") { _ in answer }
                        return ["_rintf": true, "read": .function(read)]
                    }
                }
                let core = RPCConnection(
                    over: here, as: ImJoyCoreRole(name: "Cells", type: "rpc-worker"), exporting: api)
                let running = Task { try await core.run() }
                try await withRPCConnection(
                    over: there, as: ImJoyPluginRole(name: "reader"), exporting: RPCService("none") {}
                ) { plugin in
                    let stream: RemoteStream = try await plugin.remoteInterface().open()
                    if let content {
                        #expect(try await stream.read() == content)
                    } else {
                        let error = await #expect(throws: RPCError.self) { try await stream.read() }
                        #expect(error?.code == .protocolViolation)
                    }
                    // It has no `close`, and is forgotten all the same.
                    try await stream.close()
                }
                core.disconnect()
                try await running.value
                #expect(core.openCounts.exports == 0)
            }
        }
    }
}

@Suite struct `Blobs` {
    @Test func `keep their bytes and their type`() throws {
        let blob = RPCBlob(bytes("abc"), mediaType: "text/plain")
        #expect(try RPCBlob(rpcValue: blob.rpcValue()) == blob)
        #expect(try RPCBlob(rpcValue: RPCBlob(.empty).rpcValue()) == RPCBlob(.empty))
        #expect(try RPCBlob(rpcValue: .tagged(type: "blob", ["_rvalue": "é"])).bytes == bytes("é"))
        for wrong in [5, .tagged(type: "file", [:]), .tagged(type: "blob", [:])] as [RPCValue] {
            let error = #expect(throws: RPCError.self) { try RPCBlob(rpcValue: wrong) }
            #expect(error?.code == .invalidArgument)
        }
    }
}
