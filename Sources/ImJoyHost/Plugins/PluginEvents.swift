internal import ImJoyRPC
internal import Synchronization

/// The events of one plugin: who wants to be told of which, and what happened before anybody did.
final class PluginEvents: Sendable {
    private struct Handler {
        /// The plugin that wants to be told.
        let owner: String?
        let function: RPCFunction
    }
    private struct State {
        var handlers: [String: [Handler]] = [:]
        /// The last data of events that came when nobody listened.
        var missed: [String: RPCValue] = [:]
    }
    /// Handlers and missed events that one plugin may cause.
    private static let limit = 1024
    private let state = Mutex(State())

    /// Has a function, of the plugin with the id `owner` if that is known, called with the data of each event called `name`; at once, when `catchesUp` and one was missed.
    func on(_ name: String, _ handler: RPCFunction, owner: String?, catchesUp: Bool) async throws {
        let missed = try state.withLock { state throws -> RPCValue? in
            guard state.handlers.values.reduce(0, { $0 + $1.count }) < Self.limit else {
                throw RPCError(.overloaded, "\(Self.limit) handlers wait for events already; take some away with `off`")
            }
            state.handlers[name, default: []].append(Handler(owner: owner, function: handler))
            return catchesUp ? state.missed.removeValue(forKey: name) : nil
        }
        if let missed { try await handler.call(RPCArguments([missed])) }
    }

    /// Takes the handlers that the plugin with the id `owner` has for `name` away; nil stands for all of them.
    func off(_ name: String?, owner: String?) async {
        let taken = state.withLock { state -> [RPCFunction] in
            var taken: [RPCFunction] = []
            for event in state.handlers.keys where name == nil || event == name {
                state.handlers[event]?.removeAll { handler in
                    guard owner == nil || handler.owner == owner else { return false }
                    taken.append(handler.function)
                    return true
                }
            }
            return taken
        }
        // Their owners keep them for us only.
        for handler in taken { try? await handler.disposeOfItsObject() }
    }

    /// Takes the handlers of a plugin away that has ended.
    func forget(owner: String) {
        state.withLock { state in
            for event in state.handlers.keys { state.handlers[event]?.removeAll { $0.owner == owner } }
        }
    }

    /// Calls the handlers of `name` one after another; throws one error with the sentences of all that failed.
    func emit(_ name: String, _ data: RPCValue) async throws {
        let handlers = state.withLock { state -> [RPCFunction] in
            let handlers = (state.handlers[name] ?? []).map(\.function)
            if handlers.isEmpty, state.missed.count < Self.limit { state.missed[name] = data }
            return handlers
        }
        var failures: [String] = []
        for handler in handlers {
            do {
                try await handler.call(RPCArguments([data]))
            } catch {
                failures.append("\(error)")
            }
        }
        guard failures.isEmpty else {
            throw RPCError(
                .remoteFailure,
                "\(failures.count) of \(handlers.count) handlers failed: \(failures.joined(separator: "; "))")
        }
    }
}
