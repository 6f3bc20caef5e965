#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import ImJoyCore
internal import ImJoyRPC
internal import ImJoyRPCTestSupport
internal import OrderedCollections
internal import SystemPackage
internal import Testing

/// A path for a socket that is removed in the end, whatever happens.
private func withPath<R>(_ body: (FilePath) async throws -> R) async throws -> R {
    var template = Array("/tmp/imjoy-XXXXXX".utf8CString)
    guard let folder = mkdtemp(&template) else { throw Errno(rawValue: errno) }
    let path = FilePath(String(cString: folder))
    defer {
        unlink(path.appending("s").string)
        rmdir(path.string)
    }
    return try await body(path.appending("s"))
}

private func exists(_ path: FilePath) -> Bool { access(path.string, F_OK) == 0 }

@Suite struct `Sockets in the file system` {
    @Test func `link programs one after another and at the same time`() async throws {
        try await withPath { path in
            try await within {
                let listener = try UnixSocketListener(at: path)
                let service = RPCService("adder") { RPCExport("add") { (a: Int, b: Int) in a + b } }
                let serving = Task {
                    try await withThrowingDiscardingTaskGroup { group in
                        while let transport = try await listener.accept() {
                            let role = try ImJoyPluginRole(name: "Adder")
                            group.addTask {
                                try await RPCConnection(over: transport, as: role, exporting: service).run()
                            }
                        }
                    }
                }
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<8 {
                        group.addTask {
                            try await withRPCConnection(
                                over: try PipeTransport(connectingTo: path),
                                as: ImJoyCoreRole(name: "Caller", type: "rpc-worker"), exporting: RPCService("api") {}
                            ) { try await $0.remoteInterface().add(number, 1) }
                        }
                    }
                    var sum = 0
                    for try await result in group { sum += result }
                    #expect(sum == 36)
                }
                listener.close()
                try await serving.value
                #expect(try await listener.accept() == nil)
                #expect(!exists(path))
            }
        }
    }

    @Test func `are for their own user, and one at a time for a place`() async throws {
        try await withPath { path in
            let listener = try UnixSocketListener(at: path)
            var information = stat()
            #expect(lstat(path.string, &information) == 0)
            #expect(information.st_mode & 0o777 == 0o600)
            let taken = #expect(throws: RPCError.self) { try UnixSocketListener(at: path) }
            #expect(taken?.code == .refused)
            #expect(exists(path))
            listener.close()
            listener.close()
            #expect(!exists(path))
        }
    }

    @Test func `replace what a program has left that is gone, and leave the file of a successor`() async throws {
        try await withPath { path in
            let first = try UnixSocketListener(at: path)
            let moved = FilePath(path.string + "2")
            #expect(rename(path.string, moved.string) == 0)
            let second = try UnixSocketListener(at: path)
            first.close()
            #expect(exists(path))
            second.close()
            #expect(!exists(path))
            unlink(moved.string)
        }
        try await withPath { path in
            try listenAndForget(path)
            let error = #expect(throws: RPCError.self) { try PipeTransport(connectingTo: path) }
            #expect(error?.code == .disconnected)
            let second = try UnixSocketListener(at: path)
            #expect(exists(path))
            second.close()
        }
    }

    /// Leaves the file of a socket that nobody listens at.
    private func listenAndForget(_ path: FilePath) throws {
        let kept = FilePath(path.string + "2")
        do {
            let listener = try UnixSocketListener(at: path)
            #expect(rename(path.string, kept.string) == 0)
            withExtendedLifetime(listener) {}
        }
        #expect(rename(kept.string, path.string) == 0)
    }

    @Test func `need a path that is short enough and a folder that is there`() async throws {
        let long = FilePath("/tmp/" + String(repeating: "x", count: 200))
        for make in [{ _ = try UnixSocketListener(at: long) }, { _ = try PipeTransport(connectingTo: long) }] {
            let error = #expect(throws: RPCError.self) { try make() }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.contains("205") == true)
        }
        #expect(throws: Errno.noSuchFileOrDirectory) { try UnixSocketListener(at: "/nowhere/to/be/found/s") }
        let missing = #expect(throws: RPCError.self) { try PipeTransport(connectingTo: "/nowhere/to/be/found/s") }
        #expect(missing?.code == .disconnected)
        // What is no socket is not replaced.
        try await withPath { path in
            let file = try FileDescriptor.open(path, .writeOnly, options: [.create], permissions: .ownerReadWrite)
            try file.close()
            #expect(throws: Errno.addressInUse) { try UnixSocketListener(at: path) }
            #expect(exists(path))
        }
    }

    @Test func `stop waiting when the task is cancelled`() async throws {
        try await withPath { path in
            try await within {
                let listener = try UnixSocketListener(at: path)
                let waiting = Task { try await listener.accept() }
                waiting.cancel()
                #expect(try await waiting.value == nil)
                #expect(!exists(path))
            }
        }
    }
}
