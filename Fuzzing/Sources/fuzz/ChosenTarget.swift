#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import ImJoyFuzzTargets
internal import ImJoyRPCFuzzTargets
internal import ImJoyWebSocketFuzzTargets

/// The target that `IMJOY_FUZZ_TARGET` names.
let chosenTarget: FuzzTarget = {
    let all = CoreFuzzTargets.all + RPCFuzzTargets.all + WebSocketFuzzTargets.all
    let name = getenv("IMJOY_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = all.first(where: { $0.name == name }) else {
        print("IMJOY_FUZZ_TARGET must be one of \(all.map(\.name).joined(separator: ", ")), not \"\(name)\"")
        exit(64)
    }
    return target
}()

/// Called with one input after another; the runtime looks for this name.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    chosenTarget.run(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}
