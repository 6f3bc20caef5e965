internal import CLibFuzzer

// The package manager gives the program its own `main`, in place of the one in libFuzzer's runtime.
var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
_ = LLVMFuzzerRunDriver(&argumentCount, &arguments) { testOneInput($0, $1) }
