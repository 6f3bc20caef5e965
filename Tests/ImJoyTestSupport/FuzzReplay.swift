internal import Foundation
internal import ImJoyCore
public import ImJoyFuzzTargets

/// Runs a fuzz target on what a fuzzer has found, which is kept in `Fuzzing/FailCases`.
public struct FuzzReplay {
    /// How long one input took this thread.
    public struct Run {
        public var input: String
        public var seconds: Double
    }

    /// One run for each input, in the order of their names.
    public private(set) var runs: [Run] = []

    /// Runs `target` on every file of its folder, and on a few inputs that no target may fail at.
    public init(_ target: FuzzTarget) throws {
        // Not a default argument, which would be the path of whoever calls.
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fuzzing/FailCases/\(target.name)")
        var inputs: [(name: String, bytes: [UInt8])] = [
            ("nothing", []), ("a zero", [0]), ("zeros", [UInt8](repeating: 0, count: 4096)),
            ("ones", [UInt8](repeating: 0xff, count: 4096)), ("brackets", [UInt8](repeating: 0x5b, count: 65536)),
        ]
        if FileManager.default.fileExists(atPath: folder.path) {
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
                inputs.append((name, try [UInt8](Data(contentsOf: folder.appending(path: name)))))
            }
        }
        for (name, bytes) in inputs {
            let start = Self.threadSeconds()
            bytes.withUnsafeBytes(target.run)
            runs.append(Run(input: name, seconds: Self.threadSeconds() - start))
        }
    }

    /// The processor time of this thread: what other tests and programs do meanwhile does not count.
    private static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
