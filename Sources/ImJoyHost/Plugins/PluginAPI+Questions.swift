internal import ImJoyCore
internal import ImJoyRPC
internal import OrderedCollections

/// Asking people: prompts, dialogs, files and windows. The front end answers.
extension PluginAPI {
    var questions: [RPCExport] {
        [
            RPCExport(raw: "prompt") { arguments in
                let proposal = arguments[1].isNull ? arguments.option("placeholder") : arguments[1]
                return try await ask(
                    "prompt",
                    .prompt(
                        title: arguments.option("title").stringValue, text: Self.content(arguments),
                        proposal: proposal.isNull ? nil : Self.plainText(proposal)))
            },
            RPCExport(raw: "confirm") { arguments in
                try await ask(
                    "confirm",
                    .confirm(title: arguments.option("title").stringValue, text: Self.content(arguments)))
            },
            RPCExport(raw: "showDialog") { arguments in try await showDialog(arguments) },
            RPCExport(raw: "showFileDialog") { arguments in try await showFileDialog(arguments) },
            RPCExport(raw: "createWindow") { arguments in
                try await ask("createWindow", Self.window(arguments))
            },
            // There are no windows that this host has opened, so none is found.
            RPCExport(raw: "getWindow") { _ in .null },
            RPCExport(raw: "exportFile") { arguments in
                let name = arguments[1].stringValue ?? arguments.option("name").stringValue ?? "file_export"
                return try await ask("exportFile", .export(name: name, content: arguments[0]))
            },
        ]
    }

    /// The pickers of browsers, which return handles of open files.
    var pickers: [RPCExport] {
        ["showOpenFilePicker", "showSaveFilePicker", "showDirectoryPicker"].map { function in
            RPCExport(raw: function) { _ in
                throw RPCError(
                    .refused,
                    "`api.utils.\(function)` needs a browser, and this host has none; `api.showFileDialog` gives paths")
            }
        }
    }

    private func ask(_ function: String, _ kind: HostRequest.Kind) async throws -> RPCValue {
        try await frontEnd.answer(HostRequest(plugin: name, function: function, kind: kind))
    }

    /// The text of a question, given plainly or as `content`.
    private static func content(_ arguments: RPCArguments) -> String {
        let content = arguments.option("content")
        if !content.isNull { return plainText(content) }
        return arguments.positional.first?.stringValue ?? ""
    }

    /// A value of the first argument when that is a mapping, or of the keywords.
    private static func option(_ name: String, _ arguments: RPCArguments) -> RPCValue {
        arguments.named[name] ?? arguments[0][name]
    }

    private static func window(_ arguments: RPCArguments) -> HostRequest.Kind {
        let type = arguments[0].stringValue ?? option("type", arguments).stringValue ?? "imjoy/generic"
        return .window(type: type, arguments.named.isEmpty ? arguments[0] : .object(arguments.named))
    }

    private func showDialog(_ arguments: RPCArguments) async throws -> RPCValue {
        let type = Self.option("type", arguments).stringValue
        let form = Self.option("ui", arguments)
        guard type == nil || type == "joy" || type == "imjoy/joy", !form.isNull else {
            return try await ask("showDialog", Self.window(arguments))
        }
        let title = Self.option("title", arguments).stringValue ?? Self.option("name", arguments).stringValue
        return try await ask("showDialog", .form(title: title, PluginUI(markup: Self.markup(form))))
    }

    /// A form may be markup, a list of pieces of it, or mappings of labels to fields.
    static func markup(_ form: RPCValue) -> String {
        switch form {
        case .array(let pieces): return pieces.map { markup($0) + "<br>" }.joined()
        case .object(let fields):
            return fields.map { label, field in
                let text = field.stringValue ?? ManifestValue(field, array: { _ in .null })?.json() ?? ""
                return "\(label): \(text)"
            }.joined(separator: "<br>")
        default: return form.stringValue ?? ""
        }
    }

    /// The chosen files in the form that plugins of this one's API level expect.
    private func showFileDialog(_ arguments: RPCArguments) async throws -> RPCValue {
        let mode = Self.option("mode", arguments).stringValue ?? "single|multiple"
        let answer = try await ask(
            "showFileDialog",
            .files(
                title: Self.option("title", arguments).stringValue, root: Self.option("root", arguments).stringValue,
                folders: Self.option("type", arguments).stringValue == "directory",
                multiple: mode.split(separator: "|").contains("multiple")))
        guard let paths = answer.arrayValue?.compactMap(\.stringValue) else {
            throw RPCError(.invalidArgument, "the front end answered with \(answer.kindName), not with a list of paths")
        }
        let chosen = mode == "single" ? Array(paths.prefix(1)) : paths
        return try Self.selection(
            chosen, apiVersion: manifest.apiVersion, isObject: Self.option("return_object", arguments).boolValue)
    }

    static func selection(_ paths: [String], apiVersion: PluginVersion, isObject: Bool?) throws -> RPCValue {
        let texts = paths.map { RPCValue.string($0) }
        if apiVersion >= "0.1.8" {
            return .array(texts.map { ["path": $0, "file_manager": nil] })
        }
        if isObject ?? (apiVersion > "0.1.3") {
            guard let first = texts.first else { return .null }
            return ["path": texts.count == 1 ? first : .array(texts), "file_manager": nil]
        }
        guard let first = texts.first else { throw RPCError(.cancelled, "no file was chosen") }
        return texts.count == 1 ? first : .array(texts)
    }
}
