#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import ImJoyFuzzTargets

/// A number of inputs that are the same every time, each within a second of processor time, all within a limit of memory.
///
/// `IMJOY_FUZZ_MUTATED=COUNT fuzz INPUT FILE…`: each input is written to INPUT before it is tried, so that it is there
/// after a crash.
struct MutatedRun {
    /// Processor seconds for one input.
    static let seconds = 1.0
    /// Resident megabytes of the whole program, the sanitizer's included.
    static let megabytes = 512
    /// Wall-clock seconds for one input, after which a signal ends the program.
    private static let patience: UInt32 = 30

    private let target: FuzzTarget
    private let count: Int
    private var mutator: InputMutator
    private let place: String

    init(_ target: FuzzTarget, count: Int, seed: UInt64, place: String, files: [String]) {
        self.target = target
        self.count = count
        self.place = place
        mutator = InputMutator(files: files.map(Self.read), seed: seed)
    }

    /// Returns the exit status.
    mutating func run() -> Int32 {
        var slowest = 0.0
        for number in 0..<count {
            let input = mutator.next()
            write(input)
            alarm(Self.patience)
            let start = Self.processorSeconds
            input.withUnsafeBytes { target.run($0) }
            let taken = Self.processorSeconds - start
            slowest = max(slowest, taken)
            if taken > Self.seconds || Self.peakMegabytes > Self.megabytes {
                print("input \(number) of \(count) took \(taken) s of processor time, \(Self.peakMegabytes) MB in all")
                return 1
            }
        }
        alarm(0)
        let milliseconds = Int((slowest * 1000).rounded())
        print("\(count) mutated inputs, the slowest took \(milliseconds) ms, \(Self.peakMegabytes) MB in all")
        return 0
    }

    private func write(_ input: [UInt8]) {
        guard let file = fopen(place, "wb") else { return }
        fwrite(input, 1, input.count, file)
        fclose(file)
    }

    private static func read(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "rb") else {
            print("\(path) cannot be read")
            exit(66)
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&part, 1, part.count, file), count > 0 { bytes += part[..<count] }
        return bytes
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private static var peakMegabytes: Int {
        var usage = rusage()
        // 0 is this program; kilobytes, on Linux.
        getrusage(0, &usage)
        return usage.ru_maxrss / 1024
    }
}
