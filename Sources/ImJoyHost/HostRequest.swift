public import ImJoyCore
public import ImJoyRPC
internal import OrderedCollections

/// A question of a plugin that a person answers, or a program in their place.
public struct HostRequest: Sendable {
    /// What is asked for. More kinds may be added, so switch with a default.
    public enum Kind: Sendable {
        /// A line of text, with a proposal perhaps. The answer is text.
        case prompt(title: String?, text: String, proposal: String?)
        /// Yes or no. The answer is a boolean.
        case confirm(title: String?, text: String)
        /// A form to fill in. The answer is an object with a value for each field, null when it is given up.
        case form(title: String?, PluginUI)
        /// Files, or a folder. The answer is a list of paths, empty when nothing was chosen.
        case files(title: String?, root: String?, folders: Bool, multiple: Bool)
        /// A place for `content`, text or bytes, that the plugin calls `name`. The answer is null.
        case export(name: String, content: RPCValue)
        /// A window or a dialog with a window's content, as the plugin describes it. The answer is its interface.
        case window(type: String, RPCValue)
    }

    /// The name of the plugin that asks.
    public var plugin: String
    /// The function of the API that it has called.
    public var function: String
    /// What it asks for.
    public var kind: Kind

    /// A question of `plugin`.
    public init(plugin: String, function: String, kind: Kind) {
        self.plugin = plugin
        self.function = function
        self.kind = kind
    }

    /// The answer where nobody can be asked: a form as it is, a prompt's own proposal.
    ///
    /// Throws `refused` for everything else, which takes a person.
    public func headlessAnswer() throws -> RPCValue {
        switch kind {
        case .prompt(_, _, let proposal?): return .string(proposal)
        case .form(_, let form):
            var values = RPCObject(try form.config(op: "").object ?? ManifestObject())
            // What names the op in a plugin's own form has no meaning in a dialog.
            values.removeValue(forKey: "type")
            return .object(values)
        default: throw RPCError(.refused, "`api.\(function)` needs a screen, and this host has none")
        }
    }
}
