internal import CLibFuzzer
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

if let count = getenv("IMJOY_FUZZ_MUTATED").flatMap({ Int(String(cString: $0)) }), CommandLine.arguments.count > 2 {
    let seed = getenv("IMJOY_FUZZ_SEED").flatMap { UInt64(String(cString: $0)) } ?? 1
    var run = MutatedRun(
        chosenTarget, count: count, seed: seed, place: CommandLine.arguments[1],
        files: Array(CommandLine.arguments[2...]))
    exit(run.run())
}

// The package manager gives the program its own `main`, in place of the one in libFuzzer's runtime.
var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
_ = LLVMFuzzerRunDriver(&argumentCount, &arguments) { testOneInput($0, $1) }
