internal import Foundation
internal import ImJoyCore
internal import SystemPackage
internal import Testing

@testable internal import ImJoyHost

@Suite(.timeLimit(.minutes(20)))
struct `The store of environments` {
    @Test func `knows what each holds, who used it and when`() async throws {
        let bench = try EnvironmentBench()
        try await bench.prepare(["six"], plugin: "First").release()
        try await bench.prepare(["six"], plugin: "Second").release()
        let entries = bench.store.list()
        #expect(entries.count == 1)
        let entry = try #require(entries.first)
        #expect(entry.state == .idle)
        #expect(Set(entry.users.map(\.plugin)) == ["First", "Second"])
        #expect(abs(try #require(entry.lastUsed).timeIntervalSinceNow) < 60)
        let record = try #require(entry.record)
        #expect(record.requirements == ["six"])
        #expect(entry.key == EnvironmentSpecification.key(of: record.parts))
        #expect(EnvironmentRecord(record.json.json())?.packages == record.packages)
        #expect(bench.store.find("Second").map(\.key) == [entry.key])
        #expect(bench.store.find(String(entry.key.prefix(6))).map(\.key) == [entry.key])
        #expect(bench.store.find(String(entry.key.prefix(2))).isEmpty)
        #expect(bench.store.find("Nobody").isEmpty)
    }

    @Test func `removes what nobody uses, and never what somebody does`() async throws {
        let bench = try EnvironmentBench()
        let environment = try await bench.prepare(["six"])
        let store = bench.store
        #expect(store.list().map(\.state) == [.used])
        #expect(store.prune(olderThan: .zero, isDry: false, now: .distantFuture).isEmpty)
        #expect(Files.exists(environment.python))
        environment.release()
        #expect(store.list().map(\.state) == [.idle])
        #expect(store.prune(olderThan: .seconds(3600), isDry: false).isEmpty)
        let planned = store.prune(olderThan: .zero, isDry: true, now: Date(timeIntervalSinceNow: 60))
        #expect(planned.map(\.entry.key) == [environment.folder.key])
        #expect(planned.first?.reason.hasPrefix("nobody has used it since ") == true)
        #expect(Files.exists(environment.python))
        let removed = store.prune(olderThan: .zero, isDry: false, now: Date(timeIntervalSinceNow: 60))
        #expect(removed.map(\.entry.key) == [environment.folder.key])
        #expect(try #require(removed.first).size > 1_000_000)
        #expect(Files.names(in: bench.environments).isEmpty)
    }

    @Test func `takes away links that led into a removed environment`() async throws {
        let bench = try EnvironmentBench(allowsCommands: true)
        let environment = try await bench.prepare(["cmd: echo a > made.txt"])
        let work = bench.configuration.workFolder
        try Files.createFolder(work)
        try environment.linkWorkFiles(into: work) { _ in }
        try Files.link(work.appending("other"), to: "/nonexistent")
        environment.release()
        _ = bench.store.prune(olderThan: .zero, isDry: false, now: .distantFuture)
        #expect(Files.names(in: work) == ["other"])
    }

    @Test func `removes what is partial or broken, but nothing that is being built`() throws {
        let bench = try EnvironmentBench()
        for name in ["partial", "broken", "building", "installing", "half.removing"] {
            try Files.createFolder(bench.environments.appending(name).appending("python"))
            try Files.write([1, 2, 3], to: bench.environments.appending(name).appending("data"))
        }
        try Files.write("{}".utf8, to: bench.environments.pushing("broken/imjoy-environment.json"))
        let lock = try #require(FileLock.tryAcquire(bench.environments.appending("building.lock")))
        defer { lock.release() }
        let installLock = try #require(FileLock.tryAcquire(bench.environments.appending("installing.building")))
        defer { installLock.release() }
        let states = Dictionary(uniqueKeysWithValues: bench.store.list().map { ($0.key, $0.state) })
        #expect(states == ["partial": .partial, "broken": .broken, "building": .building, "installing": .building])
        let removed = bench.store.prune(olderThan: .seconds(1_000_000), isDry: false)
        #expect(Set(removed.map(\.entry.key)) == ["partial", "broken"])
        #expect(removed.map(\.size) == [3, 5].reversed() || removed.map(\.size) == [3, 5])
        #expect(
            Set(Files.names(in: bench.environments)) == [
                "building", "building.lock", "installing", "installing.building",
            ])
    }

    @Test func `makes an environment again that was removed`() async throws {
        let bench = try EnvironmentBench()
        let first = try await bench.prepare([])
        first.release()
        _ = bench.store.prune(olderThan: .zero, isDry: false, now: .distantFuture)
        let second = try await bench.prepare([])
        defer { second.release() }
        #expect(second.folder == first.folder)
        #expect(Files.exists(second.python))
    }

    @Test(arguments: ["", "{", "[]", "{\"format\": 1}", "{\"format\": 2}", "{\"format\": 2, \"kind\": 3}"])
    func `takes no damaged record for one`(text: String) { #expect(EnvironmentRecord(text) == nil) }

    @Test func `says how large things are`() {
        #expect(
            [0, 999, 1000, 1_500, 9_960, 123_456_789, 5_000_000_000_000].map(ByteCount.text) == [
                "0 bytes", "999 bytes", "1.0 kB", "1.5 kB", "10 kB", "123 MB", "5.0 TB",
            ])
    }
}

@Suite(.timeLimit(.minutes(20)))
struct `A fetched archive` {
    /// A folder that is served, the server, and what is needed to talk to it.
    private struct Server {
        let folder: FilePath
        let process: Process
        let port: Int
        let runner: CommandRunner
        let fetcher: FilePath

        init() async throws {
            folder = try TestHome.temporary()
            let bench = EnvironmentBench.tests.pushing("Python/https_server.py")
            let (key, certificate) = (folder.appending("key.pem"), folder.appending("cert.pem"))
            let openssl = try #require(Files.findProgram("openssl"))
            let answer = try await ProgramProbe.run(
                openssl,
                [
                    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost", "-keyout", key.string, "-out", certificate.string,
                ], limit: .seconds(30))
            try #require(answer.isSuccess)
            try Files.write(Array(repeating: 65, count: 1000), to: folder.appending("a.whl"))
            process = Process()
            process.executableURL = URL(fileURLWithPath: TestHome.python)
            process.arguments = [bench.string, folder.string, certificate.string, key.string]
            let (input, output) = (Pipe(), Pipe())
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            var line = Data()
            while line.last != UInt8(ascii: "\n") {
                let more = output.fileHandleForReading.availableData
                if more.isEmpty { break }
                line += more
            }
            port = try #require(Int(String(decoding: line, as: UTF8.self).filter(\.isNumber)))
            let files = try WorkerFiles.install(in: folder.appending("worker"))
            runner = CommandRunner(files: files, interpreter: FilePath(TestHome.python))
            fetcher = files.fetcher
        }

        func stop() {
            // Not asked nicely: it inherits the signals that this thread blocks. Nor waited for, which would hold the thread.
            kill(process.processIdentifier, SIGKILL)
            Files.remove(folder)
        }

        /// Fetches; the last line that was said, or the last line of the error.
        func fetch(_ path: String, limit: Int = 5000, sha256: String? = nil) async throws -> String {
            let tail = LogTail()
            let address = path.contains("://") ? path : "https://localhost:\(port)/\(path)"
            let target = folder.appending("fetched")
            do {
                try await runner.run(
                    FilePath(TestHome.python),
                    ["-I", "-S", fetcher.string, address, target.string, String(limit)] + [sha256].compactMap(\.self),
                    in: folder,
                    variables: ["SSL_CERT_FILE": folder.appending("cert.pem").string, "no_proxy": "localhost"],
                    onLine: { tail.append($0) })
                #expect(Files.size(of: folder) >= 2000)
                Files.remove(target)
            } catch {
                #expect(!Files.exists(target), "half a file is left")
            }
            return tail.lines.last ?? ""
        }
    }

    @Test func `comes over https and has the hash of its bytes`() async throws {
        let server = try await Server()
        defer { server.stop() }
        let told = try await server.fetch("a.whl")
        #expect(told.hasPrefix("sha256 ") && told.utf8.count == 71)
        let digest = String(told.dropFirst(7))
        #expect(try await server.fetch("a.whl", sha256: digest) == told)
        #expect(
            try await server.fetch("a.whl", sha256: String(repeating: "0", count: 64)).contains(
                "its SHA-256 is \(digest)"))
        let here = "https%3A//localhost%3A\(server.port)/a.whl"
        #expect(try await server.fetch("redirect/\(here)") == told)
    }

    @Test func `is not taken from elsewhere, too large or cut off`() async throws {
        let server = try await Server()
        defer { server.stop() }
        let http = "http%3A//localhost%3A\(server.port)/a.whl"
        #expect(try await server.fetch("redirect/\(http)").contains("which is no https address"))
        #expect(try await server.fetch("redirect/file%3A///etc/passwd").contains("cannot be fetched"))
        #expect(
            try await server.fetch("http://localhost:\(server.port)/a.whl").contains("only https and file addresses"))
        #expect(try await server.fetch("a.whl", limit: 999).contains("it has 1000 bytes, more than the 999"))
        #expect(try await server.fetch("short/a.whl").contains("cannot be fetched"))
        #expect(try await server.fetch("none.whl").contains("cannot be fetched"))
        let file = "file://\(server.folder)/a.whl"
        #expect(try await server.fetch(file, limit: 999).contains("it has more than the 999 bytes"))
    }
}
