internal import ComplexModule
internal import Foundation
internal import ImJoyCore
internal import SystemPackage

/// The repository, found from this file.
let repositoryRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

/// A folder that is removed when it goes.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "imjoy-image-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> FilePath { FilePath(url.appending(path: name).path) }
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }
}

/// The Python with numpy, tifffile, imagecodecs and Pillow that the comparisons run.
enum TestPython {
    struct Failure: Error, CustomStringConvertible { var description: String }

    static func executable() throws -> URL {
        let environment = ProcessInfo.processInfo.environment
        let url =
            environment["IMJOY_TEST_PYTHON"].map { URL(fileURLWithPath: $0) }
            ?? repositoryRoot.appending(path: ".venv/bin/python3")
        guard FileManager.default.isExecutableFile(atPath: url.path) else {
            throw Failure(
                description: "no Python at \(url.path): run `make setup`, or set IMJOY_TEST_PYTHON to one that has "
                    + "numpy 2.4.6, tifffile 2026.3.3, imagecodecs 2026.3.6 and pillow 13.0.0")
        }
        return url
    }

    /// Runs a script of Tests/Python and returns what it printed; throws its error output when it fails.
    @discardableResult
    static func run(_ script: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = try executable()
        process.arguments = [repositoryRoot.appending(path: "Tests/Python/\(script)").path] + arguments
        let output = Pipe()
        let errors = FileManager.default.temporaryDirectory.appending(path: "imjoy-python-\(UUID().uuidString).log")
        _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: errors) }
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let text = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
            throw Failure(
                description: "\(script) failed with status \(process.terminationStatus): \(text.suffix(2000))")
        }
        return String(decoding: printed, as: UTF8.self)
    }
}

/// The elements as texts that are equal exactly when the values are.
struct ElementTexts: NDArrayVisitor {
    static func of(_ array: AnyNDArray) -> [String] {
        var visitor = ElementTexts()
        return array.visit(&visitor)
    }

    func visit<T: NDElement>(_ array: NDArray<T>) -> [String] {
        switch array.elements {
        case let elements as [Bool]: elements.map { $0 ? "1" : "0" }
        case let elements as [Float16]: elements.map { Self.text(Double($0)) }
        case let elements as [Float]: elements.map { Self.text(Double($0)) }
        case let elements as [Double]: elements.map(Self.text)
        case let elements as [Complex<Float>]:
            elements.flatMap { [Double($0.real), Double($0.imaginary)].map(Self.text) }
        case let elements as [Complex<Double>]: elements.flatMap { [$0.real, $0.imaginary].map(Self.text) }
        case let elements: elements.map { "\($0)" }
        }
    }

    static func text(_ value: Double) -> String { value == 0 ? "0.0" : "\(value)" }
}

/// A generator with a seed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
