internal import Foundation
internal import ImJoyCore
internal import ImJoyTestSupport
internal import SystemPackage
internal import Testing

/// Small files with the array that each must give, made with NumPy and tifffile.
@Suite struct ImageVectorTests {
    private static var folder: URL {
        let root =
            ProcessInfo.processInfo.environment["IMJOY_VECTORS"].map { URL(fileURLWithPath: $0) }
            ?? repositoryRoot.appending(path: "Tests/Vectors")
        return root.appending(path: "ndarray/files")
    }

    @Test(.enabled(if: VectorFiles.holds("ndarray/files/index.json")))
    func `every vector file gives the array it should, or the refusal`() throws {
        let index = try JSONSerialization.jsonObject(with: Data(contentsOf: Self.folder.appending(path: "index.json")))
        let cases = try #require((index as? [String: Any])?["files"] as? [[String: Any]])
        #expect(cases.count >= 22 || !VectorFiles.areOurs)
        var failures: [String] = []
        for entry in cases {
            let name = try #require(entry["file"] as? String)
            let expectation = try #require(entry["expect"] as? [String: Any])
            if let problem = Self.problem(name, expectation) { failures.append("\(name): \(problem)") }
        }
        print("ndarray/files: \(cases.count - failures.count) passed, \(failures.count) failed")
        for failure in failures { print("  \(failure)") }
        #expect(failures.isEmpty)
    }

    /// What is wrong with our reading of a file, nil when nothing is.
    private static func problem(_ name: String, _ expectation: [String: Any]) -> String? {
        let path = FilePath(folder.appending(path: name).path)
        do throws(ImageError) {
            if let arrays = expectation["dict"] as? [String: [String: Any]] {
                let read = try NPZFile(contentsOf: path)
                guard Set(read.names) == Set(arrays.keys) else { return "names \(read.names)" }
                for (key, expected) in arrays {
                    if let problem = difference(try read.array(named: key), expected) { return "\(key): \(problem)" }
                }
                return nil
            }
            let image = try Image(contentsOf: path)
            if let kind = expectation["error"] { return "\(kind) expected, read \(image)" }
            return difference(image.pixels, expectation)
        } catch {
            switch expectation["error"] as? String {
            case "unsupported dtype": return error.code == .unsupported ? nil : "refused with \(error)"
            case "truncated": return error.code == .truncated ? nil : "refused with \(error)"
            default: return "refused: \(error)"
            }
        }
    }

    private static func difference(_ array: AnyNDArray, _ expected: [String: Any]) -> String? {
        guard let dtype = (expected["dtype"] as? String).flatMap({ DType.parse(numPy: $0)?.dtype }),
            let shape = expected["shape"] as? [Int], let data = expected["data"] as? [Any]
        else { return "the expectation cannot be read" }
        guard array.dtype == dtype, array.shape == shape else { return "\(array.dtype) \(array.shape)" }
        let isWhole = dtype.isInteger || dtype == .bool
        let wanted = data.map { item -> String in
            if isWhole { return (item as? NSNumber)?.stringValue ?? "?" }
            let value = (item as? NSNumber)?.doubleValue ?? (item as? String).flatMap { Double($0) } ?? .nan
            // The digits are the fewest that give the value back in its own type.
            switch dtype {
            case .float16: return ElementTexts.text(Double(Float16(value)))
            case .float32, .complex64: return ElementTexts.text(Double(Float(value)))
            default: return ElementTexts.text(value)
            }
        }
        let found = ElementTexts.of(array)
        guard found == wanted else {
            let first = zip(found, wanted).enumerated().first { $1.0 != $1.1 }
            return "element \(first?.offset ?? -1) is \(first?.element.0 ?? "?"), not \(first?.element.1 ?? "?")"
        }
        return nil
    }
}
