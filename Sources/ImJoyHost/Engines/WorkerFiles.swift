package import Crypto
internal import SystemPackage

/// The Python programs that this module carries, put where an interpreter can read them.
struct WorkerFiles: Sendable {
    let supervisor: FilePath
    let worker: FilePath

    /// Writes the programs below `folder`, once for each version of them.
    static func install(in folder: FilePath) throws -> WorkerFiles {
        let programs = [
            ("imjoy_supervisor.py", PackageResources.imjoy_supervisor_py),
            ("imjoy_worker.py", PackageResources.imjoy_worker_py),
        ]
        var hash = SHA256()
        for (_, program) in programs { hash.update(data: program) }
        let place = folder.appending(String(hash.finalize().hexadecimal.prefix(16)))
        try Files.createFolder(place)
        for (name, program) in programs where !Files.exists(place.appending(name)) {
            try Files.write(program, to: place.appending(name))
        }
        return WorkerFiles(supervisor: place.appending(programs[0].0), worker: place.appending(programs[1].0))
    }
}

extension Digest {
    /// The digest in lower-case hexadecimal digits.
    package var hexadecimal: String {
        var text = ""
        for byte in self {
            text += byte < 16 ? "0" : ""
            text += String(byte, radix: 16)
        }
        return text
    }
}
