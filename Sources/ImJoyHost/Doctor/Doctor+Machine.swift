#if canImport(Glibc)
    internal import Glibc
#endif
internal import ImJoyCore
internal import SystemPackage

extension Doctor {
    /// Less room than this is soon used up: environments take hundreds of megabytes.
    private static let smallDisk = 2_000_000_000

    func home() -> Finding {
        let path = configuration.home
        let step = "set IMJOY_HOME to a folder that you may write to"
        // The doctor leaves nothing, so it tries the folder itself, or the nearest one above it that is there.
        var nearest = path
        while !Files.exists(nearest), nearest.removeLastComponent() {}
        // Permissions alone do not tell: the administrator seems to have them on read-only file systems too.
        let trial = nearest.appending(".imjoy-doctor-\(UInt64.random(in: .min ... .max))")
        guard mkdir(trial.string, 0o700) == 0 else {
            return Finding(
                "home", .missing, "\(path) cannot be written to: \(Errno(rawValue: errno))", nextStep: step,
                isRequired: true)
        }
        rmdir(trial.string)
        var system = statvfs()
        guard statvfs(nearest.string, &system) == 0 else {
            return Finding("home", .ok, "\(path)", isRequired: true)
        }
        let free = Int(system.f_bavail) * Int(system.f_frsize)
        let text = "\(path), \(ByteCount.text(free)) free"
        guard free >= Self.smallDisk else {
            return Finding(
                "home", .warning, text,
                nextStep: "free some space, run `imjoy env prune`, or set IMJOY_HOME to a folder on another disk",
                isRequired: true)
        }
        return Finding("home", .ok, text, isRequired: true)
    }

    func openBLAS() -> Finding {
        do {
            let description = try LinearAlgebra.libraryDescription()
            let threads = ComputeThreads.count
            return Finding("openblas", .ok, "\(description); \(threads) thread\(threads == 1 ? "" : "s")")
        } catch {
            return Finding(
                "openblas", .warning, "\(error)",
                nextStep: "apt install libopenblas0-pthread; products of float matrices need it")
        }
    }

    func tiffCodecs() -> Finding {
        let codecs = TIFFCodecs.all
        let missing = codecs.filter { !$0.isAvailable }.map(\.name)
        let present = codecs.filter(\.isAvailable).map(\.name).joined(separator: ", ")
        let needed = missing.filter { ["LZW", "Deflate", "PackBits", "JPEG"].contains($0) }
        let text = missing.isEmpty ? present : "\(present); not \(missing.joined(separator: ", "))"
        return Finding(
            "tiff", needed.isEmpty ? .ok : .warning, text,
            nextStep: needed.isEmpty ? nil : "install a libtiff that was built with \(needed.joined(separator: ", "))")
    }

    func machine() -> [Finding] {
        [processor(), memory()]
    }

    private func processor() -> Finding {
        let lines = Self.kernelText("/proc/cpuinfo").split(separator: "\n")
        func value(_ name: String) -> String? {
            lines.first { $0.hasPrefix(name) }?.split(separator: ":", maxSplits: 1).last.map {
                String($0.drop { $0 == " " })
            }
        }
        let flags = Set((value("flags") ?? "").split(separator: " "))
        var cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        if cores < 1 { cores = 1 }
        let features = [("AVX2", "avx2"), ("AVX-512", "avx512f")].map { name, flag in
            flags.contains(Substring(flag)) ? name : "no \(name)"
        }
        return Finding(
            "processor", .information,
            "\(value("model name") ?? "unknown"), \(cores) core\(cores == 1 ? "" : "s"), \(features.joined(separator: ", "))"
        )
    }

    private func memory() -> Finding {
        func kilobytes(_ name: String) -> Int? {
            let line = Self.kernelText("/proc/meminfo").split(separator: "\n").first { $0.hasPrefix("\(name):") }
            return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        }
        var texts: [String] = []
        if let total = kilobytes("MemTotal"), let free = kilobytes("MemAvailable") {
            texts.append("\(ByteCount.text(total * 1024)), \(ByteCount.text(free * 1024)) available")
        }
        // No limit is written as a number close to the largest, or as a word.
        let files = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        if let limit = files.lazy.compactMap({ Int(Self.kernelText(FilePath($0)).filter(\.isNumber)) }).first,
            limit < 1 << 50
        {
            texts.append("control group limit \(ByteCount.text(limit))")
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < 1 << 50 {
            texts.append("address space limit \(ByteCount.text(Int(limit.rlim_cur)))")
        }
        return Finding("memory", .information, texts.isEmpty ? "unknown" : texts.joined(separator: ", "))
    }

    func isolation() async -> [Finding] {
        let bubblewrap: Finding
        if let path = Files.findProgram("bwrap"), case .success(let line) = await firstLine(path, ["--version"]) {
            bubblewrap = Finding("bubblewrap", .information, "\(path), \(ArgumentRules.shown(line)); not used yet")
        } else {
            bubblewrap = Finding("bubblewrap", .information, "not installed; not used yet")
        }
        let version = Self.landlockVersion
        let landlock = version > 0 ? "available, ABI \(version)" : "not enabled in this kernel"
        return [bubblewrap, Finding("landlock", .information, "\(landlock); not used yet")]
    }

    /// The version of the kernel's Landlock interface; 0 or less when there is none.
    private static var landlockVersion: Int {
        #if os(Linux)
            // The C library has no function for landlock_create_ruleset, and Swift does not show its variadic `syscall`.
            // With all arguments in registers, calling it as a plain function is the same.
            typealias SystemCall = @convention(c) (Int, UnsafeRawPointer?, Int, UInt32) -> Int
            guard let address = dlsym(nil, "syscall") else { return 0 }
            return unsafeBitCast(address, to: SystemCall.self)(444, nil, 0, 1)
        #else
            return 0
        #endif
    }

    /// A file of the kernel, whose size is told as 0.
    private static func kernelText(_ path: FilePath) -> String {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return "" }
        defer { try? file.close() }
        var bytes: [UInt8] = []
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
            while bytes.count < 1 << 22, let count = try? file.read(into: buffer), count > 0 {
                bytes.append(contentsOf: buffer[..<count])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Sizes for people.
package enum ByteCount {
    /// Such as `1.5 GB`; powers of a thousand.
    package static func text(_ bytes: Int) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB", "PB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 999.5, unit + 1 < units.count {
            value /= 1000
            unit += 1
        }
        let isShort = unit > 0 && value < 9.95
        let digits = isShort ? "\((value * 10).rounded() / 10)" : "\(Int(value.rounded()))"
        return "\(digits) \(units[unit])"
    }
}
