#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
package import ImJoyRPC
package import SystemPackage

/// Recordings of real peers: `Tests/Vectors`, or the folder that IMJOY_VECTORS names.
package enum Vectors {
    package static func text(_ name: String, testFile: String = #filePath) throws -> String {
        let folder =
            getenv("IMJOY_VECTORS").map { FilePath(String(cString: $0)) }
            ?? FilePath(testFile).removingLastComponent().removingLastComponent().appending("Vectors")
        return try read(folder.appending(FilePath(name).components))
    }

    /// The text of a file.
    package static func read(_ path: FilePath) throws -> String {
        let descriptor = try FileDescriptor.open(path, .readOnly)
        defer { try? descriptor.close() }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    /// The list `vectors` of a file.
    package static func list(_ name: String) throws -> [RPCValue] {
        try TypedJSON.parse(try text(name))["vectors"].arrayValue ?? []
    }

    /// The lines of a transcript.
    package static func transcript(_ name: String) throws -> [RPCValue] {
        try text(name).split(separator: "\n").map { try TypedJSON.parse($0) }
    }
}

/// Counts cases and remembers which ones failed.
package struct Tally {
    package private(set) var passed = 0
    package private(set) var failures: [String] = []
    package private(set) var leftOut: [String] = []

    package init() {}

    package mutating func compare(_ name: String, _ found: String, _ wanted: String) {
        if found == wanted { return passed += 1 }
        failures.append("\(name)\n  found  \(found)\n  wanted \(wanted)")
    }

    package mutating func fail(_ name: String, _ reason: String) { failures.append("\(name)\n  \(reason)") }

    /// Remembers a case that cannot be tried, with the reason.
    package mutating func leaveOut(_ name: String, _ reason: String) { leftOut.append("\(name): \(reason)") }

    /// Prints the count, each failing case, and what could not be tried.
    package func report(_ title: String, group: String = "v1") {
        print("\(group): \(passed) passed, \(failures.count) failed (\(title))")
        for failure in failures { print("\(group) failing: \(failure)") }
        for reason in leftOut { print("\(group) left out: \(reason)") }
    }
}
