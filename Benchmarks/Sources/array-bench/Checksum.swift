internal import ComplexModule
internal import ImJoyCore

/// The order-sensitive checksum that peers/README.md describes, by which two programs see that they did the same work.
struct Checksum {
    var sum = 0.0
    var magnitudes = 0.0
    var weighted = 0.0
    var nonfinite = 0
    /// Only for whole numbers and truth values.
    var code: UInt64?
    private var count = 0

    /// The checksum of one result or of each of several.
    static func json(_ answer: Answer) throws -> String {
        switch answer {
        case .list(let all): return "[\(try all.map { try json($0) }.joined(separator: ", "))]"
        case .columns(let all):
            return "{\(try all.map { "\"\($0)\": \(try json($1))" }.joined(separator: ", "))}"
        default: return try Checksum(answer).json
        }
    }

    init(_ answer: Answer) throws {
        switch answer {
        case .regions, .list, .columns: preconditionFailure("the checksum of several results is several checksums")
        case .number(let value): add(value)
        case .whole(let value): add(whole: Int64(value))
        case .array(let array):
            if array.dtype.isInteger || array.dtype == .bool {
                for value in try array.cast(to: Int64.self, overflow: .wrap).elements { add(whole: value) }
            } else if array.dtype.isComplex {
                // Real and imaginary parts in turns.
                for value in try array.cast(to: Complex<Double>.self).elements {
                    add(value.real)
                    add(value.imaginary)
                }
            } else {
                for value in try array.cast(to: Double.self).elements { add(value) }
            }
        }
    }

    private mutating func add(whole value: Int64) {
        code = (code ?? 0) &+ UInt64(bitPattern: value) &* (2 &* UInt64(count) &+ 1)
        add(Double(value))
    }

    private mutating func add(_ value: Double) {
        let weight = Double((UInt64(count) &* 2_654_435_761) & 0xFFFF_FFFF) * 0x1p-32
        count += 1
        guard value.isFinite else { return nonfinite += 1 }
        sum += value
        magnitudes += abs(value)
        weighted += value * weight
    }

    var json: String {
        var fields = ["\"sum\": \(sum)", "\"abs\": \(magnitudes)", "\"wsum\": \(weighted)"]
        if let code {
            let digits = String(code, radix: 16)
            fields.append("\"crc\": \"\(String(repeating: "0", count: 16 - digits.count))\(digits)\"")
        }
        if nonfinite > 0 { fields.append("\"nonfinite\": \(nonfinite)") }
        return "{\(fields.joined(separator: ", "))}"
    }
}
