/// A dotted version, compared part by part as numbers.
///
/// A part counts up to its first character that is no digit, and as 0 when it starts with none; missing parts are 0.
/// So `0.1.10` comes after `0.1.9`, and `1.0.0-beta` equals `1`.
public struct PluginVersion: Sendable {
    /// The version as written.
    public let text: String
    /// The parts as numbers, without zeros at the end.
    public let components: [Int]

    /// Makes a version of any text.
    public init(_ text: String) {
        self.text = text
        var components = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(
            Self.number)
        while components.last == 0 { components.removeLast() }
        self.components = components
    }

    private static func number(_ part: Substring.UTF8View) -> Int {
        var value = 0
        for byte in part.drop(while: { $0 == 0x20 }) {
            guard byte.isDigit else { break }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, more) = product.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            if overflow || more { return .max }
            value = sum
        }
        return value
    }
}

extension PluginVersion: Comparable, Hashable {
    public static func == (left: PluginVersion, right: PluginVersion) -> Bool { left.components == right.components }
    public static func < (left: PluginVersion, right: PluginVersion) -> Bool {
        left.components.lexicographicallyPrecedes(right.components)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(components) }
}

extension PluginVersion: CustomStringConvertible, ExpressibleByStringLiteral {
    public var description: String { text }
    /// A version written in source.
    public init(stringLiteral value: String) { self.init(value) }
}
