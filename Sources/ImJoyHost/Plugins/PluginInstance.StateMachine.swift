internal import ImJoyRPC

extension PluginInstance {
    /// Where a plugin stands. Each state holds what is true in it.
    enum State: Sendable {
        /// Its process is being started, or its scripts run.
        case starting(PluginFailure.Stage)
        /// It has exported its functions.
        case ready(RemoteObject)
        /// It was asked to end, or has ended.
        case stopped
    }

    /// What moves a plugin from one state to the next.
    enum Event: Sendable {
        case reached(PluginFailure.Stage)
        case exported(RemoteObject)
        case stopped
    }

    /// The state after `event`; a stopped plugin stays stopped, and a newer export replaces the older one.
    static func next(after state: State, _ event: Event) -> State {
        switch (state, event) {
        case (.stopped, _), (_, .stopped): .stopped
        case (.starting, .reached(let stage)): .starting(stage)
        case (.ready, .reached): state
        case (_, .exported(let interface)): .ready(interface)
        }
    }
}
