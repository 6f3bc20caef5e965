internal import Foundation
internal import Testing

/// Runs the built `imjoy` as a person or a script would.
struct Program: Sendable {
    /// How a run ended and what it said.
    struct Outcome: Sendable {
        var status: Int32
        var output: String
        var errors: String

        /// The result as JSON, with numbers, texts, lists and mappings as Foundation has them.
        func json() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        }
    }

    /// The program in the folder that the tests were built into.
    static let path: String = {
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        for bundle in [Bundle.main.bundleURL] + Bundle.allBundles.map(\.bundleURL) {
            for candidate in [bundle, bundle.deletingLastPathComponent()] {
                let program = candidate.appendingPathComponent("imjoy").path
                if FileManager.default.isExecutableFile(atPath: program) { return program }
            }
        }
        return folder.appendingPathComponent("imjoy").path
    }()

    /// Where tests keep their environments, so that they are built once.
    static let home: String = {
        if let named = ProcessInfo.processInfo.environment["IMJOY_TEST_HOME"], !named.isEmpty { return named }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(".build-imjoy-home").path
    }()

    /// Found again in the environment of every process that the run starts.
    let mark = "imjoy-test-\(UUID().uuidString)"
    var variables: [String: String] = [:]
    var folder: String?

    func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.path)
        process.arguments = arguments
        process.environment = environment
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        return process
    }

    var environment: [String: String] {
        ProcessInfo.processInfo.environment
            .merging([
                "IMJOY_HOME": Self.home, "IMJOY_UV": "", "IMJOY_PLUGIN_MARK": mark, "SWIFT_BACKTRACE": "enable=no",
                "COLUMNS": "80",
            ]) { $1 }
            .merging(variables) { $1 }
    }

    /// Runs to the end.
    func run(_ arguments: String..., input: String = "") async throws -> Outcome {
        try await run(arguments, input: input)
    }

    func run(_ arguments: [String], input: String = "") async throws -> Outcome {
        try await Slots.shared.use {
            let process = process(arguments)
            let files = try (0..<3).map { _ in try TemporaryFile() }
            try Data(input.utf8).write(to: files[0].url)
            process.standardInput = try FileHandle(forReadingFrom: files[0].url)
            process.standardOutput = try FileHandle(forWritingTo: files[1].url)
            process.standardError = try FileHandle(forWritingTo: files[2].url)
            let status = try await process.end()
            return Outcome(status: status, output: try files[1].text(), errors: try files[2].text())
        }
    }
}

extension Process {
    /// Starts it and waits for its end without holding a thread.
    func end() async throws -> Int32 {
        try await withCheckedThrowingContinuation { continuation in
            terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try run() } catch { continuation.resume(throwing: error) }
        }
    }
}

/// A file that goes away with its last user.
final class TemporaryFile: Sendable {
    let url: URL

    init(_ suffix: String = "") throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("imjoy-\(UUID().uuidString)\(suffix)")
        try Data().write(to: url)
    }

    func text() throws -> String { String(decoding: try Data(contentsOf: url), as: UTF8.self) }

    deinit { try? FileManager.default.removeItem(at: url) }
}

/// A folder that goes away with its last user.
final class TemporaryFolder: Sendable {
    let url: URL
    var path: String { url.path }

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("imjoy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func file(_ name: String) -> String { url.appendingPathComponent(name).path }
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: url.appendingPathComponent(name))
        return file(name)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}

/// The processes of this machine.
enum Processes {
    /// Those whose environment holds `mark`.
    static func marked(_ mark: String) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(Int32.init).filter { number in
            guard let environment = FileManager.default.contents(atPath: "/proc/\(number)/environ") else {
                return false
            }
            return environment.range(of: Data(mark.utf8)) != nil
        }
    }

    /// How long it takes until none is left, at most `limit`.
    static func areGone(_ mark: String, within limit: Duration) async throws -> Bool {
        let end = ContinuousClock.now + limit
        while !marked(mark).isEmpty {
            if ContinuousClock.now > end { return false }
            try await Task.sleep(for: .milliseconds(20))
        }
        return true
    }
}

/// Lets a few programs run at one time, however many tests there are.
actor Slots {
    static let shared = Slots(3)
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    nonisolated func use<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        await take()
        let result: Result<R, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        await give()
        return try result.get()
    }

    private func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
