#if canImport(Glibc)
    internal import Glibc
#endif
internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections

/// Results for people.
enum TextOutput {
    /// Rows of a table that are shown on a terminal before it is cut.
    private static let shownRows = 20

    /// A plugin's result as lines: lists of mappings as tables, everything else as `name: value`.
    static func lines(_ result: RPCValue) -> [String] {
        var lines: [String] = []
        describe(result, name: "", into: &lines)
        // An object of functions alone is a result as well.
        if lines.isEmpty, !result.isNull { lines = [result.description] }
        return lines
    }

    private static func describe(_ value: RPCValue, name: String, into lines: inout [String]) {
        let label = name.isEmpty ? "" : "\(name): "
        switch value {
        case .null where name.isEmpty: break
        case .function where !name.isEmpty: break
        case .tagged(_, let members) where members["_rvalue"] != nil:
            describe(members["_rvalue"] ?? .null, name: name, into: &lines)
        case .object(let members), .tagged(_, let members):
            for (key, member) in members { describe(member, name: name.isEmpty ? key : "\(name).\(key)", into: &lines) }
        case .remote(let object): describe(.object(object.members), name: name, into: &lines)
        case .array(let rows) where !rows.isEmpty && rows.allSatisfy({ $0.objectValue != nil }):
            lines.append("\(label)\(rows.count) rows")
            lines += table(rows.compactMap(\.objectValue)).map { "  " + $0 }
        case .ndarray(let array) where array.plainNumber == nil:
            lines.append("\(label)\(array.dtype) array of shape \(array.shape)")
        default: lines.append(label + cell(value))
        }
    }

    private static func table(_ rows: [RPCObject]) -> [String] {
        let limit = isatty(STDOUT_FILENO) == 1 ? shownRows : .max
        var columns: OrderedSet<String> = []
        for row in rows { columns.formUnion(row.keys) }
        let shown = rows.prefix(limit)
        let cells = shown.map { row in columns.map { row[$0].map(cell) ?? "" } }
        let isNumeric = columns.map { column in shown.allSatisfy { $0[column].map(isNumber) ?? false } }
        let widths = columns.indices.map { index in
            max(columns[index].count, cells.map { $0[index].count }.max() ?? 0)
        }
        func line(_ texts: [String]) -> String {
            texts.indices.map { index in
                let space = String(repeating: " ", count: widths[index] - texts[index].count)
                return isNumeric[index] ? space + texts[index] : texts[index] + space
            }.joined(separator: "  ").trimmingTrailingSpaces
        }
        var lines = [line(Array(columns))] + cells.map(line)
        if rows.count > shown.count {
            lines.append("… \(rows.count - shown.count) more rows; pipe the output or use --json to see all")
        }
        return lines
    }

    private static func isNumber(_ value: RPCValue) -> Bool {
        value.doubleValue != nil || value.ndarrayValue?.plainNumber?.number != nil
    }

    private static func cell(_ value: RPCValue) -> String {
        switch value {
        case .double(let number): shortened(number)
        case .string(let text): text
        case .null: "-"
        case .ndarray(let array):
            array.plainNumber.map { $0.json() } ?? "\(array.dtype) \(array.shape)"
        default: value.description
        }
    }

    /// Six significant digits at most, which is what a person reads.
    static func shortened(_ number: Double) -> String {
        guard number.isFinite, number != 0, number.rounded() != number else {
            return number.rounded() == number && number.magnitude < 1e15 ? String(Int(number)) : "\(number)"
        }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
            withVaList([number]) { _ = vsnprintf(buffer.baseAddress, 32, "%.6g", $0) }
            return String(cString: buffer.baseAddress!)
        }
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
