/// What the doctor found out about one thing that features need.
package struct Finding: Sendable, Hashable {
    package enum State: String, Sendable {
        case ok
        /// Something works less well, or a feature is missing that few need.
        case warning
        /// A feature cannot be used.
        case missing
        /// Worth knowing; neither good nor bad.
        case information
    }

    /// A short name, the same on every machine.
    package let name: String
    package var state: State
    /// What was found.
    package var text: String
    /// What to do about it, when there is something.
    package var nextStep: String?
    /// Plugins cannot run without it.
    package var isRequired = false

    init(_ name: String, _ state: State, _ text: String, nextStep: String? = nil, isRequired: Bool = false) {
        self.name = name
        self.state = state
        self.text = text
        self.nextStep = nextStep
        self.isRequired = isRequired
    }
}
