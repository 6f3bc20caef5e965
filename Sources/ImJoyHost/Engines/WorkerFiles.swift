package import Crypto
internal import SystemPackage

/// The Python programs that this module carries, put where an interpreter can read them.
struct WorkerFiles: Sendable {
    let supervisor: FilePath
    let worker: FilePath
    /// Fetches an archive.
    let fetcher: FilePath
    /// Tells what an environment holds.
    let inventory: FilePath

    /// Writes the programs below `folder`, once for each version of them.
    static func install(in folder: FilePath) throws -> WorkerFiles {
        let programs = [
            ("imjoy_supervisor.py", PackageResources.imjoy_supervisor_py),
            ("imjoy_worker.py", PackageResources.imjoy_worker_py),
            ("imjoy_fetch.py", PackageResources.imjoy_fetch_py),
            ("imjoy_inventory.py", PackageResources.imjoy_inventory_py),
        ]
        var hash = SHA256()
        for (_, program) in programs { hash.update(data: program) }
        let place = folder.appending(String(hash.finalize().hexadecimal.prefix(16)))
        try Files.createFolder(place)
        for (name, program) in programs where !Files.exists(place.appending(name)) {
            try Files.write(program, to: place.appending(name))
        }
        let paths = programs.map { place.appending($0.0) }
        return WorkerFiles(supervisor: paths[0], worker: paths[1], fetcher: paths[2], inventory: paths[3])
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
