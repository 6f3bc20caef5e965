internal import SystemPackage

/// Finds out what this machine has and lacks for each feature.
///
/// Everything is asked at once, and no question takes longer than ``limit``.
package struct Doctor: Sendable {
    let configuration: HostConfiguration
    /// How long a program may take to answer.
    let limit: Duration

    package init(_ configuration: HostConfiguration, limit: Duration = .seconds(8)) {
        var configuration = configuration
        configuration.home = Files.absolute(configuration.home)
        self.configuration = configuration
        self.limit = limit
    }

    /// All findings, in the order in which a person wants to read them.
    package func examine() async throws -> [Finding] {
        let checks: [@Sendable () async -> [Finding]] = [
            { [home()] }, { await python() }, { [await uv()] }, { [await git()] }, { [await conda()] },
            { [openBLAS()] }, { [tiffCodecs()] }, { [await graphics()] }, { machine() }, { await isolation() },
        ]
        return try await withThrowingTaskGroup(of: (Int, [Finding]).self) { group in
            for (index, check) in checks.enumerated() { group.addTask { (index, await check()) } }
            var found: [(Int, [Finding])] = []
            for try await result in group { found.append(result) }
            try Task.checkCancellation()
            return found.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }

    /// The first line that a program prints, or why there is none.
    func firstLine(_ program: FilePath, _ arguments: [String]) async -> Result<String, Failure> {
        do {
            let answer = try await ProgramProbe.run(program, arguments, limit: limit)
            if answer.isLate { return .failure(Failure("\(program) did not answer within \(limit)")) }
            guard answer.isSuccess else { return .failure(Failure("\(program) does not work")) }
            return .success(answer.lines.first ?? "")
        } catch {
            return .failure(Failure("\(error)"))
        }
    }

    struct Failure: Error {
        var reason: String
        init(_ reason: String) { self.reason = reason }
    }
}
