#if canImport(Glibc)
    internal import Glibc
#endif
internal import Subprocess
internal import Synchronization
internal import SystemPackage

/// Asks short questions of programs that may be anything: it never waits longer than its limit, nor for grandchildren.
enum ProgramProbe {
    struct Answer: Sendable {
        /// Standard output, as lines; at most a megabyte.
        var lines: [String] = []
        var isSuccess = false
        /// The program was ended because it took too long.
        var isLate = false
    }

    private final class State: Sendable {
        let group = Atomic<Int32>(0)
        let isLate = Atomic(false)
    }

    /// Runs a program without input; its standard error is dropped.
    static func run(_ program: FilePath, _ arguments: [String], limit: Duration) async throws -> Answer {
        let pipe = try FileDescriptor.pipe(options: .closeOnExec)
        defer { try? pipe.readEnd.close() }
        PipeCapacity.enlarge(pipe.readEnd)
        let state = State()
        let writeEnd = pipe.writeEnd
        let status: Subprocess.TerminationStatus? = try await withThrowingTaskGroup(
            of: Subprocess.TerminationStatus?.self
        ) { tasks in
            tasks.addTask { () -> Subprocess.TerminationStatus? in
                var options = PlatformOptions()
                // A session of its own, so that all of it can be ended together.
                options.createSession = true
                options.teardownSequence = []
                return try await Subprocess.run(
                    .path(program), arguments: Arguments(arguments), platformOptions: options, input: .none,
                    output: .fileDescriptor(writeEnd, closeAfterSpawningProcess: true), error: .discarded
                ) { execution in
                    state.group.store(Int32(execution.processIdentifier.value), ordering: .relaxed)
                }.terminationStatus
            }
            tasks.addTask {
                try await Task.sleep(for: limit)
                state.isLate.store(true, ordering: .relaxed)
                let leader = state.group.load(ordering: .relaxed)
                if leader > 1 { kill(-leader, SIGKILL) }
                return nil
            }
            var status: Subprocess.TerminationStatus?
            do {
                status = try await tasks.next() ?? nil
            } catch {
                tasks.cancelAll()
                try Task.checkCancellation()
                throw HostError(.environment, "\(program) cannot be run: \(error)")
            }
            // The killed program still has to be waited for.
            if status == nil { status = try? await tasks.next() ?? nil }
            tasks.cancelAll()
            return status
        }
        try Task.checkCancellation()
        return Answer(
            lines: available(pipe.readEnd), isSuccess: status?.isSuccess == true,
            isLate: state.isLate.load(ordering: .relaxed))
    }

    /// What has been written so far; a grandchild that holds the pipe open is not waited for.
    private static func available(_ descriptor: FileDescriptor) -> [String] {
        var bytes: [UInt8] = []
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
            while bytes.count < 1 << 20 {
                var watched = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
                guard poll(&watched, 1, 0) == 1, let count = try? descriptor.read(into: buffer), count > 0 else {
                    break
                }
                bytes.append(contentsOf: buffer[..<count])
            }
        }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }
}
