/// A plugin's form: text with fields in it.
///
/// ```swift
/// let ui = PluginUI(markup: "Radius: {id: 'sigma', type: 'number', min: 0, placeholder: 1.5} px")
/// let config = try ui.config(op: "Blur", overrides: [("sigma", "2.5")])
/// print(config)       // {"type":"Blur","sigma":2.5}
/// ```
public struct PluginUI: Sendable {
    /// A piece of the form.
    public enum Item: Sendable {
        /// HTML text.
        case text(String)
        /// A field.
        case widget(UIWidget)
    }

    /// The whole form as one string, in which each `{…}` is a field.
    public let markup: String
    /// Texts and fields, in order.
    public let items: [Item]
    let problems: [SourceProblem]

    /// An empty form.
    public init() {
        markup = ""
        items = []
        problems = []
    }

    /// Takes markup apart; see ``diagnostics`` for what is wrong with it.
    public init(markup: String) {
        self.init(UIMarkup(markup))
    }

    init(_ markup: UIMarkup) {
        var parser = UIParser(markup)
        items = parser.parse()
        problems = parser.problems
        self.markup = String(decoding: markup.bytes, as: UTF8.self)
    }

    /// The fields, in order.
    public var widgets: [UIWidget] {
        items.compactMap { if case .widget(let widget) = $0 { widget } else { nil } }
    }

    /// What is wrong with markup that was given as a string, at places in that string.
    public var diagnostics: [ManifestDiagnostic] {
        ManifestDiagnostic.list(problems, in: SourceText(markup, name: "ui"))
    }
}

extension PluginUI: Equatable {
    public static func == (left: PluginUI, right: PluginUI) -> Bool { left.markup == right.markup }
}

extension PluginUI {
    /// The value of `ctx.config` for a run without a screen.
    ///
    /// It holds `type`, the op's key, then for each field its default or the value that `overrides` gives it. Texts
    /// are read by the kind of field: a number must be one, a choice must be an option's value or label.
    /// Throws a ``UIConfigError`` that names every override which does not fit.
    public func config(
        op: String, overrides: [(id: String, text: String)] = []
    ) throws(UIConfigError) -> ManifestValue {
        var config = ManifestObject([ManifestObject.Entry("type", ManifestValue(op))])
        let widgets = widgets.filter { $0.id != nil }
        for widget in widgets {
            if let id = widget.id, let value = widget.defaultValue { config[id] = value }
        }
        var problems: [UIConfigError.Problem] = []
        for (id, text) in overrides {
            guard let widget = widgets.last(where: { $0.id == id }) else {
                problems.append(unknown(id, widgets.compactMap(\.id)))
                continue
            }
            do {
                config[id] = try widget.value(of: text)
            } catch {
                problems.append(error)
            }
        }
        guard problems.isEmpty else { throw UIConfigError(problems: problems) }
        // In the order of the form, whatever was set first.
        let order = ["type"] + widgets.compactMap(\.id)
        return ManifestValue(
            ManifestObject(order.compactMap { key in config[key].map { ManifestObject.Entry(key, $0) } }))
    }

    private func unknown(_ id: String, _ ids: [String]) -> UIConfigError.Problem {
        let known = ids.isEmpty ? "the plugin has no settings" : "the settings are \(NameList.text(ids))"
        return UIConfigError.Problem(
            id: id, message: "there is no setting `\(id)`; \(known)",
            hint: NearestName.find(id, in: ids).map { "did you mean `\($0)`?" })
    }
}

/// Why values given for a form do not fit it.
public struct UIConfigError: Error, Sendable, CustomStringConvertible {
    /// One value that does not fit.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        /// The field's id, as given.
        public let id: String
        /// A sentence that says what is wrong with which value.
        public let message: String
        /// What to write instead.
        public let hint: String?

        public var description: String { message + (hint.map { " (\($0))" } ?? "") }
    }

    /// All values that do not fit.
    public let problems: [Problem]

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
