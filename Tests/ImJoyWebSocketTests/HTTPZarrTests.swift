internal import ImJoyCore
internal import ImJoyWebSocket
internal import Synchronization
internal import Testing

/// A web server of keys that knows ranges, and can be told to misbehave.
private final class RangeServer: Sendable {
    enum Manner { case proper, ignoresRanges, failsOnce, closesAfterEach, movesOnce, movesAway, alwaysFails, lies }

    let listener: RawListener
    let store: ZarrMemory
    private let manner: Manner
    private let seen = Mutex<[String]>([])
    var requests: [String] { seen.withLock { $0 } }

    init(_ store: ZarrMemory, _ manner: Manner) throws {
        listener = try RawListener()
        self.store = store
        self.manner = manner
    }

    var url: String { "http://127.0.0.1:\(listener.port)/data/a%20b.zarr/?token=1" }

    /// Serves until the next connection after the end.
    func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled, let socket = try? await listener.accept() {
                group.addTask { await self.serve(socket) }
            }
        }
    }

    private func serve(_ socket: RawSocket) async {
        while let head = await socket.receiveHead() {
            let lines = head.split(separator: "\r\n").map(String.init)
            let target = String(lines[0].split(separator: " ")[1])
            let number = seen.withLock { seen -> Int in
                seen.append(target)
                return seen.count
            }
            let range = lines.first { $0.lowercased().hasPrefix("range: bytes=") }.map { String($0.dropFirst(13)) }
            if manner == .alwaysFails || (manner == .failsOnce && number == 1) {
                await socket.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
            } else if manner == .movesAway {
                await socket.send("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/x\r\nContent-Length: 0\r\n\r\n")
            } else if manner == .movesOnce, !target.hasPrefix("/moved") {
                let place = number % 2 == 0 ? "" : "http://127.0.0.1:\(listener.port)"
                await socket.send(
                    "HTTP/1.1 302 Found\r\nLocation: \(place)/moved\(target)\r\nContent-Length: 0\r\n\r\n")
            } else {
                await answer(socket, target, range)
            }
            if manner == .closesAfterEach { return socket.endOutput() }
        }
    }

    private func answer(_ socket: RawSocket, _ target: String, _ range: String?) async {
        let names = target.split(separator: "?")[0].split(separator: "/")
        let key = names.drop { $0 != "a%20b.zarr" }.dropFirst().joined(separator: "/")
        guard let bytes = store.contents[key] else {
            return await socket.send("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone")
        }
        guard let range, manner != .ignoresRanges else {
            return await socket.send(
                Array("HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\n\r\n".utf8) + [UInt8](bytes))
        }
        let parts = range.split(separator: "-", omittingEmptySubsequences: false)
        let last = Int(parts[1]) ?? 0
        let wanted = parts[0] == "" ? max(bytes.count - last, 0)..<bytes.count : (Int(parts[0]) ?? 0)..<last + 1
        guard wanted.upperBound <= bytes.count else {
            return await socket.send("HTTP/1.1 416 Range\r\nContent-Length: 0\r\n\r\n")
        }
        let stated = manner == .lies ? wanted.lowerBound + 1 : wanted.lowerBound
        let head =
            "HTTP/1.1 206 Partial\r\nContent-Range: bytes \(stated)-\(wanted.upperBound - 1)/\(bytes.count)\r\n"
            + "Content-Length: \(wanted.count)\r\n\r\n"
        await socket.send(Array(head.utf8) + [UInt8](bytes.slice(wanted)))
    }

    /// Runs `body` with a store that asks this server.
    static func with(
        _ store: ZarrMemory, _ manner: Manner = .proper,
        _ body: @Sendable (HTTPZarrStore, RangeServer) async throws -> Void
    ) async throws {
        let server = try RangeServer(store, manner)
        var configuration = HTTPZarrStore.Configuration()
        configuration.firstDelay = .milliseconds(1)
        configuration.timeout = .seconds(20)
        configuration.wholeBytes = 4096
        let client = try HTTPZarrStore(server.url, configuration: configuration)
        let running = Task { await server.run() }
        defer {
            running.cancel()
            _ = try? RawSocket(connectingTo: server.listener.port)
        }
        try await body(client, server)
    }
}

@Suite(.timeLimit(.minutes(5)))
struct `A Zarr store over HTTP` {
    private static func example() throws -> (ZarrMemory, Image) {
        let pixels = try NDArray<UInt16>((0..<2 * 40 * 30).map { UInt16($0) }, shape: [2, 40, 30])
        let image = try Image(pixels, axes: "CYX", pixelSize: PixelSize(x: 0.5, y: 0.5), channelNames: ["a", "b"])
        let store = ZarrMemory()
        try image.write(
            toZarr: store, options: ZarrWriteOptions(chunkShape: [1, 8, 8], shardShape: [2, 16, 16], coarsest: 20))
        return (store, image)
    }

    @Test(arguments: [
        RangeServer.Manner.proper, .ignoresRanges, .failsOnce, .closesAfterEach, .movesOnce,
    ])
    fileprivate func `gives an image piece by piece`(_ manner: RangeServer.Manner) async throws {
        let (store, image) = try Self.example()
        try await RangeServer.with(store, manner) { (client, server) async throws in
            let source = try await ImageSource(zarr: client)
            #expect(source.info.channelNames == ["a", "b"] && source.levels.count == 2)
            let part = try await source.image(["C": 1..<2, "Y": 3..<20, "X": 14..<15])
            #expect(part.pixels.bytes == image.pixels[1..<2, 3..<20, 14..<15].bytes)
            #expect(try await source.image().pixels.bytes == image.pixels.bytes)
            #expect(server.requests.allSatisfy { $0.contains("/data/a%20b.zarr/") && $0.hasSuffix("?token=1") })
        }
    }

    @Test func `says what is wrong with answers that do not fit`() async throws {
        let store = ZarrMemory(["k": SharedBytes(copying: [UInt8](repeating: 7, count: 5000))])
        try await RangeServer.with(store) { (client, _) async throws in
            #expect(try await client.read("k", .range(0..<0), limit: 9)?.count == 0)
            #expect(try await client.read("k", .range(10..<20), limit: 10)?.count == 10)
            #expect(try await client.read("k", .last(3), limit: 10)?.count == 3)
            #expect(try await client.read("other", .all, limit: 10) == nil)
            for (part, limit, code) in [
                (ZarrPart.all, 4999, ImageError.Code.tooLarge), (.range(4999..<5001), 4999, .truncated),
                (.last(5001), 6000, .truncated),
            ] {
                let error = await #expect(throws: ImageError.self) { try await client.read("k", part, limit: limit) }
                #expect(error?.code == code, "\(part): \(String(describing: error))")
            }
            await #expect(throws: ImageError.self) { try await client.read("../k", .all, limit: 10) }
            await #expect(throws: ImageError.self) { try await client.write(.empty, to: "k") }
            await #expect(throws: ImageError.self) { try await client.list("") }
        }
        for manner in [RangeServer.Manner.movesAway, .alwaysFails, .lies] {
            try await RangeServer.with(store, manner) { (client, server) async throws in
                let error = await #expect(throws: ImageError.self) {
                    try await client.read("k", .range(1..<3), limit: 10)
                }
                #expect(error?.message.hasPrefix("k: ") == true, "\(String(describing: error))")
                #expect(server.requests.count == (manner == .alwaysFails ? 3 : 1))
            }
        }
        // All of it instead of a part, and more than is taken for that.
        try await RangeServer.with(store, .ignoresRanges) { (client, _) async throws in
            let error = await #expect(throws: ImageError.self) { try await client.read("k", .last(3), limit: 10) }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test func `refuses addresses that are none, and servers that are not there`() async throws {
        for url in ["ftp://host/x", "host/x", "http://", "http://a b/", "http://me@host/"] {
            #expect(throws: ImageError.self) { try HTTPZarrStore(url) }
        }
        var configuration = HTTPZarrStore.Configuration()
        configuration.firstDelay = .zero
        let store = try HTTPZarrStore("http://127.0.0.1:1/x", configuration: configuration)
        let error = await #expect(throws: ImageError.self) { try await store.read("k", .all, limit: 1) }
        #expect(error?.code == .system)
        let secure = try HTTPZarrStore("https://127.0.0.1:1/x")
        await #expect(throws: ImageError.self) { try await secure.read("k", .all, limit: 1) }
    }
}
