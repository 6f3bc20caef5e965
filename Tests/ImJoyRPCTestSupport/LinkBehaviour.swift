internal import Testing

/// A way to make a link, under the name by which tests show it.
package struct LinkMaker: Sendable, CustomTestStringConvertible {
    package let testDescription: String
    /// Whether each byte travels alone, so that large values would take long.
    package let isSlow: Bool
    /// A new link: our end and the other one.
    package let make: @Sendable () async throws -> TestLink

    package init(_ name: String, isSlow: Bool = false, make: @escaping @Sendable () async throws -> TestLink) {
        testDescription = name
        self.isSlow = isSlow
        self.make = make
    }
}

/// What connections must do, whatever carries their messages.
package struct LinkBehaviour: Sendable, CustomTestStringConvertible {
    package let testDescription: String
    /// Records an issue when connections over such a link do something else.
    package let check: @Sendable (LinkMaker) async throws -> Void

    package init(_ sentence: String, check: @escaping @Sendable (LinkMaker) async throws -> Void) {
        testDescription = sentence
        self.check = check
    }

    package static let all = withPlugin + betweenSwift
}
