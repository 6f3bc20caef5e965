/// The braces of a service: one export after another, with `if` and `for`.
@resultBuilder
public enum RPCExportBuilder {
    public static func buildExpression(_ export: RPCExport) -> [RPCExport] { [export] }
    public static func buildExpression(_ exports: [RPCExport]) -> [RPCExport] { exports }
    public static func buildBlock(_ parts: [RPCExport]...) -> [RPCExport] { parts.flatMap(\.self) }
    public static func buildOptional(_ part: [RPCExport]?) -> [RPCExport] { part ?? [] }
    public static func buildEither(first part: [RPCExport]) -> [RPCExport] { part }
    public static func buildEither(second part: [RPCExport]) -> [RPCExport] { part }
    public static func buildArray(_ parts: [[RPCExport]]) -> [RPCExport] { parts.flatMap(\.self) }
}
