internal import ArgumentParser
internal import ImJoyHost

/// How a command tells its result.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print the result as JSON, and nothing else.")
    var json = false

    @Flag(help: "Print no progress and no log lines.")
    var quiet = false

    /// How a plugin runs that reports to `frontEnd`, unless nothing but the result is to be printed.
    func hostConfiguration(_ frontEnd: TerminalFrontEnd, allowingCommands: Bool) -> HostConfiguration {
        var configuration = HostConfiguration()
        if !quiet && !json { configuration.frontEnd = frontEnd }
        if allowingCommands { configuration.allowsCommands = { _, _ in true } }
        return configuration
    }
}
