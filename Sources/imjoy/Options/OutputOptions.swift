internal import ArgumentParser

/// How a command tells its result.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print the result as JSON, and nothing else.")
    var json = false

    @Flag(help: "Print no progress and no log lines.")
    var quiet = false
}
