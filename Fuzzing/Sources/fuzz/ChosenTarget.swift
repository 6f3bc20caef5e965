#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import ImJoyFuzzTargets
internal import ImJoyRPCFuzzTargets

/// The target that `IMJOY_FUZZ_TARGET` names.
let chosenTarget: FuzzTarget = {
    let all = CoreFuzzTargets.all + RPCFuzzTargets.all
    let name = getenv("IMJOY_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = all.first(where: { $0.name == name }) else {
        print("IMJOY_FUZZ_TARGET must be one of \(all.map(\.name).joined(separator: ", ")), not \"\(name)\"")
        exit(64)
    }
    return target
}()
