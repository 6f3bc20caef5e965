internal import ImJoyCore

/// What a person should know before a plugin gets its environment.
extension EnvironmentRequest {
    /// One thing that is installed, fetched or run.
    package struct Ask: Sendable, Hashable {
        /// Where it comes from, or what it does.
        package enum Kind: String, Sendable {
            case python, packages, conda, repository, address, command, variable, gpu
        }

        package let kind: Kind
        package let text: String
        /// Nothing of it happens without consent.
        package var needsConsent: Bool { kind == .command }
    }

    package var asks: [Ask] {
        var asks: [Ask] = []
        if let creation {
            if creation.asksForPythonOnly {
                if let python = creation.pythonPackage { asks.append(Ask(kind: .python, text: python)) }
            } else {
                asks.append(Ask(kind: .conda, text: creation.text))
            }
        }
        for step in steps {
            switch step {
            case .repository(let source):
                asks.append(Ask(kind: .repository, text: "\(source.description) into \(source.directory)"))
            case .conda(let call): asks.append(Ask(kind: .conda, text: call.text))
            case .command(let text): asks.append(Ask(kind: .command, text: text))
            case .pip(let words):
                let packages = words.filter { $0.address == nil }
                if packages.contains(where: { if case .option = $0 { false } else { true } }) {
                    asks.append(Ask(kind: .packages, text: packages.map(\.text).joined(separator: " ")))
                }
                asks += words.compactMap(\.address).map { Ask(kind: .address, text: $0.text) }
            }
        }
        asks += variables.map { Ask(kind: .variable, text: "\($0.name)=\($0.value)") }
        if let graphics { asks.append(Ask(kind: .gpu, text: graphics.description)) }
        return asks
    }
}

extension PipWord {
    /// Where its code comes from, when that is not the package index.
    var address: CodeAddress? {
        switch self {
        case .archive(let address), .versionControl(let address): address
        case .package, .option, .path: nil
        }
    }
}
