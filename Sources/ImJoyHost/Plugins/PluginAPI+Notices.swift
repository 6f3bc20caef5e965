internal import ImJoyRPC
internal import OrderedCollections

/// Telling people: logs, notices, status and progress, in the order in which a plugin tells them.
extension PluginAPI {
    var notices: [RPCExport] {
        [
            RPCExport(inOrder: "log") { arguments in show(.log(plugin: name, Self.text(arguments))) },
            RPCExport(inOrder: "info") { arguments in show(.log(plugin: name, Self.text(arguments))) },
            RPCExport(inOrder: "warning") { arguments in show(.warning(plugin: name, Self.text(arguments))) },
            RPCExport(inOrder: "error") { arguments in show(.error(plugin: name, Self.text(arguments))) },
            RPCExport(inOrder: "critical") { arguments in show(.error(plugin: name, Self.text(arguments))) },
            RPCExport(inOrder: "alert") { arguments in show(.message(plugin: name, Self.notice(arguments))) },
            RPCExport(inOrder: "showMessage") { arguments in show(.message(plugin: name, Self.notice(arguments))) },
            RPCExport(inOrder: "showSnackbar") { arguments in show(.message(plugin: name, Self.notice(arguments))) },
            RPCExport(inOrder: "showStatus") { arguments in show(.status(plugin: name, Self.notice(arguments))) },
            RPCExport(inOrder: "showProgress") { arguments in try progress(arguments) },
            RPCExport(inOrder: "progress") { arguments in try progress(arguments) },
        ]
    }

    private func show(_ event: HostEvent) -> RPCValue {
        frontEnd.show(event)
        return .null
    }

    private func progress(_ arguments: RPCArguments) throws -> RPCValue {
        guard let fraction = Self.fraction(arguments[0]) else {
            throw RPCError(
                .invalidArgument, "progress is a number from 0 to 1 or a percentage, not \(arguments[0].kindName)")
        }
        return show(.progress(plugin: name, fraction))
    }

    /// Numbers below 1 are fractions, others percentages. A whole 1 is 1 %, as ever, but 1.0 means done.
    static func fraction(_ value: RPCValue) -> Double? {
        guard let number = value.doubleValue, number.isFinite else { return nil }
        if case .double(1) = value { return 1 }
        return min(max(number < 1 ? number : number / 100, 0), 1)
    }

    /// All arguments as one line.
    static func text(_ arguments: RPCArguments) -> String {
        let parts = arguments.positional.map(plainText)
        return (parts + arguments.named.map { "\($0.key)=\(plainText($0.value))" }).joined(separator: " ")
    }

    /// The text of a notice, which may be given plainly, as `content` or with a title.
    static func notice(_ arguments: RPCArguments) -> String {
        let parts = ["title", "content"].compactMap { name in
            let part = arguments.option(name)
            return part.isNull ? nil : plainText(part)
        }
        return parts.isEmpty ? arguments.positional.first.map(plainText) ?? "" : parts.joined(separator: ": ")
    }

    static func plainText(_ value: RPCValue) -> String { value.stringValue ?? value.description }
}
