/// A link that opens the ImJoy app, or its small sister, with a plugin, a workspace and the like.
///
/// All parameters are kept in order, those without a meaning too: plugins read them. Parameters that have two names
/// are found by either.
///
/// ```swift
/// var link = try AppLink("https://imjoy.io/#/app?p=lab/plugins:Blur@GPU&sample=7")
/// link.workspace = "demo"
/// print(link)     // https://imjoy.io/#/app?p=lab/plugins:Blur@GPU&sample=7&workspace=demo
/// ```
public struct AppLink: Sendable, Hashable {
    /// One `name=value` of a link.
    public struct Parameter: Sendable, Hashable {
        /// The name, decoded.
        public var name: String
        /// Decoded; nil when the link has no `=` after the name.
        public var value: String?

        /// Makes a parameter.
        public init(name: String, value: String?) {
            self.name = name
            self.value = value
        }
    }

    /// The address before the `?`.
    public let base: String
    /// The lite app, which loads and runs a plugin without asking.
    public let isLite: Bool
    /// Everything after the `?`, in order.
    public var parameters: [Parameter]

    /// A link to the app without parameters.
    public static let app = AppLink(base: "https://imjoy.io/#/app", isLite: false)
    /// A link to the lite app without parameters.
    public static let lite = AppLink(base: "https://imjoy.io/lite", isLite: true)

    private init(base: String, isLite: Bool) {
        (self.base, self.isLite, parameters) = (base, isLite, [])
    }

    /// Reads a link of the app, `https://HOST/#/app?…`, or of the lite app, `https://HOST/lite?…`.
    ///
    /// Throws a ``ReferenceError`` for any other text.
    public init(_ text: String) throws(ReferenceError) {
        let text = text.trimmingSpaces
        guard let address = WebAddress(text) else {
            throw ReferenceError(.malformed, "`\(text.shortened)` is not an http:// or https:// address")
        }
        let query: String?
        var bare = address
        if let fragment = address.fragment {
            let parts = fragment.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts[0] == "/app" || parts[0] == "/app/" else { throw Self.noLink(text) }
            bare.fragment = parts[0]
            query = parts.count == 2 ? parts[1] : nil
            isLite = false
        } else {
            guard address.components.last == "lite" else { throw Self.noLink(text) }
            bare.query = nil
            query = address.query
            isLite = true
        }
        base = bare.text
        parameters = (query ?? "").split(separator: "&").map(Self.parameter)
    }

    private static func noLink(_ text: String) -> ReferenceError {
        ReferenceError(
            .malformed,
            "`\(text.shortened)` does not open the app: its links are https://imjoy.io/#/app?… and "
                + "https://imjoy.io/lite?…")
    }

    private static func parameter(_ text: Substring) -> Parameter {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = PercentCoding.decode(parts[0], plusIsSpace: true)
        guard parts.count == 2 else { return Parameter(name: name, value: nil) }
        guard name == "workflow" else {
            return Parameter(name: name, value: PercentCoding.decode(parts[1], plusIsSpace: true))
        }
        // `+` is a letter of the code in which workflows are written, and mail programs make spaces of it.
        let value = PercentCoding.decode(parts[1])
        return Parameter(name: name, value: String(value.map { $0 == " " ? "+" : $0 }))
    }
}

extension AppLink: CustomStringConvertible {
    /// The link as text; reading it gives the same link.
    public var description: String {
        guard !parameters.isEmpty else { return base }
        let texts = parameters.map { parameter in
            let name = PercentCoding.encode(parameter.name, .queryValue)
            guard let value = parameter.value else { return name }
            return name + "="
                + (parameter.name == "workflow"
                    ? value.split(separator: "+", omittingEmptySubsequences: false)
                        .map { PercentCoding.encode(String($0), .queryValue) }.joined(separator: "+")
                    : PercentCoding.encode(value, .queryValue))
        }
        return base + "?" + texts.joined(separator: "&")
    }
}
