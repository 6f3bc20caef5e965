internal import Foundation
internal import ImJoyRPC
internal import Synchronization
internal import SystemPackage
internal import Testing

/// A program that serves until it is told to end, and says on a line of its own when it does.
private final class Serving: @unchecked Sendable {
    // Sendable because only the test that has started it uses it, one call after the other.
    private let process: Process
    private let output: TemporaryFile
    private let errors: TemporaryFile
    /// What the line says.
    private(set) var announced = ""

    init(_ program: Program, _ arguments: String...) async throws {
        process = program.process(arguments)
        (output, errors) = (try TemporaryFile(), try TemporaryFile())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output.url)
        process.standardError = try FileHandle(forWritingTo: errors.url)
        try process.run()
        while true {
            let text = try output.text()
            if text.hasSuffix("\n") {
                announced = String(text.dropLast())
                return
            }
            let complaints = try errors.text()
            try #require(process.isRunning, "\(complaints)")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Waits for its end, as Ctrl-C brings it about if `isInterrupted`.
    func end(isInterrupted: Bool = true) async throws -> (status: Int32, errors: String) {
        if isInterrupted { kill(process.processIdentifier, SIGINT) }
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        return (process.terminationStatus, try errors.text())
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
}

@Suite(.timeLimit(.minutes(20)))
struct `Services on the command line` {
    private static let plugin = PluginText.plugin(
        """
        class Plugin:
            def setup(self): pass
            def add(self, a, b=1): return a + b
            def invert(self, image): return {"inverted": 255 - image, "count": int(image.size)}
            def fail(self): raise ValueError("the lamp is off")
            def leave(self):
                import os
                os._exit(3)
        lamp = Plugin()
        api.export({
            "setup": lamp.setup, "add": lamp.add, "invert": lamp.invert, "fail": lamp.fail, "leave": lamp.leave,
            "deep": {"twice": lambda number: 2 * number}, "sizes": [1, 2], "config": {"colour": "red"}})
        """, name: "Bright Lamp")

    @Test func `are offered by a plugin, listed and called`() async throws {
        let folder = try TemporaryFolder()
        let program = Program(folder: folder.path)
        try folder.write(Self.plugin, to: "Lamp.imjoy.html")
        let hub = try await Serving(program, "hub", "--port", "0", "--json")
        let json = try JSONSerialization.jsonObject(with: Data(hub.announced.utf8)) as? [String: String]
        let address = try #require(json?["address"])
        #expect(try await program.run("services", address).output == "there are no services\n")

        let port = try #require(address.split(separator: ":").last.map(String.init))
        let taken = try await program.run("hub", "--port", port)
        #expect(taken.status == 1 && taken.errors.contains("another program listens"), "\(taken.errors)")

        let serving = try await Serving(program, "serve-service", "Lamp.imjoy.html", "--server", address)
        #expect(serving.announced.hasPrefix("offering ws-local/") && serving.announced.hasSuffix(":Bright-Lamp"))
        let listed = try await program.run("services", address).output.split(separator: "\n")
        #expect(listed.count == 2)
        #expect(listed.last?.contains("add, deep, fail, invert, leave") == true, "\(listed)")
        let described = try await program.run("services", address, "*:Bright-Lamp", "--json").output
        #expect(described.contains("\"imjoy-plugin\""), "\(described)")

        #expect(try await program.run("call", address, "Bright-Lamp", "add", "2").output == "3\n")
        #expect(try await program.run("call", address, "Bright-Lamp", "add", "2", "b=40").output == "42\n")
        #expect(try await program.run("call", address, "Bright-Lamp", "add", "µ", "m").output == "µm\n")
        #expect(
            try await program.run("call", address, "Bright-Lamp", "add", "[1]", "[2.5]", "--json").output
                .filter { !$0.isWhitespace } == "[1,2.5]")

        #expect(try await program.run("call", address, "Bright-Lamp", "deep.twice", "4").output == "8\n")

        let inverted = try await program.run(
            "call", address, "Bright-Lamp", "invert", "--file", "image=\(Self.picture)", "--output", "inverted=out.tif")
        #expect(inverted.status == 0, "\(inverted.errors)")
        #expect(inverted.output.contains("count: "))
        let info = try await program.run("image", "info", "out.tif", "--json").json()
        #expect(info["dtype"] as? String == "uint8")

        let failed = try await program.run("call", address, "Bright-Lamp", "fail")
        #expect(failed.status == 1 && failed.output.isEmpty)
        #expect(failed.errors.contains("the lamp is off"), "\(failed.errors)")
        let unknown = try await program.run("call", address, "Bright-Lamp", "subtract", "2")
        #expect(unknown.status == 1 && unknown.errors.contains("subtract"), "\(unknown.errors)")
        let absent = try await program.run("call", address, "Lamp", "add", "2")
        #expect(absent.status == 1 && absent.errors.contains("Lamp"), "\(absent.errors)")

        // With its plugin the program ends, and the service goes.
        let left = try await program.run("call", address, "Bright-Lamp", "leave")
        #expect(left.status == 1, "\(left.errors)")
        let end = try await serving.end(isInterrupted: false)
        #expect(end.status == 1 && end.errors.contains("Bright Lamp"), "\(end.errors)")
        #expect(end.errors.contains("warning: config of the plugin is not offered"), "\(end.errors)")
        #expect(try await program.run("services", address).output == "there are no services\n")
        #expect(try await hub.end().status == 130)
        #expect(try await Processes.areGone(program.mark, within: .seconds(60)))
    }

    private static let picture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("ImJoyCoreTests/Fixtures/images/grey.png").path

    @Test func `meet at a socket, which goes with the hub`() async throws {
        let folder = try TemporaryFolder()
        let program = Program(folder: folder.path)
        let hub = try await Serving(program, "hub", "--socket", "hub.sock")
        #expect(hub.announced == "listening at hub.sock")
        #expect(try await program.run("services", "hub.sock", "--json").output.filter { !$0.isWhitespace } == "[]")
        let taken = try await program.run("hub", "--socket", "hub.sock")
        #expect(taken.status == 1 && taken.errors.contains("hub.sock"), "\(taken.errors)")
        #expect(try await hub.end().status == 130)
        #expect(folder.names.isEmpty)
    }

    @Test func `give values one after the other, and functions by their names`() async throws {
        struct Broken: Error {}
        let folder = try TemporaryFolder()
        let program = Program(folder: folder.path)
        let hub = try await Serving(program, "hub", "--socket", "hub.sock")
        let socket = FilePath(folder.path).appending("hub.sock")
        let waiting = Mutex<AsyncStream<Int>.Continuation?>(nil)
        try await withHyphaClient(connect: { try PipeTransport(connectingTo: socket) }) { client in
            try await client.register(
                RPCService("counter") {
                    RPCExport("count") { (end: Int) in
                        RPCStream(
                            AsyncStream { source in
                                for number in 1...end { source.yield(["number": .int(Int64(number))] as RPCValue) }
                                source.finish()
                            })
                    }
                    RPCExport("gaps") { () in
                        RPCStream(
                            AsyncStream<RPCValue> { source in
                                for value in [1, .null, 2] as [RPCValue] { source.yield(value) }
                                source.finish()
                            })
                    }
                    RPCExport("endless") { () in
                        RPCStream(
                            AsyncStream<Int> { source in
                                source.yield(1)
                                // The next one only comes when the first was read.
                                waiting.withLock { $0 = source }
                            })
                    }
                    RPCExport("break") { () in
                        RPCStream(
                            AsyncThrowingStream<Int, any Error> { source in
                                source.yield(7)
                                source.finish(throwing: Broken())
                            })
                    }
                    RPCExport("counter") { () in RPCFunction("next") { () in 1 } }
                })
            let counted = try await program.run("call", "hub.sock", "counter", "count", "3")
            #expect(counted.output == "number: 1\nnumber: 2\nnumber: 3\n", "\(counted.errors)")
            let lines = try await program.run("call", "hub.sock", "counter", "count", "2", "--json").output
            #expect(lines == "{\"number\":1}\n{\"number\":2}\n")
            let gaps = try await program.run("call", "hub.sock", "counter", "gaps")
            #expect(gaps.output == "1\n-\n2\n", "\(gaps.errors)")
            try await self.readOneValue(program, waiting)
            let broken = try await program.run("call", "hub.sock", "counter", "break")
            #expect(
                broken.status == 1 && broken.output == "7\n" && broken.errors.contains("Broken"), "\(broken.errors)")
            let saved = try await program.run("call", "hub.sock", "counter", "count", "2", "--output", "a.tif")
            #expect(saved.status == 64 && saved.errors.contains("count gives a stream"), "\(saved.errors)")
            let function = try await program.run("call", "hub.sock", "counter", "counter")
            #expect(function.output == "<function next>\n", "\(function.errors)")
            let full = program.process(["call", "hub.sock", "counter", "count", "3"])
            full.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
            try full.run()
            while full.isRunning { try await Task.sleep(for: .milliseconds(20)) }
            #expect(full.terminationStatus == 1)
        }
        #expect(try await hub.end().status == 130)
    }

    /// Reads the first line of an endless stream, as `head -1` does; then the program must end by itself.
    private func readOneValue(
        _ program: Program, _ source: borrowing Mutex<AsyncStream<Int>.Continuation?>
    ) async throws {
        let (process, output) = (program.process(["call", "hub.sock", "counter", "endless"]), Pipe())
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        var line = Data()
        while line.last != UInt8(ascii: "\n"), let byte = try output.fileHandleForReading.read(upToCount: 1) {
            line += byte
        }
        #expect(line == Data("1\n".utf8))
        try output.fileHandleForReading.close()
        while process.isRunning {
            source.withLock { _ = $0?.yield(2) }
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(process.terminationStatus == 0)
    }

    @Test func `are not looked for where nobody is`() async throws {
        let folder = try TemporaryFolder()
        let program = Program(folder: folder.path)
        let nobody = try await program.run("services", "http://127.0.0.1:1")
        #expect(nobody.status == 1 && nobody.errors.contains("127.0.0.1:1"), "\(nobody.errors)")
        let noSocket = try await program.run("call", "no.sock", "s", "f")
        #expect(noSocket.status == 1 && noSocket.errors.contains("no.sock"), "\(noSocket.errors)")
        let wrong = try await program.run("services", "ftp://127.0.0.1")
        #expect(wrong.status == 64 && wrong.errors.contains("ftp://127.0.0.1"), "\(wrong.errors)")
        for way in ["websocket", "http"] {
            let secure = try await program.run("services", "https://127.0.0.1:1", "--transport", way)
            #expect(secure.status == 1 && secure.errors.contains("127.0.0.1:1"), "\(secure.errors)")
        }
        let untrusted = try await program.run("services", "https://127.0.0.1:1", "--authority", "no.pem")
        #expect(untrusted.status == 64 && untrusted.errors.contains("no.pem"), "\(untrusted.errors)")
        #expect(try await program.run("services", "no.sock", "--transport", "http").status == 64)
        let plainly = try await program.run("services", "http://127.0.0.1:1", "--authority", "no.pem")
        #expect(plainly.status == 64 && plainly.errors.contains("--authority is for"), "\(plainly.errors)")
        // A server that speaks no TLS.
        let hub = try await Serving(program, "hub", "--port", "0")
        let plain = try await program.run("services", hub.announced.replacing("listening at http:", with: "https:"))
        #expect(plain.status == 1 && plain.errors.contains("127.0.0.1 speaks no TLS"), "\(plain.errors)")
        #expect(try await hub.end().status == 130)
        #expect(try await program.run("hub", "--port", "70000").status == 64)
        #expect(try await program.run("hub", "--port", "7000", "--socket", "a").status == 64)
    }
}
