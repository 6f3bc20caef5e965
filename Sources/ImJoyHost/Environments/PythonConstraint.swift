internal import ImJoyCore

/// The versions of Python that a plugin asks for: `python=3.9`, `python>=3.8,<3.12`.
struct PythonConstraint: Sendable, Hashable {
    /// As written, after the name.
    let text: String
    private let clauses: [Clause]

    private struct Clause: Sendable, Hashable {
        var comparison: String
        var version: String
    }

    /// Nil when the package names no version, or one in a form that only conda knows.
    init?(_ package: String) {
        let name = package.prefix { !"=<>!~".contains($0) }
        text = String(package[name.endIndex...])
        guard !text.isEmpty else { return nil }
        var clauses: [Clause] = []
        for part in text.split(separator: ",") {
            let comparison = String(part.prefix { "=<>!~".contains($0) })
            // A build string behind the version (`=3.9=h1a`) and alternatives are conda's own.
            var version = String(part.dropFirst(comparison.count))
            if version.hasSuffix(".*") { version.removeLast(2) }
            guard !version.isEmpty, version.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
                ["=", "==", ">=", "<=", "<", ">", "!=", "~="].contains(comparison)
            else { return nil }
            clauses.append(Clause(comparison: part.hasSuffix(".*") ? "=" : comparison, version: version))
        }
        self.clauses = clauses
    }

    /// True for a version such as `3.11.7`.
    func allows(_ version: String) -> Bool {
        let candidate = PluginVersion(version)
        return clauses.allSatisfy { clause in
            let bound = PluginVersion(clause.version)
            let length = clause.version.split(separator: ".").count
            switch clause.comparison {
            case "=": return starts(candidate, with: bound, length)
            // `==3.9` means 3.9.0 to conda and pip, but nobody who writes it wants just that.
            case "==": return starts(candidate, with: bound, length)
            case "!=": return !starts(candidate, with: bound, length)
            case ">=": return candidate >= bound
            case ">": return candidate > bound && !starts(candidate, with: bound, length)
            case "<=": return candidate <= bound || starts(candidate, with: bound, length)
            case "<": return candidate < bound
            default: return candidate >= bound && starts(candidate, with: bound, length - 1)
            }
        }
    }

    private func starts(_ version: PluginVersion, with bound: PluginVersion, _ length: Int) -> Bool {
        // Components may lack zeros at the end.
        (0..<max(length, 0)).allSatisfy { index in
            (index < version.components.count ? version.components[index] : 0)
                == (index < bound.components.count ? bound.components[index] : 0)
        }
    }

    /// The names under which such a Python may be installed, newest first.
    var programs: [String] {
        (6...15).reversed().filter { minor in
            // The newest and the oldest release of a minor version decide whether any of it is allowed.
            allows("3.\(minor).0") || allows("3.\(minor).99")
                || clauses.contains { $0.version.hasPrefix("3.\(minor).") && allows($0.version) }
        }.map { "python3.\($0)" } + (allows("2.7.18") ? ["python2.7"] : [])
    }
}
