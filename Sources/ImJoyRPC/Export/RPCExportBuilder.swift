/// The braces of a service: one export after another, with `if` and `for`.
@resultBuilder
public enum RPCExportBuilder {
    /// One export.
    public static func buildExpression(_ export: RPCExport) -> [RPCExport] { [export] }
    /// Exports made elsewhere.
    public static func buildExpression(_ exports: [RPCExport]) -> [RPCExport] { exports }
    /// Exports one after another.
    public static func buildBlock(_ parts: [RPCExport]...) -> [RPCExport] { parts.flatMap(\.self) }
    /// An `if` without an `else`.
    public static func buildOptional(_ part: [RPCExport]?) -> [RPCExport] { part ?? [] }
    /// The first branch of an `if`.
    public static func buildEither(first part: [RPCExport]) -> [RPCExport] { part }
    /// The other branch of an `if`.
    public static func buildEither(second part: [RPCExport]) -> [RPCExport] { part }
    /// A `for` loop.
    public static func buildArray(_ parts: [[RPCExport]]) -> [RPCExport] { parts.flatMap(\.self) }
}
