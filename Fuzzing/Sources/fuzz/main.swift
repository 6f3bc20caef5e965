internal import CLibFuzzer
internal import ImJoyFuzzTargets

// The package manager names `main` after this module, so the runtime's own one is not used.
var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
_ = LLVMFuzzerRunDriver(&argumentCount, &arguments) { start, count in
    chosenTarget.run(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}
